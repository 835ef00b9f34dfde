//! Whose turn it is: the vendor's limits, and the pause it asked for, for all callers of an instance.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use review_core::RateLimits;
use tokio::time::Instant;

use super::sliding_window::SlidingWindow;
use crate::retry::MAX_WAIT;

/// After a pause all callers are due at the same moment; they are spread over this part of it.
const SPREAD: u32 = 10;
/// But over no more than this.
const MAX_SPREAD: Duration = Duration::from_secs(1);

/// Lets calls through as fast as the limits allow. Shared by all callers of an instance, and by no other
/// instance.
#[derive(Debug)]
pub struct RateLimiter(Mutex<State>);

#[derive(Debug)]
struct State {
    window: SlidingWindow,
    /// The vendor asked for a pause until then, and for how long that was.
    paused: Option<(Instant, Duration)>,
}

impl RateLimiter {
    /// Creates a limiter for these limits.
    #[must_use]
    pub fn new(limits: RateLimits) -> Self {
        Self(Mutex::new(State { window: SlidingWindow::new(limits), paused: None }))
    }

    /// Waits for this caller's turn.
    ///
    /// # Errors
    /// At once, with the time to wait, where the turn comes after `latest`.
    pub async fn acquire(&self, latest: Instant) -> Result<(), Duration> {
        loop {
            let now = Instant::now();
            let turn = self.reserve(now, latest)?;
            tokio::time::sleep_until(turn.at).await;
            // Somebody may have been told to pause in the meantime.
            if self.state().paused.is_none_or(|(until, _)| until <= Instant::now()) {
                turn.commit();
                return Ok(());
            }
        }
    }

    /// The vendor asked for a pause: nobody goes on before it is over. More than an hour is not believed.
    pub fn pause_for(&self, wait: Duration) {
        let wait = wait.min(MAX_WAIT);
        let until = Instant::now() + wait;
        let mut state = self.state();
        if state.paused.is_none_or(|(before, _)| before < until) {
            state.paused = Some((until, wait));
        }
    }

    fn reserve(&self, now: Instant, latest: Instant) -> Result<Reservation<'_>, Duration> {
        let mut state = self.state();
        let from = match state.paused {
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
        Ok(Reservation { limiter: self, at, committed: false })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A turn that is given back unless it is committed: its caller may go away while it waits.
struct Reservation<'a> {
    limiter: &'a RateLimiter,
    at: Instant,
    committed: bool,
}

impl Reservation<'_> {
    fn commit(mut self) {
        self.committed = true;
    }
}

impl Drop for Reservation<'_> {
    fn drop(&mut self) {
        if !self.committed {
            self.limiter.state().window.cancel(self.at.into_std());
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[tokio::test(start_paused = true)]
    async fn a_turn_after_the_latest_moment_is_refused_at_once() {
        let limiter = RateLimiter::new(RateLimits::none().with_at_most(2, seconds(100)));
        let began = Instant::now();
        for _ in 0..2 {
            limiter.acquire(began + seconds(30)).await.unwrap();
        }
        assert_eq!(limiter.acquire(began + seconds(30)).await, Err(seconds(101)));
        assert_eq!(began.elapsed(), Duration::ZERO);
        limiter.acquire(began + seconds(200)).await.unwrap();
        assert_eq!(began.elapsed(), seconds(101));
    }

    #[tokio::test(start_paused = true)]
    async fn who_goes_away_gives_his_turn_back() {
        let limiter = RateLimiter::new(RateLimits::none().with_at_most(1, seconds(100)));
        let latest = Instant::now() + seconds(1000);
        limiter.acquire(latest).await.unwrap();
        for _ in 0..5 {
            assert!(tokio::time::timeout(seconds(1), limiter.acquire(latest)).await.is_err());
        }
        limiter.acquire(latest).await.unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn a_pause_holds_those_who_wait_and_those_who_come() {
        let limiter = Arc::new(RateLimiter::new(RateLimits::none().with_at_most(1, seconds(10))));
        let began = Instant::now();
        let latest = began + seconds(1000);
        limiter.acquire(latest).await.unwrap();
        let waiting = tokio::spawn({
            let limiter = Arc::clone(&limiter);
            async move { limiter.acquire(latest).await.map(|()| Instant::now()) }
        });
        tokio::task::yield_now().await;
        limiter.pause_for(seconds(60));
        limiter.pause_for(seconds(5));
        assert!(limiter.acquire(began + seconds(30)).await.unwrap_err() >= seconds(60));
        let passed = waiting.await.unwrap().unwrap() - began;
        assert!((seconds(60)..=seconds(61)).contains(&passed), "{passed:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_day_of_busy_callers_keeps_both_limits() {
        let limits = RateLimits::none().with_at_most(833, seconds(300)).with_at_most(10_000, seconds(3600));
        let limiter = Arc::new(RateLimiter::new(limits));
        let end = Instant::now() + seconds(24 * 3600);
        let passed = Arc::new(Mutex::new(Vec::new()));
        let callers: Vec<_> = (0..16)
            .map(|_| {
                let (limiter, passed) = (Arc::clone(&limiter), Arc::clone(&passed));
                tokio::spawn(async move {
                    while limiter.acquire(end).await.is_ok() && Instant::now() < end {
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
}
