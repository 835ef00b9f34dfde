//! What a fake was asked.

use review_core::InviteRequest;
use review_core::model::EmailAddress;
use review_core::provider::InviteRef;

/// One call of a fake. `Debug` shows no person.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum FakeCall {
    /// A preview.
    Preview(InviteRequest),
    /// An invitation, with any result.
    SendInvite(InviteRequest),
    /// A link.
    CreateLink(InviteRequest),
    /// A look-up.
    FindInvite(InviteRef),
    /// A request to erase a customer's data.
    EraseCustomer(EmailAddress),
    /// A look at the set-up.
    CheckSetup,
}

#[derive(Default)]
pub(super) struct Record {
    pub(super) calls: Vec<FakeCall>,
    /// The invitations that were accepted.
    pub(super) accepted: Vec<InviteRequest>,
    /// How many calls a vendor would have seen.
    pub(super) request_count: usize,
}

impl Record {
    pub(super) fn references(&self) -> Vec<&str> {
        self.accepted.iter().map(|request| request.order().reference().as_str()).collect()
    }
}
