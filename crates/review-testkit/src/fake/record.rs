//! The recorded calls of a fake.

use review_core::InviteRequest;
use review_core::model::EmailAddress;
use review_core::provider::InviteRef;

/// A call to a fake. `Debug` shows no personal data.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum FakeCall {
    /// A preview.
    Preview(InviteRequest),
    /// An invitation, with any result.
    SendInvite(InviteRequest),
    /// A link.
    CreateLink(InviteRequest),
    /// A lookup of an invitation.
    FindInvite(InviteRef),
    /// A request to erase a customer's data.
    EraseCustomer(EmailAddress),
    /// A setup check.
    CheckSetup,
}

#[derive(Default)]
pub(super) struct Record {
    pub(super) calls: Vec<FakeCall>,
    /// The invitations that were accepted.
    pub(super) accepted: Vec<InviteRequest>,
    /// The number of calls that a vendor would have received.
    pub(super) request_count: usize,
}

impl Record {
    pub(super) fn references(&self) -> Vec<&str> {
        self.accepted.iter().map(|request| request.order().reference().as_str()).collect()
    }
}
