//! Lists.

use review_http::lenient::or_default;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// One page of a list.
#[derive(Debug)]
pub(crate) struct Page<T> {
    /// The items that can be parsed: one invalid row must not hide the others.
    pub(crate) items: Vec<T>,
    /// The cursor of the next page.
    pub(crate) after: Option<String>,
}

#[derive(Deserialize)]
struct PageResponse {
    items: Vec<Value>,
    #[serde(default, deserialize_with = "or_default")]
    paging: Paging,
}

#[derive(Default, Deserialize)]
struct Paging {
    #[serde(default, deserialize_with = "or_default")]
    cursor: Cursor,
}

#[derive(Default, Deserialize)]
struct Cursor {
    #[serde(default, deserialize_with = "or_default")]
    after: Option<String>,
}

/// UNK: which of `cursor.after` and `links.next` ends a list. The cursor decides here, and an empty page is the last:
/// at worst that costs one more request, while trusting the link could lose the rest. The links are never followed, as
/// not every filter is copied into them.
fn next(cursor: Option<String>, is_empty: bool) -> Option<String> {
    cursor.filter(|cursor| !cursor.is_empty() && !is_empty)
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Page<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let PageResponse { items, paging } = PageResponse::deserialize(deserializer)?;
        let after = next(paging.cursor.after, items.is_empty());
        let items = items.into_iter().filter_map(|item| serde_json::from_value(item).ok()).collect();
        Ok(Self { items, after })
    }
}

/// A list without pages. DIS: the documentation prints one object for the event types, two clients read an array; both are parsed.
pub(crate) struct Rows<T>(pub(crate) Vec<T>);

impl<'de, T: DeserializeOwned> Deserialize<'de> for Rows<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let rows = match Value::deserialize(deserializer)? {
            Value::Array(rows) => rows,
            row @ Value::Object(_) => vec![row],
            _ => return Err(serde::de::Error::custom("neither a list nor an object")),
        };
        Ok(Self(rows.into_iter().filter_map(|row| serde_json::from_value(row).ok()).collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cursor_decides_unless_the_page_is_empty() {
        let parse = |json: &str| serde_json::from_str::<Page<u8>>(json).unwrap();
        for (json, after) in [
            (r#"{"items":[1],"paging":{"cursor":{"after":"x"},"links":{}}}"#, Some("x")),
            (r#"{"items":[],"paging":{"cursor":{"after":"x"}}}"#, None),
            (r#"{"items":["odd"],"paging":{"cursor":{"after":"x"}}}"#, Some("x")),
            (r#"{"items":[1],"paging":{"cursor":{"after":""},"links":{"next":"https://x.example"}}}"#, None),
            (r#"{"items":[1],"paging":{"cursor":null}}"#, None),
            (r#"{"items":[1],"paging":7}"#, None),
            (r#"{"items":[1]}"#, None),
        ] {
            assert_eq!(parse(json).after.as_deref(), after, "{json}");
        }
        assert_eq!(parse(r#"{"items":[1,"odd",3]}"#).items, [1, 3]);
        assert!(serde_json::from_str::<Page<u8>>("{}").is_err(), "a missing list is not an empty list");
    }
}
