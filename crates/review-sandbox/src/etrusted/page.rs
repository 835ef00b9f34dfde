//! Cursor paging, the same for invites and reviews.

use serde_json::{Map, Value, json};

use super::errors;
use crate::form_fields::FormFields;
use crate::host::Host;
use crate::request::ApiRequest;
use crate::response::ApiResponse;

/// UNK: the default. The value in the sample.
const DEFAULT_COUNT: usize = 10;

/// Documented for reviews; INF for invites.
const MAX_COUNT: usize = 1000;

/// The requested part of a list.
pub(super) struct Paging {
    count: usize,
    after: Option<String>,
    before: Option<String>,
}

impl Paging {
    pub(super) fn read(query: &FormFields) -> Result<Self, ApiResponse> {
        let count = match query.get("count") {
            None => DEFAULT_COUNT,
            Some(text) => text
                .parse()
                .ok()
                .filter(|count| (1..=MAX_COUNT).contains(count) && !text.starts_with('+'))
                .ok_or_else(|| errors::invalid("parameter `count` is not a number from 1 to 1000"))?,
        };
        let cursor = |name: &str| query.get(name).map(str::to_owned);
        Ok(Self { count, after: cursor("after"), before: cursor("before") })
    }

    /// Returns the page object. `found` is the whole filtered list by id, newest first; `address` is the list's own
    /// URL.
    ///
    /// `cursor.after` and `links.next` are missing on the last page, as documented. INF: `before` is present whenever
    /// the page has an item, also if nothing is newer, as in the documented sample. `totalElements` counts the
    /// filtered list, whatever the page.
    pub(super) fn page<T: Copy>(
        &self,
        found: &[(&str, T)],
        print: impl Fn(T) -> Value,
        address: &str,
    ) -> Result<Value, ApiResponse> {
        let start = match &self.after {
            None => 0,
            Some(id) => position(found, "after", id)? + 1,
        };
        let end = match &self.before {
            None => found.len(),
            Some(id) => position(found, "before", id)?,
        };
        let part = found.get(start..end).unwrap_or_default();
        // With `before` alone, the items next to it are requested, not the newest of all.
        let skip = if self.before.is_some() && self.after.is_none() {
            part.len().saturating_sub(self.count)
        } else {
            0
        };
        let items = part.iter().skip(skip).take(self.count);
        let (mut cursor, mut links) = (Map::new(), Map::new());
        if let Some((newest, _)) = items.clone().next() {
            cursor.insert("before".to_owned(), (*newest).into());
            links.insert("previous".to_owned(), self.link(address, "before", newest).into());
        }
        let more = |last: &&(&str, T)| found.last().is_some_and(|(oldest, _)| *oldest != last.0);
        if let Some((oldest, _)) = items.clone().next_back().filter(more) {
            cursor.insert("after".to_owned(), (*oldest).into());
            links.insert("next".to_owned(), self.link(address, "after", oldest).into());
        }
        Ok(json!({
            "totalElements": found.len(),
            "paging": {"count": self.count, "cursor": cursor, "links": links},
            "items": items.map(|(_, item)| print(*item)).collect::<Vec<_>>(),
        }))
    }

    /// The documentation warns that not every filter is copied into the links. Here none is, so that tests find a
    /// client that follows a link without adding its filters.
    fn link(&self, address: &str, name: &str, id: &str) -> String {
        format!("{address}?count={}&{name}={id}", self.count)
    }
}

/// UNK: an id that is not in the list. Rejected by name.
fn position<T>(found: &[(&str, T)], parameter: &str, id: &str) -> Result<usize, ApiResponse> {
    found.iter().position(|(known, _)| *known == id).ok_or_else(|| {
        errors::invalid(&format!("parameter `{parameter}` is not the id of an item of this list"))
    })
}

/// Returns the URL of a path of the API, as the caller sees it.
pub(super) fn address(request: &ApiRequest, path: &str) -> String {
    match request.header("host") {
        Some(host) => format!("http://{host}{}{path}", Host::EtrustedApi.prefix()),
        None => format!("https://api.etrusted.com{path}"),
    }
}

/// Rejects parameters without a value. INF, as for empty strings in bodies.
pub(super) fn no_empty(query: &FormFields, names: &[&str]) -> Result<(), ApiResponse> {
    match names.iter().find(|name| query.get(name) == Some("")) {
        None => Ok(()),
        Some(name) => Err(errors::invalid(&format!("parameter `{name}` is empty; leave it out instead"))),
    }
}

/// Parses a parameter that is `true` or `false`.
pub(super) fn flag(query: &FormFields, name: &str) -> Result<Option<bool>, ApiResponse> {
    match query.get(name) {
        None => Ok(None),
        Some("true") => Ok(Some(true)),
        Some("false") => Ok(Some(false)),
        Some(_) => Err(errors::invalid(&format!("parameter `{name}` is not true or false"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(count: usize, after: Option<&str>, before: Option<&str>) -> Value {
        let found = ["e", "d", "c", "b", "a"].map(|id| (id, id));
        let paging = Paging { count, after: after.map(str::to_owned), before: before.map(str::to_owned) };
        paging.page(&found, Value::from, "x").unwrap()
    }

    #[test]
    fn cursors_select_the_page() {
        let first = page(2, None, None);
        assert_eq!((&first["items"], &first["totalElements"]), (&json!(["e", "d"]), &json!(5)));
        assert_eq!(first["paging"]["cursor"], json!({"before": "e", "after": "d"}));
        assert_eq!(first["paging"]["links"]["next"], "x?count=2&after=d");
        let last = page(2, Some("b"), None);
        assert_eq!((&last["items"], &last["paging"]["cursor"]), (&json!(["a"]), &json!({"before": "a"})));
        assert_eq!(page(2, None, Some("b"))["items"], json!(["d", "c"]));
        assert_eq!(page(1, Some("e"), Some("b"))["items"], json!(["d"]));
        assert_eq!(page(2, Some("a"), None)["paging"], json!({"count": 2, "cursor": {}, "links": {}}));
        assert_eq!(page(2, Some("b"), Some("d"))["items"], json!([]));
    }
}
