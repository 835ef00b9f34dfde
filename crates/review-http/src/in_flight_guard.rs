//! Reports a request whose caller is cancelled while it is in flight.

use review_core::provider::ProviderInfo;
use review_core::{Error, ErrorKind};

use crate::request::ApiRequest;
use crate::retry::{AttemptOutcome, Idempotency};
use crate::telemetry::{self, RequestObserver};
use crate::transport::RequestTracker;

/// Follows a request. If it is dropped before the request ends, and the vendor may have the request, it
/// calls the observer.
pub(crate) struct InFlightGuard<'a> {
    provider: &'a ProviderInfo,
    observer: Option<&'a dyn RequestObserver>,
    request: &'a ApiRequest,
    /// An attempt may have been accepted.
    is_uncertain: bool,
    /// The attempt that is in flight.
    in_flight: Option<RequestTracker>,
    is_finished: bool,
}

impl<'a> InFlightGuard<'a> {
    pub(crate) fn new(
        provider: &'a ProviderInfo,
        observer: Option<&'a dyn RequestObserver>,
        request: &'a ApiRequest,
    ) -> Self {
        Self { provider, observer, request, is_uncertain: false, in_flight: None, is_finished: false }
    }

    /// An attempt starts. Returns its tracker.
    pub(crate) fn sending(&mut self) -> RequestTracker {
        let hooks = Some(&self.request.hooks).filter(|hooks| !self.is_uncertain && !hooks.is_empty());
        let tracker = RequestTracker::new(hooks.cloned());
        tracker.mark_sent();
        self.in_flight = Some(tracker.clone());
        tracker
    }

    /// The attempt ended.
    pub(crate) fn completed(&mut self, outcome: AttemptOutcome) {
        self.in_flight = None;
        self.is_uncertain |= outcome == AttemptOutcome::Unknown;
        match outcome {
            // An acceptance stays "sent": its receipt has not reached the caller yet.
            AttemptOutcome::Accepted => {}
            _ if self.is_uncertain => self.request.hooks.mark_sent(),
            AttemptOutcome::NotSent => self.request.hooks.mark_unsent(),
            _ => self.request.hooks.mark_responded(),
        }
    }

    /// The request ended and its caller gets the result. Returns whether an attempt may have been accepted.
    pub(crate) fn finish(&mut self) -> bool {
        self.is_finished = true;
        self.is_uncertain
    }
}

impl Drop for InFlightGuard<'_> {
    fn drop(&mut self) {
        let in_flight = self.in_flight.as_ref().is_some_and(|tracker| !tracker.is_unsent());
        let may_be_sent = self.is_uncertain || in_flight;
        if self.is_finished || self.request.idempotency == Idempotency::Idempotent || !may_be_sent {
            return;
        }
        telemetry::abandoned(self.provider, self.request.operation);
        if let Some(observer) = self.observer {
            let message = "the caller was cancelled before a response arrived";
            let error = Error::new(ErrorKind::OutcomeUnknown, message)
                .with_provider(self.provider)
                .with_operation(self.request.operation);
            observer.on_abandoned(self.request.order_reference.as_deref(), &error);
        }
    }
}
