//! Reviews.

use chrono::{DateTime, Utc};
use review_http::Personal;
use review_http::lenient::{number, or_default};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

#[derive(Debug, Deserialize)]
pub(crate) struct ServiceReviews {
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) reviews: Vec<ServiceReview>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ServiceReview {
    #[serde(rename = "reviewId", deserialize_with = "id")]
    pub(crate) id: String,
    #[serde(rename = "rating", default, deserialize_with = "stars")]
    pub(crate) stars: Option<u8>,
    #[serde(rename = "reviewContent", default, deserialize_with = "or_default")]
    pub(crate) content: Vec<Content>,
    #[serde(rename = "dateSince", default, deserialize_with = "or_default")]
    pub(crate) created_at: Option<DateTime<Utc>>,
    /// UNK: the papers do not have it in this response; another format of the vendor has it.
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) reference_code: Option<String>,
}

/// The response to one question. `rating` is a text, whatever the type of the question.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Content {
    question_group: String,
    #[serde(default, deserialize_with = "or_default")]
    rating: Option<Personal>,
}

impl ServiceReview {
    /// DIS: a paper writes the group of the headline with and without its second `E`.
    pub(crate) fn title(&self) -> Option<String> {
        self.text_of(&["DEFAULT_ONELINER", "DEFAULT_ONLINER"])
    }

    pub(crate) fn text(&self) -> Option<String> {
        self.text_of(&["DEFAULT_OPINION"])
    }

    fn text_of(&self, groups: &[&str]) -> Option<String> {
        let content =
            self.content.iter().find(|content| groups.contains(&content.question_group.as_str()))?;
        text(content.rating.as_ref())
    }
}

#[derive(Debug, Deserialize)]
pub(crate) struct Clusters {
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) clusters: Vec<Cluster>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Cluster {
    #[serde(rename = "clusterId")]
    pub(crate) id: u64,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ProductReviews {
    #[serde(rename = "locationProduct", default, deserialize_with = "or_default")]
    pub(crate) products: Vec<ReviewedProduct>,
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) reviews: Vec<ProductReview>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct ReviewedProduct {
    #[serde(rename = "productCode")]
    pub(crate) code: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ProductReview {
    #[serde(rename = "productReviewId", deserialize_with = "id")]
    pub(crate) id: String,
    #[serde(rename = "rating", default, deserialize_with = "stars")]
    pub(crate) stars: Option<u8>,
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) oneliner: Option<Personal>,
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) description: Option<Personal>,
    /// INF: the customer skipped the product.
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) not_applicable: bool,
    #[serde(rename = "dateSince", default, deserialize_with = "or_default")]
    pub(crate) created_at: Option<DateTime<Utc>>,
}

/// DIS: an old paper has a number as the id, all samples have a UUID.
fn id<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    match Value::deserialize(deserializer)? {
        Value::String(id) if !id.is_empty() => Ok(id),
        Value::Number(id) => Ok(id.to_string()),
        _ => Err(serde::de::Error::custom("a review has no id")),
    }
}

/// INF: 1 to 10 are halves of stars, rounded up. Anything else is not a rating.
fn stars<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u8>, D::Error> {
    let rating = number(deserializer)?;
    let whole = (1..=10_u8).find(|whole| rating == Some(f64::from(*whole)));
    Ok(whole.map(|rating| rating.div_ceil(2)))
}

pub(crate) fn text(found: Option<&Personal>) -> Option<String> {
    found.map(|text| text.as_str().to_owned()).filter(|text| !text.trim().is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(rating: &str) -> Option<u8> {
        let json = format!(r#"{{"reviewId":"r","rating":{rating}}}"#);
        serde_json::from_str::<ServiceReview>(&json).unwrap().stars
    }

    #[test]
    fn ten_points_are_five_stars_rounded_up() {
        let stars = (1..=10).map(|points| parsed(&points.to_string()).unwrap());
        assert_eq!(stars.collect::<Vec<_>>(), [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]);
        assert_eq!(parsed("\"9\""), Some(5));
        for none in ["0", "11", "7.5", "null", "\"many\"", "[]"] {
            assert_eq!(parsed(none), None, "{none}");
        }
    }
}
