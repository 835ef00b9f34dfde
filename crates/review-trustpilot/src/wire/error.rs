//! Error bodies. They have six shapes, from the gateway, the service behind it, the token endpoint and the network in
//! front of them all.

use review_core::FieldError;
use review_http::ApiResponse;
use serde_json::Value;

/// What an error body contains, in whichever shape.
pub(crate) struct ErrorBody<'a>(Option<&'a Value>);

impl<'a> ErrorBody<'a> {
    pub(crate) fn new(response: &'a ApiResponse) -> Self {
        Self(response.json_value())
    }

    pub(crate) fn has(&self, member: &str) -> bool {
        self.get(member).is_some()
    }

    fn get(&self, member: &str) -> Option<&Value> {
        self.0?.get(member).filter(|value| !value.is_null())
    }

    /// INF: `fault` and `Error` are in the form of the gateway's product. UNK: where `reason` occurs; one client reads it.
    pub(crate) fn message(&self, response: &ApiResponse) -> Option<String> {
        let message =
            response.text_at(&["/fault/faultstring", "/message", "/Error", "/error_description", "/reason"]);
        let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        match (message, self.get("details").map(text)) {
            (Some(message), Some(details)) => Some(format!("{message}: {details}")),
            (message, details) => message.or(details),
        }
    }

    /// Returns the fields that `details` names. The vendor's words may quote the value and are part of the message,
    /// which is redacted.
    pub(crate) fn field_errors(&self) -> Vec<FieldError> {
        let mut paths: Vec<_> = self
            .get("details")
            .map(members)
            .unwrap_or_default()
            .iter()
            .filter_map(|name| path(name))
            .collect();
        paths.sort_unstable();
        paths.dedup();
        paths.into_iter().map(|path| FieldError::new(path, "was rejected by Trustpilot")).collect()
    }
}

/// Returns the members that `details` names. In a recorded response it is a text that quotes the member in words:
/// `'Consumer Email' is not in the correct format.` UNK: its other types; the keys of an object are taken as members.
fn members(details: &Value) -> Vec<String> {
    match details {
        // A value can contain an apostrophe, so that the pairs are not certain: every part is tried.
        Value::String(text) => text.split('\'').map(str::to_owned).collect(),
        Value::Array(items) => items.iter().flat_map(members).collect(),
        Value::Object(found) => found.keys().cloned().collect(),
        _ => Vec::new(),
    }
}

/// Returns the path of our own field for a member, in words or as it is sent. INF: the words of the other members, which
/// are formed as those of the one that was recorded.
fn path(member: &str) -> Option<&'static str> {
    Some(match member.replace(' ', "").to_ascii_lowercase().as_str() {
        "consumeremail" | "email" => "customer.email",
        "consumername" => "customer.name",
        "referencenumber" | "referenceid" => "order.reference",
        "locale" => "customer.locale",
        "templateid" => "template",
        "preferredsendtime" => "send_at",
        "redirecturi" => "redirect_url",
        "tags" => "tags",
        "locationid" => "location",
        "replyto" => "reply_to",
        "sendername" => "sender.name",
        "senderemail" => "sender.email",
        "products" | "productskus" | "sku" | "producturl" | "imageurl" | "gtin" | "mpn" | "brand" => {
            "order.products"
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn details_of_every_type_name_their_fields() {
        for (details, expected) in [
            (json!("'Consumer Email' is not in the correct format."), vec!["customer.email"]),
            (json!("'Tags' must not be empty. 'Template Id' is not valid."), vec!["tags", "template"]),
            (json!("O'Brien: 'Consumer Name' is not valid."), vec!["customer.name"]),
            (json!({ "consumerEmail": ["bad"], "x": 1 }), vec!["customer.email"]),
            (
                json!(["'Locale' is bad", { "referenceNumber": "x" }]),
                vec!["customer.locale", "order.reference"],
            ),
            (json!("something else"), vec![]),
            (json!(7), vec![]),
            (json!(null), vec![]),
        ] {
            let body = json!({ "details": details });
            let found = ErrorBody(Some(&body)).field_errors();
            assert_eq!(found.iter().map(FieldError::field).collect::<Vec<_>>(), expected, "{details}");
        }
    }
}
