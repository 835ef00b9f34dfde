//! A sliding-window limit that all workers of one database share.

use std::time::Duration;

use crate::clock::{Millis, millis};
use crate::error::Result;
use crate::outbox::Outbox;

/// Time between taking a slot and the first byte of the request. The window is longer by it, so that the
/// vendor counts no more requests in any window than it allows.
const SEND_DELAY: Duration = Duration::from_secs(1);
/// Slots of a limit: one row each.
const MAX_SLOTS: u32 = 100_000;

/// At most `calls` requests in any `window`, over all workers of one database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SharedLimit {
    pub(crate) bucket: String,
    pub(crate) calls: u32,
    pub(crate) window: Duration,
}

impl SharedLimit {
    /// Creates a limit. Instances that name the same `bucket` share it: use the vendor's account. `calls` is
    /// at least 1 and at most 100,000.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// // Trustpilot: 833 requests in 5 minutes (and therefore less than 10,000 in an hour).
    /// let limit = review_outbox::SharedLimit::new("trustpilot", 833, Duration::from_secs(300));
    /// # let _ = limit;
    /// ```
    #[must_use]
    pub fn new(bucket: impl Into<String>, calls: u32, window: Duration) -> Self {
        Self { bucket: bucket.into(), calls: calls.clamp(1, MAX_SLOTS), window }
    }

    fn kept(&self) -> Millis {
        millis(self.window.saturating_add(SEND_DELAY))
    }
}

/// A slot that was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Slot {
    slot: i64,
    used_at: Millis,
}

impl Outbox {
    /// Creates the slots of a limit, and removes those that are too many.
    pub(crate) async fn prepare_limit(&self, limit: &SharedLimit) -> Result<()> {
        let rows = self.pool.fetch(&self.sql.limit_count, &[(&limit.bucket).into()]).await?;
        let existing = rows.first().map(|row| row.int("slots")).transpose()?.unwrap_or(0);
        for slot in existing..i64::from(limit.calls) {
            self.pool.execute(&self.sql.limit_create, &[(&limit.bucket).into(), slot.into()]).await?;
        }
        let values = [(&limit.bucket).into(), i64::from(limit.calls).into()];
        self.pool.execute(&self.sql.limit_shrink, &values).await.map(drop)
    }

    /// Takes a slot, or returns the time until one is free. Each slot is used once per window, so no window
    /// contains more uses than there are slots.
    pub(crate) async fn take_slot(&self, limit: &SharedLimit) -> Result<Result<Slot, Duration>> {
        let now = self.clock.now();
        let values = [(&limit.bucket).into(), now.into(), (now - limit.kept()).into()];
        if let Some(row) = self.pool.fetch(&self.sql.limit_take, &values).await?.first() {
            return Ok(Ok(Slot { slot: row.int("slot")?, used_at: now }));
        }
        Ok(Err(self.next_slot(limit).await?))
    }

    /// Returns a slot that was not used.
    pub(crate) async fn return_slot(&self, limit: &SharedLimit, slot: Slot) -> Result<()> {
        let free = self.clock.now() - limit.kept();
        let values = [(&limit.bucket).into(), slot.slot.into(), slot.used_at.into(), free.into()];
        self.pool.execute(&self.sql.limit_return, &values).await.map(drop)
    }

    /// Returns how many slots are free, up to `at_most`.
    pub(crate) async fn free_slots(&self, limit: &SharedLimit, at_most: usize) -> Result<usize> {
        let free = self.clock.now() - limit.kept();
        let at_most = i64::try_from(at_most).unwrap_or(i64::MAX);
        let rows = self
            .pool
            .fetch(&self.sql.limit_free, &[(&limit.bucket).into(), free.into(), at_most.into()])
            .await?;
        let free = rows.first().map(|row| row.int("free")).transpose()?.unwrap_or(0);
        Ok(usize::try_from(free).unwrap_or(0))
    }

    /// Returns the time until a slot is free.
    pub(crate) async fn next_slot(&self, limit: &SharedLimit) -> Result<Duration> {
        let rows = self.pool.fetch(&self.sql.limit_next, &[(&limit.bucket).into()]).await?;
        let oldest = rows.first().map(|row| row.int("used_at")).transpose()?.unwrap_or(0);
        let wait = oldest.saturating_add(limit.kept()).saturating_sub(self.clock.now());
        Ok(Duration::from_millis(u64::try_from(wait).unwrap_or(0).max(1)))
    }
}
