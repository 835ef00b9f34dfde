//! The HTTP options of an instance.

use std::sync::Arc;

use crate::rate_limit::RateLimits;
use crate::retry::RetryPolicy;
use crate::telemetry::RequestObserver;
use crate::transport::TransportOptions;

/// The HTTP options of one vendor instance: retries, connections, limits, observer.
///
/// A [`RetryPolicy`] or [`TransportOptions`] converts into options that are otherwise the default.
///
/// ```
/// use std::time::Duration;
///
/// use review_http::{ClientOptions, RateLimits, RetryPolicy};
///
/// let options = ClientOptions::default()
///     .with_retry(RetryPolicy::default().with_total_timeout(Duration::from_secs(600)))
///     .with_rate_limits(RateLimits::unlimited().with_limit(100, Duration::from_secs(60)));
/// # let _ = options;
/// ```
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct ClientOptions {
    /// The retry policy.
    pub retry: RetryPolicy,
    /// The options of this crate's transport.
    pub transport: TransportOptions,
    /// The rate limits, for all requests including tokens. `None`: the limits the vendor publishes, if any.
    pub rate_limits: Option<RateLimits>,
    /// Receives events that cannot be returned to a caller.
    pub observer: Option<Arc<dyn RequestObserver>>,
}

impl ClientOptions {
    /// Sets how requests are retried.
    #[must_use]
    pub fn with_retry(mut self, retry: RetryPolicy) -> Self {
        self.retry = retry;
        self
    }

    /// Sets how the transport of this crate connects.
    #[must_use]
    pub fn with_transport(mut self, transport: TransportOptions) -> Self {
        self.transport = transport;
        self
    }

    /// Sets the rate limits, instead of those the vendor publishes. Several processes that share an account
    /// divide its limits among themselves.
    #[must_use]
    pub fn with_rate_limits(mut self, limits: RateLimits) -> Self {
        self.rate_limits = Some(limits);
        self
    }

    /// Sets the observer.
    #[must_use]
    pub fn with_observer(mut self, observer: Arc<dyn RequestObserver>) -> Self {
        self.observer = Some(observer);
        self
    }

    /// Sets the rate limits, unless they are set. For vendor crates: the limits their vendor publishes.
    #[must_use]
    pub fn with_default_rate_limits(mut self, published: RateLimits) -> Self {
        self.rate_limits.get_or_insert(published);
        self
    }
}

impl From<RetryPolicy> for ClientOptions {
    fn from(retry: RetryPolicy) -> Self {
        Self::default().with_retry(retry)
    }
}

impl From<TransportOptions> for ClientOptions {
    fn from(transport: TransportOptions) -> Self {
        Self::default().with_transport(transport)
    }
}
