//! Invites.

use chrono::{DateTime, Utc};
use review_http::ResourceId;
use review_http::lenient::or_default;
use serde::Deserialize;
use serde_json::Value;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Invite {
    pub(crate) id: String,
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) review_type: Option<String>,
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) transaction: TransactionRef,
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) scheduled_at: Option<DateTime<Utc>>,
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) sent_at: Option<DateTime<Utc>>,
    /// UNK: an object whose members are not documented; the glossary names `SCHEDULED`, `CANCELED`, `SENT` and
    /// `DELIVERED`.
    #[serde(default)]
    status: Value,
}

impl Invite {
    /// Returns whether it was cancelled. The members of the status are not documented, so the word counts wherever it
    /// occurs.
    pub(crate) fn is_cancelled(&self) -> bool {
        self.status.to_string().to_ascii_uppercase().contains("CANCEL")
    }
}

#[derive(Debug, Default, Deserialize)]
pub(crate) struct TransactionRef {
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) reference: Option<String>,
}

/// UNK: the shape of the response of `POST /invites`. An order reference may begin with `inv-` as well, so the member's
/// name must say that it is an id.
const ID_MEMBERS: [&str; 4] = ["id", "inviteRef", "InviteRef", "inviteId"];

/// Returns the ids of invites in a response of unknown shape.
pub(crate) fn invite_ids(value: &Value) -> Vec<String> {
    match value {
        Value::Array(items) => items.iter().flat_map(invite_ids).collect(),
        Value::Object(members) => members
            .iter()
            .flat_map(|(name, member)| match member.as_str() {
                Some(id) if ID_MEMBERS.contains(&name.as_str()) => {
                    let is_id = id.starts_with("inv-") && ResourceId::new(id).is_ok();
                    is_id.then(|| id.to_owned()).into_iter().collect()
                }
                _ => invite_ids(member),
            })
            .collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_found_in_every_likely_response() {
        for (json, ids) in [
            (r#"{"id":"inv-1"}"#, vec!["inv-1"]),
            (r#"[{"inviteRef":"inv-1"},{"InviteRef":"inv-2"}]"#, vec!["inv-1", "inv-2"]),
            (
                r#"{"invites":[{"id":"inv-1","transaction":{"id":"txn-1","reference":"inv-9"}}]}"#,
                vec!["inv-1"],
            ),
            (r#"{"id":"req-1"}"#, vec![]),
            (r#"{"id":"inv-1/.."}"#, vec![]),
            (r#""inv-1""#, vec![]),
            ("null", vec![]),
        ] {
            assert_eq!(invite_ids(&serde_json::from_str(json).unwrap()), ids, "{json}");
        }
    }
}
