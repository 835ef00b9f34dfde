//! Unknown outcomes that a policy resolves.

use std::time::Duration;

use review_core::provider::{InviteLookup, InviteRef, ReviewInviteProviderExt as _};
use tracing::{debug, info};

use super::options::{Instance, UnknownPolicy};
use crate::clock::millis;
use crate::error::Result;
use crate::outbox::{NEVER, Outbox};
use crate::state::State;

/// Rows of one round.
const BATCH: i64 = 16;

impl Outbox {
    /// Applies the policy of an instance to its unknown rows that are due.
    pub(crate) async fn resolve_unknown(&self, instance: &Instance) -> Result<()> {
        match instance.unknown {
            UnknownPolicy::Hold => Ok(()),
            UnknownPolicy::LookUp { every, give_up_after } => {
                self.look_up(instance, every, give_up_after).await
            }
            UnknownPolicy::Resend { after } => self.resend(instance, after).await,
        }
    }

    async fn look_up(&self, instance: &Instance, every: Duration, give_up_after: Duration) -> Result<()> {
        let name = instance.provider.info().instance();
        let now = self.clock.now();
        let values = [name.into(), now.into(), self.in_millis(every).into(), BATCH.into()];
        for row in self.pool.fetch(&self.sql.claim_lookup, &values).await? {
            let id = row.int("id")?;
            let Some(key) = crate::view::key(&row)? else { continue };
            let invite = InviteRef::from(key).with_vendor_id(row.opt_text("vendor_id")?);
            match instance.provider.reconcile(invite).await {
                Ok(InviteLookup::Found(_)) => {
                    info!(id, instance = name, "the vendor has an invitation whose outcome was unknown");
                    self.resolve_by_policy(id, State::Accepted, "found by lookup", Some("accepted")).await?;
                    continue;
                }
                Ok(InviteLookup::NotFound) => debug!(id, "not found yet"),
                Ok(_) => debug!(id, "the lookup was inconclusive"),
                Err(error) => debug!(id, %error, "the lookup failed"),
            }
            if now.saturating_sub(row.int("unknown_at")?) >= millis(give_up_after) {
                self.pool.execute(&self.sql.postpone_lookup, &[id.into(), NEVER.into()]).await?;
            }
        }
        Ok(())
    }

    async fn resend(&self, instance: &Instance, after: Duration) -> Result<()> {
        let now = self.clock.now();
        let values = [
            instance.provider.info().instance().into(),
            now.saturating_sub(millis(after)).into(),
            now.into(),
            BATCH.into(),
        ];
        for row in self.pool.fetch(&self.sql.claim_lookup, &values).await? {
            self.resolve_by_policy(row.int("id")?, State::Pending, "resend", None).await?;
        }
        Ok(())
    }
}
