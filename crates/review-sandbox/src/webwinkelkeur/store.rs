//! The state of the WebwinkelKeur account.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};

use super::review::{ProductReview, Rating};
use crate::clock::Clock;
use crate::invited::Invited;

/// The account.
pub(crate) struct Webwinkelkeur {
    pub(super) clock: Clock,
    pub(super) code_revoked: bool,
    pub(super) http_errors: bool,
    /// In order of acceptance.
    pub(super) invitations: Vec<Invitation>,
    /// The pairs of address and order that were invited.
    orders: HashSet<(String, String)>,
    /// How many invitations each address has had.
    per_address: HashMap<String, u64>,
    /// The orders whose customers consented in the pop-up of the vendor.
    pub(super) consents: HashSet<String>,
    /// In order of submission.
    pub(super) ratings: Vec<Rating>,
    /// In order of submission.
    pub(super) product_reviews: Vec<ProductReview>,
}

/// An invitation in the queue, or sent.
pub(super) struct Invitation {
    pub(super) email: String,
    pub(super) order: String,
    pub(super) name: String,
    pub(super) language: String,
    pub(super) delay: u64,
    pub(super) created: DateTime<Utc>,
    pub(super) scheduled: DateTime<Utc>,
    /// The ids of the products that the customer can review.
    pub(super) products: Vec<String>,
}

impl Webwinkelkeur {
    pub(crate) fn new(clock: Clock) -> Self {
        Self {
            clock,
            code_revoked: false,
            http_errors: false,
            invitations: Vec::new(),
            orders: HashSet::new(),
            per_address: HashMap::new(),
            consents: HashSet::new(),
            ratings: Vec::new(),
            product_reviews: Vec::new(),
        }
    }

    /// The code is static; it ends only if the shop creates another one.
    pub(crate) fn revoke_code(&mut self) {
        self.code_revoked = true;
    }

    /// Whether this pair of address and order was invited before.
    ///
    /// Documented for calls with an order. UNK: without one. INF: each call counts, because half of the key is missing.
    /// UNK: whether "already sent" covers an invitation that is still in the queue. INF: yes, because the pair "was used
    /// before". UNK: whether upper and lower case differ in an address. INF: yes, because no source says otherwise.
    pub(super) fn was_invited(&self, email: &str, order: Option<&str>) -> bool {
        order.is_some_and(|order| self.orders.contains(&(email.to_owned(), order.to_owned())))
    }

    /// How many invitations this address has had.
    pub(super) fn invitations_of(&self, email: &str) -> u64 {
        self.per_address.get(email).copied().unwrap_or_default()
    }

    pub(super) fn queue(&mut self, invitation: Invitation) {
        self.orders.insert((invitation.email.clone(), invitation.order.clone()));
        *self.per_address.entry(invitation.email.clone()).or_default() += 1;
        self.invitations.push(invitation);
    }

    /// Writes a rating, and a review of each product, for the last invitation with this order number. `false`: there is
    /// none, or the stars are not within 1 to 5.
    pub(crate) fn submit_review(&mut self, invited: &Invited<'_>, stars: u8, comment: &str) -> bool {
        let fits = |invitation: &&Invitation| invited.fits(&invitation.order, &invitation.email);
        let invitation = self.invitations.iter().rev().find(fits);
        let Some(invitation) = invitation.filter(|_| (1..=5).contains(&stars)) else {
            return false;
        };
        let at = self.clock.now();
        self.ratings.push(Rating {
            name: invitation.name.clone(),
            email: invitation.email.clone(),
            language: invitation.language.clone(),
            stars,
            comment: comment.to_owned(),
            at,
        });
        for product in &invitation.products {
            self.product_reviews.push(ProductReview {
                id: self.product_reviews.len() + 1,
                name: invitation.name.clone(),
                email: invitation.email.clone(),
                product: product.clone(),
                stars,
                comment: comment.to_owned(),
                at,
            });
        }
        true
    }
}
