//! The state of the Trustpilot account.

use super::catalogue::Catalogue;
use super::invitation_data::DeletedInvitationData;
use super::invitations_log::Invitation;
use super::reviews::Reviews;
use super::tokens::Tokens;
use crate::clock::Clock;

/// The state of the Trustpilot account.
pub(crate) struct Trustpilot {
    pub(crate) tokens: Tokens,
    pub(crate) token_requests: usize,
    pub(crate) cdn_blocking: bool,
    pub(super) catalogue: Catalogue,
    /// Invitations without a review so far, in order of acceptance.
    pub(super) invited: Vec<Invitation>,
    pub(super) deleted_invitation_data: Vec<DeletedInvitationData>,
    pub(super) reviews: Reviews,
}

impl Trustpilot {
    pub(crate) fn new(clock: Clock, cdn_blocking: bool) -> Self {
        Self {
            tokens: Tokens::new(clock),
            token_requests: 0,
            cdn_blocking,
            catalogue: Catalogue::default(),
            invited: Vec::new(),
            deleted_invitation_data: Vec::new(),
            reviews: Reviews::default(),
        }
    }
}
