//! The arguments of `send`.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use review_invites::{InviteKind, SendAt};
use review_orders::{ConsentSource, Policy, ShopSystem};

use crate::values::{self, MaxAge, Private};

const HELP: &str = "\
Each eligible order is invited once: the ledger remembers what was sent, so a second run sends only what is left.
At the vendor's limits the command waits. Ctrl-C and SIGTERM start nothing new, finish what is in flight, and print what
is left.

Outcomes: invited, scheduled, already_invited, skipped · malformed, rejected, rate_limited, not_sent, held (exit code 1)
· unknown (exit code 3, see `review-invites reconcile`). Wrong use or configuration: exit code 2.

Examples:
  review-invites send --sandbox                        example orders, to every vendor's API on this machine
  review-invites send --sandbox --keep-open            the same, and show what customers would get
  review-invites send --dry-run orders.csv             what would be sent, with your configuration
  review-invites send --ledger sent.db exports/*.json  send, from a script
  gzip -cd orders.jsonl.gz | review-invites send --ledger sent.db -";

/// Arguments of `send`.
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub(crate) struct SendArgs {
    /// Order files: JSON, JSON Lines, CSV, also compressed with gzip; `-` reads standard input
    #[arg(value_name = "FILE", required_unless_present = "sandbox")]
    pub(crate) files: Vec<PathBuf>,
    /// Send to the vendors' APIs on this machine, through every vendor or the one that --instance names
    #[arg(long, conflicts_with_all = ["config", "ledger", "no_ledger"])]
    pub(crate) sandbox: bool,
    /// Keep the sandbox and its page open until Ctrl-C
    #[arg(long, requires = "sandbox")]
    pub(crate) keep_open: bool,
    /// Show what would be sent with your configuration; makes no request, and does not touch the ledger
    #[arg(long, conflicts_with_all = ["ledger", "no_ledger"])]
    pub(crate) dry_run: bool,
    /// File that records what was sent; default: one for each configuration, below the user's state folder
    #[arg(long, value_name = "PATH|URL", value_parser = values::ledger)]
    pub(crate) ledger: Option<Private>,
    /// Keep no record: a second run sends everything again
    #[arg(long, conflicts_with = "ledger")]
    pub(crate) no_ledger: bool,
    /// Stop at the vendor's limits instead of waiting
    #[arg(long)]
    pub(crate) no_wait: bool,
    /// Consent of the customers: from-order, own-field (no marketing opt-ins), or granted=TEXT with how they consented
    #[arg(long, default_value = "from-order", value_name = "CONSENT", value_parser = values::consent)]
    pub(crate) consent: ConsentSource,
    /// Send with this instance of the configuration instead of its routes; with --sandbox, a vendor
    #[arg(long, value_name = "NAME")]
    pub(crate) instance: Option<String>,
    /// Shop system that wrote the files, instead of detecting it
    #[arg(long, value_name = "SYSTEM")]
    pub(crate) from: Option<ShopSystem>,
    /// What customers review: service, product, service-and-product or account-default
    #[arg(long, value_name = "KIND", value_parser = values::kind)]
    pub(crate) kind: Option<InviteKind>,
    /// When emails are sent: account-default, now, a time (RFC 3339), 7d from now, or 7d:placed, 7d:paid, 7d:shipped,
    /// 7d:delivered, 7d:estimated-delivery
    #[arg(long, value_name = "WHEN", value_parser = values::send_at)]
    pub(crate) send_at: Option<SendAt>,
    /// Skip orders that are older, or `none`
    #[arg(long, default_value = "180d", value_name = "AGE")]
    pub(crate) max_age: MaxAge,
    /// Requests in flight
    #[arg(long, default_value_t = 8, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(crate) concurrency: u16,
    /// Stop after this number of invitations
    #[arg(long, value_name = "N")]
    pub(crate) limit: Option<u64>,
    /// Write one JSON object per order to this file, readable by its owner only
    #[arg(long, value_name = "FILE.jsonl")]
    pub(crate) report: Option<PathBuf>,
    /// Add the customers' email addresses to the report and to --json
    #[arg(long)]
    pub(crate) personal_data: bool,
}

impl SendArgs {
    /// Returns the rules for eligible orders.
    pub(crate) fn policy(&self) -> Policy {
        Policy::default().with_consent(self.consent.clone()).with_max_age(self.max_age.0)
    }

    /// The longest wait for a limit: vendors' windows are up to an hour.
    pub(crate) const MAX_WAIT: Duration = Duration::from_secs(2 * 3_600);
}
