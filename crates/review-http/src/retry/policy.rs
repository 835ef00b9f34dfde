//! The retry policy: which requests are retried, how often, and with what backoff.

use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBuilder};

use super::outcome::{AttemptOutcome, Idempotency};

/// `Duration::MAX` means "no timeout", but adding it to an `Instant` overflows. One day is long enough.
const MAX_TOTAL_TIMEOUT: Duration = Duration::from_secs(24 * 60 * 60);

/// The limits for the retries of a request.
///
/// [`AttemptOutcome`] and [`Idempotency`] decide what may be retried: requests that were certainly not sent,
/// requests the vendor rejected before processing them, and idempotent requests.
///
/// ```
/// use std::time::Duration;
///
/// use review_http::RetryPolicy;
///
/// let patient = RetryPolicy::default().with_max_attempts(5).with_total_timeout(Duration::from_secs(60));
/// assert_eq!(RetryPolicy::no_retries().max_attempts, 1);
/// # let _ = patient;
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RetryPolicy {
    /// The maximum number of attempts. Default 3. A retry with a new token is not counted.
    pub max_attempts: u32,
    /// The longest wait before the second attempt. Default 200 ms; it doubles with each attempt.
    pub initial_backoff: Duration,
    /// The longest wait between two attempts. Default 5 s.
    pub max_backoff: Duration,
    /// The timeout of one attempt. Default 10 s.
    pub attempt_timeout: Duration,
    /// The timeout of the whole request, including tokens, attempts and waits. Default 30 s.
    pub total_timeout: Duration,
    /// The number of retries that all callers of an instance can make while no request succeeds. Default 100. A success
    /// returns a fifth of a retry, or a whole one if it needed a retry. With an empty budget, each request
    /// is sent once.
    pub retry_budget: u32,
    retry_unknown_outcomes: bool,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            max_attempts: 3,
            initial_backoff: Duration::from_millis(200),
            max_backoff: Duration::from_secs(5),
            attempt_timeout: Duration::from_secs(10),
            total_timeout: Duration::from_secs(30),
            retry_budget: 100,
            retry_unknown_outcomes: false,
        }
    }
}

impl RetryPolicy {
    /// Returns a policy with one attempt. A rejected token is still replaced.
    #[must_use]
    pub fn no_retries() -> Self {
        Self { max_attempts: 1, ..Self::default() }
    }

    /// Returns a policy that retries invitations whose outcome is unknown. **A customer may get several emails.**
    #[must_use]
    pub fn at_least_once() -> Self {
        Self { retry_unknown_outcomes: true, ..Self::default() }
    }

    /// Sets the maximum number of attempts; at least one.
    #[must_use]
    pub fn with_max_attempts(mut self, attempts: u32) -> Self {
        self.max_attempts = attempts.max(1);
        self
    }

    /// Sets the longest first wait and the longest wait.
    #[must_use]
    pub fn with_backoff(mut self, first: Duration, longest: Duration) -> Self {
        self.initial_backoff = first;
        self.max_backoff = longest;
        self
    }

    /// Sets the timeout of one attempt.
    #[must_use]
    pub fn with_attempt_timeout(mut self, timeout: Duration) -> Self {
        self.attempt_timeout = timeout;
        self
    }

    /// Sets the timeout of the whole request.
    #[must_use]
    pub fn with_total_timeout(mut self, timeout: Duration) -> Self {
        self.total_timeout = timeout;
        self
    }

    /// Sets the retry budget of the instance.
    #[must_use]
    pub fn with_retry_budget(mut self, budget: u32) -> Self {
        self.retry_budget = budget;
        self
    }

    /// Decides what to do after an attempt. `attempt` counts from 1. `renewed` is true if this call has already
    /// fetched a new token. `left` is the time until the deadline.
    #[must_use]
    pub(crate) fn decide(
        &self,
        outcome: AttemptOutcome,
        idempotency: Idempotency,
        attempt: u32,
        renewed: bool,
        left: Duration,
    ) -> RetryDecision {
        let may_repeat = match outcome {
            AttemptOutcome::Accepted | AttemptOutcome::Rejected => false,
            AttemptOutcome::Unauthorized => {
                return if renewed { RetryDecision::Stop } else { RetryDecision::RefreshToken };
            }
            AttemptOutcome::NotSent | AttemptOutcome::Throttled(_) => true,
            // The vendor did not see it, but the same intermediary would reject it again.
            AttemptOutcome::Intercepted => idempotency == Idempotency::Idempotent,
            AttemptOutcome::Unknown => match idempotency {
                Idempotency::Idempotent => true,
                Idempotency::AtMostOnce => self.retry_unknown_outcomes,
                Idempotency::SingleUse => false,
            },
        };
        let wait = match outcome {
            AttemptOutcome::Throttled(Some(wait)) => wait,
            _ => self.wait(attempt),
        };
        let in_time = wait.saturating_add(self.min_remaining_time(idempotency)) < left;
        if may_repeat && attempt < self.max_attempts && in_time {
            RetryDecision::RetryAfter(wait)
        } else {
            RetryDecision::Stop
        }
    }

    /// Returns the minimum time left to start an attempt. An attempt that is cut off after its body was sent has an
    /// unknown outcome. So a call that is not idempotent does not start with less than half of the attempt timeout.
    #[must_use]
    pub(crate) fn min_remaining_time(&self, idempotency: Idempotency) -> Duration {
        match idempotency {
            Idempotency::Idempotent => Duration::ZERO,
            Idempotency::AtMostOnce | Idempotency::SingleUse => {
                self.attempt_timeout.min(self.total_timeout()) / 2
            }
        }
    }

    /// The deadline, within what a clock can count.
    #[must_use]
    pub(crate) fn total_timeout(&self) -> Duration {
        self.total_timeout.min(MAX_TOTAL_TIMEOUT)
    }

    /// Full jitter: anything from nothing to the exponential wait, so that callers who failed together
    /// do not come back together.
    fn wait(&self, attempt: u32) -> Duration {
        let mut waits = ExponentialBuilder::default()
            .with_min_delay(self.initial_backoff.min(self.max_backoff))
            .with_max_delay(self.max_backoff)
            .without_max_times()
            .build();
        let index = usize::try_from(attempt.saturating_sub(1)).unwrap_or(usize::MAX);
        waits.nth(index).unwrap_or(self.max_backoff).mul_f64(fastrand::f64())
    }
}

/// The decision after an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RetryDecision {
    /// Return the result.
    Stop,
    /// Get a new token and make the call again.
    RefreshToken,
    /// Make the call again after this time.
    RetryAfter(Duration),
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: Duration = Duration::from_secs(1000);

    #[test]
    fn the_decision_table() {
        use Idempotency::{AtMostOnce, Idempotent};
        let policy = RetryPolicy::default();
        let retries = |outcome, idempotency| {
            matches!(policy.decide(outcome, idempotency, 1, false, LONG), RetryDecision::RetryAfter(_))
        };
        for idempotency in [AtMostOnce, Idempotent] {
            assert!(retries(AttemptOutcome::NotSent, idempotency));
            assert!(retries(AttemptOutcome::Throttled(None), idempotency));
            assert!(!retries(AttemptOutcome::Accepted, idempotency));
            assert!(!retries(AttemptOutcome::Rejected, idempotency));
            assert_eq!(
                policy.decide(AttemptOutcome::Unauthorized, idempotency, 1, false, LONG),
                RetryDecision::RefreshToken
            );
            assert_eq!(
                policy.decide(AttemptOutcome::Unauthorized, idempotency, 1, true, LONG),
                RetryDecision::Stop
            );
            assert_eq!(
                policy.decide(AttemptOutcome::NotSent, idempotency, 3, false, LONG),
                RetryDecision::Stop
            );
        }
        assert!(retries(AttemptOutcome::Unknown, Idempotent));
        assert!(!retries(AttemptOutcome::Unknown, AtMostOnce));
        assert!(!retries(AttemptOutcome::Unknown, Idempotency::SingleUse));
        assert!(retries(AttemptOutcome::Intercepted, Idempotent));
        assert!(!retries(AttemptOutcome::Intercepted, AtMostOnce));
        let explicit = RetryPolicy::at_least_once();
        assert_eq!(
            explicit.decide(AttemptOutcome::Unknown, Idempotency::SingleUse, 1, false, LONG),
            RetryDecision::Stop
        );
        assert!(matches!(
            explicit.decide(AttemptOutcome::Unknown, AtMostOnce, 1, false, LONG),
            RetryDecision::RetryAfter(_)
        ));
    }

    #[test]
    fn a_wait_beyond_the_deadline_is_not_begun() {
        let policy = RetryPolicy::default();
        let wait = Duration::from_secs(10);
        let next = |left| {
            policy.decide(AttemptOutcome::Throttled(Some(wait)), Idempotency::AtMostOnce, 1, false, left)
        };
        assert_eq!(next(Duration::from_secs(16)), RetryDecision::RetryAfter(wait));
        assert_eq!(
            next(Duration::from_secs(14)),
            RetryDecision::Stop,
            "4 s of the usual 10 s would be left to send"
        );
    }

    #[test]
    fn waits_double_up_to_the_longest_and_are_spread() {
        let policy =
            RetryPolicy::default().with_backoff(Duration::from_millis(100), Duration::from_millis(300));
        let turned = RetryPolicy::default().with_backoff(Duration::from_secs(10), Duration::from_millis(100));
        let endless = RetryPolicy::default().with_backoff(Duration::MAX, Duration::MAX);
        assert!((1..100).all(|attempt| endless.wait(attempt) < Duration::MAX), "no overflow");
        assert!((0..100).all(|_| turned.wait(1) <= Duration::from_millis(100)), "the longest is the longest");
        for (attempt, longest) in [(1, 100), (2, 200), (3, 300), (9, 300)] {
            let waits: Vec<_> = (0..200).map(|_| policy.wait(attempt)).collect();
            let longest = Duration::from_millis(longest);
            assert!(waits.iter().all(|wait| *wait <= longest), "attempt {attempt}");
            assert!(waits.iter().any(|wait| *wait > longest / 2), "attempt {attempt}");
            assert!(waits.iter().any(|wait| *wait < longest / 2), "attempt {attempt}");
        }
    }
}
