//! The arguments.

use clap::{Parser, Subcommand};

use crate::commands::check::CheckArgs;
use crate::commands::completions;
use crate::commands::config::ConfigCommand;
use crate::commands::erase::EraseArgs;
use crate::commands::outbox::OutboxCommand;
use crate::commands::reconcile::ReconcileArgs;
use crate::commands::reviews::ReviewsArgs;
use crate::commands::sandbox::SandboxArgs;
use crate::commands::send::SendArgs;
use crate::commands::setup::SetupArgs;
use crate::output::OutputArgs;
use crate::settings::ConfigArgs;

const EXIT_CODES: &str = "\
Exit codes:
  0  nothing failed
  1  some order or check failed (malformed, rejected, rate_limited, not_sent, held)
  2  wrong use or configuration; nothing was sent
  3  some outcome is unknown: run `review-invites reconcile`
If several apply: 2 before 3 before 1.

Example: review-invites send --sandbox";

/// Sends review invitations for the orders of a shop, each once, through any supported review platform.
#[derive(Debug, Parser)]
#[command(name = "review-invites", version, after_help = EXIT_CODES, max_term_width = 100)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) config: ConfigArgs,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Invite the customers of order files, each order once
    Send(SendArgs),
    /// Check whether each account can send, and what to correct
    Check(CheckArgs),
    /// Change the settings of an account so that invitations are sent
    Setup(SetupArgs),
    /// Resolve unknown outcomes with the vendors' lookups
    Reconcile(ReconcileArgs),
    /// Erase a customer's data, in the ledger and at the vendors
    Erase(EraseArgs),
    /// Read reviews
    Reviews(ReviewsArgs),
    /// Show and change the ledger or a backend's outbox, or send what it contains
    #[command(subcommand)]
    Outbox(OutboxCommand),
    /// Run the vendors' HTTP APIs on this machine, without an account
    Sandbox(SandboxArgs),
    /// Check the configuration, or print its schema
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Print the completions of a shell
    Completions(completions::CompletionsArgs),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_neither_addresses_nor_ledger_urls() {
        for args in [
            &["erase", "--yes", "jane@example.com", "--ledger", "postgres://u:jane@localhost/shop"][..],
            &["check", "--probe", "jane@example.com"],
            &["send", "a.csv", "--ledger", "postgres://u:jane@localhost/shop"],
        ] {
            let args = ["review-invites"].iter().chain(args);
            let parsed = Arguments::try_parse_from(args);
            let debug = format!("{parsed:?}");
            assert!(parsed.is_ok() && debug.contains("[redacted]") && !debug.contains("jane"), "{debug}");
        }
    }
}
