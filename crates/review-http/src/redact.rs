//! Takes personal data and secrets out of what is shown.

use std::collections::HashSet;

use serde_json::Value;

/// What stands in the place of a value that is not shown.
pub const REDACTED: &str = "[redacted]";

/// The most characters of a vendor's sentence that go into an error.
const MOST_OF_A_SENTENCE: usize = 200;

/// The most characters of a vendor's text that are looked at: what comes after would not be shown, and
/// looking for ten thousand names in all of it would hold up everybody else.
const MOST_LOOKED_AT: usize = 600;

/// Parts of a value shorter than this are not looked for: they stand in too many words.
const SHORTEST_PART: usize = 3;

/// Values from this length on are looked for inside of words too: they stand there by no accident.
const SHORTEST_INSIDE_A_WORD: usize = 8;

/// So many digits in a row, with the usual separators, look like a telephone number.
const DIGITS_OF_A_PHONE: usize = 7;

/// Prints a JSON body with every text and number replaced, except the members named in `shown` by their
/// path, such as `channel.id` or, inside lists, `products.sku`. Listing what may be shown, and not what
/// must not, keeps a member that is added later hidden until somebody decides otherwise.
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
    fn hide(value: &mut Value, path: &str, shown: &[&str]) {
        match value {
            Value::String(_) | Value::Number(_) if !shown.contains(&path) => *value = Value::from(REDACTED),
            Value::Array(items) => items.iter_mut().for_each(|item| hide(item, path, shown)),
            Value::Object(members) => {
                for (name, member) in members.iter_mut() {
                    let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                    hide(member, &path, shown);
                }
            }
            _ => {}
        }
    }
    let mut body = body.clone();
    hide(&mut body, "", shown);
    serde_json::to_string_pretty(&body).unwrap_or_default()
}

/// Makes a vendor's sentence fit for an error: the values in `hidden`, their parts and their usual
/// encodings, and everything that looks like an e-mail address or a telephone number are replaced,
/// characters that steer a terminal go, and it ends after 200 characters. Vendors quote their input in
/// error texts, so what was sent has to be looked for.
///
/// ```
/// use review_http::redact::message;
///
/// assert_eq!(message("no customer Jane, 030 1234567", &["Jane"]), "no customer [redacted], [redacted]");
/// ```
#[must_use]
pub fn message<S: AsRef<str>>(text: &str, hidden: &[S]) -> String {
    shorten(&without_phones(&identifier(text, hidden)))
}

/// As [`message`], for a code or an id: digits stay.
#[must_use]
pub fn identifier<S: AsRef<str>>(text: &str, hidden: &[S]) -> String {
    // An encoded blank would glue two words together.
    let text = beginning(text);
    let text = text.replace("%20", " ");
    let text: String = text.chars().map(|c| if steers(c) { ' ' } else { c }).collect();
    let mut text = single_blanks(&text);
    let forms: HashSet<String> =
        hidden.iter().flat_map(|value| forms(&single_blanks(value.as_ref()))).collect();
    let mut forms: Vec<String> = forms.into_iter().collect();
    // The longest first: a first name must not break up the whole name around it.
    forms.sort_by_key(|form| std::cmp::Reverse(form.len()));
    for form in forms {
        text = without(&text, &form);
    }
    let words = text.split_whitespace().map(|word| if is_address(word) { REDACTED } else { word });
    shorten(&words.collect::<Vec<_>>().join(" "))
}

/// A text with one blank wherever there was white space: a value must be found however it was broken.
fn single_blanks(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A value as it may come back: as it is, encoded for a form, escaped for JSON, and in its parts.
fn forms(value: &str) -> Vec<String> {
    let mut forms = vec![value.to_owned()];
    forms.push(url::form_urlencoded::byte_serialize(value.as_bytes()).collect());
    let escaped = Value::from(value).to_string();
    forms.push(escaped.get(1..escaped.len() - 1).unwrap_or_default().to_owned());
    if let Some((mailbox, _)) = value.split_once('@') {
        forms.push(mailbox.to_owned());
    }
    let parts = value.split(|c: char| c.is_whitespace() || matches!(c, ',' | ';'));
    forms.extend(parts.map(str::to_owned));
    forms.retain(|form| form == value || form.chars().count() >= SHORTEST_PART);
    forms.retain(|form| !form.is_empty());
    forms
}

/// As much of a text as is looked at, without a value that the cut would leave in halves.
fn beginning(text: &str) -> String {
    let cut: String = text.chars().take(MOST_LOOKED_AT).collect();
    if cut.len() == text.len() {
        return cut;
    }
    cut.rsplit_once(char::is_whitespace).map_or(String::new(), |(whole, _)| whole.to_owned())
}

/// Control characters, line separators and those that turn the direction of text.
fn steers(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn is_address(word: &str) -> bool {
    let lower = word.to_ascii_lowercase();
    word.contains('@') || lower.contains("%40") || lower.contains("&#64;") || lower.contains("\\u0040")
}

/// Replaces a value wherever it stands as a whole word, and a long one anywhere, in any case.
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
        let before = plain.get(..at).unwrap_or_default();
        let inside_a_word = sought.len() < SHORTEST_INSIDE_A_WORD
            && ((joined(before.last()) && joined(sought.first()) && !is_escape(before))
                || (joined(plain.get(end)) && joined(sought.last())));
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

/// Whether the last letter is no part of a word but of a character that was escaped: `\n`, `%3D`, `\u003d`.
fn is_escape(text: &[char]) -> bool {
    let hex = |digits: &[&char]| digits.iter().all(|c| c.is_ascii_hexdigit());
    match text.iter().rev().take(6).collect::<Vec<_>>().as_slice() {
        ['b' | 'f' | 'n' | 'r' | 't', '\\', ..] => true,
        [low, high, '%', ..] => hex(&[low, high]),
        [a, b, c, d, 'u', '\\'] => hex(&[a, b, c, d]),
        _ => false,
    }
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
    if text.chars().count() <= MOST_OF_A_SENTENCE {
        return text.to_owned();
    }
    text.chars().take(MOST_OF_A_SENTENCE).chain(['…']).collect()
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

    #[test]
    fn what_was_sent_is_taken_out_of_what_comes_back() {
        let hidden = ["Jane van Doe", "jane.doe@example.com", "+49123", "Li", "pass \"word\""];
        for (text, expected) in [
            ("no name JANE VAN DOE here", "no name [redacted] here"),
            ("'Doe' and Jane's, jane.doe", "'[redacted]' and [redacted]'s, [redacted]"),
            ("Jane+van+Doe, Jane%20Doe", "[redacted], [redacted] [redacted]"),
            ("said pass \\\"word\\\"", "said [redacted]"),
            ("Limit for Li", "Limit for [redacted]"),
            ("call +49123 now", "call [redacted] now"),
            ("call +49 (170) 123-4567 or 1701234567.", "call +[redacted] or [redacted]."),
            ("expected 3 of 1000", "expected 3 of 1000"),
            ("bad: x@y.example, sent", "bad: [redacted] sent"),
            ("bad: x%40y.example", "bad: [redacted]"),
            ("two\r\nlines\u{202e}", "two lines"),
        ] {
            assert_eq!(message(text, &hidden), expected, "{text}");
        }
        assert_eq!(message(&"ä ".repeat(300), &hidden).chars().count(), 201);
    }

    #[test]
    fn what_was_sent_is_found_where_it_is_glued_to_something() {
        let hidden = ["Jane", "Li Wu", "canary-secret"];
        for (text, expected) in [
            (r#"{"name":"too long:\nJane"}"#, r#"{"name":"too long:\n[redacted]"}"#),
            ("client_secret%3DJane%26", "client_secret%3D[redacted]%26"),
            (r"a\u003dJane", r"a\u003d[redacted]"),
            ("Janet of Trojane", "Janet of Trojane"),
            ("100xJane", "100xJane"),
            ("Li\u{0} \u{a0}Wu", "[redacted]"),
            ("for0canary-secretary", "for0[redacted]ary"),
        ] {
            assert_eq!(message(text, &hidden), expected, "{text}");
        }
    }

    #[test]
    fn an_id_keeps_its_digits() {
        let id = "00000000-0000-4000-8000-000000000000";
        assert_eq!(identifier(id, &["Jane"]), id);
        assert_eq!(identifier("for jane", &["Jane"]), "for [redacted]");
    }
}
