//! Lists that come page by page.

use review_http::lenient::or_default;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// One page of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Page<T> {
    /// What is on it. What cannot be read is left out: one odd row must not hide the others.
    pub items: Vec<T>,
    /// Pass it as `after`, with the same filters, to read the next page; `None` on the last.
    pub after: Option<String>,
    /// Pass it as `before` to read the page before.
    pub before: Option<String>,
    /// How many there are on all pages.
    pub total_elements: Option<u64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    items: Vec<Value>,
    #[serde(default, deserialize_with = "or_default")]
    paging: Paging,
    #[serde(default, deserialize_with = "or_default")]
    total_elements: Option<u64>,
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
    #[serde(default, deserialize_with = "or_default")]
    before: Option<String>,
}

/// Where the list goes on. "Until `cursor.after` / `links.next` is missing", says the documentation;
/// which of the two decides is not established, so the cursor does, and a page without anything on it
/// is the last: at worst that costs one more call, while trusting the link could lose the rest. The
/// links are never followed, as not every filter is copied into them.
fn next(cursor: Option<String>, is_empty: bool) -> Option<String> {
    cursor.filter(|cursor| !cursor.is_empty() && !is_empty)
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Page<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Answer { items, paging, total_elements } = Answer::deserialize(deserializer)?;
        let after = next(paging.cursor.after, items.is_empty());
        let items = items.into_iter().filter_map(|item| serde_json::from_value(item).ok()).collect();
        Ok(Self { items, after, before: paging.cursor.before, total_elements })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Page<u8> {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn the_cursor_decides_unless_the_page_is_empty() {
        for (json, after) in [
            (r#"{"items":[1],"paging":{"cursor":{"after":"x"},"links":{}}}"#, Some("x")),
            (r#"{"items":[],"paging":{"cursor":{"after":"x"}}}"#, None),
            (r#"{"items":["odd"],"paging":{"cursor":{"after":"x"}}}"#, Some("x")),
            (r#"{"items":[1],"paging":{"cursor":{"after":""},"links":{"next":"https://x.example"}}}"#, None),
            (r#"{"items":[1],"paging":{"cursor":null}}"#, None),
            (r#"{"items":[1],"paging":7,"totalElements":"many"}"#, None),
            (r#"{"items":[1]}"#, None),
        ] {
            assert_eq!(read(json).after.as_deref(), after, "{json}");
        }
        assert_eq!(read(r#"{"items":[1,"odd",3],"totalElements":3}"#).items, [1, 3]);
        assert!(serde_json::from_str::<Page<u8>>("{}").is_err(), "nothing said is not an empty list");
    }
}
