//! Retries: whether and when a request is sent again, for example after a 429 or a lost connection.

mod budget;
mod outcome;
mod policy;
mod retry_after;

pub(crate) use self::budget::RetryBudget;
pub use self::outcome::{AttemptOutcome, Idempotency};
pub(crate) use self::policy::RetryDecision;
pub use self::policy::RetryPolicy;
pub use self::retry_after::parse_retry_after;
pub(crate) use self::retry_after::{MAX_WAIT, retry_after};

use std::time::Duration;

/// Returns the time until a deadline.
pub(crate) fn remaining(deadline: tokio::time::Instant) -> Duration {
    deadline.saturating_duration_since(tokio::time::Instant::now())
}
