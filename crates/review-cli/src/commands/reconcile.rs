//! `reconcile`: resolves unknown outcomes with the vendors' lookups.

use chrono::{DateTime, TimeDelta, Utc};
use clap::Args;
use review_invites::Registry;
use review_invites::provider::{InviteLookup, InviteRef, ReviewInviteProviderExt as _};
use review_outbox::{Entry, Ledger, Outbox, Resolution, State};
use serde_json::json;

use super::send::LEASE;
use crate::failure::{Result, explain, for_command};
use crate::ledger::LedgerArgs;
use crate::outcome::Exit;
use crate::output::Output;
use crate::settings::{self, ConfigArgs};
use crate::values::shown_reference;

/// Rows of one page.
const PAGE: u32 = 200;
/// Recorded as the one who resolved a row.
const ACTOR: &str = "reconcile";

#[derive(Debug, Args)]
#[command(after_help = "\
An unknown outcome is a request that left and got no response. It is never retried automatically. Only an invitation that
the vendor shows resolves it. Some vendors show one late, and some only once the review was written: the output states
when to look again, and lists what needs an operator.

Exit code: 0 if every outcome that was looked up is known now and nothing is in flight, else 3.

Example: review-invites reconcile --ledger sent.db")]
pub(crate) struct ReconcileArgs {
    #[command(flatten)]
    ledger: LedgerArgs,
    /// Look up the invitations of this instance only
    #[arg(long, value_name = "NAME")]
    instance: Option<String>,
}

/// What a lookup found.
enum Found {
    Resolved,
    /// A lookup after this time can give another result.
    Later(DateTime<Utc>, String),
    /// An operator decides.
    Person(String),
    /// Another process changed the row during the lookup.
    Changed(String),
}

pub(crate) async fn run(args: ReconcileArgs, config: &ConfigArgs, output: &mut Output) -> Result<()> {
    let registry = config.load()?;
    let outbox = args.ledger.open(config).await?;
    // Requests of runs that were killed become unknown.
    Ledger::new(registry.provider(), outbox.clone(), LEASE).prepare().await?;
    let (mut resolved, mut later, mut person, mut changed) = (0_u64, 0_u64, 0_u64, 0_u64);
    let mut is_known = args.instance.as_ref().is_none_or(|name| registry.get(name).is_some());
    let mut after = 0;
    loop {
        let page = outbox.list(State::Unknown, after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = last.id;
        for entry in page {
            if args.instance.as_ref().is_some_and(|name| *name != entry.instance) {
                continue;
            }
            is_known = true;
            let found = look_up(&registry, &outbox, &entry).await?;
            match &found {
                Found::Resolved => resolved += 1,
                Found::Later(..) => later += 1,
                Found::Person(_) => person += 1,
                Found::Changed(_) => changed += 1,
            }
            print(&entry, &found, output);
        }
    }
    let sending = outbox.list(State::Sending, 0, PAGE).await?.len();
    outbox.close().await;
    if let Some(name) = args.instance.as_ref().filter(|_| !is_known) {
        // The error names the instances of the configuration.
        settings::instance(&registry, name)?;
    }
    output
        .summary(&format!("{resolved} resolved, {later} to look up again later, {person} need an operator"));
    if person > 0 {
        output.summary(
            "next: look at these orders in the vendor's web application, then run `review-invites outbox resolve ID \
             --as sent`, or `--as not-sent` to have it sent by the next run",
        );
    }
    if sending > 0 {
        let minutes = LEASE.as_secs() / 60;
        output.summary(&format!(
            "{sending} more are in flight in a running command, or in one that was killed less than {minutes} minutes \
             ago; run this again later"
        ));
    }
    if changed > 0 {
        output.summary(&format!("{changed} were changed by another process during the lookup"));
    }
    if later + person + changed > 0 || sending > 0 {
        output.record(Exit::Unknown);
    }
    Ok(())
}

async fn look_up(registry: &Registry, outbox: &Outbox, entry: &Entry) -> Result<Found> {
    let Some(provider) = registry.get(&entry.instance) else {
        let message =
            format!("the configuration has no instance {}; add it, or resolve the row", entry.instance);
        return Ok(Found::Person(message));
    };
    let key = match entry.key() {
        Ok(Some(key)) => key,
        Ok(None) => {
            let reason = "the order was erased or purged, so it cannot be looked up";
            return Ok(Found::Person(reason.to_owned()));
        }
        // One such row does not stop the others.
        Err(error) => return Ok(Found::Person(error.to_string())),
    };
    let invite = InviteRef::from(key).with_vendor_id(entry.vendor_id.clone());
    let age = Utc::now() - since(entry);
    Ok(match provider.reconcile(invite).await {
        Ok(InviteLookup::Found(_)) => {
            if !outbox.resolve(entry.id, Resolution::Sent, ACTOR, Some("found by lookup")).await? {
                let row = outbox.get(entry.id).await?;
                let state = row.map_or_else(|| "gone".to_owned(), |row| row.state.to_string());
                return Ok(Found::Changed(format!("another process changed the row: it is {state}")));
            }
            outbox.forget(entry.id).await?;
            Found::Resolved
        }
        Ok(InviteLookup::NotFound) => Found::Person("the vendor does not list it".to_owned()),
        Ok(InviteLookup::Inconclusive { reason, retry_after: Some(wait) }) => {
            match TimeDelta::from_std(wait) {
                Ok(wait) if age < wait => Found::Later(since(entry) + wait, for_command(&reason)),
                _ => Found::Person(for_command(&reason)),
            }
        }
        Ok(InviteLookup::Inconclusive { reason, .. }) => Found::Person(for_command(&reason)),
        Ok(_) => Found::Person("the lookup has a result that this release does not know".to_owned()),
        Err(error) => Found::Later(Utc::now(), format!("the lookup failed: {}", explain(&error))),
    })
}

/// When the request left, at the latest.
fn since(entry: &Entry) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(entry.unknown_at.unwrap_or(entry.created_at)).unwrap_or_default()
}

fn print(entry: &Entry, found: &Found, output: &mut Output) {
    let reference = entry.reference.as_deref().map_or_else(|| "-".to_owned(), shown_reference);
    let (status, at, reason) = match found {
        Found::Resolved => ("resolved", None, "the vendor has it"),
        Found::Later(at, reason) => {
            ("later", Some(at.format("%Y-%m-%d %H:%M UTC").to_string()), reason.as_str())
        }
        Found::Person(reason) => ("person", None, reason.as_str()),
        Found::Changed(reason) => ("changed", None, reason.as_str()),
    };
    if output.is_json() {
        output.object(&json!({
            "id": entry.id, "reference": reference, "instance": entry.instance, "status": status,
            "look_up_again_at": at, "reason": reason,
        }));
        return;
    }
    let at = at.map(|at| format!("look up again at {at}: ")).unwrap_or_default();
    output.line(&format!("{:<6} {:<13} {reference:<14} {status:<9} {at}{reason}", entry.id, entry.instance));
}
