//! The members of a payload, by their names.

use percent_encoding::percent_decode_str;
use serde_json::Value;

/// Returns the members with a text value: of every JSON value in a text, and of forms and queries.
pub(super) fn members(text: &str) -> Vec<(String, String)> {
    let mut members = Vec::new();
    let mut end = 0;
    for (start, _) in text.match_indices(['{', '[']) {
        let rest = text.get(start..).filter(|_| start >= end);
        let Some(mut values) = rest.map(|rest| serde_json::Deserializer::from_str(rest).into_iter::<Value>())
        else {
            continue;
        };
        if let Some(Ok(value)) = values.next() {
            collect("", &value, &mut members);
            end = start + values.byte_offset();
        }
    }
    let pairs = text.split(['&', '?', '\n', ' ']).filter_map(|part| part.split_once('='));
    let decode = |text: &str| percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned();
    members.extend(pairs.map(|(name, value)| (name.to_owned(), decode(value))));
    members
}

fn collect(name: &str, value: &Value, members: &mut Vec<(String, String)>) {
    match value {
        Value::String(text) => members.push((name.to_owned(), text.clone())),
        Value::Array(items) => items.iter().for_each(|item| collect(name, item, members)),
        Value::Object(object) => object.iter().for_each(|(name, value)| collect(name, value, members)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::members;

    #[test]
    fn json_forms_and_queries_are_read() {
        let text = "POST /a?code=x%20y\nhost: {h}\n[{\"a\": {\"b\": \"1\"}, \"c\": [\"2\", 3]}]\nd=4+5&e=";
        let found = members(text);
        let expected = [("b", "1"), ("c", "2"), ("code", "x y"), ("d", "4 5"), ("e", "")];
        assert_eq!(found, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
    }
}
