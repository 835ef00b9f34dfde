//! What is printed.

use std::collections::BTreeMap;
use std::fmt;
use std::io::{ErrorKind, Write};
use std::process::ExitCode;

/// What became of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Outcome {
    Invited,
    Known,
    Skipped,
    Malformed,
    Refused,
    Throttled,
    NotSent,
    Unknown,
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Invited => "invited",
            Self::Known => "known",
            Self::Skipped => "skipped",
            Self::Malformed => "malformed",
            Self::Refused => "refused",
            Self::Throttled => "throttled",
            Self::NotSent => "not_sent",
            Self::Unknown => "unknown",
        })
    }
}

/// One order at one vendor.
pub(crate) struct Line<'a> {
    pub(crate) provider: &'a str,
    pub(crate) file: &'a str,
    pub(crate) reference: Option<&'a str>,
    pub(crate) outcome: Outcome,
    pub(crate) reason: &'a str,
}

pub(crate) struct Report {
    json: bool,
    counts: BTreeMap<(String, Outcome), usize>,
    /// Lines that could not be written: nobody knows what became of their orders.
    lost_lines: usize,
}

impl Report {
    pub(crate) fn new(json: bool) -> Self {
        Self { json, counts: BTreeMap::new(), lost_lines: 0 }
    }

    pub(crate) fn line(&mut self, line: &Line<'_>) {
        *self.counts.entry((line.provider.to_owned(), line.outcome)).or_default() += 1;
        let &Line { provider, file, reference, outcome, reason } = line;
        if self.json {
            let object = serde_json::json!({
                "provider": provider, "file": file, "reference": reference, "outcome": outcome.to_string(), "reason": reason,
            });
            self.print(&object.to_string());
        } else {
            let reference = reference.unwrap_or("?");
            self.print(&format!("{provider:<10}  {reference:<12}  {outcome:<9}  {reason}"));
        }
    }

    /// With JSON it goes to the error stream, so that the other holds objects only.
    pub(crate) fn summary(&mut self, mails: Option<usize>) {
        let counts: Vec<_> = self
            .counts
            .iter()
            .map(|((provider, outcome), count)| format!("{provider} {outcome}: {count}"))
            .collect();
        let mut summary = if counts.is_empty() { "no orders".to_owned() } else { counts.join(", ") };
        if let Some(mails) = mails {
            summary.push_str(&format!("; the sandbox would have sent {mails} mail(s)"));
        }
        if self.json {
            complain(&summary);
        } else {
            self.print(&summary);
        }
    }

    /// A reader that has gone (`| head`) stops no invitation and is no failure; a full disk is one.
    fn print(&mut self, line: &str) {
        match writeln!(std::io::stdout(), "{line}") {
            Err(error) if error.kind() != ErrorKind::BrokenPipe => self.lost_lines += 1,
            _ => {}
        }
    }

    pub(crate) fn exit_code(&self) -> ExitCode {
        let any = |outcomes: &[Outcome]| self.counts.keys().any(|(_, outcome)| outcomes.contains(outcome));
        if any(&[Outcome::Unknown]) {
            return ExitCode::from(3);
        }
        let failed = self.lost_lines > 0
            || any(&[Outcome::Malformed, Outcome::Refused, Outcome::Throttled, Outcome::NotSent]);
        ExitCode::from(u8::from(failed))
    }
}

pub(crate) fn complain(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}
