//! `outbox`: the ledger of `send`, or the outbox of a backend.

mod change;
mod view;
mod work;

use clap::Subcommand;

use self::change::{CancelArgs, PurgeArgs, ResolveArgs, RetryArgs};
use self::view::{ListArgs, StatusArgs};
use self::work::WorkArgs;
use crate::failure::Result;
use crate::output::Output;
use crate::settings::ConfigArgs;

#[derive(Debug, Subcommand)]
#[command(after_help = "Example: review-invites outbox list --ledger sent.db")]
pub(crate) enum OutboxCommand {
    /// Send what is queued, until Ctrl-C or SIGTERM
    Work(WorkArgs),
    /// Print counts and the state of each instance
    Status(StatusArgs),
    /// List rows of a state, by default those whose outcome is unknown
    List(ListArgs),
    /// Withdraw an invitation that was not sent yet, for example after a refund
    Cancel(CancelArgs),
    /// Queue rows again that are dead, cancelled or skipped
    Retry(RetryArgs),
    /// Record what you found out about an unknown outcome
    Resolve(ResolveArgs),
    /// Remove the personal data of finished rows; the hashes of the orders stay
    Purge(PurgeArgs),
}

pub(crate) async fn run(command: OutboxCommand, config: &ConfigArgs, output: &mut Output) -> Result<()> {
    match command {
        OutboxCommand::Work(args) => work::run(args, config, output).await,
        OutboxCommand::Status(args) => view::status(args, config, output).await,
        OutboxCommand::List(args) => view::list(args, config, output).await,
        OutboxCommand::Cancel(args) => change::cancel(args, config, output).await,
        OutboxCommand::Retry(args) => change::retry(args, config, output).await,
        OutboxCommand::Resolve(args) => change::resolve(args, config, output).await,
        OutboxCommand::Purge(args) => change::purge(args, config, output).await,
    }
}
