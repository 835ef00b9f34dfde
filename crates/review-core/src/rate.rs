//! How many calls in how much time, kept exactly.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// Part of a window by which it is kept longer than told: calls may arrive closer together than they
/// left.
const MARGIN: u32 = 100;
/// The longest window, a year: no process counts calls for longer, and every moment can be computed.
const LONGEST: Duration = Duration::from_secs(366 * 24 * 60 * 60);

/// Limits of the form "at most so many calls within any stretch of so much time". Several may hold at
/// once.
///
/// ```
/// use std::time::Duration;
///
/// use review_core::RateLimits;
///
/// let limits = RateLimits::none()
///     .with_at_most(833, Duration::from_secs(5 * 60))
///     .with_at_most(10_000, Duration::from_secs(60 * 60));
/// assert!(!limits.is_none());
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RateLimits(Vec<(usize, Duration)>);

impl RateLimits {
    /// No limit.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// Adds a limit; at least one call is let through in every window. A window of more than 366 days
    /// is one of 366 days.
    #[must_use]
    pub fn with_at_most(mut self, calls: u32, within: Duration) -> Self {
        self.0.push((usize::try_from(calls.max(1)).unwrap_or(usize::MAX), within.min(LONGEST)));
        self
    }

    /// Whether nothing is limited.
    #[must_use]
    pub fn is_none(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns limits that allow any number of calls.
    #[must_use]
    pub fn unlimited() -> Self {
        Self::default()
    }

    /// Adds a limit: at most `max_calls` (at least one) in any stretch of `window`, at most 366 days.
    #[must_use]
    pub fn with_limit(self, max_calls: u32, window: Duration) -> Self {
        self.with_at_most(max_calls, window)
    }

    /// Returns whether no call is limited.
    #[must_use]
    pub fn is_unlimited(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns each limit: a number of calls and the length of its window.
    pub fn iter(&self) -> impl Iterator<Item = (usize, Duration)> + '_ {
        self.0.iter().copied()
    }
}

/// When calls were made, as far back as the limits look: a pure value that is told the time.
///
/// A token bucket of the same size would let through twice the number within one window, once from the
/// full bucket and once as it fills. Vendors that count by windows see that as an excess, so the moments
/// themselves are kept: 16 bytes a call, up to the largest limit.
///
/// ```
/// use std::time::{Duration, Instant};
///
/// use review_core::{RateLimits, RateLog};
///
/// let mut log = RateLog::new(RateLimits::none().with_at_most(1, Duration::from_secs(60)));
/// let now = Instant::now();
/// assert_eq!(log.next(now), now);
/// log.note(now, now);
/// assert!(log.next(now) >= now + Duration::from_secs(60));
/// ```
#[derive(Clone, Debug)]
pub struct RateLog {
    limits: RateLimits,
    calls: VecDeque<Instant>,
    longest: Duration,
}

impl RateLog {
    /// An empty log.
    #[must_use]
    pub fn new(limits: RateLimits) -> Self {
        let longest = limits.0.iter().map(|(_, within)| kept(*within)).max().unwrap_or_default();
        Self { limits, calls: VecDeque::new(), longest }
    }

    /// The first moment, not before `from` and not before the last call in the log, at which one more call
    /// keeps every limit. Asking changes nothing, however far ahead.
    #[must_use]
    pub fn next(&self, from: Instant) -> Instant {
        let after_last = self.calls.back().map_or(from, |last| from.max(*last));
        let free = self.limits.0.iter().filter_map(|(calls, within)| {
            let blocking = self.calls.len().checked_sub(*calls)?;
            self.calls.get(blocking)?.checked_add(kept(*within))
        });
        free.fold(after_last, Instant::max)
    }

    /// Notes a call at a moment that [`next`](Self::next) gave, and forgets those that are too long ago by
    /// `now`. That is the time by the clock, not that of the call: a call ahead may be taken back.
    pub fn note(&mut self, at: Instant, now: Instant) {
        while self.calls.front().is_some_and(|call| now.saturating_duration_since(*call) >= self.longest) {
            self.calls.pop_front();
        }
        if !self.limits.is_none() {
            self.calls.push_back(at);
        }
    }

    /// Takes back a call that was noted and not made. The turns noted after it stay as they are, and the
    /// next one still comes after them.
    pub fn take_back(&mut self, at: Instant) {
        if let Some(index) = self.calls.iter().rposition(|call| *call == at) {
            self.calls.remove(index);
        }
    }
}

fn kept(window: Duration) -> Duration {
    window.saturating_add(window / MARGIN)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits() -> RateLimits {
        RateLimits::none()
            .with_at_most(833, Duration::from_secs(300))
            .with_at_most(10_000, Duration::from_secs(3600))
    }

    /// The most calls within any window of this length, both ends counted.
    fn most(calls: &[Instant], window: Duration) -> usize {
        let mut from = 0;
        let mut most = 0;
        for (to, call) in calls.iter().enumerate() {
            while *call - calls[from] > window {
                from += 1;
            }
            most = most.max(to + 1 - from);
        }
        most
    }

    #[test]
    fn no_window_of_a_day_holds_more_than_it_may_and_little_is_wasted() {
        let start = Instant::now();
        let mut log = RateLog::new(limits());
        let mut now = start;
        let mut calls = Vec::new();
        while now < start + Duration::from_secs(24 * 60 * 60) {
            now = log.next(now);
            log.note(now, now);
            calls.push(now);
            // Busy hours and quiet ones.
            if calls.len() % 50_000 == 0 {
                now += Duration::from_secs(3600);
            }
        }
        assert_eq!(most(&calls, Duration::from_secs(300)), 833);
        assert!((9_800..=10_000).contains(&most(&calls, Duration::from_secs(3600))));
        assert!(calls.len() > 190_000, "{} calls in a day with some quiet hours", calls.len());
    }

    #[test]
    fn what_was_not_made_is_not_counted() {
        let now = Instant::now();
        let mut log = RateLog::new(RateLimits::none().with_at_most(1, Duration::from_secs(100)));
        let first = log.next(now);
        log.note(first, now);
        let second = log.next(now);
        assert_eq!(second - now, Duration::from_secs(101));
        log.note(second, now);
        log.take_back(second);
        assert_eq!(log.next(now), second);
        log.take_back(first);
        assert_eq!(log.next(now), now);
    }

    #[test]
    fn looking_and_booking_ahead_forgets_nothing_that_still_counts() {
        let now = Instant::now();
        let mut log = RateLog::new(RateLimits::none().with_at_most(1, Duration::from_secs(100)));
        log.note(now, now);
        let free = log.next(now);
        let ahead = log.next(now + Duration::from_secs(200));
        assert_eq!(log.next(now), free);
        log.note(ahead, now);
        log.take_back(ahead);
        assert_eq!(log.next(now), free);
    }

    #[test]
    fn what_no_limit_looks_at_any_more_is_not_kept() {
        let mut now = Instant::now();
        let mut log = RateLog::new(RateLimits::none().with_at_most(5, Duration::from_secs(1)));
        for _ in 0..1000 {
            now = log.next(now);
            log.note(now, now);
        }
        assert!(log.calls.len() <= 5, "{} moments", log.calls.len());
    }

    #[test]
    fn turns_after_one_that_is_taken_back_stay_as_they_are() {
        let now = Instant::now();
        let mut log = RateLog::new(RateLimits::none().with_at_most(1, Duration::from_secs(100)));
        let turns = [0; 3].map(|_| {
            let turn = log.next(now);
            log.note(turn, now);
            turn
        });
        log.take_back(turns[1]);
        assert_eq!(log.next(now) - turns[2], Duration::from_secs(101));
    }

    #[test]
    fn an_endless_window_is_a_limit_too() {
        let now = Instant::now();
        let mut log = RateLog::new(RateLimits::none().with_at_most(1, Duration::MAX));
        assert_eq!(log.next(now), now);
        log.note(now, now);
        assert!(log.next(now) - now > Duration::from_secs(366 * 24 * 60 * 60));
    }

    #[test]
    fn without_limits_nothing_waits_and_nothing_is_kept() {
        let now = Instant::now();
        let mut log = RateLog::new(RateLimits::none());
        for _ in 0..10 {
            assert_eq!(log.next(now), now);
            log.note(now, now);
        }
        assert!(log.calls.is_empty());
    }
}
