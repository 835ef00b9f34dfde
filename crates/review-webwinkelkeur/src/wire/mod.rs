//! What is sent and received, as far as it is used. Members of another type than documented count as missing.

pub(crate) mod invitation;
pub(crate) mod order_data;
pub(crate) mod review;
pub(crate) mod time;
pub(crate) mod web_shop;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// A list of a page. One row that cannot be parsed does not hide the others, and still counts for the next page.
#[derive(Debug)]
pub(crate) struct Rows<T> {
    pub(crate) count: usize,
    pub(crate) items: Vec<T>,
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Rows<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let rows = Vec::<Value>::deserialize(deserializer)?;
        let count = rows.len();
        let items = rows.into_iter().filter_map(|row| serde_json::from_value(row).ok()).collect();
        Ok(Self { count, items })
    }
}

/// Parses a text or a number as text. Anything else counts as missing.
fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::String(text) => Some(text),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    })
}
