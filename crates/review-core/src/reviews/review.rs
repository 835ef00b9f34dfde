//! Reviews and queries for them.

use std::fmt;

use chrono::{DateTime, Utc};

use crate::model::kind::InviteKind;
use crate::model::order::OrderReference;

/// Which reviews are read.
///
/// ```
/// use review_core::model::OrderReference;
/// use review_core::reviews::ReviewQuery;
///
/// let query = ReviewQuery::service().for_order(OrderReference::new("1001")?);
/// # Ok::<(), review_core::FieldError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReviewQuery {
    /// Reviews of the shop or of products.
    pub subject: ReviewSubject,
    /// Only those that belong to this order.
    pub reference: Option<OrderReference>,
    /// Only those written at or after this time.
    pub since: Option<DateTime<Utc>>,
}

/// The subject of a review.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ReviewSubject {
    /// The shop and its service.
    Service,
    /// A product.
    Product,
}

impl ReviewQuery {
    /// Creates a query for all reviews of the shop.
    #[must_use]
    pub fn service() -> Self {
        Self { subject: ReviewSubject::Service, reference: None, since: None }
    }

    /// Creates a query for all reviews of products.
    #[must_use]
    pub fn products() -> Self {
        Self { subject: ReviewSubject::Product, reference: None, since: None }
    }

    /// Restricts the query to reviews of this order.
    #[must_use]
    pub fn for_order(mut self, reference: OrderReference) -> Self {
        self.reference = Some(reference);
        self
    }

    /// Restricts the query to reviews written at or after this time.
    #[must_use]
    pub fn since(mut self, time: DateTime<Utc>) -> Self {
        self.since = Some(time);
        self
    }

    /// Returns whether a review matches this query, for readers whose vendor supports fewer filters.
    #[must_use]
    pub fn matches(&self, review: &Review) -> bool {
        self.subject == review.subject
            && self.reference.as_ref().is_none_or(|wanted| review.reference.as_ref() == Some(wanted))
            && self.since.is_none_or(|since| review.written_at.is_none_or(|written| written >= since))
    }
}

/// A review. `Debug` does not show what the customer wrote. Their identity is not part of it: the
/// reference connects it to the order.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Review {
    /// The vendor's id.
    pub id: String,
    /// Its subject.
    pub subject: ReviewSubject,
    /// The order it belongs to, if the vendor returns it.
    pub reference: Option<OrderReference>,
    /// 1 to 5 stars.
    pub stars: u8,
    /// The headline.
    pub title: Option<String>,
    /// What the customer wrote.
    pub text: Option<String>,
    /// The shop's id of the product, for a product review.
    pub sku: Option<String>,
    /// When it was written.
    pub written_at: Option<DateTime<Utc>>,
}

impl Review {
    /// Creates a review with its stars only.
    pub fn new(id: impl Into<String>, subject: ReviewSubject, stars: u8) -> Self {
        Self {
            id: id.into(),
            subject,
            reference: None,
            stars,
            title: None,
            text: None,
            sku: None,
            written_at: None,
        }
    }

    /// Returns whether it can be the result of an invitation of this kind for this order.
    #[must_use]
    pub fn matches_invite(&self, reference: &OrderReference, kind: InviteKind) -> bool {
        let included = match self.subject {
            _ if kind == InviteKind::AccountDefault => true,
            ReviewSubject::Service => kind.includes_service(),
            ReviewSubject::Product => kind.includes_products(),
        };
        included && self.reference.as_ref() == Some(reference)
    }
}

impl fmt::Debug for Review {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Review")
            .field("id", &self.id)
            .field("subject", &self.subject)
            .field("reference", &self.reference)
            .field("stars", &self.stars)
            .field("sku", &self.sku)
            .field("written_at", &self.written_at)
            .finish_non_exhaustive()
    }
}
