//! The state of the Kiyoh account.

use std::collections::HashMap;

use chrono::{DateTime, SubsecRound as _, TimeDelta, Utc};
use uuid::Uuid;

use super::catalogue::Catalogue;
use super::review::Review;
use crate::clock::Clock;
use crate::invited::Invited;

/// How long an address cannot be invited again.
///
/// Documented: "an invitation was already sent to this address in the last 30 days". UNK: whether the days count from the
/// request or from the email. INF: from the request, because the code says "placed"; so a scheduled invitation counts.
const BLOCKED: TimeDelta = TimeDelta::days(30);

/// The account.
pub(crate) struct Kiyoh {
    pub(super) clock: Clock,
    pub(super) token_revoked: bool,
    pub(super) location_active: bool,
    pub(super) catalogue: Catalogue,
    /// In order of acceptance.
    pub(super) invitations: Vec<Invitation>,
    /// When each address was last invited.
    invited: HashMap<String, DateTime<Utc>>,
    /// In order of submission.
    pub(super) reviews: Vec<Review>,
}

/// A customer who can write a review.
pub(super) struct Invitation {
    pub(super) email: String,
    pub(super) reference: String,
    pub(super) author: String,
    pub(super) city: String,
    pub(super) language: String,
    /// Whether the shop is reviewed.
    pub(super) shop: bool,
    /// The products that are reviewed.
    pub(super) products: Vec<String>,
}

impl Kiyoh {
    pub(crate) fn new(clock: Clock) -> Self {
        Self {
            clock,
            token_revoked: false,
            location_active: true,
            catalogue: Catalogue::default(),
            invitations: Vec::new(),
            invited: HashMap::new(),
            reviews: Vec::new(),
        }
    }

    /// The token is static; it ends only if it is revoked in the dashboard.
    pub(crate) fn revoke_token(&mut self) {
        self.token_revoked = true;
    }

    /// Notes an invitation of this address. `false`: it was invited in the last 30 days.
    ///
    /// UNK: whether the rule holds per location or per tenant, and whether invitations for products count against those for
    /// the shop. Here every accepted invitation counts. INF: addresses are compared as they are, because the vendor's
    /// paper says that values are case-sensitive.
    pub(super) fn place(&mut self, address: &str, now: DateTime<Utc>) -> bool {
        let blocked = |since: &DateTime<Utc>| now.signed_duration_since(*since) < BLOCKED;
        if self.invited.get(address).is_some_and(blocked) {
            return false;
        }
        self.invited.insert(address.to_owned(), now);
        true
    }

    pub(super) fn shop_reviews(&self) -> impl Iterator<Item = &Review> {
        self.reviews.iter().filter(|review| review.shop)
    }

    /// Writes a review for the last invitation with this reference.
    pub(crate) fn submit_review(
        &mut self,
        invited: &Invited<'_>,
        rating: u8,
        comment: &str,
    ) -> Option<String> {
        if !(1..=10).contains(&rating) {
            return None;
        }
        let of_order = |invitation: &&Invitation| invited.fits(&invitation.reference, &invitation.email);
        let invitation = self.invitations.iter().rev().find(of_order)?;
        let product = |code: &String| (code.clone(), Uuid::new_v4().to_string());
        let review = Review {
            id: Uuid::new_v4().to_string(),
            author: invitation.author.clone(),
            city: invitation.city.clone(),
            language: invitation.language.clone(),
            rating,
            comment: comment.to_owned(),
            // As it is printed, so that a filter by a printed date works.
            at: self.clock.now().trunc_subsecs(3),
            shop: invitation.shop,
            products: invitation.products.iter().map(product).collect(),
        };
        let id = review.id.clone();
        self.reviews.push(review);
        Some(id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn address_is_blocked_for_thirty_days_from_the_last_invitation() {
        let mut account = Kiyoh::new(Clock::new());
        let now = Utc::now();
        assert!(account.place("a@example.com", now));
        assert!(account.place("A@example.com", now));
        assert!(!account.place("a@example.com", now + BLOCKED - TimeDelta::milliseconds(1)));
        assert!(account.place("a@example.com", now + BLOCKED));
        assert!(!account.place("a@example.com", now + BLOCKED * 2 - TimeDelta::milliseconds(1)));
    }
}
