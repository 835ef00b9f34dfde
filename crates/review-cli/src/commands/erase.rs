//! `erase`: removes a customer's data from the ledger, and asks the vendors to do the same.

use std::io;

use clap::Args;
use review_invites::model::EmailAddress;
use review_invites::provider::ErasureStatus;
use review_invites::{ErrorKind, ReviewInviteProvider as _};
use serde_json::json;

use crate::failure::{Failure, Result, explain};
use crate::ledger::LedgerArgs;
use crate::outcome::Exit;
use crate::output::Output;
use crate::settings::{self, ConfigArgs};
use crate::values::Private;

#[derive(Debug, Args)]
#[command(after_help = "\
This cannot be undone. Invitations of the customer that are queued are cancelled. A vendor without an API for it needs
a message from you; the exit code is 1 then, and the output names the address.

Example: echo jane@example.com | review-invites erase --yes -")]
pub(crate) struct EraseArgs {
    /// The customer's address; `-` reads it from standard input, which keeps it out of the shell's history
    email: Private,
    /// Confirm the erasure
    #[arg(long, required = true)]
    yes: bool,
    /// Ask this instance only
    #[arg(long, value_name = "NAME")]
    instance: Option<String>,
    #[command(flatten)]
    ledger: LedgerArgs,
}

pub(crate) async fn run(args: EraseArgs, config: &ConfigArgs, output: &mut Output) -> Result<()> {
    let registry = config.load()?;
    let email = address(&args.email)?;
    // Before the ledger is changed: a wrong name changes nothing.
    let instances = settings::instances(&registry, args.instance.as_deref())?;
    match args.ledger.open_existing(config).await? {
        None => output.line("ledger: there is none"),
        Some(ledger) => {
            let erased = ledger.erase_customer(&email).await?;
            ledger.close().await;
            if output.is_json() {
                output.object(&json!({ "ledger": { "rows": erased.rows, "cancelled": erased.cancelled } }));
            } else {
                output.line(&format!(
                    "ledger: {} rows erased, {} of them cancelled",
                    erased.rows, erased.cancelled
                ));
            }
        }
    }
    for (name, provider) in instances {
        let (status, message) = match provider.erase_customer(&email).await {
            Ok(ErasureStatus::NotFound) => {
                ("not_found", "the vendor holds no data of this customer".to_owned())
            }
            Ok(_) => ("accepted", "the vendor accepted the request; it may carry it out later".to_owned()),
            Err(error) => {
                output.record(Exit::Failed);
                let status = if error.kind() == ErrorKind::Unsupported { "unsupported" } else { "failed" };
                (status, explain(&error))
            }
        };
        if output.is_json() {
            output.object(&json!({ "instance": name, "status": status, "message": message }));
        } else {
            output.line(&format!("{name}: {status}: {message}"));
        }
    }
    Ok(())
}

fn address(text: &str) -> Result<EmailAddress> {
    let mut line = String::new();
    let text = if text == "-" {
        io::stdin().read_line(&mut line).map_err(|error| {
            Failure::new(format!("standard input cannot be read: {error}"), "give the address as an argument")
        })?;
        line.trim()
    } else {
        text
    };
    // The message of the error names no part of the address.
    text.parse().map_err(|_| Failure::new("EMAIL must be an email address", "use the form name@example.com"))
}
