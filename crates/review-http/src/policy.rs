//! When a call is made again.

use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBuilder};

use crate::{Effect, Outcome};

/// "No deadline" is told as an endless one; a day is as good and can be added to a clock.
const LONGEST_DEADLINE: Duration = Duration::from_secs(24 * 60 * 60);

/// How often, how long and how eagerly a call is repeated.
///
/// What may be repeated is decided by [`Outcome`] and [`Effect`]: what was certainly not sent, what the
/// vendor refused before processing it, and what is harmless twice.
///
/// ```
/// use std::time::Duration;
///
/// use review_http::RetryPolicy;
///
/// let patient = RetryPolicy::default().with_attempts(5).with_deadline(Duration::from_secs(60));
/// assert_eq!(RetryPolicy::once().attempts, 1);
/// # let _ = patient;
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RetryPolicy {
    /// How many attempts there are in all. Default 3; a repeat with a new token is not counted.
    pub attempts: u32,
    /// The longest first wait. Default 200 ms; it doubles from attempt to attempt.
    pub first_wait: Duration,
    /// The longest wait of all. Default 5 s.
    pub longest_wait: Duration,
    /// How long one attempt may take. Default 10 s.
    pub attempt_timeout: Duration,
    /// How long the whole call may take, tokens, attempts and waits together. Default 30 s.
    pub deadline: Duration,
    /// How many repeats all callers of an instance may make together while nothing is accepted, five for
    /// each that is meant: a repeat costs five, an acceptance gives one back, or five where it came by a
    /// repeat. Default 500. When it is used up, calls are made once each.
    pub budget: u32,
    repeat_unknown: bool,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            attempts: 3,
            first_wait: Duration::from_millis(200),
            longest_wait: Duration::from_secs(5),
            attempt_timeout: Duration::from_secs(10),
            deadline: Duration::from_secs(30),
            budget: 500,
            repeat_unknown: false,
        }
    }
}

impl RetryPolicy {
    /// One attempt, no repeats (but for a token that was refused).
    #[must_use]
    pub fn once() -> Self {
        Self { attempts: 1, ..Self::default() }
    }

    /// Repeats invitations whose outcome is unknown. **A customer may get more than one mail.**
    #[must_use]
    pub fn at_least_once() -> Self {
        Self { repeat_unknown: true, ..Self::default() }
    }

    /// Sets how many attempts there are in all; at least one.
    #[must_use]
    pub fn with_attempts(mut self, attempts: u32) -> Self {
        self.attempts = attempts.max(1);
        self
    }

    /// Sets the longest first wait and the longest wait of all.
    #[must_use]
    pub fn with_waits(mut self, first: Duration, longest: Duration) -> Self {
        self.first_wait = first;
        self.longest_wait = longest;
        self
    }

    /// Sets how long one attempt may take.
    #[must_use]
    pub fn with_attempt_timeout(mut self, timeout: Duration) -> Self {
        self.attempt_timeout = timeout;
        self
    }

    /// Sets how long the whole call may take.
    #[must_use]
    pub fn with_deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// Sets the budget of repeats of the instance.
    #[must_use]
    pub fn with_budget(mut self, budget: u32) -> Self {
        self.budget = budget;
        self
    }

    /// What to do after an attempt. `attempt` counts from 1; `renewed` says that this call had a new
    /// token already; `left` is what remains of the deadline.
    #[must_use]
    pub(crate) fn next(
        &self,
        outcome: Outcome,
        effect: Effect,
        attempt: u32,
        renewed: bool,
        left: Duration,
    ) -> Next {
        let may_repeat = match outcome {
            Outcome::Accepted | Outcome::Rejected => false,
            Outcome::Unauthorized => return if renewed { Next::GiveUp } else { Next::RenewToken },
            Outcome::NotSent | Outcome::Throttled(_) => true,
            Outcome::Unknown => match effect {
                Effect::Repeatable => true,
                Effect::AtMostOnce => self.repeat_unknown,
                Effect::SingleUse => false,
            },
        };
        let wait = match outcome {
            Outcome::Throttled(Some(wait)) => wait,
            _ => self.wait(attempt),
        };
        let in_time = wait.saturating_add(self.least_time(effect)) < left;
        if may_repeat && attempt < self.attempts && in_time { Next::Wait(wait) } else { Next::GiveUp }
    }

    /// The time an attempt must have to be begun. One that is cut short after its body went out is of
    /// unknown outcome, so a call that may be made once is not begun with less than half of the time
    /// an attempt usually has.
    #[must_use]
    pub(crate) fn least_time(&self, effect: Effect) -> Duration {
        match effect {
            Effect::Repeatable => Duration::ZERO,
            Effect::AtMostOnce | Effect::SingleUse => self.attempt_timeout.min(self.deadline()) / 2,
        }
    }

    /// The deadline, within what a clock can count.
    #[must_use]
    pub(crate) fn deadline(&self) -> Duration {
        self.deadline.min(LONGEST_DEADLINE)
    }

    /// Full jitter: anything from nothing to the exponential wait, so that callers who failed together
    /// do not come back together.
    fn wait(&self, attempt: u32) -> Duration {
        let mut waits = ExponentialBuilder::default()
            .with_min_delay(self.first_wait.min(self.longest_wait))
            .with_max_delay(self.longest_wait)
            .without_max_times()
            .build();
        let index = usize::try_from(attempt.saturating_sub(1)).unwrap_or(usize::MAX);
        waits.nth(index).unwrap_or(self.longest_wait).mul_f64(fastrand::f64())
    }
}

/// What to do after an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// Tell the caller.
    GiveUp,
    /// Get a new token and make the call again.
    RenewToken,
    /// Make the call again after this time.
    Wait(Duration),
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: Duration = Duration::from_secs(1000);

    #[test]
    fn the_decision_table() {
        use Effect::{AtMostOnce, Repeatable};
        let policy = RetryPolicy::default();
        let repeats = |outcome, effect| matches!(policy.next(outcome, effect, 1, false, LONG), Next::Wait(_));
        for effect in [AtMostOnce, Repeatable] {
            assert!(repeats(Outcome::NotSent, effect));
            assert!(repeats(Outcome::Throttled(None), effect));
            assert!(!repeats(Outcome::Accepted, effect));
            assert!(!repeats(Outcome::Rejected, effect));
            assert_eq!(policy.next(Outcome::Unauthorized, effect, 1, false, LONG), Next::RenewToken);
            assert_eq!(policy.next(Outcome::Unauthorized, effect, 1, true, LONG), Next::GiveUp);
            assert_eq!(policy.next(Outcome::NotSent, effect, 3, false, LONG), Next::GiveUp);
        }
        assert!(repeats(Outcome::Unknown, Repeatable));
        assert!(!repeats(Outcome::Unknown, AtMostOnce));
        assert!(!repeats(Outcome::Unknown, Effect::SingleUse));
        let explicit = RetryPolicy::at_least_once();
        assert_eq!(explicit.next(Outcome::Unknown, Effect::SingleUse, 1, false, LONG), Next::GiveUp);
        assert!(matches!(explicit.next(Outcome::Unknown, AtMostOnce, 1, false, LONG), Next::Wait(_)));
    }

    #[test]
    fn a_wait_beyond_the_deadline_is_not_begun() {
        let policy = RetryPolicy::default();
        let wait = Duration::from_secs(10);
        let next = |left| policy.next(Outcome::Throttled(Some(wait)), Effect::AtMostOnce, 1, false, left);
        assert_eq!(next(Duration::from_secs(16)), Next::Wait(wait));
        assert_eq!(
            next(Duration::from_secs(14)),
            Next::GiveUp,
            "4 s of the usual 10 s would be left to send"
        );
    }

    #[test]
    fn waits_double_up_to_the_longest_and_are_spread() {
        let policy =
            RetryPolicy::default().with_waits(Duration::from_millis(100), Duration::from_millis(300));
        let turned = RetryPolicy::default().with_waits(Duration::from_secs(10), Duration::from_millis(100));
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
