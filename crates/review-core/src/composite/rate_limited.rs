//! No more calls than a vendor allows.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use super::guard::{Call, guarded};
use crate::{
    DynProvider, Error, ErrorKind, RateLimits, RateLog, Result, RetryAdvice, ReviewInviteProvider, Sent,
};

/// Refuses calls beyond [`RateLimits`] at once: [`ErrorKind::RateLimited`] with [`Sent::No`] and, in
/// [`RetryAdvice::After`], the time until one more call is allowed. It never waits itself, so it needs
/// no timer; [`send_all`](crate::ReviewInviteProviderExt::send_all) waits if it is given one.
///
/// Every operation counts, since vendors count calls; a preview does not, nor does an invitation that
/// the preview refuses. A call counts once, also where the provider makes
/// several of it. The limits are those of this value: share it (as a [`DynProvider`]) among all that
/// use the account.
///
/// ```
/// use std::time::Duration;
///
/// use review_core::{DynProvider, RateLimited, RateLimits};
///
/// fn gentle(provider: DynProvider) -> RateLimited {
///     RateLimited::new(provider, RateLimits::none().with_at_most(10, Duration::from_secs(1)))
/// }
/// ```
pub struct RateLimited {
    inner: DynProvider,
    log: Mutex<RateLog>,
    clock: Arc<dyn Fn() -> Instant + Send + Sync>,
}

impl RateLimited {
    /// Puts limits before a provider.
    pub fn new(inner: impl ReviewInviteProvider, limits: RateLimits) -> Self {
        Self { inner: Arc::new(inner), log: Mutex::new(RateLog::new(limits)), clock: Arc::new(Instant::now) }
    }

    /// Takes the time from elsewhere: for tests.
    #[must_use]
    pub fn with_clock(mut self, clock: impl Fn() -> Instant + Send + Sync + 'static) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    fn guard(&self, call: Call<'_>) -> Result<()> {
        match call {
            Call::Preview(_) => return Ok(()),
            // What will be refused without a call must not use up an allowed one.
            Call::Send(request) => drop(self.inner.preview(request)?),
            Call::Link(_) | Call::Other(_) => {}
        }
        let now = (self.clock)();
        let mut log = self.log.lock().unwrap_or_else(PoisonError::into_inner);
        let next = log.next(now);
        if next > now {
            let error = Error::new(ErrorKind::RateLimited, "the limit of calls is used up for now");
            return Err(error
                .with_sent(Sent::No)
                .with_retry_advice(RetryAdvice::After(next.saturating_duration_since(now))));
        }
        log.note(next, now);
        Ok(())
    }
}

impl fmt::Debug for RateLimited {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RateLimited").field("inner", &self.inner).finish_non_exhaustive()
    }
}

guarded!(RateLimited);
