//! The sandbox's time, and deadlines in it: when a token expires, or when an invite setting appears.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};

/// Real time plus the time it was advanced by. Clones share it.
#[derive(Clone, Debug)]
pub(crate) struct Clock(Arc<ClockState>);

#[derive(Debug)]
struct ClockState {
    started: Instant,
    /// In milliseconds.
    advanced: AtomicU64,
}

impl Clock {
    pub(crate) fn new() -> Self {
        Self(Arc::new(ClockState { started: Instant::now(), advanced: AtomicU64::new(0) }))
    }

    /// Moves the time forward, in whole milliseconds, rounded down.
    pub(crate) fn advance(&self, by: Duration) {
        let by = u64::try_from(by.as_millis()).unwrap_or(u64::MAX);
        let add = |before: u64| Some(before.saturating_add(by));
        // It cannot fail, because `add` always returns a value.
        let _ = self.0.advanced.fetch_update(Ordering::SeqCst, Ordering::SeqCst, add);
    }

    /// Returns the date and time of day.
    pub(crate) fn now(&self) -> DateTime<Utc> {
        after(Utc::now(), self.advanced()).unwrap_or(DateTime::<Utc>::MAX_UTC)
    }

    /// Returns a deadline from now.
    pub(crate) fn after(&self, duration: Duration) -> Deadline {
        Deadline { at: self.elapsed().saturating_add(duration), clock: self.clone() }
    }

    fn advanced(&self) -> Duration {
        Duration::from_millis(self.0.advanced.load(Ordering::SeqCst))
    }

    /// Uses the monotonic clock: a change of the machine's date does not move deadlines.
    fn elapsed(&self) -> Duration {
        self.0.started.elapsed().saturating_add(self.advanced())
    }
}

/// A deadline. One that is too far away to be reached means never.
#[derive(Clone, Debug)]
pub(crate) struct Deadline {
    /// Since the clock started.
    at: Duration,
    clock: Clock,
}

impl Deadline {
    pub(crate) fn passed(&self) -> bool {
        self.clock.elapsed() >= self.at
    }
}

/// `None`: later than a date can express.
pub(crate) fn after(start: DateTime<Utc>, duration: Duration) -> Option<DateTime<Utc>> {
    TimeDelta::from_std(duration).ok().and_then(|duration| start.checked_add_signed(duration))
}

/// The form in both vendors' responses: UTC, three fraction digits, `Z`.
pub(crate) fn print(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deadlines_follow_the_clock() {
        let clock = Clock::new();
        let (soon, never) = (clock.after(Duration::from_secs(60)), clock.after(Duration::MAX));
        assert!(!soon.passed() && clock.after(Duration::ZERO).passed());
        clock.clone().advance(Duration::from_secs(60));
        assert!(soon.passed() && !never.passed());
        assert!(clock.now() >= Utc::now() + TimeDelta::seconds(59));
    }

    #[test]
    fn advance_beyond_the_last_date_saturates() {
        let clock = Clock::new();
        clock.advance(Duration::MAX);
        clock.advance(Duration::MAX);
        assert_eq!(clock.now(), DateTime::<Utc>::MAX_UTC);
    }
}
