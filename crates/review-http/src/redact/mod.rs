//! Redacts personal data and secrets in messages, previews and logs.

mod normalize;
mod redactor;

use review_core::model::is_control_or_bidi;
use serde_json::Value;

pub use self::redactor::Redactor;

/// Replaces a value that is not shown.
pub const REDACTED: &str = "[redacted]";

/// The maximum length, in characters, of a vendor's message in an error.
const MAX_MESSAGE: usize = 200;

/// So many digits in a row, with the usual separators, look like a telephone number.
const DIGITS_OF_A_PHONE: usize = 7;

/// Prints a JSON body with every text and number replaced, except the members named in `shown` by their
/// path, such as `channel.id` or, inside lists, `products.sku`. A new member is hidden until it is listed.
///
/// ```
/// use review_http::redact;
/// use serde_json::json;
///
/// let body = json!({ "order": "1001", "to": "jane@example.com" });
/// let shown = redact::json(&body, &["order"]);
/// assert!(shown.contains("1001") && !shown.contains("jane"));
/// ```
#[must_use]
pub fn json(body: &Value, shown: &[&str]) -> String {
    redacted(body.clone(), shown)
}

/// The same for a body as it is sent.
pub(crate) fn json_text(body: &[u8], shown: &[&str]) -> String {
    serde_json::from_slice(body).map_or_else(|_| REDACTED.to_owned(), |body| redacted(body, shown))
}

fn redacted(mut body: Value, shown: &[&str]) -> String {
    fn hide(value: &mut Value, path: &mut String, shown: &[&str]) {
        match value {
            Value::String(_) | Value::Number(_) if !shown.contains(&path.as_str()) => {
                *value = Value::from(REDACTED);
            }
            Value::Array(items) => items.iter_mut().for_each(|item| hide(item, path, shown)),
            Value::Object(members) => {
                let length = path.len();
                for (name, member) in members.iter_mut() {
                    if length > 0 {
                        path.push('.');
                    }
                    path.push_str(name);
                    hide(member, path, shown);
                    path.truncate(length);
                }
            }
            _ => {}
        }
    }
    hide(&mut body, &mut String::new(), shown);
    serde_json::to_string_pretty(&body).unwrap_or_default()
}

/// Returns the text on one line, without control and bidirectional characters.
fn single_line(text: &str) -> String {
    let text: String = text.chars().map(|c| if is_control_or_bidi(c) { ' ' } else { c }).collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Replaces everything that looks like an email address or a telephone number.
fn mask_shapes(line: &str) -> String {
    let is_email = |word: &str| {
        let lower = word.to_ascii_lowercase();
        ["@", "%40", "&#64;", "\\u0040"].iter().any(|sign| lower.contains(sign))
    };
    let words = line.split(' ').map(|word| if is_email(word) { REDACTED } else { word });
    without_phones(&words.collect::<Vec<_>>().join(" "))
}

/// Replaces runs of digits, with separators between them, that are long enough for a telephone number.
fn without_phones(text: &str) -> String {
    let goes_on = |run: &str, c: char| {
        c.is_ascii_digit() || (!run.is_empty() && matches!(c, ' ' | '-' | '.' | '/' | '(' | ')'))
    };
    let mut result = String::with_capacity(text.len());
    let mut run = String::new();
    for c in text.chars() {
        if goes_on(&run, c) {
            run.push(c);
        } else {
            result.push_str(&shown_run(&run));
            run.clear();
            result.push(c);
        }
    }
    result + &shown_run(&run)
}

fn shown_run(run: &str) -> String {
    let number = run.trim_end_matches(|c: char| !c.is_ascii_digit());
    if number.bytes().filter(u8::is_ascii_digit).count() < DIGITS_OF_A_PHONE {
        return run.to_owned();
    }
    format!("{REDACTED}{}", run.get(number.len()..).unwrap_or_default())
}

fn shorten(text: &str) -> String {
    if text.chars().count() <= MAX_MESSAGE {
        return text.to_owned();
    }
    text.chars().take(MAX_MESSAGE).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_listed_paths_are_shown() {
        let body = serde_json::json!({
            "type": "shipped", "customer": { "email": "canary@example.com", "type": { "type": "canary" } },
            "products": [{ "sku": "A-1", "name": "canary" }], "metadata": { "type": "canary", "sku": "canary" },
            "tags": ["a"], "n": 7, "ok": true, "none": null
        });
        let text = json(&body, &["type", "tags", "products.sku"]);
        assert!(!text.contains("canary") && !text.contains('7'), "{text}");
        for shown in ["shipped", "\"a\"", "A-1", "true"] {
            assert!(text.contains(shown), "{text}");
        }
    }
}
