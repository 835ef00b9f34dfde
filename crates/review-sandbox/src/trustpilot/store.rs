//! The state of the Trustpilot account.

use std::fmt;

use chrono::{DateTime, Utc};

use super::catalogue::Catalogue;
use super::ids::object_id;
use super::invitations_log::Invitation;
use super::reviews::{Review, Reviews, SubmittedReview};
use super::tokens::Tokens;
use crate::clock::Clock;
use crate::email::EmailKind;
use crate::invited::Invited;

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

    /// Deletes open invitations; reviews stay, as documented. Addresses are compared ignoring case.
    pub(super) fn erase(&mut self, deletion: DeletedInvitationData) {
        match &deletion {
            DeletedInvitationData::Emails(emails) => {
                let named = |email: &str| emails.iter().any(|other| other.eq_ignore_ascii_case(email));
                self.invited.retain(|invited| !named(&invited.email));
            }
            DeletedInvitationData::OlderThan(time) => self.invited.retain(|invited| invited.at >= *time),
        }
        self.deleted_invitation_data.push(deletion);
    }

    /// Turns the first open invitation of each kind into reviews: one of the service, one of each product.
    pub(crate) fn submit_review(
        &mut self,
        now: DateTime<Utc>,
        by: &Invited<'_>,
        stars: u8,
        text: &str,
    ) -> Vec<SubmittedReview> {
        let stars = stars.clamp(1, 5);
        let mut written = Vec::new();
        for kind in [EmailKind::Service, EmailKind::Product] {
            let fits = |invited: &Invitation| {
                let reference = invited.reference.as_deref().unwrap_or_default();
                invited.kind == kind && by.reviews(kind) && by.fits(reference, &invited.email)
            };
            let Some(place) = self.invited.iter().position(fits) else {
                continue;
            };
            let invited = self.invited.remove(place);
            let consumer = self.reviews.consumer(&invited.email);
            let (items, reviews) = match kind {
                EmailKind::Service => (vec![None], &mut self.reviews.service),
                EmailKind::Product | EmailKind::ServiceAndProduct => {
                    (invited.items.iter().cloned().map(Some).collect(), &mut self.reviews.product)
                }
            };
            for item in items {
                let sku = item.as_ref().map(|item| item.sku.clone());
                let (id, text) = (object_id(), text.to_owned());
                written.push(SubmittedReview { kind, id: id.clone(), sku });
                let invited = invited.clone();
                let consumer = consumer.clone();
                reviews.push(Review { id, consumer, stars, text, at: now, invited, item });
            }
        }
        written
    }
}

/// An accepted deletion of invitation data at Trustpilot.
///
/// Contains addresses on purpose, for tests to compare; `Debug` leaves them out.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum DeletedInvitationData {
    /// Of these consumers, as in the request.
    Emails(Vec<String>),
    /// Of all consumers invited before this time.
    OlderThan(DateTime<Utc>),
}

impl fmt::Debug for DeletedInvitationData {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Emails(emails) => write!(f, "Emails({} addresses)", emails.len()),
            Self::OlderThan(time) => f.debug_tuple("OlderThan").field(time).finish(),
        }
    }
}
