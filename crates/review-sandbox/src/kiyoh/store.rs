//! The state of the Kiyoh account.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};

use super::products::Catalogue;
use super::reviews::Review;
use crate::clock::Clock;

/// How long an address cannot be invited again.
///
/// Documented: "an invitation was already sent to this address in the last 30 days". UNK: whether the days count from the
/// request or from the e-mail. INF: from the request, because the code says "placed"; so a scheduled invitation counts.
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
