//! Whether a request has left, told while it is on its way.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Tells whether a request may have left this machine while its transport is still at it: a caller that
/// goes away in the meantime gets no answer that could say so.
///
/// [`Client`](crate::Client) puts one into the extensions of every request. A transport that can tell
/// takes it out with [`of`](Self::of), calls [`hold`](Self::hold) before it begins and
/// [`release`](Self::release) when the vendor may come to have a complete request. For a transport that
/// says nothing every request counts as gone.
#[derive(Clone, Debug, Default)]
pub struct Departure(Arc<AtomicBool>);

impl Departure {
    /// The one of a request; where it has none, one that nobody looks at.
    #[must_use]
    pub fn of<B>(request: &http::Request<B>) -> Self {
        request.extensions().get().cloned().unwrap_or_default()
    }

    /// The vendor cannot have a complete request, until [`release`](Self::release).
    pub fn hold(&self) {
        self.0.store(true, Ordering::SeqCst);
    }

    /// From now on the vendor may have a complete request.
    pub fn release(&self) {
        self.0.store(false, Ordering::SeqCst);
    }

    /// Whether the vendor certainly has no complete request.
    #[must_use]
    pub fn is_held(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_held_has_certainly_not_left() {
        let departure = Departure::default();
        assert!(!departure.is_held());
        let mut request = http::Request::new(());
        request.extensions_mut().insert(departure.clone());
        Departure::of(&request).hold();
        assert!(departure.is_held());
        Departure::of(&request).release();
        assert!(!departure.is_held());
        Departure::of(&http::Request::new(())).hold();
    }
}
