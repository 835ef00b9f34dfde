//! Ratings of the shop, and reviews of products.

use chrono::{DateTime, Utc};
use review_http::Personal;
use review_http::lenient::{number, or_default};
use serde::{Deserialize, Deserializer};

use super::time::amsterdam;
use super::{Rows, text};

#[derive(Debug, Deserialize)]
pub(crate) struct Ratings {
    pub(crate) ratings: Rows<Rating>,
}

/// A rating of the shop: without an id, and without the order's number.
#[derive(Debug, Deserialize)]
pub(crate) struct Rating {
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) email: Option<Personal>,
    #[serde(default, deserialize_with = "stars")]
    pub(crate) rating: Option<u8>,
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) comment: Option<Personal>,
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) created: Created,
}

#[derive(Debug, Deserialize)]
pub(crate) struct ProductReviews {
    pub(crate) product_reviews: Rows<ProductReview>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct ProductReview {
    #[serde(default, deserialize_with = "text")]
    pub(crate) id: Option<String>,
    #[serde(default, deserialize_with = "stars")]
    pub(crate) rating: Option<u8>,
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) review: Option<Personal>,
    #[serde(default, deserialize_with = "text")]
    pub(crate) product_id: Option<String>,
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) deleted: bool,
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) created: Created,
}

/// A date-time as the vendor prints it.
#[derive(Debug, Default, Deserialize)]
#[serde(transparent)]
pub(crate) struct Created(pub(crate) String);

impl Created {
    pub(crate) fn time(&self) -> Option<DateTime<Utc>> {
        amsterdam(&self.0)
    }
}

/// 1 to 5 stars; anything else is not a rating.
fn stars<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u8>, D::Error> {
    let stars = number(deserializer)?;
    Ok((1..=5_u8).find(|whole| stars == Some(f64::from(*whole))))
}
