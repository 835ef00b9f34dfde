//! Counts, prints and reports the outcome of each order.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use review_invites::error::FieldError;
use review_invites::model::InviteKey;
use review_invites::{Error, InviteReceipt, InviteState};
use review_orders::{IneligibleReason, OrderRecord};
use serde_json::{Value, json};

use super::progress::Progress;
use super::report::Report;
use crate::failure::explain_result;
use crate::outcome::{Exit, Outcome};
use crate::output::Output;
use crate::values::shown_reference;

/// Where an order is from.
#[derive(Clone, Debug)]
pub(crate) struct Order {
    pub(crate) file: Option<Arc<str>>,
    /// The order number, or the line of the file.
    pub(crate) reference: String,
    /// The instance that sends it, once it is chosen.
    pub(crate) instance: Option<String>,
    /// Only if personal data was asked for.
    pub(crate) email: Option<String>,
    pub(crate) warnings: Vec<String>,
}

impl Order {
    pub(crate) fn new(record: &OrderRecord, personal_data: bool) -> Self {
        let reference = match &record.order_reference {
            Some(reference) if personal_data => reference.clone(),
            Some(reference) => shown_reference(reference),
            None => format!("line {}", record.source.line),
        };
        let order = record.result.as_ref().ok();
        Self {
            file: record.source.file.clone(),
            reference,
            instance: None,
            email: order.filter(|_| personal_data).map(|order| order.email.as_str().to_owned()),
            warnings: order
                .map(|order| order.warnings.iter().map(ToString::to_string).collect())
                .unwrap_or_default(),
        }
    }

    pub(crate) fn of_file(file: Arc<str>) -> Self {
        Self {
            file: Some(file),
            reference: "-".to_owned(),
            instance: None,
            email: None,
            warnings: Vec::new(),
        }
    }
}

/// What happened to an order.
#[derive(Clone, Debug)]
pub(crate) struct Fate {
    pub(crate) outcome: Outcome,
    /// The class of the reason, for the summary.
    class: String,
    reason: String,
    fields: Vec<(String, String)>,
    warnings: Vec<String>,
}

impl Fate {
    pub(crate) fn new(outcome: Outcome, class: impl Into<String>, reason: impl Into<String>) -> Self {
        let (class, reason) = (class.into(), reason.into());
        Self { outcome, class, reason, fields: Vec::new(), warnings: Vec::new() }
    }

    pub(crate) fn of_receipt(receipt: &InviteReceipt) -> Self {
        let reason = match &receipt.state {
            InviteState::Accepted | InviteState::AlreadyInvited | InviteState::DryRun => String::new(),
            InviteState::Skipped { reason, .. } => reason.clone(),
            state => state.to_string(),
        };
        let class = if matches!(receipt.state, InviteState::Skipped { .. }) { "by the vendor" } else { "" };
        let mut fate = Self::new(Outcome::of_receipt(receipt), class, reason);
        fate.warnings = receipt.warnings.iter().map(ToString::to_string).collect();
        fate
    }

    /// Without a ledger there is nothing to reconcile.
    pub(crate) fn of_error(error: &Error, has_ledger: bool) -> Self {
        let reason = explain_result(error, has_ledger);
        let mut fate = Self::new(Outcome::of_error(error), error.kind().as_str(), reason);
        let field = |field: &FieldError| (field.field().to_owned(), field.message().to_owned());
        fate.fields = error.field_errors().iter().map(field).collect();
        fate
    }

    pub(crate) fn of_reasons(reasons: &review_orders::Ineligible) -> Self {
        let outcome = if reasons.is_malformed() { Outcome::Malformed } else { Outcome::Skipped };
        let class = reasons.reasons().first().map_or("", IneligibleReason::kind);
        let mut fate = Self::new(outcome, class, single_line(&reasons.to_string()));
        fate.fields = reasons.reasons().iter().filter_map(field_of).collect();
        fate
    }
}

fn field_of(reason: &IneligibleReason) -> Option<(String, String)> {
    match reason {
        IneligibleReason::Malformed { path, problem } => Some((path.clone(), problem.clone())),
        _ => None,
    }
}

fn single_line(text: &str) -> String {
    text.lines().map(str::trim).collect::<Vec<_>>().join(" ")
}

/// Collects what one run did.
pub(crate) struct Recorder<'a> {
    pub(crate) output: &'a mut Output,
    report: Option<Report>,
    progress: Option<Progress>,
    counts: BTreeMap<Outcome, u64>,
    reasons: BTreeMap<(Outcome, String), u64>,
    /// Orders whose invitation was started and has no result yet, by the position in the bulk.
    started: HashMap<u64, (Order, InviteKey)>,
    next_index: u64,
    several_files: bool,
    is_dry_run: bool,
    /// Whether an unknown outcome can be reconciled later.
    pub(crate) has_ledger: bool,
}

impl<'a> Recorder<'a> {
    pub(crate) fn new(
        output: &'a mut Output,
        report: Option<Report>,
        several_files: bool,
        is_dry_run: bool,
        has_ledger: bool,
    ) -> Self {
        Self {
            output,
            report,
            progress: None,
            counts: BTreeMap::new(),
            reasons: BTreeMap::new(),
            started: HashMap::new(),
            next_index: 0,
            several_files,
            is_dry_run,
            has_ledger,
        }
    }

    /// Begins another pass through the input.
    pub(crate) fn begin(&mut self, progress: Option<Progress>) {
        self.output.set_bar(progress.as_ref().map(Progress::bar));
        self.progress = progress;
        self.next_index = 0;
    }

    /// Ends the pass. Returns the orders that were read and not started.
    pub(crate) fn end(&mut self) -> Vec<Order> {
        if let Some(progress) = self.progress.take() {
            progress.finish();
        }
        self.output.set_bar(None);
        self.started.drain().map(|(_, (order, _))| order).collect()
    }

    /// Keeps an order until its result arrives, and returns its position.
    pub(crate) fn start(&mut self, order: Order, key: InviteKey) -> u64 {
        let index = self.next_index;
        self.started.insert(index, (order, key));
        self.next_index += 1;
        index
    }

    /// Whether the same invitation is in flight before this one.
    pub(crate) fn must_wait(&self, index: u64, key: &InviteKey) -> bool {
        self.started.iter().any(|(other, (_, started))| *other < index && started.conflicts_with(key))
    }

    /// Returns the order at this position of the bulk.
    pub(crate) fn finish(&mut self, index: u64) -> Option<Order> {
        self.started.remove(&index).map(|(order, _)| order)
    }

    /// Returns the order whose invitation is in flight with this key: the first, because others wait for it.
    pub(crate) fn finish_key(&mut self, key: &InviteKey) -> Option<Order> {
        let same = self.started.iter().filter(|(_, (_, started))| started == key);
        let index = *same.map(|(index, _)| index).min()?;
        self.finish(index)
    }

    /// Records an order without a line of text: there may be many of them.
    pub(crate) fn record_silently(&mut self, order: &Order, fate: &Fate) {
        self.count(fate);
        let value = self.json(order, order.instance.as_deref(), fate);
        self.write_report(&value);
        if self.output.is_json() {
            self.output.object(&value);
        }
    }

    /// Records an order, and prints its line.
    pub(crate) fn record(&mut self, order: &Order, instance: Option<&str>, fate: &Fate) {
        self.count(fate);
        let instance = instance.or(order.instance.as_deref());
        if self.report.is_some() || self.output.is_json() {
            let value = self.json(order, instance, fate);
            self.write_report(&value);
            if self.output.is_json() {
                return self.output.object(&value);
            }
        }
        if self.output.is_quiet() && fate.outcome.exit() == Exit::Done {
            return;
        }
        let file = match &order.file {
            Some(file) if self.several_files => format!("{file}: "),
            _ => String::new(),
        };
        let mut reason = fate.reason.clone();
        for warning in order.warnings.iter().chain(&fate.warnings) {
            let separator = if reason.is_empty() { "" } else { "; " };
            reason = format!("{reason}{separator}warning: {warning}");
        }
        let line = format!(
            "{file}{:<13} {:<14} {} {reason}",
            instance.unwrap_or("-"),
            order.reference,
            self.output.outcome(fate.outcome)
        );
        self.output.line(line.trim_end());
    }

    fn count(&mut self, fate: &Fate) {
        *self.counts.entry(fate.outcome).or_default() += 1;
        if !fate.class.is_empty() {
            *self.reasons.entry((fate.outcome, fate.class.clone())).or_default() += 1;
        }
        self.output.record(fate.outcome.exit());
        let counts = &self.counts;
        if let Some(progress) = &mut self.progress {
            progress.order(|| counts.iter().map(|(outcome, count)| (outcome.as_str(), *count)).collect());
        }
    }

    fn json(&self, order: &Order, instance: Option<&str>, fate: &Fate) -> Value {
        let fields: Vec<Value> = fate
            .fields
            .iter()
            .map(|(field, message)| json!({ "field": field, "message": message }))
            .collect();
        let mut members = serde_json::Map::from_iter([
            ("file".to_owned(), json!(order.file.as_deref())),
            ("reference".to_owned(), json!(order.reference)),
            ("instance".to_owned(), json!(instance)),
            ("outcome".to_owned(), json!(fate.outcome.as_str())),
            ("reason".to_owned(), json!((!fate.reason.is_empty()).then_some(&fate.reason))),
            ("fields".to_owned(), fields.into()),
        ]);
        let warnings: Vec<&String> = order.warnings.iter().chain(&fate.warnings).collect();
        if !warnings.is_empty() {
            members.insert("warnings".to_owned(), json!(warnings));
        }
        if self.is_dry_run {
            members.insert("dry_run".to_owned(), true.into());
        }
        if let Some(email) = &order.email {
            members.insert("email".to_owned(), email.as_str().into());
        }
        members.into()
    }

    fn write_report(&mut self, value: &Value) {
        if let Some(Err(error)) = self.report.as_mut().map(|report| report.write(value)) {
            self.report = None;
            self.output.note(&format!("warning: the report is incomplete, writing failed: {error}"));
            self.output.record(Exit::Failed);
        }
    }

    /// Returns how many orders had this outcome.
    pub(crate) fn total(&self, outcome: Outcome) -> u64 {
        self.counts.get(&outcome).copied().unwrap_or_default()
    }

    /// Prints the counts by outcome and reason.
    pub(crate) fn summarize(&mut self) {
        let total: u64 = self.counts.values().sum();
        let counts: Vec<_> =
            self.counts.iter().map(|(outcome, n)| format!("{n} {}", outcome.as_str())).collect();
        let counts = if counts.is_empty() { "nothing to do".to_owned() } else { counts.join(", ") };
        let dry = if self.is_dry_run { "dry run, nothing was sent: " } else { "" };
        let mut lines = vec![format!("{dry}{total} results: {counts}")];
        for outcome in self.counts.keys() {
            let of_this = self.reasons.iter().filter(|((of, _), _)| of == outcome);
            let reasons: Vec<_> = of_this.map(|((_, class), n)| format!("{n} {class}")).collect();
            if !reasons.is_empty() {
                lines.push(format!("  {}: {}", outcome.as_str(), reasons.join(", ")));
            }
        }
        for line in lines {
            self.output.summary(&line);
        }
    }
}
