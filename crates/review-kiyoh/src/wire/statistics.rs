//! The figures of a location.

use review_http::lenient::or_default;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Statistics {
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) location_name: Option<String>,
    #[serde(default, deserialize_with = "active")]
    pub(crate) location_active: Option<bool>,
}

/// The sample has a text.
fn active<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<bool>, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::Bool(active) => Some(active),
        Value::String(text) => text.trim().to_lowercase().parse().ok(),
        _ => None,
    })
}
