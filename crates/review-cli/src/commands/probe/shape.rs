//! The shape of bodies: members, types and forms of dates, without values that could identify anyone.

use serde_json::{Map, Value};

/// Members whose values are words of the vendor's API.
const CODES: [&str; 8] = ["status", "state", "code", "errorcode", "error", "type", "reason", "result"];
/// Members with texts for people.
const TEXTS: [&str; 4] = ["message", "details", "detail", "description"];
const MAX_TEXT: usize = 300;

/// Values that must not be shown.
pub(super) struct Personal(Vec<String>);

impl Personal {
    pub(super) fn new<'a>(values: impl IntoIterator<Item = &'a str>) -> Self {
        let mut all = Vec::new();
        for value in values {
            let parts = value.split(|c: char| !c.is_alphanumeric()).filter(|part| part.len() > 2);
            all.extend(parts.map(str::to_lowercase));
            all.push(value.to_lowercase());
        }
        Self(all)
    }

    fn is_in(&self, text: &str) -> bool {
        let text = text.to_lowercase();
        text.contains('@') || self.0.iter().any(|value| text.contains(value.as_str()))
    }

    /// Returns the text, or a placeholder if it contains a personal value.
    pub(super) fn hide(&self, text: &str) -> String {
        if self.is_in(text) {
            "[hidden: it contains a value of the request]".to_owned()
        } else {
            text.to_owned()
        }
    }
}

/// Returns a path with its ids replaced.
pub(super) fn path(path: &str) -> String {
    let segment = |segment: &str| {
        let is_id = segment.len() > 24 || segment.chars().filter(char::is_ascii_digit).count() > 2;
        if is_id { "{id}".to_owned() } else { segment.to_owned() }
    };
    path.split('/').map(segment).collect::<Vec<_>>().join("/")
}

/// Returns each member of a request that is a date, with its form.
pub(super) fn dates(body: &[u8]) -> Vec<String> {
    let mut dates = Vec::new();
    if let Ok(value) = serde_json::from_slice::<Value>(body) {
        collect_dates("", &value, &mut dates);
    }
    dates
}

fn collect_dates(member: &str, value: &Value, dates: &mut Vec<String>) {
    match value {
        Value::String(text) => dates.extend(date_form(text).map(|form| format!("{member}: {form}"))),
        Value::Array(items) => items.iter().for_each(|item| collect_dates(member, item, dates)),
        Value::Object(members) => members.iter().for_each(|(name, value)| collect_dates(name, value, dates)),
        _ => {}
    }
}

/// Returns `0000-00-00T00:00:00Z` for a date or time.
fn date_form(text: &str) -> Option<String> {
    let is_date = text.len() >= 10
        && text.chars().filter(char::is_ascii_digit).count() >= 6
        && text.contains(['-', '/', ':'])
        && text.chars().all(|c| c.is_ascii_digit() || "-:./+TZ ".contains(c));
    is_date.then(|| text.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect())
}

/// Returns the shape of a response's body.
pub(super) fn body(body: &[u8], personal: &Personal) -> String {
    if body.is_empty() {
        return "empty".to_owned();
    }
    match serde_json::from_slice::<Value>(body) {
        Ok(value) => shape("", &value, personal).to_string(),
        Err(_) if body.trim_ascii_start().starts_with(b"<") => "markup".to_owned(),
        Err(_) => "text that is not JSON".to_owned(),
    }
}

fn shape(member: &str, value: &Value, personal: &Personal) -> Value {
    match value {
        Value::Null | Value::Bool(_) => value.clone(),
        Value::Number(_) => "<number>".into(),
        Value::String(text) => text_shape(member, text, personal).into(),
        Value::Array(items) => items.iter().take(1).map(|item| shape(member, item, personal)).collect(),
        Value::Object(members) => {
            let members = members.iter().map(|(name, value)| {
                let shown = if personal.is_in(name) { "[hidden]".to_owned() } else { name.clone() };
                (shown, shape(name, value, personal))
            });
            members.collect::<Map<_, _>>().into()
        }
    }
}

fn text_shape(member: &str, text: &str, personal: &Personal) -> String {
    let member = member.to_lowercase();
    let is_code = CODES.contains(&member.as_str())
        && text.len() <= 60
        && text.chars().all(|c| c.is_ascii_alphanumeric() || "_-. ".contains(c));
    let is_text = TEXTS.contains(&member.as_str()) && text.len() <= MAX_TEXT;
    if let Some(form) = date_form(text) {
        return format!("<date {form}>");
    }
    if (is_code || is_text) && !personal.is_in(text) {
        return text.split(' ').map(without_id).collect::<Vec<_>>().join(" ");
    }
    format!("<text of {} characters>", text.chars().count())
}

/// Hides a word that is an id.
fn without_id(word: &str) -> &str {
    if word.chars().filter(char::is_ascii_digit).count() > 4 { "{id}" } else { word }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shape_shows_codes_and_hides_values() {
        let personal = Personal::new(["me.too@shop.example", "Probe Recipient", "probe-20260301120000"]);
        let response = br#"{"status":"success","id":"507f191e810c19729de860eb","at":"2026-03-01T12:00:00.000Z",
            "message":"invitation to me.too@shop.example exists","recipients":[{"name":"Probe Recipient","n":3}],
            "details":"a template is missing: tpl-12345","probe":true}"#;
        let shown = body(response, &personal);
        for text in [
            "success",
            "a template is missing: {id}",
            "<date 0000-00-00T00:00:00.000Z>",
            "\"n\":\"<number>\"",
        ] {
            assert!(shown.contains(text), "{text}: {shown}");
        }
        for text in ["me.too", "Probe Recipient", "507f191e", "2026", "\"probe\""] {
            assert!(!shown.contains(text), "{text}: {shown}");
        }
    }

    #[test]
    fn dates_are_shown_by_their_form() {
        let body = br#"{"a":{"preferredSendTime":"2026-03-01T12:00:00"},"b":[{"day":"2026-03-01"}],"order":"1001-55"}"#;
        assert_eq!(dates(body), ["preferredSendTime: 0000-00-00T00:00:00", "day: 0000-00-00"]);
    }

    #[test]
    fn path_hides_ids() {
        assert_eq!(path("/v1/units/507f191e810c19729de860eb/invitations"), "/v1/units/{id}/invitations");
    }

    #[test]
    fn body_that_is_not_json_is_named() {
        let personal = Personal::new([]);
        assert_eq!(body(b"", &personal), "empty");
        assert_eq!(body(b" <html>", &personal), "markup");
        assert_eq!(body(b"jane", &personal), "text that is not JSON");
    }
}
