//! A sliding-window log of recent calls.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use super::limits::RateLimits;

/// Extends each window by 1 %, because network jitter can bring calls closer together on arrival.
const MARGIN: u32 = 100;

/// The instants of recent calls, as far back as the limits look. It does no I/O; the caller passes the
/// current time.
///
/// A token bucket of the same size would let through twice the number within one window, once from the
/// full bucket and once as it fills. Vendors that count by windows see that as an excess, so the instants
/// themselves are kept: 16 bytes a call, up to the largest limit.
#[derive(Debug)]
pub(super) struct SlidingWindow {
    limits: Vec<(usize, Duration)>,
    /// In ascending order.
    calls: VecDeque<Instant>,
    longest: Duration,
}

impl SlidingWindow {
    pub(super) fn new(limits: &RateLimits) -> Self {
        let limits: Vec<_> = limits.iter().map(|(calls, window)| (calls, with_margin(window))).collect();
        let longest = limits.iter().map(|(_, window)| *window).max().unwrap_or_default();
        Self { limits, calls: VecDeque::new(), longest }
    }

    /// Returns the first instant, not before `from` and not before the last recorded call, at which one more
    /// call keeps every limit. It changes nothing, however far ahead `from` is.
    pub(super) fn next_available(&self, from: Instant) -> Instant {
        let after_last = self.calls.back().map_or(from, |last| from.max(*last));
        let free = self.limits.iter().filter_map(|(calls, window)| {
            let blocking = self.calls.len().checked_sub(*calls)?;
            self.calls.get(blocking)?.checked_add(*window)
        });
        free.fold(after_last, Instant::max)
    }

    /// Records a call, and drops those that are too long ago by `now`. That is the current time and not that
    /// of the call, because a call ahead can be cancelled.
    pub(super) fn record(&mut self, at: Instant, now: Instant) {
        while self.calls.front().is_some_and(|call| now.saturating_duration_since(*call) >= self.longest) {
            self.calls.pop_front();
        }
        if !self.limits.is_empty() {
            self.calls.insert(self.calls.partition_point(|call| *call <= at), at);
        }
    }

    /// Removes a call that was recorded and not made. Calls recorded after it stay as they are, and the
    /// next one still comes after them.
    pub(super) fn cancel(&mut self, at: Instant) {
        if let Some(index) = self.calls.iter().rposition(|call| *call == at) {
            self.calls.remove(index);
        }
    }

    /// Returns when a recorded call keeps every limit, counting the calls before it only. That is later than
    /// recorded if one of those left late; calls after it are delayed in turn.
    pub(super) fn delayed(&self, at: Instant) -> Instant {
        let index = self.calls.partition_point(|call| *call <= at).saturating_sub(1);
        let free = self
            .limits
            .iter()
            .filter_map(|(calls, window)| self.calls.get(index.checked_sub(*calls)?)?.checked_add(*window));
        free.fold(at, Instant::max)
    }
}

fn with_margin(window: Duration) -> Duration {
    window.saturating_add(window / MARGIN)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits() -> RateLimits {
        RateLimits::unlimited()
            .with_limit(833, Duration::from_secs(300))
            .with_limit(10_000, Duration::from_secs(3600))
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
    fn every_window_of_a_day_keeps_the_limits_and_wastes_little() {
        let start = Instant::now();
        let mut log = SlidingWindow::new(&limits());
        let mut now = start;
        let mut calls = Vec::new();
        while now < start + Duration::from_secs(24 * 60 * 60) {
            now = log.next_available(now);
            log.record(now, now);
            calls.push(now);
            // Busy hours and quiet hours.
            if calls.len() % 50_000 == 0 {
                now += Duration::from_secs(3600);
            }
        }
        assert_eq!(most(&calls, Duration::from_secs(300)), 833);
        assert!((9_800..=10_000).contains(&most(&calls, Duration::from_secs(3600))));
        assert!(calls.len() > 190_000, "{} calls in a day with some quiet hours", calls.len());
    }

    #[test]
    fn cancelled_calls_are_not_counted() {
        let now = Instant::now();
        let mut log = SlidingWindow::new(&RateLimits::unlimited().with_limit(1, Duration::from_secs(100)));
        let first = log.next_available(now);
        log.record(first, now);
        let second = log.next_available(now);
        assert_eq!(second - now, Duration::from_secs(101));
        log.record(second, now);
        log.cancel(second);
        assert_eq!(log.next_available(now), second);
        log.cancel(first);
        assert_eq!(log.next_available(now), now);
    }

    #[test]
    fn looking_and_recording_ahead_drops_no_call_that_counts() {
        let now = Instant::now();
        let mut log = SlidingWindow::new(&RateLimits::unlimited().with_limit(1, Duration::from_secs(100)));
        log.record(now, now);
        let free = log.next_available(now);
        let ahead = log.next_available(now + Duration::from_secs(200));
        assert_eq!(log.next_available(now), free);
        log.record(ahead, now);
        log.cancel(ahead);
        assert_eq!(log.next_available(now), free);
    }

    #[test]
    fn calls_outside_all_windows_are_not_kept() {
        let mut now = Instant::now();
        let mut log = SlidingWindow::new(&RateLimits::unlimited().with_limit(5, Duration::from_secs(1)));
        for _ in 0..1000 {
            now = log.next_available(now);
            log.record(now, now);
        }
        assert!(log.calls.len() <= 5, "{} moments", log.calls.len());
    }

    #[test]
    fn calls_after_a_cancelled_one_stay_as_they_are() {
        let now = Instant::now();
        let mut log = SlidingWindow::new(&RateLimits::unlimited().with_limit(1, Duration::from_secs(100)));
        let turns = [0; 3].map(|_| {
            let turn = log.next_available(now);
            log.record(turn, now);
            turn
        });
        log.cancel(turns[1]);
        assert_eq!(log.next_available(now) - turns[2], Duration::from_secs(101));
    }

    #[test]
    fn a_call_that_left_late_delays_a_later_slot() {
        let now = Instant::now();
        let seconds = Duration::from_secs;
        let mut log = SlidingWindow::new(&RateLimits::unlimited().with_limit(1, seconds(100)));
        log.record(now, now);
        log.record(now + seconds(101), now);
        assert_eq!(log.delayed(now + seconds(101)), now + seconds(101));
        log.cancel(now);
        log.record(now + seconds(10), now + seconds(10));
        assert_eq!(log.delayed(now + seconds(10)), now + seconds(10));
        assert_eq!(log.delayed(now + seconds(101)), now + seconds(111));
    }

    #[test]
    fn an_unlimited_window_is_a_limit_too() {
        let now = Instant::now();
        let mut log = SlidingWindow::new(&RateLimits::unlimited().with_limit(1, Duration::MAX));
        assert_eq!(log.next_available(now), now);
        log.record(now, now);
        assert!(log.next_available(now) - now > Duration::from_secs(366 * 24 * 60 * 60));
    }

    #[test]
    fn without_limits_nothing_waits_and_nothing_is_kept() {
        let now = Instant::now();
        let mut log = SlidingWindow::new(&RateLimits::unlimited());
        for _ in 0..10 {
            assert_eq!(log.next_available(now), now);
            log.record(now, now);
        }
        assert!(log.calls.is_empty());
    }
}
