//! `outbox cancel`, `retry`, `resolve` and `purge`.

use std::time::Duration;

use clap::{Args, ValueEnum};
use review_invites::InviteKind;
use review_invites::model::{InviteKey, OrderReference};
use review_outbox::{Changed, Outbox, Resolution, State};

use crate::failure::{Failure, Result};
use crate::ledger::LedgerArgs;
use crate::outcome::Exit;
use crate::output::Output;
use crate::settings::ConfigArgs;
use crate::values::{self, Private};

const SEND_AGAIN: &str = "next: run the same `review-invites send` again, or `review-invites outbox work`";

#[derive(Debug, Args)]
#[command(after_help = "Example: review-invites outbox cancel 1001 --ledger postgres://localhost/shop")]
pub(crate) struct CancelArgs {
    /// Order numbers
    #[arg(required = true, value_name = "ORDER")]
    orders: Vec<Private>,
    /// Shop of the orders, as the configuration names it
    #[arg(long, default_value = "default")]
    shop: String,
    #[command(flatten)]
    ledger: LedgerArgs,
}

#[derive(Debug, Args)]
#[command(after_help = "Example: review-invites outbox retry 17 18 --ledger sent.db")]
pub(crate) struct RetryArgs {
    /// Rows, by the number that `outbox list` prints
    #[arg(required = true, value_name = "ID")]
    ids: Vec<i64>,
    #[command(flatten)]
    audit: AuditArgs,
    #[command(flatten)]
    ledger: LedgerArgs,
}

#[derive(Debug, Args)]
#[command(after_help = "Example: review-invites outbox resolve 17 --as sent --ledger sent.db")]
pub(crate) struct ResolveArgs {
    /// Rows, by the number that `outbox list` prints
    #[arg(required = true, value_name = "ID")]
    ids: Vec<i64>,
    /// What you found out
    #[arg(long = "as", value_name = "RESULT")]
    result: ResultArg,
    #[command(flatten)]
    audit: AuditArgs,
    #[command(flatten)]
    ledger: LedgerArgs,
}

#[derive(Debug, Args)]
#[command(after_help = "Example: review-invites outbox purge --older-than 30d --ledger sent.db")]
pub(crate) struct PurgeArgs {
    /// Time since a row was finished
    #[arg(long, value_name = "AGE", value_parser = values::duration)]
    older_than: Duration,
    #[command(flatten)]
    ledger: LedgerArgs,
}

#[derive(Debug, Args)]
struct AuditArgs {
    /// Who decided, for the audit record
    #[arg(long, default_value = "operator", value_name = "NAME")]
    by: String,
    /// A note for the audit record, without personal data
    #[arg(long)]
    note: Option<String>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum ResultArg {
    /// The vendor has the invitation
    Sent,
    /// The vendor does not have it; it is sent again
    NotSent,
    /// Nothing more is done
    GiveUp,
}

pub(super) async fn cancel(args: CancelArgs, config: &ConfigArgs, output: &mut Output) -> Result<()> {
    let references = references(&args.orders)?;
    let outbox = args.ledger.open(config).await?;
    for (order, reference) in args.orders.iter().zip(references) {
        // The account default conflicts with every kind, so it finds all of them.
        let key = InviteKey::new(args.shop.as_str(), reference, InviteKind::AccountDefault);
        let shown = values::shown_reference(order);
        match outbox.cancel(&key).await? {
            Changed::Yes => output.line(&format!("{shown}: cancelled")),
            Changed::TooLate(State::Cancelled) => output.line(&format!("{shown}: was cancelled before")),
            Changed::TooLate(state) => {
                output.record(Exit::Failed);
                let help = "it cannot be withdrawn any more; ask the vendor to stop the email";
                output.line(&format!("{shown}: too late, it is {state}; {help}"));
            }
            Changed::NotFound => {
                output.record(Exit::Failed);
                output.line(&format!("{shown}: not in this outbox; check --ledger and --shop"));
            }
        }
    }
    outbox.close().await;
    Ok(())
}

/// Parses every order number before one is cancelled.
fn references(orders: &[Private]) -> Result<Vec<OrderReference>> {
    let (mut references, mut problems) = (Vec::new(), Vec::new());
    for (position, order) in orders.iter().enumerate() {
        match OrderReference::new(&**order) {
            Ok(reference) => references.push(reference),
            Err(error) => problems.push(format!("ORDER {}: {error}", position + 1)),
        }
    }
    if problems.is_empty() {
        return Ok(references);
    }
    let message = format!("nothing was cancelled:\n  {}", problems.join("\n  "));
    Err(Failure::new(message, "use the order number of the shop"))
}

pub(super) async fn retry(args: RetryArgs, config: &ConfigArgs, output: &mut Output) -> Result<()> {
    let outbox = args.ledger.open(config).await?;
    let mut is_changed = false;
    for id in &args.ids {
        if outbox.requeue(*id, &args.audit.by, args.audit.note.as_deref()).await? {
            is_changed = true;
            output.line(&format!("{id}: queued again"));
        } else {
            let help = "only rows that are dead, cancelled or skipped, and not purged, can be queued again";
            not_changed(&outbox, *id, help, output).await?;
        }
    }
    outbox.close().await;
    if is_changed {
        output.summary(SEND_AGAIN);
    }
    Ok(())
}

pub(super) async fn resolve(args: ResolveArgs, config: &ConfigArgs, output: &mut Output) -> Result<()> {
    let outbox = args.ledger.open(config).await?;
    let (resolution, result) = match args.result {
        ResultArg::Sent => (Resolution::Sent, "recorded as sent"),
        ResultArg::NotSent => (Resolution::NotSent, "queued again"),
        ResultArg::GiveUp => (Resolution::GiveUp, "given up"),
    };
    let mut is_changed = false;
    for id in &args.ids {
        if outbox.resolve(*id, resolution, &args.audit.by, args.audit.note.as_deref()).await? {
            is_changed = true;
            if resolution == Resolution::Sent {
                outbox.forget(*id).await?;
            }
            output.line(&format!("{id}: {result}"));
        } else {
            not_changed(&outbox, *id, "only an unknown outcome can be resolved", output).await?;
        }
    }
    outbox.close().await;
    if is_changed && resolution == Resolution::NotSent {
        output.summary(SEND_AGAIN);
    }
    Ok(())
}

async fn not_changed(outbox: &Outbox, id: i64, help: &str, output: &mut Output) -> Result<()> {
    output.record(Exit::Failed);
    match outbox.get(id).await? {
        Some(row) => output.line(&format!("{id}: not changed, it is {}; {help}", row.state)),
        None => output.line(&format!("{id}: there is no such row; see `review-invites outbox list`")),
    }
    Ok(())
}

pub(super) async fn purge(args: PurgeArgs, config: &ConfigArgs, output: &mut Output) -> Result<()> {
    let outbox = args.ledger.open(config).await?;
    let purged = outbox.purge(args.older_than).await?;
    outbox.close().await;
    output.summary(&format!("{purged} rows purged"));
    Ok(())
}
