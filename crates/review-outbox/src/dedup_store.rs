//! [`DedupStore`] over the tables of the outbox.

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use review_core::model::InviteKey;
use review_core::wrappers::{Claim, ClaimResult, Completion, DedupStore};
use review_core::{ErrorKind, RetryAdvice};

use crate::error::{Error, Result};
use crate::key::order_hash;
use crate::outbox::Outbox;
use crate::state::State;

/// The instance of rows that a `Dedup` recorded.
const INSTANCE: &str = "dedup";

/// Records what a [`Dedup`](review_core::wrappers::Dedup) sends, in the same tables as the outbox: an
/// invitation that is in the outbox is not sent a second time by another path, and the reverse.
///
/// Do not give a worker a provider that is wrapped in a `Dedup` over the same outbox: the worker's own row
/// would block it.
///
/// ```no_run
/// # async fn example(provider: review_core::DynProvider) -> Result<(), Box<dyn std::error::Error>> {
/// use std::time::Duration;
///
/// use review_core::wrappers::Dedup;
/// use review_outbox::{Outbox, OutboxDedupStore};
///
/// let outbox = Outbox::open("sqlite://invitations.db").await?;
/// let provider = Dedup::new(provider, OutboxDedupStore::new(outbox, Duration::from_secs(120)));
/// # let _ = provider;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct OutboxDedupStore {
    outbox: Outbox,
    lease: Duration,
}

impl fmt::Debug for OutboxDedupStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OutboxDedupStore").field("lease", &self.lease).finish_non_exhaustive()
    }
}

impl OutboxDedupStore {
    /// Creates a store. After the `lease`, a claim of a process that was killed counts as an unknown outcome:
    /// it must be longer than the deadline of one call.
    #[must_use]
    pub fn new(outbox: Outbox, lease: Duration) -> Self {
        Self { outbox, lease }
    }

    #[cfg(all(test, feature = "sqlite"))]
    pub(crate) fn outbox(&self) -> &Outbox {
        &self.outbox
    }

    async fn try_claim(&self, key: &InviteKey) -> Result<ClaimResult> {
        let outbox = &self.outbox;
        outbox.refresh_clock().await?;
        let order = order_hash(key);
        let values = [
            (&key.shop).into(),
            key.reference.as_str().into(),
            key.kind.as_str().into(),
            (&order).into(),
            INSTANCE.into(),
            State::Sending.as_str().into(),
            outbox.in_millis(self.lease).into(),
            outbox.clock.now().into(),
        ];
        for _ in 0..2 {
            if let Some(row) = outbox.pool.fetch(&outbox.sql.dedup_insert, &values).await?.first() {
                // Ids are never used again.
                return Ok(ClaimResult::Claimed(Claim::new(row.int("id")?)));
            }
            if let Some(found) = self.try_find(key).await? {
                return Ok(found);
            }
        }
        Ok(ClaimResult::InProgress)
    }

    async fn try_find(&self, key: &InviteKey) -> Result<Option<ClaimResult>> {
        let outbox = &self.outbox;
        outbox.refresh_clock().await?;
        let (order, now) = (order_hash(key), outbox.clock.now());
        let values = [(&order).into(), key.kind.as_str().into(), INSTANCE.into(), now.into()];
        outbox.pool.execute(&outbox.sql.dedup_expire, &values).await?;
        let entry = outbox.find(key).await?;
        Ok(entry.map(|entry| match entry.state {
            State::Accepted => ClaimResult::AlreadySent,
            State::Unknown => ClaimResult::OutcomeUnknown,
            // Queued, being sent, cancelled or dead: the outbox decides what happens to it.
            _ => ClaimResult::InProgress,
        }))
    }

    async fn try_complete(&self, key: &InviteKey, completion: Completion) -> Result<()> {
        let outbox = &self.outbox;
        let (order, now) = (order_hash(key), outbox.clock.now());
        let exact = [(&order).into(), key.kind.as_str().into()];
        let (state, statement) = match completion {
            Completion::NotSent(claim) => {
                let values = [exact[0], exact[1], claim.as_i64().into(), INSTANCE.into()];
                return outbox.pool.execute(&outbox.sql.dedup_remove, &values).await.map(drop);
            }
            Completion::Sent => (State::Accepted, &outbox.sql.dedup_sent),
            Completion::OutcomeUnknown => (State::Unknown, &outbox.sql.dedup_unknown),
        };
        if outbox.pool.execute(statement, &[exact[0], exact[1], now.into()]).await? > 0 {
            return Ok(());
        }
        // The row was released meanwhile; what is known must still be recorded.
        let values = [
            (&key.shop).into(),
            key.reference.as_str().into(),
            key.kind.as_str().into(),
            (&order).into(),
            INSTANCE.into(),
            state.as_str().into(),
            None::<i64>.into(),
            now.into(),
        ];
        outbox.pool.fetch(&outbox.sql.dedup_insert, &values).await.map(drop)
    }

    async fn try_release(&self, key: &InviteKey) -> Result<()> {
        let outbox = &self.outbox;
        let order = order_hash(key);
        let values = [(&order).into(), key.kind.as_str().into(), INSTANCE.into()];
        outbox.pool.execute(&outbox.sql.dedup_release, &values).await.map(drop)
    }
}

fn blocked(error: Error) -> review_core::Error {
    let blocked = review_core::Error::new(ErrorKind::Blocked, "the outbox cannot be used as a dedup store");
    blocked.with_retry_advice(RetryAdvice::After(Duration::from_secs(1))).with_source(error)
}

#[async_trait]
impl DedupStore for OutboxDedupStore {
    async fn claim(&self, key: &InviteKey) -> review_core::Result<ClaimResult> {
        self.try_claim(key).await.map_err(blocked)
    }

    async fn complete(&self, key: &InviteKey, completion: Completion) -> review_core::Result<()> {
        self.try_complete(key, completion).await.map_err(blocked)
    }

    async fn release(&self, key: &InviteKey) -> review_core::Result<()> {
        self.try_release(key).await.map_err(blocked)
    }

    async fn find(&self, key: &InviteKey) -> review_core::Result<Option<ClaimResult>> {
        self.try_find(key).await.map_err(blocked)
    }
}
