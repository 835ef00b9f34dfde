//! Whether a request has left, recorded while it is in flight.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use review_core::provider::SendHooks;

/// Records whether a request may have left this machine, while its transport is still sending it. A caller
/// that is cancelled gets no response that could state it.
///
/// [`Client`](crate::Client) puts one into the extensions of every request. A transport that supports
/// it reads it with [`from_request`](Self::from_request), calls [`mark_unsent`](Self::mark_unsent) before it
/// starts and [`mark_sent`](Self::mark_sent) when the vendor may receive a complete request. With a
/// transport that does neither, every request counts as sent.
#[derive(Clone, Debug, Default)]
pub struct RequestTracker {
    is_unsent: Arc<AtomicBool>,
    /// The trackers of the invitation; not set if an earlier attempt may have been accepted.
    hooks: Option<SendHooks>,
}

impl RequestTracker {
    pub(crate) fn new(hooks: Option<SendHooks>) -> Self {
        Self { is_unsent: Arc::default(), hooks }
    }

    /// Returns the tracker of a request, or one without effect.
    #[must_use]
    pub fn from_request<B>(request: &http::Request<B>) -> Self {
        request.extensions().get().cloned().unwrap_or_default()
    }

    /// The vendor cannot have a complete request, until [`mark_sent`](Self::mark_sent).
    pub fn mark_unsent(&self) {
        self.is_unsent.store(true, Ordering::SeqCst);
        self.hooks.iter().for_each(SendHooks::mark_unsent);
    }

    /// From now on the vendor may have a complete request.
    pub fn mark_sent(&self) {
        self.hooks.iter().for_each(SendHooks::mark_sent);
        self.is_unsent.store(false, Ordering::SeqCst);
    }

    /// Returns whether the vendor certainly has no complete request.
    #[must_use]
    pub fn is_unsent(&self) -> bool {
        self.is_unsent.load(Ordering::SeqCst)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_request_marked_unsent_has_not_left() {
        let tracker = RequestTracker::default();
        assert!(!tracker.is_unsent());
        let mut request = http::Request::new(());
        request.extensions_mut().insert(tracker.clone());
        RequestTracker::from_request(&request).mark_unsent();
        assert!(tracker.is_unsent());
        RequestTracker::from_request(&request).mark_sent();
        assert!(!tracker.is_unsent());
        RequestTracker::from_request(&http::Request::new(())).mark_unsent();
    }
}
