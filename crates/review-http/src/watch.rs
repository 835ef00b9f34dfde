//! What is known of a call while it is under way, for the case that its caller goes away.

use review_core::{Error, ErrorKind, ProviderInfo};

use crate::{Call, Departure, Effect, Observer, Outcome, observe};

/// Follows a call, and tells the observer when it is dropped before its end and the vendor may have it.
pub(crate) struct Watch<'a> {
    provider: &'a ProviderInfo,
    observer: Option<&'a dyn Observer>,
    call: &'a Call,
    /// An attempt may have been accepted.
    uncertain: bool,
    /// The request that is on its way.
    under_way: Option<Departure>,
    ended: bool,
}

impl<'a> Watch<'a> {
    pub(crate) fn new(
        provider: &'a ProviderInfo,
        observer: Option<&'a dyn Observer>,
        call: &'a Call,
    ) -> Self {
        Self { provider, observer, call, uncertain: false, under_way: None, ended: false }
    }

    pub(crate) fn departs(&mut self, departure: Departure) {
        self.under_way = Some(departure);
    }

    pub(crate) fn came_to(&mut self, outcome: Outcome) {
        self.under_way = None;
        self.uncertain |= outcome == Outcome::Unknown;
    }

    /// The call has ended, and its caller is told; gives whether an attempt may have been accepted.
    pub(crate) fn end(&mut self) -> bool {
        self.ended = true;
        self.uncertain
    }
}

impl Drop for Watch<'_> {
    fn drop(&mut self) {
        let may_be_there = self.uncertain || self.under_way.as_ref().is_some_and(|way| !way.is_held());
        if self.ended || self.call.effect == Effect::Repeatable || !may_be_there {
            return;
        }
        observe::abandoned(self.provider, self.call.operation);
        if let Some(observer) = self.observer {
            let message = "its caller went away before an answer came";
            let error = Error::new(ErrorKind::OutcomeUnknown, message)
                .with_provider(self.provider)
                .with_operation(self.call.operation);
            observer.abandoned(self.call.reference.as_deref(), &error);
        }
    }
}
