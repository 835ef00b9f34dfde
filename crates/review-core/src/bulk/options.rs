//! How many are sent.

use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;

use crate::{Error, RetryAdvice};

/// How [`send_all`](crate::ReviewInviteProviderExt::send_all) goes about it.
///
/// ```
/// use std::time::Duration;
///
/// use review_core::{BulkOptions, Patience};
///
/// let options = BulkOptions::new()
///     .at_once(4)
///     .in_order()
///     .patience(Patience::new(tokio::time::sleep).tries(3).longest_wait(Duration::from_secs(60)));
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct BulkOptions {
    pub(super) at_once: usize,
    pub(super) in_order: bool,
    pub(super) keep_going: bool,
    pub(super) patience: Option<Patience>,
}

impl BulkOptions {
    /// Eight at once, results as they come, an end at the first error that concerns all (see
    /// [`keep_going`](Self::keep_going)), and no second try.
    pub fn new() -> Self {
        Self { at_once: 8, in_order: false, keep_going: false, patience: None }
    }

    /// Sets how many invitations are under way at the same time; at least one is. As many results
    /// again may wait to be taken, and nothing more is kept.
    pub fn at_once(mut self, at_once: usize) -> Self {
        self.at_once = at_once.max(1);
        self
    }

    /// Gives results in the order of the requests. One that takes long holds up those behind it: at
    /// most as many as are sent at once wait for it.
    pub fn in_order(mut self) -> Self {
        self.in_order = true;
        self
    }

    /// Goes on after an error that [concerns all](Error::concerns_all), and after a rate limit that is not
    /// waited for. Otherwise no invitation is begun after one of the provider itself: it would fail in
    /// the same way, and the rest of the input is better sent later. One that names another
    /// provider, as a [`Router`](crate::Router) passes on those of its targets, ends nothing in any
    /// case: requests to other targets may be taken.
    pub fn keep_going(mut self) -> Self {
        self.keep_going = true;
        self
    }

    /// Tries again what may be tried again. Without it, such errors are results like others, and a rate
    /// limit is the end.
    pub fn patience(mut self, patience: Patience) -> Self {
        self.patience = Some(patience);
        self
    }
}

impl Default for BulkOptions {
    fn default() -> Self {
        Self::new()
    }
}

/// When and how often an invitation that was certainly not taken is tried again: after the time of
/// its [`RetryAdvice::After`]. While one waits because of a rate limit, no other is begun. After that
/// one is under way at a time, the oldest first, and one more for each that gets through, so that a
/// crowd does not use up its tries where the vendor lets through a few.
#[derive(Clone)]
#[must_use]
pub struct Patience {
    timer: Arc<dyn Fn(Duration) -> BoxFuture<'static, ()> + Send + Sync>,
    tries: u32,
    longest_wait: Duration,
}

impl Patience {
    /// Five tries, and no wait longer than ten minutes. The timer is the runtime's, for instance
    /// `tokio::time::sleep`: this crate has none.
    pub fn new<F>(timer: impl Fn(Duration) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let timer = Arc::new(move |wait| -> BoxFuture<'static, ()> { Box::pin(timer(wait)) });
        Self { timer, tries: 5, longest_wait: Duration::from_secs(600) }
    }

    /// Sets how often one invitation is tried in all, the first time included.
    pub fn tries(mut self, tries: u32) -> Self {
        self.tries = tries;
        self
    }

    /// Sets the longest single wait. An error that advises a longer one is a result at once, and a rate
    /// limit of that length the end of the bulk. Limits by the hour take up to an hour.
    pub fn longest_wait(mut self, longest: Duration) -> Self {
        self.longest_wait = longest;
        self
    }

    /// The wait before the next try, if there is to be one.
    pub(super) fn wait(&self, error: &Error, tries: u32) -> Option<BoxFuture<'static, ()>> {
        match error.retry_advice() {
            RetryAdvice::After(wait)
                if tries < self.tries && self.is_long_enough_for(error) && !error.may_have_invited() =>
            {
                Some((self.timer)(wait))
            }
            _ => None,
        }
    }

    /// Whether the wait that an error advises is not too long.
    pub(super) fn is_long_enough_for(&self, error: &Error) -> bool {
        matches!(error.retry_advice(), RetryAdvice::After(wait) if wait <= self.longest_wait)
    }
}

impl fmt::Debug for Patience {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Patience")
            .field("tries", &self.tries)
            .field("longest_wait", &self.longest_wait)
            .finish_non_exhaustive()
    }
}
