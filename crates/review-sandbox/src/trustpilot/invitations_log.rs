//! Open invitations, by email or by link.

use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::email::EmailKind;
use crate::json_schema::text;

/// `source` of a review, as seen in responses: invited by `email-invitations`.
pub(super) const EMAIL: &str = "InvitationApi";
/// `source` of a review, as seen in responses: invited by a link.
pub(super) const LINK: &str = "InvitationLinkApi";

/// An invitation, until its review is submitted or its data is deleted.
#[derive(Clone)]
pub(crate) struct Invitation {
    pub(super) kind: EmailKind,
    pub(super) source: &'static str,
    pub(super) reference: Option<String>,
    pub(super) email: String,
    pub(super) name: String,
    pub(super) locale: Option<String>,
    pub(super) tags: Vec<String>,
    pub(super) location: Option<String>,
    /// The products to review; none for a service review.
    pub(super) items: Vec<Item>,
    pub(super) at: DateTime<Utc>,
}

/// A product to review.
#[derive(Clone)]
pub(crate) struct Item {
    pub(super) sku: String,
    pub(super) name: String,
    pub(super) url: String,
    pub(super) image: Option<String>,
}

impl Item {
    /// Reads a checked element of `products`.
    pub(super) fn inline(product: &Value) -> Self {
        let string = |pointer| text(product, pointer).unwrap_or_default().to_owned();
        Self {
            sku: string("/sku"),
            name: string("/name"),
            url: string("/productUrl"),
            image: text(product, "/imageUrl").map(str::to_owned),
        }
    }
}
