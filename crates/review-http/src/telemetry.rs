//! Telemetry of requests: `tracing` events, metrics, and an observer. All of it is in this
//! file, and none of it contains a URL, a header, a body or personal data.
//!
//! The names are stable; the changelog lists every change of one.

use std::fmt::Debug;
use std::time::Duration;

use review_core::provider::ProviderInfo;
use review_core::{Error, ErrorKind};
use tracing::{debug, warn};

use crate::retry::AttemptOutcome;

/// Receives events that cannot be returned to a caller.
///
/// ```
/// use review_core::Error;
/// use review_http::RequestObserver;
///
/// /// Lists invitations whose callers were cancelled, to look them up later.
/// #[derive(Debug)]
/// struct Unknowns(std::sync::mpsc::Sender<String>);
///
/// impl RequestObserver for Unknowns {
///     fn on_abandoned(&self, reference: Option<&str>, error: &Error) {
///         let _ = self.0.send(format!("{}: {error}", reference.unwrap_or("?")));
///     }
/// }
/// ```
pub trait RequestObserver: Debug + Send + Sync + 'static {
    /// The caller was cancelled (by its own timeout, `select!`, or a shutdown) while a request that is not
    /// idempotent was in flight, and the vendor may have all of it. The error is
    /// [`ErrorKind::OutcomeUnknown`] and names provider and operation; `reference` is the order's.
    ///
    /// It runs while the caller's future is dropped: it must neither block nor panic.
    fn on_abandoned(&self, reference: Option<&str>, error: &Error);
}

/// An attempt has ended.
pub(crate) fn attempt(
    provider: &ProviderInfo,
    operation: &'static str,
    status: Option<u16>,
    outcome: AttemptOutcome,
    elapsed: Duration,
) {
    let outcome = outcome.as_str();
    debug!(status, outcome, elapsed_ms = milliseconds(elapsed), "attempt");
    #[cfg(feature = "metrics")]
    {
        let labels = labels(provider, operation);
        metrics::counter!("review_attempts_total", with(&labels, "outcome", outcome)).increment(1);
        metrics::histogram!("review_attempt_seconds", labels).record(elapsed);
    }
    #[cfg(not(feature = "metrics"))]
    let _ = (provider, operation);
}

/// A request has ended, with all its attempts.
pub(crate) fn request(
    provider: &ProviderInfo,
    operation: &'static str,
    result: Result<(), ErrorKind>,
    elapsed: Duration,
) {
    let result = result.map_or_else(ErrorKind::name, |()| "ok");
    debug!(result, elapsed_ms = milliseconds(elapsed), "request");
    if result == ErrorKind::OutcomeUnknown.name() {
        warn!("outcome unknown");
    }
    #[cfg(feature = "metrics")]
    {
        let labels = labels(provider, operation);
        metrics::counter!("review_requests_total", with(&labels, "result", result)).increment(1);
        metrics::histogram!("review_request_seconds", labels).record(elapsed);
    }
    #[cfg(not(feature = "metrics"))]
    let _ = (provider, operation);
}

/// The vendor requested a pause.
pub(crate) fn throttled(provider: &ProviderInfo, operation: &'static str, wait: Duration) {
    debug!(wait_ms = milliseconds(wait), "throttled");
    #[cfg(feature = "metrics")]
    metrics::counter!("review_throttled_total", labels(provider, operation)).increment(1);
    #[cfg(not(feature = "metrics"))]
    let _ = (provider, operation);
}

/// The caller of a request with an unknown outcome was cancelled.
pub(crate) fn abandoned(provider: &ProviderInfo, operation: &'static str) {
    warn!(vendor = provider.vendor(), instance = provider.instance(), operation, "abandoned");
    #[cfg(feature = "metrics")]
    metrics::counter!("review_abandoned_total", labels(provider, operation)).increment(1);
}

/// A token was fetched.
pub(crate) fn token(provider: &ProviderInfo, result: Result<(), ErrorKind>) {
    let result = result.map_or_else(ErrorKind::name, |()| "ok");
    debug!(vendor = provider.vendor(), instance = provider.instance(), result, "token");
    #[cfg(feature = "metrics")]
    {
        let labels = [
            metrics::Label::new("vendor", provider.vendor().to_owned()),
            metrics::Label::new("instance", provider.instance().to_owned()),
            metrics::Label::from_static_parts("result", result),
        ];
        metrics::counter!("review_token_fetches_total", labels.to_vec()).increment(1);
    }
}

#[cfg(feature = "metrics")]
fn labels(provider: &ProviderInfo, operation: &'static str) -> Vec<metrics::Label> {
    vec![
        metrics::Label::new("vendor", provider.vendor().to_owned()),
        metrics::Label::new("instance", provider.instance().to_owned()),
        metrics::Label::from_static_parts("operation", operation),
    ]
}

#[cfg(feature = "metrics")]
fn with(labels: &[metrics::Label], name: &'static str, value: &'static str) -> Vec<metrics::Label> {
    let mut labels = labels.to_vec();
    labels.push(metrics::Label::from_static_parts(name, value));
    labels
}

fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
