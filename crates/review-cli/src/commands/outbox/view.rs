//! `outbox status` and `outbox list`.

use chrono::DateTime;
use clap::Args;
use review_outbox::{CircuitState, Entry, State};
use serde_json::json;

use crate::failure::Result;
use crate::ledger::LedgerArgs;
use crate::outcome::Exit;
use crate::output::Output;
use crate::settings::ConfigArgs;
use crate::values::shown_reference;

#[derive(Debug, Args)]
#[command(after_help = "\
Exit codes: 0 nothing to do, 1 rows are dead or held or an instance was stopped, 3 outcomes are unknown.

Example: review-invites outbox status --ledger sent.db")]
pub(crate) struct StatusArgs {
    #[command(flatten)]
    ledger: LedgerArgs,
}

#[derive(Debug, Args)]
#[command(after_help = "Example: review-invites outbox list --state dead --ledger sent.db")]
pub(crate) struct ListArgs {
    #[command(flatten)]
    ledger: LedgerArgs,
    /// pending, claimed, sending, accepted, skipped, held, unknown, dead or cancelled
    #[arg(long, default_value = "unknown", value_parser = state)]
    state: State,
    /// Start after this row
    #[arg(long, default_value_t = 0, value_name = "ID")]
    after: i64,
    /// Rows to list
    #[arg(long, default_value_t = 100, value_name = "N")]
    limit: u32,
}

fn state(text: &str) -> Result<State, String> {
    text.parse().map_err(|_| {
        let states: Vec<_> = State::ALL.iter().map(|state| state.as_str()).collect();
        format!("must be one of {}", states.join(", "))
    })
}

pub(super) async fn status(args: StatusArgs, config: &ConfigArgs, output: &mut Output) -> Result<()> {
    let outbox = args.ledger.open(config).await?;
    let health = outbox.health().await?;
    outbox.close().await;
    for (name, instance) in &health.instances {
        let circuit = instance.circuit.as_str();
        if output.is_json() {
            output.object(&json!({
                "instance": name, "pending": instance.pending, "in_flight": instance.in_flight,
                "held": instance.held, "unknown": instance.unknown, "dead": instance.dead,
                "overdue_seconds": instance.overdue.as_secs(), "circuit": circuit, "reason": instance.reason,
            }));
        } else {
            let reason = instance.reason.as_ref().map(|reason| format!(" ({reason})")).unwrap_or_default();
            output.line(&format!(
                "{name}: {} pending, {} in flight, {} held, {} unknown, {} dead, circuit {circuit}{reason}",
                instance.pending, instance.in_flight, instance.held, instance.unknown, instance.dead
            ));
        }
        if instance.unknown > 0 {
            output.record(Exit::Unknown);
        }
        let stopped = matches!(instance.circuit, CircuitState::Open | CircuitState::Stopped);
        if instance.dead + instance.held > 0 || stopped {
            output.record(Exit::Failed);
        }
    }
    output.summary(match output.exit() {
        Exit::Unknown => "next: review-invites reconcile",
        Exit::Failed => "next: review-invites check, then review-invites outbox list --state dead",
        _ if health.instances.is_empty() => "the outbox is empty",
        _ => "nothing needs attention",
    });
    Ok(())
}

pub(super) async fn list(args: ListArgs, config: &ConfigArgs, output: &mut Output) -> Result<()> {
    let outbox = args.ledger.open(config).await?;
    let rows = outbox.list(args.state, args.after, args.limit).await?;
    outbox.close().await;
    for row in &rows {
        print(row, output);
    }
    let more = u32::try_from(rows.len()).is_ok_and(|count| count == args.limit && count > 0);
    if let Some(last) = rows.last().filter(|_| more) {
        output.summary(&format!("there may be more: --after {}", last.id));
    } else if rows.is_empty() {
        output.summary(&format!("no row is {}", args.state));
    }
    Ok(())
}

fn print(row: &Entry, output: &mut Output) {
    let reference = row.reference.as_deref().map(shown_reference);
    let at = row.finished_at.unwrap_or(row.created_at);
    let at = DateTime::from_timestamp_millis(at).map(|at| at.format("%Y-%m-%d %H:%M UTC").to_string());
    if output.is_json() {
        output.object(&json!({
            "id": row.id, "reference": reference, "shop": row.shop, "kind": row.kind, "instance": row.instance,
            "state": row.state.as_str(), "at": at, "outcome": row.outcome, "attempts": row.attempts,
            "error": row.error_class, "message": row.error_message, "request_id": row.correlation_id,
        }));
        return;
    }
    output.line(
        format!(
            "{:<6} {:<13} {:<14} {:<9} {} {} {}",
            row.id,
            row.instance,
            reference.as_deref().unwrap_or("-"),
            row.state.as_str(),
            at.unwrap_or_default(),
            row.error_class.as_deref().unwrap_or_default(),
            row.error_message.as_deref().unwrap_or_default()
        )
        .trim_end(),
    );
}
