//! What a fake was asked.

use review_core::{EmailAddress, InviteKey, InviteRequest};

/// One call of a fake. `Debug` shows no person.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum FakeCall {
    /// A preview.
    Preview(InviteRequest),
    /// An invitation, whatever became of it.
    SendInvite(InviteRequest),
    /// A link.
    CreateLink(InviteRequest),
    /// A look-up.
    FindInvite(InviteKey),
    /// A wish to erase a customer's data.
    EraseCustomer(EmailAddress),
    /// A look at the set-up.
    CheckSetup,
}

#[derive(Default)]
pub(super) struct Record {
    pub(super) calls: Vec<FakeCall>,
    /// The invitations that were taken.
    pub(super) taken: Vec<InviteRequest>,
    /// How many calls a vendor would have seen.
    pub(super) reached: usize,
}

impl Record {
    pub(super) fn references(&self) -> Vec<&str> {
        self.taken.iter().map(|request| request.order().reference().as_str()).collect()
    }
}
