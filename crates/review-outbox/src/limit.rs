//! A sliding-window limit that all workers of one database share.

use std::collections::BTreeMap;
use std::time::Duration;

use tracing::debug;

use crate::clock::{Millis, millis};
use crate::database::connection::Connection;
use crate::database::pool::AsyncTransaction;
use crate::error::{Error, Result};
use crate::outbox::Outbox;
use crate::schema::statements::Statements;

/// Time between taking a slot and the first byte of the request. The window is longer by it, so that the
/// vendor counts no more requests in any window than it allows.
const SEND_DELAY: Duration = Duration::from_secs(1);
/// Segments of a window. Calls are counted by segment and leave the window with the end of theirs, so a limit is one
/// row of bounded size, and up to 1/64 stricter than asked for.
const SEGMENTS: Millis = 64;

/// At most `calls` requests in any `window`, over all workers of one database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SharedLimit {
    pub(crate) bucket: String,
    pub(crate) calls: u32,
    pub(crate) window: Duration,
}

impl SharedLimit {
    /// Creates a limit. Instances that name the same `bucket` share it: use the vendor's account. `calls` is
    /// at least 1.
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
        Self { bucket: bucket.into(), calls: calls.max(1), window }
    }

    fn kept(&self) -> Millis {
        millis(self.window.saturating_add(SEND_DELAY))
    }

    /// The end of the segment that contains a time.
    fn segment(&self, at: Millis) -> Millis {
        let length = (self.kept() / SEGMENTS).max(1);
        at.div_euclid(length).saturating_add(1).saturating_mul(length)
    }
}

/// A slot that was taken: the end of its segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Slot(Millis);

/// The calls in a window, by the end of their segment.
struct Used(BTreeMap<Millis, u32>);

impl Used {
    fn parse(text: &str) -> Result<Self> {
        let pair = |pair: &str| {
            let (end, calls) = pair.split_once(':')?;
            Some((end.parse().ok()?, calls.parse().ok()?))
        };
        let pairs = text.split(',').filter(|part| !part.is_empty()).map(pair);
        pairs.collect::<Option<_>>().map(Self).ok_or(Error::Row {
            id: 0,
            column: "outbox_limit.used",
            expected: "pairs of a time and a number",
            help: "delete the row of this limit; it starts again",
        })
    }

    fn to_text(&self) -> String {
        let pairs: Vec<String> = self.0.iter().map(|(end, calls)| format!("{end}:{calls}")).collect();
        pairs.join(",")
    }

    /// Forgets the calls that left the window, and returns the number of those in it.
    fn count(&mut self, limit: &SharedLimit, now: Millis) -> u32 {
        let current = limit.segment(now);
        // After the clock went back, calls are not later than now.
        let later = self.0.split_off(&current.saturating_add(1));
        if !later.is_empty() {
            *self.0.entry(current).or_default() += later.into_values().sum::<u32>();
        }
        self.0.retain(|end, _| end.saturating_add(limit.kept()) > now);
        self.0.values().fold(0, |sum, calls| sum.saturating_add(*calls))
    }

    fn take(&mut self, limit: &SharedLimit, now: Millis) -> Result<Slot, Duration> {
        if self.count(limit, now) >= limit.calls {
            return Err(self.wait(limit, now));
        }
        let end = limit.segment(now);
        *self.0.entry(end).or_default() += 1;
        Ok(Slot(end))
    }

    fn give_back(&mut self, slot: Slot) {
        if let Some(calls) = self.0.get_mut(&slot.0) {
            *calls = calls.saturating_sub(1);
        }
    }

    /// Returns the time until the oldest calls leave the window.
    fn wait(&self, limit: &SharedLimit, now: Millis) -> Duration {
        let oldest = self.0.iter().find(|(_, calls)| **calls > 0).map_or(now, |(end, _)| *end);
        let wait = oldest.saturating_add(limit.kept()).saturating_sub(now);
        Duration::from_millis(u64::try_from(wait).unwrap_or(0).max(1))
    }
}

impl Outbox {
    /// Takes a slot, or returns the time until one is free.
    pub(crate) async fn take_slot(&self, limit: &SharedLimit) -> Result<Result<Slot, Duration>> {
        let (shared, now) = (limit.clone(), self.clock.now());
        self.change_limit(limit, move |used| used.take(&shared, now)).await
    }

    /// Returns a slot that was not used.
    pub(crate) async fn return_slot(&self, limit: &SharedLimit, slot: Slot) -> Result<()> {
        self.change_limit(limit, move |used| used.give_back(slot)).await
    }

    /// Takes a slot of each limit, or none and returns the time until there is one. The slots are in the order of
    /// the limits.
    pub(crate) async fn take_slots(
        &self,
        limits: impl IntoIterator<Item = &SharedLimit> + Clone,
    ) -> Result<Result<Vec<Slot>, Duration>> {
        let mut slots = Vec::new();
        for limit in limits.clone() {
            let missing = match self.take_slot(limit).await {
                Ok(Ok(slot)) => {
                    slots.push(slot);
                    continue;
                }
                Ok(Err(wait)) => Ok(Err(wait)),
                Err(error) => Err(error),
            };
            self.return_slots(limits, slots).await;
            return missing;
        }
        Ok(Ok(slots))
    }

    /// Returns slots that [`take_slots`](Self::take_slots) took and that were not used.
    pub(crate) async fn return_slots(
        &self,
        limits: impl IntoIterator<Item = &SharedLimit>,
        slots: Vec<Slot>,
    ) {
        for (limit, slot) in limits.into_iter().zip(slots) {
            if let Err(error) = self.return_slot(limit, slot).await {
                debug!(%error, "a slot of a shared limit was not returned; it is free after its window");
            }
        }
    }

    /// Returns how many slots are free, up to `at_most`.
    pub(crate) async fn free_slots(&self, limit: &SharedLimit, at_most: usize) -> Result<usize> {
        let rows = self.pool.fetch(&self.sql.limit_read, &[(&limit.bucket).into()]).await?;
        let used = rows.first().map(|row| row.text("used")).transpose()?.unwrap_or_default();
        let used = Used::parse(&used)?.count(limit, self.clock.now());
        Ok(usize::try_from(limit.calls.saturating_sub(used)).unwrap_or(usize::MAX).min(at_most))
    }

    async fn change_limit<T: Send + 'static>(
        &self,
        limit: &SharedLimit,
        change: impl FnOnce(&mut Used) -> T + Send + 'static,
    ) -> Result<T> {
        self.pool.transaction(ChangeLimit { sql: self.sql, bucket: limit.bucket.clone(), change }).await
    }
}

struct ChangeLimit<F> {
    sql: &'static Statements,
    bucket: String,
    change: F,
}

impl<T: Send, F: FnOnce(&mut Used) -> T + Send + 'static> AsyncTransaction<T> for ChangeLimit<F> {
    async fn run(self, mut connection: Connection<'_>) -> Result<T> {
        let bucket = [(&self.bucket).into()];
        let mut rows = connection.fetch(&self.sql.limit_lock, &bucket).await?;
        if rows.is_empty() {
            connection.execute(&self.sql.limit_create, &bucket).await?;
            rows = connection.fetch(&self.sql.limit_lock, &bucket).await?;
        }
        let before = rows.first().map(|row| row.text("used")).transpose()?.unwrap_or_default();
        let mut used = Used::parse(&before)?;
        let value = (self.change)(&mut used);
        let after = used.to_text();
        if after != before {
            connection.execute(&self.sql.limit_save, &[(&self.bucket).into(), (&after).into()]).await?;
        }
        Ok(value)
    }
}
