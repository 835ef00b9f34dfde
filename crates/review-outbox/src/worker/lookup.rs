//! Unknown outcomes that a policy resolves.

use std::time::Duration;

use review_core::provider::{InviteLookup, InviteRef, ReviewInviteProviderExt as _};
use review_core::{Error, ErrorKind, RetryAdvice};
use tracing::{debug, info, warn};

use super::options::UnknownPolicy;
use super::send::Sender;
use crate::circuit::Signal;
use crate::clock::millis;
use crate::database::value::Row;
use crate::error::Result;
use crate::outbox::NEVER;
use crate::state::State;
use crate::store::claim::Fence;
use crate::telemetry;

/// Rows of one round.
const BATCH: usize = 16;

impl Sender {
    /// Applies the policy of the instance to its unknown rows that are due. Runs in a separate task: a slow
    /// vendor does not delay the worker.
    pub(crate) async fn resolve_unknown(self) {
        let result = match self.instance.unknown {
            UnknownPolicy::Hold => Ok(()),
            UnknownPolicy::LookUp { every, give_up_after } => self.look_up(every, give_up_after).await,
            UnknownPolicy::Resend { after } => self.resend(after).await,
        };
        if let Err(error) = result {
            warn!(%error, "unknown outcomes were not resolved; the worker tries again");
            telemetry::database_error();
        }
    }

    async fn look_up(&self, every: Duration, give_up_after: Duration) -> Result<()> {
        let outbox = &self.outbox;
        let mut batch = BATCH;
        for limit in &self.instance.limits {
            batch = batch.min(outbox.free_slots(limit, batch).await?);
        }
        let now = outbox.clock.now();
        let batch = i64::try_from(batch).unwrap_or(0);
        let values = [self.name().into(), now.into(), outbox.in_millis(every).into(), batch.into()];
        for row in outbox.pool.fetch(&outbox.sql.claim_lookup, &values).await? {
            let id = row.int("id")?;
            let Some(invite) = invite(&row) else {
                warn!(id, "an unknown row cannot be looked up: it was erased, or a newer release wrote it");
                self.postpone(id, NEVER).await?;
                continue;
            };
            // A lookup is a request to the vendor: it counts.
            if let Err(wait) = outbox.take_slots(&self.instance.limits).await? {
                self.postpone(id, outbox.in_millis(wait)).await?;
                continue;
            }
            match self.instance.provider.reconcile(invite).await {
                Ok(InviteLookup::Found(_)) => {
                    info!(
                        id,
                        instance = self.name(),
                        "the vendor has an invitation whose outcome was unknown"
                    );
                    outbox
                        .resolve_by_policy(id, State::Accepted, "found by lookup", Some("accepted"))
                        .await?;
                    continue;
                }
                Ok(InviteLookup::NotFound) => debug!(id, "not found yet"),
                Ok(_) => debug!(id, "the lookup was inconclusive"),
                Err(error) => {
                    debug!(id, %error, "the lookup failed");
                    self.pause(&error).await?;
                }
            }
            if now.saturating_sub(row.int("unknown_at")?) >= millis(give_up_after) {
                self.postpone(id, NEVER).await?;
            }
        }
        Ok(())
    }

    async fn postpone(&self, id: i64, until: i64) -> Result<()> {
        let values = [id.into(), until.into()];
        self.outbox.pool.execute(&self.outbox.sql.postpone_lookup, &values).await.map(drop)
    }

    /// Pauses the instance if the vendor asks for it.
    async fn pause(&self, error: &Error) -> Result<()> {
        let RetryAdvice::After(wait) = error.retry_advice() else { return Ok(()) };
        if error.kind() != ErrorKind::RateLimited {
            return Ok(());
        }
        // Not a claim: it cannot be the one that probes.
        let from = Fence { owner: "lookup".into(), claim: 0 };
        self.outbox.signal(self.name(), &Signal::Pause(wait), &from, &self.options.circuit).await.map(drop)
    }

    async fn resend(&self, after: Duration) -> Result<()> {
        let now = self.outbox.clock.now();
        let batch = i64::try_from(BATCH).unwrap_or(0);
        let until = now.saturating_sub(millis(after));
        let values = [self.name().into(), until.into(), now.into(), batch.into()];
        for row in self.outbox.pool.fetch(&self.outbox.sql.claim_lookup, &values).await? {
            self.outbox.resolve_by_policy(row.int("id")?, State::Pending, "resend", None).await?;
        }
        Ok(())
    }
}

/// Returns what to look up. `None` if the row was erased or is unreadable.
fn invite(row: &Row) -> Option<InviteRef> {
    let key = crate::view::key(row).ok()??;
    Some(InviteRef::from(key).with_vendor_id(row.opt_text("vendor_id").ok()?))
}
