//! Reviews.

use chrono::{DateTime, Utc};
use review_http::Personal;
use review_http::lenient::{number, or_default};
use serde::{Deserialize, Deserializer};

use super::invite::TransactionRef;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct EtrustedReview {
    pub(crate) id: String,
    #[serde(rename = "type", default, deserialize_with = "or_default")]
    pub(crate) review_type: Option<String>,
    #[serde(default, deserialize_with = "stars")]
    pub(crate) rating: Option<u8>,
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) title: Option<Personal>,
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) comment: Option<Personal>,
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) created_at: Option<DateTime<Utc>>,
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) submitted_at: Option<DateTime<Utc>>,
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) transaction: TransactionRef,
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) product: ProductRef,
}

#[derive(Debug, Default, Deserialize)]
pub(crate) struct ProductRef {
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) sku: Option<String>,
}

/// 1 to 5 stars; anything else is not a rating.
fn stars<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u8>, D::Error> {
    let stars = number(deserializer)?;
    Ok((1..=5_u8).find(|whole| stars == Some(f64::from(*whole))))
}
