//! Whether a request has left, told while it is on its way.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Tells whether a request may have left this machine while its transport is still at it: a caller that
/// goes away in the meantime gets no answer that could say so.
///
/// [`Client`](crate::Client) puts one into the extensions of every request. A transport that can tell
/// takes it out with [`from_request`](Self::from_request), calls [`mark_unsent`](Self::mark_unsent) before it begins and
/// [`mark_sent`](Self::mark_sent) when the vendor may come to have a complete request. For a transport that
/// says nothing every request counts as gone.
#[derive(Clone, Debug, Default)]
pub struct SendTracker(Arc<AtomicBool>);

impl SendTracker {
    /// The one of a request; where it has none, one that nobody looks at.
    #[must_use]
    pub fn from_request<B>(request: &http::Request<B>) -> Self {
        request.extensions().get().cloned().unwrap_or_default()
    }

    /// The vendor cannot have a complete request, until [`mark_sent`](Self::mark_sent).
    pub fn mark_unsent(&self) {
        self.0.store(true, Ordering::SeqCst);
    }

    /// From now on the vendor may have a complete request.
    pub fn mark_sent(&self) {
        self.0.store(false, Ordering::SeqCst);
    }

    /// Whether the vendor certainly has no complete request.
    #[must_use]
    pub fn is_unsent(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_held_has_certainly_not_left() {
        let tracker = SendTracker::default();
        assert!(!tracker.is_unsent());
        let mut request = http::Request::new(());
        request.extensions_mut().insert(tracker.clone());
        SendTracker::from_request(&request).mark_unsent();
        assert!(tracker.is_unsent());
        SendTracker::from_request(&request).mark_sent();
        assert!(!tracker.is_unsent());
        SendTracker::from_request(&http::Request::new(())).mark_unsent();
    }
}
