//! Takes personal data and secrets out of what is shown.

use serde_json::Value;

/// What stands in the place of a value that is not shown.
pub const REDACTED: &str = "[redacted]";

/// The most characters of a vendor's sentence that go into an error.
const MOST_OF_A_SENTENCE: usize = 200;

/// Prints a JSON body with every text and number replaced, except under the members named in
/// `shown`. Listing what may be shown, and not what must not, keeps a member that is added later
/// hidden until somebody decides otherwise.
#[must_use]
pub fn json(body: &Value, shown: &[&str]) -> String {
    fn hide(value: &mut Value, show: bool, shown: &[&str]) {
        match value {
            Value::String(_) | Value::Number(_) if !show => *value = Value::from(REDACTED),
            Value::Array(items) => items.iter_mut().for_each(|item| hide(item, show, shown)),
            Value::Object(members) => {
                for (name, member) in members.iter_mut() {
                    hide(member, shown.contains(&name.as_str()), shown);
                }
            }
            _ => {}
        }
    }
    let mut body = body.clone();
    hide(&mut body, false, shown);
    serde_json::to_string_pretty(&body).unwrap_or_default()
}

/// Makes a vendor's sentence fit for an error: the values in `hidden` and everything that looks like
/// an e-mail address are replaced, control characters go, and it ends after 200 characters.
/// Vendors quote their input in error texts, so what was sent has to be looked for.
#[must_use]
pub fn sentence<S: AsRef<str>>(text: &str, hidden: &[S]) -> String {
    let mut text: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    let mut hidden: Vec<&str> = hidden
        .iter()
        .map(AsRef::as_ref)
        .filter(|value| !value.is_empty())
        .collect();
    // The longest first: a first name must not break up the whole name around it.
    hidden.sort_by_key(|value| std::cmp::Reverse(value.len()));
    for value in hidden {
        text = without(&text, value);
    }
    let words: Vec<&str> = text
        .split_whitespace()
        .map(|word| if is_address(word) { REDACTED } else { word })
        .collect();
    let text = words.join(" ");
    if text.chars().count() <= MOST_OF_A_SENTENCE {
        return text;
    }
    text.chars().take(MOST_OF_A_SENTENCE).chain(['…']).collect()
}

fn is_address(word: &str) -> bool {
    let lower = word.to_ascii_lowercase();
    word.contains('@') || lower.contains("%40") || lower.contains("&#64;") || lower.contains("\\u0040")
}

/// Replaces a value wherever it stands as a whole word, in any case.
fn without(text: &str, value: &str) -> String {
    let plain: Vec<char> = text.chars().collect();
    let folded = |c: char| c.to_lowercase().next().unwrap_or(c);
    let sought: Vec<char> = value.chars().map(folded).collect();
    let mut result = String::with_capacity(text.len());
    let mut at = 0;
    while let Some(&here) = plain.get(at) {
        let end = at + sought.len();
        let matches = plain
            .get(at..end)
            .is_some_and(|window| window.iter().zip(&sought).all(|(c, s)| folded(*c) == *s));
        let joined = |c: Option<&char>| c.is_some_and(|c| c.is_alphanumeric());
        let before = at.checked_sub(1).and_then(|index| plain.get(index));
        let inside_a_word =
            (joined(before) && joined(sought.first())) || (joined(plain.get(end)) && joined(sought.last()));
        if matches && !inside_a_word {
            result.push_str(REDACTED);
            at = end;
        } else {
            result.push(here);
            at += 1;
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_listed_members_are_shown() {
        let body = serde_json::json!({
            "type": "shipped", "customer": { "email": "canary@example.com", "type": { "x": "canary" } },
            "tags": ["a"], "n": 7, "ok": true, "none": null
        });
        let text = json(&body, &["type", "tags"]);
        assert!(!text.contains("canary") && !text.contains('7'), "{text}");
        assert!(
            text.contains("shipped") && text.contains("\"a\"") && text.contains("true"),
            "{text}"
        );
    }

    #[test]
    fn what_was_sent_is_taken_out_of_what_comes_back() {
        let hidden = ["Jane Doe", "Jane", "Doe", "+49123", "Li"];
        for (text, expected) in [
            ("no name JANE DOE here", "no name [redacted] here"),
            ("'Doe' and Jane's", "'[redacted]' and [redacted]'s"),
            ("Limit for Li", "Limit for [redacted]"),
            ("call +49123 now", "call [redacted] now"),
            ("bad: x@y.example, sent", "bad: [redacted] sent"),
            ("bad: x%40y.example", "bad: [redacted]"),
            ("two\r\nlines", "two lines"),
        ] {
            assert_eq!(sentence(text, &hidden), expected);
        }
        assert_eq!(sentence(&"ä ".repeat(300), &hidden).chars().count(), 201);
    }
}
