//! How many invitations are sent.

use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;

use crate::error::{Error, RetryAdvice};

/// The options of [`send_all`](crate::provider::ReviewInviteProviderExt::send_all).
///
/// ```
/// use std::time::Duration;
///
/// use review_core::bulk::{BulkOptions, BulkRetry};
///
/// let retry = BulkRetry::new(tokio::time::sleep).max_attempts(3).max_wait(Duration::from_secs(60));
/// let options = BulkOptions::new().concurrency(4).ordered().retry(retry);
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct BulkOptions {
    pub(super) concurrency: usize,
    pub(super) ordered: bool,
    pub(super) continue_on_error: bool,
    pub(super) retry: Option<BulkRetry>,
}

impl BulkOptions {
    /// Creates options: 8 in flight, results as they complete, an instance stops at the first error that
    /// concerns its account, no retries.
    pub fn new() -> Self {
        Self { concurrency: 8, ordered: false, continue_on_error: false, retry: None }
    }

    /// Sets how many invitations are in flight, at least one. As many results may wait to be read, and
    /// nothing more is kept.
    pub fn concurrency(mut self, concurrency: usize) -> Self {
        self.concurrency = concurrency.max(1);
        self
    }

    /// Returns results in the order of the requests. A slow one delays those behind it.
    pub fn ordered(mut self) -> Self {
        self.ordered = true;
        self
    }

    /// Continues after an error that concerns the account, after unknown outcomes, and after a rate limit
    /// that is not waited for.
    pub fn continue_on_error(mut self) -> Self {
        self.continue_on_error = true;
        self
    }

    /// Retries what is safe to retry. Without it, such errors are results like others, and a rate limit stops
    /// its instance.
    pub fn retry(mut self, retry: BulkRetry) -> Self {
        self.retry = Some(retry);
        self
    }
}

impl Default for BulkOptions {
    fn default() -> Self {
        Self::new()
    }
}

/// When and how often an invitation that was certainly not accepted is retried: after the time of its
/// [`RetryAdvice::After`]. While one waits because of a rate limit, its instance starts no other. After that,
/// one is in flight at a time, the oldest first, and one more for each that succeeds.
#[derive(Clone)]
#[must_use]
pub struct BulkRetry {
    sleep: Arc<dyn Fn(Duration) -> BoxFuture<'static, ()> + Send + Sync>,
    max_attempts: u32,
    max_wait: Duration,
}

/// The shortest wait before the second attempt; it doubles with each attempt.
const MIN_WAIT: Duration = Duration::from_millis(10);

impl BulkRetry {
    /// Creates a policy with at most 5 attempts and 10 minutes maximum wait. Pass your runtime's sleep
    /// function, for example `tokio::time::sleep`; this crate does not depend on a runtime.
    pub fn new<F>(sleep: impl Fn(Duration) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let sleep = Arc::new(move |wait| -> BoxFuture<'static, ()> { Box::pin(sleep(wait)) });
        Self { sleep, max_attempts: 5, max_wait: Duration::from_secs(600) }
    }

    /// Sets the number of attempts for one invitation, including the first.
    pub fn max_attempts(mut self, attempts: u32) -> Self {
        self.max_attempts = attempts;
        self
    }

    /// Sets the longest wait. An error that advises a longer one is a result, and a rate limit of that length
    /// stops its instance.
    pub fn max_wait(mut self, wait: Duration) -> Self {
        self.max_wait = wait;
        self
    }

    /// Returns the wait before the next attempt, if there is one.
    pub(super) fn wait(&self, error: &Error, attempts: u32) -> Option<BoxFuture<'static, ()>> {
        match error.retry_advice() {
            RetryAdvice::After(wait)
                if attempts < self.max_attempts && self.allows(error) && !error.may_have_been_sent() =>
            {
                let floor = MIN_WAIT.saturating_mul(2_u32.saturating_pow(attempts.saturating_sub(1)));
                Some((self.sleep)(wait.max(floor.min(self.max_wait))))
            }
            _ => None,
        }
    }

    /// Returns whether the wait that an error advises is not too long.
    pub(super) fn allows(&self, error: &Error) -> bool {
        matches!(error.retry_advice(), RetryAdvice::After(wait) if wait <= self.max_wait)
    }
}

/// Uses `tokio::time::sleep`.
#[cfg(feature = "tokio")]
impl Default for BulkRetry {
    fn default() -> Self {
        Self::new(tokio::time::sleep)
    }
}

impl fmt::Debug for BulkRetry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BulkRetry")
            .field("max_attempts", &self.max_attempts)
            .field("max_wait", &self.max_wait)
            .finish_non_exhaustive()
    }
}
