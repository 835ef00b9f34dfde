//! Fault injection for transports, by rules.

mod fault;
mod rule;
#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use review_core::SendState;
use review_http::{
    DynTransport, HttpResponse, HttpTransport, RequestTracker, TransportError, TransportErrorKind,
};

pub use self::fault::{Responder, TransportFault};
pub use self::rule::FaultRule;

/// The number of requests, by outcome.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct FaultCounts {
    /// All requests.
    pub requests: u64,
    /// Requests that were refused, or that timed out during a delay.
    pub refused: u64,
    /// Requests that were forwarded, but whose response was dropped.
    pub lost: u64,
    /// Requests that received a response without being forwarded.
    pub responded: u64,
    /// Requests that were forwarded, but timed out without a response.
    pub silent: u64,
    /// Requests that were forwarded after a delay.
    pub delayed: u64,
}

/// A transport that wraps another transport and injects faults. The first rule that matches a request applies.
///
/// Clones share rules and counts. Keep one clone and pass the other to the provider.
///
/// ```
/// use std::sync::Arc;
///
/// use review_http::{RequestTracker, DynTransport, HttpTransport};
/// use review_testkit::{FaultRule, FaultTransport, TransportFault};
///
/// fn with_faults(transport: DynTransport) -> (FaultTransport, DynTransport) {
///     let faults = FaultTransport::new(transport)
///         .with_rule(FaultRule::new(TransportFault::RefuseConnection).with_max_hits(1))
///         .with_rule(
///             FaultRule::new(TransportFault::DropResponse)
///                 .when(|request| request.uri().path() == "/invitations")
///                 .with_probability(0.3, 42),
///         );
///     (faults.clone(), Arc::new(faults))
/// }
/// # #[derive(Debug)]
/// # struct Nowhere;
/// # #[async_trait::async_trait]
/// # impl HttpTransport for Nowhere {
/// #     async fn send(&self, _: http::Request<bytes::Bytes>, _: std::time::Duration)
/// #         -> Result<review_http::HttpResponse, review_http::TransportError> {
/// #         Err(review_http::TransportError::new(review_core::error::SendState::NotSent, review_http::TransportErrorKind::Connect))
/// #     }
/// # }
/// let (faults, _transport) = with_faults(Arc::new(Nowhere));
/// // ... the provider sends; then read the counts:
/// assert_eq!(faults.counts().lost, 0);
/// ```
#[derive(Clone)]
pub struct FaultTransport {
    inner: DynTransport,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    rules: Vec<FaultRule>,
    counts: FaultCounts,
}

impl fmt::Debug for FaultTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.lock();
        f.debug_struct("FaultTransport")
            .field("inner", &self.inner)
            .field("rules", &state.rules)
            .field("counts", &state.counts)
            .finish()
    }
}

impl FaultTransport {
    /// Creates a transport without rules. It forwards every request to the inner transport.
    #[must_use]
    pub fn new(inner: DynTransport) -> Self {
        Self { inner, state: Arc::default() }
    }

    /// Adds a rule.
    #[must_use]
    pub fn with_rule(self, rule: FaultRule) -> Self {
        self.add(rule);
        self
    }

    /// Adds a rule while the transport is in use.
    pub fn add(&self, rule: FaultRule) {
        self.lock().rules.push(rule);
    }

    /// Removes all rules. The counts are kept.
    pub fn clear(&self) {
        self.lock().rules.clear();
    }

    /// Returns the counts so far.
    #[must_use]
    pub fn counts(&self) -> FaultCounts {
        self.lock().counts
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn fault_for(&self, request: &http::Request<Bytes>) -> Option<TransportFault> {
        let mut state = self.lock();
        state.counts.requests += 1;
        state.rules.iter_mut().find_map(|rule| rule.fires(request).then(|| rule.fault.clone()))
    }

    fn count(&self, count: impl FnOnce(&mut FaultCounts) -> &mut u64) {
        *count(&mut self.lock().counts) += 1;
    }
}

#[async_trait]
impl HttpTransport for FaultTransport {
    async fn send(
        &self,
        request: http::Request<Bytes>,
        timeout: Duration,
    ) -> Result<HttpResponse, TransportError> {
        match self.fault_for(&request) {
            None => self.inner.send(request, timeout).await,
            Some(TransportFault::RefuseConnection) => {
                self.count(|counts| &mut counts.refused);
                Err(TransportError::new(SendState::NotSent, TransportErrorKind::Connect))
            }
            Some(TransportFault::DropResponse) => {
                self.inner.send(request, timeout).await?;
                self.count(|counts| &mut counts.lost);
                Err(TransportError::new(SendState::Unknown, TransportErrorKind::Interrupted))
            }
            Some(TransportFault::Hang) => {
                let began = tokio::time::Instant::now();
                self.inner.send(request, timeout).await?;
                self.count(|counts| &mut counts.silent);
                tokio::time::sleep_until(began + timeout).await;
                Err(TransportError::new(SendState::Unknown, TransportErrorKind::Timeout))
            }
            Some(TransportFault::Respond(responder)) => {
                self.count(|counts| &mut counts.responded);
                Ok(responder.respond(&request))
            }
            Some(TransportFault::Delay(delay)) if delay >= timeout => {
                RequestTracker::from_request(&request).mark_unsent();
                tokio::time::sleep(timeout).await;
                self.count(|counts| &mut counts.refused);
                Err(TransportError::new(SendState::NotSent, TransportErrorKind::Timeout))
            }
            Some(TransportFault::Delay(delay)) => {
                // If the call is cancelled during the delay, nothing was sent.
                let tracker = RequestTracker::from_request(&request);
                tracker.mark_unsent();
                tokio::time::sleep(delay).await;
                tracker.mark_sent();
                self.count(|counts| &mut counts.delayed);
                self.inner.send(request, timeout - delay).await
            }
        }
    }
}
