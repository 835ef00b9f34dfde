//! The rate limiter that all callers of an instance share.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::limits::RateLimits;
use tokio::time::Instant;

use super::sliding_window::SlidingWindow;
use crate::retry::MAX_WAIT;

/// After a pause all callers are due at the same instant. They are spread over this fraction of it.
const SPREAD: u32 = 10;
/// The upper bound for the spread.
const MAX_SPREAD: Duration = Duration::from_secs(1);
/// Enforces the vendor's limits and the pauses it requests, for all callers of one instance.
#[derive(Debug)]
pub(crate) struct RateLimiter(Mutex<State>);

#[derive(Debug)]
struct State {
    window: SlidingWindow,
    /// The end of the pause the vendor requested, and its length.
    pause: Option<(Instant, Duration)>,
}

impl RateLimiter {
    /// Creates a limiter for these limits.
    pub(crate) fn new(limits: &RateLimits) -> Self {
        Self(Mutex::new(State { window: SlidingWindow::new(limits), pause: None }))
    }

    /// Waits for a slot. It is returned to the others when it is dropped, unless it is committed.
    ///
    /// # Errors
    /// Immediately, with the time to wait, if the slot would come after `latest`.
    pub(crate) async fn reserve(&self, latest: Instant) -> Result<Reservation<'_>, Duration> {
        let mut slot = self.next_slot(latest)?;
        loop {
            if slot.at > Instant::now() {
                tokio::time::sleep_until(slot.at).await;
            }
            // In the meantime the vendor may have requested a pause, or an earlier call may have left late.
            let mut state = self.state();
            if state.is_paused() {
                drop(state);
                drop(slot);
                slot = self.next_slot(latest)?;
                continue;
            }
            let at = state.window.delayed(slot.at.into_std());
            if at == slot.at.into_std() {
                drop(state);
                return Ok(slot);
            }
            // Its place is kept: the calls behind it are delayed in turn.
            state.window.cancel(slot.at.into_std());
            state.window.record(at, Instant::now().into_std());
            slot.at = Instant::from_std(at);
        }
    }

    /// Lets no call pass before this time is over. At most one hour is believed.
    pub(crate) fn pause_for(&self, wait: Duration) {
        let wait = wait.min(MAX_WAIT);
        let until = Instant::now() + wait;
        let mut state = self.state();
        if state.pause.is_none_or(|(before, _)| before < until) {
            state.pause = Some((until, wait));
        }
    }

    fn next_slot(&self, latest: Instant) -> Result<Reservation<'_>, Duration> {
        let now = Instant::now();
        let mut state = self.state();
        let from = match state.pause {
            Some((until, wait)) if until > now => {
                until + (wait / SPREAD).min(MAX_SPREAD).mul_f64(fastrand::f64())
            }
            _ => now,
        };
        let at = Instant::from_std(state.window.next_available(from.into_std()));
        if at > latest && at > now {
            return Err(at - now);
        }
        state.window.record(at.into_std(), now.into_std());
        Ok(Reservation { limiter: self, at, is_committed: false })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn is_paused(&self) -> bool {
        self.pause.is_some_and(|(until, _)| until > Instant::now())
    }
}

/// A slot of the limiter.
#[must_use = "a slot that is dropped is returned"]
pub(crate) struct Reservation<'a> {
    limiter: &'a RateLimiter,
    at: Instant,
    is_committed: bool,
}

impl Reservation<'_> {
    /// Uses the slot now. Returns false, and returns the slot, if the vendor has requested a pause since.
    #[must_use]
    pub(crate) fn commit(mut self) -> bool {
        let mut state = self.limiter.state();
        if state.is_paused() || state.window.delayed(self.at.into_std()) > Instant::now().into_std() {
            return false;
        }
        // The call leaves now, which may be later than reserved.
        let now = Instant::now();
        state.window.cancel(self.at.into_std());
        state.window.record(now.into_std(), now.into_std());
        self.is_committed = true;
        true
    }
}

impl Drop for Reservation<'_> {
    fn drop(&mut self) {
        if !self.is_committed {
            self.limiter.state().window.cancel(self.at.into_std());
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use futures_util::FutureExt as _;

    use super::*;

    fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    impl RateLimiter {
        /// Waits until one more call keeps every limit.
        async fn acquire(&self, max_wait: Duration) -> Result<(), Duration> {
            loop {
                let reservation = self.reserve(Instant::now() + max_wait).await?;
                if reservation.commit() {
                    return Ok(());
                }
            }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_slot_without_limits_needs_no_timer() {
        // A timer ends at the next whole millisecond.
        tokio::time::advance(Duration::from_micros(500)).await;
        let limiter = RateLimiter::new(&RateLimits::unlimited());
        let slot = limiter.reserve(Instant::now()).now_or_never();
        assert!(slot.is_some_and(|slot| slot.is_ok_and(Reservation::commit)));
    }

    #[tokio::test(start_paused = true)]
    async fn a_slot_after_the_maximum_wait_is_an_immediate_error() {
        let limiter = RateLimiter::new(&RateLimits::unlimited().with_limit(2, seconds(100)));
        let began = Instant::now();
        for _ in 0..2 {
            limiter.acquire(seconds(30)).await.unwrap();
        }
        assert_eq!(limiter.acquire(seconds(30)).await, Err(seconds(101)));
        assert_eq!(began.elapsed(), Duration::ZERO);
        limiter.acquire(seconds(200)).await.unwrap();
        assert_eq!(began.elapsed(), seconds(101));
    }

    #[tokio::test(start_paused = true)]
    async fn a_cancelled_caller_returns_its_slot() {
        let limiter = RateLimiter::new(&RateLimits::unlimited().with_limit(1, seconds(100)));
        limiter.acquire(seconds(1000)).await.unwrap();
        for _ in 0..5 {
            assert!(tokio::time::timeout(seconds(1), limiter.acquire(seconds(1000))).await.is_err());
        }
        limiter.acquire(seconds(1000)).await.unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn a_pause_applies_to_waiting_and_to_new_callers() {
        let limiter = Arc::new(RateLimiter::new(&RateLimits::unlimited().with_limit(1, seconds(10))));
        let began = Instant::now();
        limiter.acquire(seconds(1000)).await.unwrap();
        let waiting = tokio::spawn({
            let limiter = Arc::clone(&limiter);
            async move { limiter.acquire(seconds(1000)).await.map(|()| Instant::now()) }
        });
        tokio::task::yield_now().await;
        limiter.pause_for(seconds(60));
        limiter.pause_for(seconds(5));
        assert!(limiter.acquire(seconds(30)).await.unwrap_err() >= seconds(60));
        let passed = waiting.await.unwrap().unwrap() - began;
        assert!((seconds(60)..=seconds(61)).contains(&passed), "{passed:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_slot_is_not_used_during_a_pause() {
        let limiter = RateLimiter::new(&RateLimits::unlimited());
        let slot = limiter.reserve(Instant::now() + seconds(1)).await.unwrap();
        limiter.pause_for(seconds(10));
        assert!(!slot.commit());
        tokio::time::advance(seconds(10)).await;
        assert!(limiter.reserve(Instant::now() + seconds(1)).await.unwrap().commit());
    }

    #[tokio::test(start_paused = true)]
    async fn a_day_of_busy_callers_keeps_both_limits() {
        let limits = RateLimits::unlimited().with_limit(833, seconds(300)).with_limit(10_000, seconds(3600));
        let limiter = Arc::new(RateLimiter::new(&limits));
        let end = Instant::now() + seconds(24 * 3600);
        let passed = Arc::new(Mutex::new(Vec::new()));
        let callers: Vec<_> = (0..16)
            .map(|_| {
                let (limiter, passed) = (Arc::clone(&limiter), Arc::clone(&passed));
                tokio::spawn(async move {
                    while limiter.acquire(end - Instant::now()).await.is_ok() && Instant::now() < end {
                        passed.lock().unwrap().push(Instant::now());
                    }
                })
            })
            .collect();
        for caller in callers {
            caller.await.unwrap();
        }
        let passed = passed.lock().unwrap();
        for (most, window) in [(833, seconds(300)), (10_000, seconds(3600))] {
            let worst = passed.windows(most + 1).map(|calls| calls[most] - calls[0]).min().unwrap();
            assert!(worst > window, "{} calls within {worst:?}", most + 1);
        }
        assert!(passed.len() > 230_000, "{} calls in a day", passed.len());
    }

    #[tokio::test(start_paused = true)]
    async fn windows_are_exact_whatever_callers_do_with_a_slot() {
        let limits = [(3, seconds(50)), (8, seconds(200))];
        let limiter = limits
            .iter()
            .fold(RateLimits::unlimited(), |all, (calls, window)| all.with_limit(*calls, *window));
        let limiter = Arc::new(RateLimiter::new(&limiter));
        let end = Instant::now() + seconds(50_000);
        let left = Arc::new(Mutex::new(Vec::new()));
        let callers: Vec<_> = (0..12)
            .map(|_| {
                let (limiter, left) = (Arc::clone(&limiter), Arc::clone(&left));
                tokio::spawn(async move {
                    while let Ok(slot) = limiter.reserve(end).await {
                        // A hook takes a while, the caller is cancelled, or the vendor requests a pause.
                        tokio::time::sleep(Duration::from_millis(fastrand::u64(0..20_000))).await;
                        match fastrand::u8(0..20) {
                            0 => drop(slot),
                            1 => limiter.pause_for(seconds(30)),
                            _ if slot.commit() => left.lock().unwrap().push(Instant::now()),
                            _ => {}
                        }
                    }
                })
            })
            .collect();
        for caller in callers {
            caller.await.unwrap();
        }
        let left = left.lock().unwrap();
        for (calls, window) in limits {
            let calls = usize::try_from(calls).unwrap();
            let worst = left.windows(calls + 1).map(|calls| calls[calls.len() - 1] - calls[0]).min().unwrap();
            assert!(worst > window, "{} calls within {worst:?}", calls + 1);
        }
        assert!(left.len() > 700, "{} calls", left.len());
    }
}
