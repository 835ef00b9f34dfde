//! What is known of a call while it is under way, for the case that its caller goes away.

use review_core::{Error, ErrorKind, ProviderInfo};

use crate::request::ApiRequest;
use crate::retry::{AttemptOutcome, Idempotency};
use crate::telemetry::{self, RequestObserver};
use crate::transport::SendTracker;

/// Follows a call, and tells the observer when it is dropped before its end and the vendor may have it.
pub(crate) struct InFlightGuard<'a> {
    provider: &'a ProviderInfo,
    observer: Option<&'a dyn RequestObserver>,
    request: &'a ApiRequest,
    /// An attempt may have been accepted.
    uncertain: bool,
    /// The request that is on its way.
    in_flight: Option<SendTracker>,
    ended: bool,
}

impl<'a> InFlightGuard<'a> {
    pub(crate) fn new(
        provider: &'a ProviderInfo,
        observer: Option<&'a dyn RequestObserver>,
        request: &'a ApiRequest,
    ) -> Self {
        Self { provider, observer, request, uncertain: false, in_flight: None, ended: false }
    }

    pub(crate) fn sending(&mut self, tracker: SendTracker) {
        self.in_flight = Some(tracker);
    }

    pub(crate) fn completed(&mut self, outcome: AttemptOutcome) {
        self.in_flight = None;
        self.uncertain |= outcome == AttemptOutcome::Unknown;
    }

    /// The call has ended, and its caller is told; gives whether an attempt may have been accepted.
    pub(crate) fn finish(&mut self) -> bool {
        self.ended = true;
        self.uncertain
    }
}

impl Drop for InFlightGuard<'_> {
    fn drop(&mut self) {
        let may_be_there = self.uncertain || self.in_flight.as_ref().is_some_and(|way| !way.is_unsent());
        if self.ended || self.request.idempotency == Idempotency::Idempotent || !may_be_there {
            return;
        }
        telemetry::abandoned(self.provider, self.request.operation);
        if let Some(observer) = self.observer {
            let message = "its caller went away before an answer came";
            let error = Error::new(ErrorKind::OutcomeUnknown, message)
                .with_provider(self.provider)
                .with_operation(self.request.operation);
            observer.on_abandoned(self.request.reference.as_deref(), &error);
        }
    }
}
