//! A rating of the shop and a review of a product, as a test submits them and a response shows them.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::time;

/// What a customer rates, next to the shop as a whole.
const ASPECTS: [&str; 4] = ["shippingtime", "customerservice", "pricequality", "aftersale"];

/// A rating of the shop. It has neither an id nor the number of the order.
pub(super) struct Rating {
    pub(super) name: String,
    pub(super) email: String,
    pub(super) language: String,
    pub(super) stars: u8,
    pub(super) comment: String,
    pub(super) at: DateTime<Utc>,
}

/// A review of a product.
pub(super) struct ProductReview {
    pub(super) id: usize,
    pub(super) name: String,
    pub(super) email: String,
    pub(super) product: String,
    pub(super) stars: u8,
    pub(super) comment: String,
    pub(super) at: DateTime<Utc>,
}

/// Each aspect with the same value.
pub(super) fn aspects(value: &Value) -> Value {
    ASPECTS.into_iter().map(|name| (name.to_owned(), value.clone())).collect()
}

impl Rating {
    pub(super) fn print(&self) -> Value {
        let comment = Some(&self.comment).filter(|comment| !comment.is_empty());
        let created = time::print(self.at);
        json!({
            "name": self.name,
            "email": self.email,
            "rating": self.stars,
            "ratings": aspects(&self.stars.into()),
            "comment": comment,
            "date": created.get(..10),
            "country": "NL",
            "language": self.language,
            "created": created,
            "read": false,
            "quarantine": false,
            "verified": true,
            "reaction": "",
        })
    }
}

impl ProductReview {
    pub(super) fn print(&self) -> Value {
        json!({
            "id": self.id,
            "reviewer": {"name": self.name, "email": self.email},
            "rating": self.stars,
            "review": self.comment,
            "product_id": self.product,
            "deleted": false,
            "created": time::print(self.at),
        })
    }
}
