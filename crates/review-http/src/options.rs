//! How an instance makes its calls.

use std::sync::Arc;

use crate::rate_limit::RateLimits;
use crate::retry::RetryPolicy;
use crate::telemetry::RequestObserver;
use crate::transport::TransportOptions;

/// How one instance of a vendor makes its calls: repeats, connections, limits, and who is told.
///
/// A [`RetryPolicy`] or [`TransportOptions`] alone stands for options that differ in nothing else.
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
    /// How calls are repeated.
    pub retry: RetryPolicy,
    /// How connections are made, by the transport of this crate.
    pub transport: TransportOptions,
    /// How many calls are made in how much time, tokens included. `None`: the figures the vendor
    /// publishes, if it publishes any.
    pub rate_limits: Option<RateLimits>,
    /// Who is told of what no caller can be told.
    pub observer: Option<Arc<dyn RequestObserver>>,
}

impl ClientOptions {
    /// Sets how calls are repeated.
    #[must_use]
    pub fn with_retry(mut self, retry: RetryPolicy) -> Self {
        self.retry = retry;
        self
    }

    /// Sets how connections are made, by the transport of this crate.
    #[must_use]
    pub fn with_transport(mut self, transport: TransportOptions) -> Self {
        self.transport = transport;
        self
    }

    /// Sets the limits, in the place of those the vendor publishes; [`RateLimits::unlimited`] for none. Several
    /// processes that share an account divide its limits among themselves.
    #[must_use]
    pub fn with_rate_limits(mut self, limits: RateLimits) -> Self {
        self.rate_limits = Some(limits);
        self
    }

    /// Sets who is told of what no caller can be told.
    #[must_use]
    pub fn with_observer(mut self, observer: Arc<dyn RequestObserver>) -> Self {
        self.observer = Some(observer);
        self
    }

    /// The same options with these limits, unless others are set. For vendor crates: the figures their
    /// vendor publishes.
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
