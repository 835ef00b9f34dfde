//! A token in use.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use http::HeaderValue;
use http::header::AUTHORIZATION;
use review_core::Error;
#[cfg(doc)]
use review_core::ErrorKind;
use review_core::config::Secret;
use tokio::time::Instant;

use super::store::StoredToken;
use super::token::MAX_EXPIRES_IN;
use crate::header_value::secret_value;

/// The most that is subtracted from a token's lifetime: it is refreshed this long before it expires.
const MAX_EXPIRY_MARGIN: Duration = Duration::from_secs(60);
/// If a new token is rejected too, no other is fetched for this long: token endpoints limit requests.
const REJECTED_TOKEN_COOLDOWN: Duration = Duration::from_secs(60);

/// Returns the part of a lifetime in which a token is refreshed early. It is a fraction, because a margin
/// longer than the lifetime would make a token expired at birth.
pub(super) fn margin(expires_in: Duration) -> Duration {
    MAX_EXPIRY_MARGIN.min(expires_in / 5)
}

/// A token in use.
#[derive(Debug)]
pub(crate) struct CachedToken {
    pub(super) stored: StoredToken,
    pub(super) stale_at: Instant,
    expires_at: Instant,
    rejected: AtomicBool,
    /// `Bearer <token>`, made once: a token can be a kilobyte.
    bearer: OnceLock<HeaderValue>,
    /// When this token was rejected although it was new. A newer one would be rejected as well.
    rejected_when_fresh: Mutex<Option<Instant>>,
}

impl CachedToken {
    /// `expires_in` counts from now; that of `stored` counts from when it was obtained.
    pub(super) fn new(stored: StoredToken, expires_in: Duration) -> Self {
        // A source or a store can set any lifetime.
        let (now, expires_in) = (Instant::now(), expires_in.min(MAX_EXPIRES_IN));
        Self {
            stored,
            stale_at: now + (expires_in - margin(expires_in)),
            expires_at: now + expires_in,
            rejected: AtomicBool::new(false),
            bearer: OnceLock::new(),
            rejected_when_fresh: Mutex::new(None),
        }
    }

    pub(crate) fn access(&self) -> &Secret {
        &self.stored.token.access_token
    }

    /// Returns the value of the header `Authorization`.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidConfig`] if the token cannot be a header value.
    pub(crate) fn bearer(&self) -> Result<HeaderValue, Error> {
        if let Some(value) = self.bearer.get() {
            return Ok(value.clone());
        }
        let value = secret_value(AUTHORIZATION.as_str(), &format!("Bearer {}", self.access().expose()))?;
        Ok(self.bearer.get_or_init(|| value).clone())
    }

    /// Returns whether a request can be sent with this token now.
    pub(crate) fn is_valid(&self) -> bool {
        !self.rejected.load(Ordering::SeqCst) && Instant::now() < self.expires_at
    }

    /// The vendor rejected this token. The next caller fetches a new one.
    pub(crate) fn mark_rejected(&self) {
        self.rejected.store(true, Ordering::SeqCst);
    }

    /// The vendor rejected this token although it was fetched for this very request.
    pub(crate) fn mark_rejected_when_fresh(&self) {
        *lock(&self.rejected_when_fresh) = Some(Instant::now());
    }

    /// Returns whether a newer token would be rejected as well.
    pub(crate) fn in_cooldown(&self) -> bool {
        lock(&self.rejected_when_fresh).is_some_and(|at| at.elapsed() < REJECTED_TOKEN_COOLDOWN)
    }
}

pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
impl CachedToken {
    pub(crate) fn new_for_test(access: &str) -> Self {
        let token = super::token::Token::new(access.into(), None).unwrap();
        Self::new(StoredToken::new(token), MAX_EXPIRES_IN)
    }
}
