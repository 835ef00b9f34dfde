//! Names of people and products, as a person reads them.

use std::borrow::Cow;

use html_escape::decode_html_entities;

use crate::fields::trimmed;

/// The longest name that every review platform accepts.
pub(crate) const MAX_NAME: usize = 200;
/// The longest product text.
pub(crate) const MAX_TEXT: usize = 500;
const MAX_RAW: usize = 10_000;
/// Names have fewer words, including those of nobility and several given names.
const MAX_NAME_WORDS: usize = 10;

/// A text, and whether it had to be changed beyond surrounding whitespace and entities.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Cleaned<'a> {
    pub(crate) text: Cow<'a, str>,
    pub(crate) changed: bool,
}

/// Cleans a part of a person's name.
///
/// Whitespace and control characters become one blank, markup is removed, and a long name is cut
/// between two words. Returns `Err` with a description if the text is not a name: a link, an email
/// address or a sentence, which is how spam reaches customers under the name of a shop.
pub(crate) fn name(raw: &str) -> Result<Option<Cleaned<'_>>, &'static str> {
    if let Some(text) = simple(raw).filter(|text| {
        !may_be_link(text) && text.bytes().filter(|byte| *byte == b' ').count() < MAX_NAME_WORDS
    }) {
        return Ok(Some(Cleaned { text: text.into(), changed: false }));
    }
    let (text, unchanged) = plain_text(raw);
    let lower = text.to_lowercase();
    if ["://", "www.", "http:", "https:"].iter().any(|part| lower.contains(part)) || has_domain(&lower) {
        return Err("expected a name, found a link");
    }
    if text.contains('@') {
        return Err("expected a name, found an email address");
    }
    let is_sentence = text.split(' ').count() > MAX_NAME_WORDS
        || text.contains(['!', '?', '<', '>', '{', '}', '=', '$', '€', '£']);
    if is_sentence {
        return Err("expected a name, found a sentence");
    }
    let cut = shorten(&text, MAX_NAME);
    let changed = cut.len() < text.len() || !unchanged;
    let text = Cow::Owned(cut.trim_end().to_owned());
    Ok(Some(Cleaned { changed, text }).filter(|cleaned| cleaned.text.chars().any(char::is_alphanumeric)))
}

/// Cleans the name of a product: entities are decoded once, tags are removed, whitespace is joined.
/// What is left can never be markup.
pub(crate) fn product(raw: &str) -> Option<Cleaned<'_>> {
    if let Some(text) = simple(raw) {
        return Some(Cleaned { text: text.into(), changed: false });
    }
    let (text, unchanged) = plain_text(raw);
    let cut = shorten(&text, MAX_TEXT);
    let changed = cut.len() < text.len() || !unchanged;
    let text = Cow::Owned(cut.trim_end().to_owned());
    Some(Cleaned { changed, text }).filter(|cleaned| !cleaned.text.is_empty())
}

/// Removes invisible characters and whitespace at both ends, which a pasted text often has.
pub(crate) fn trim_invisible(text: &str) -> &str {
    let text = trimmed(text);
    if text.is_ascii() && !text.bytes().any(|byte| byte.is_ascii_control()) {
        return text;
    }
    text.trim_matches(|c: char| c.is_whitespace() || c.is_control() || is_invisible(c))
}

/// Returns whether a character has no width. U+200C and U+200D join letters in some scripts.
pub(crate) fn is_invisible(c: char) -> bool {
    matches!(c, '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}')
}

/// Returns most names of most shops as they are: short, and of letters, digits, single blanks and a few
/// signs. A link has a `:` or a `.`.
fn simple(raw: &str) -> Option<&str> {
    let text = trimmed(raw);
    let (mut is_plain, mut has_letter) = (text.len() <= MAX_NAME, false);
    let mut blank = true;
    for c in text.chars() {
        let is_letter = c.is_alphanumeric();
        has_letter |= is_letter;
        is_plain &= is_letter || matches!(c, '-' | '\'' | ',' | '.') || c == ' ' && !blank;
        blank = c == ' ';
    }
    (is_plain && has_letter).then_some(text)
}

/// Decodes, removes markup and joins whitespace. Returns whether decoding was enough.
fn plain_text(raw: &str) -> (String, bool) {
    // Longer texts are no names. The limit bounds the work on hostile ones.
    let raw = raw.char_indices().nth(MAX_RAW).map_or(raw, |(end, _)| raw.split_at(end).0);
    let decoded = if raw.contains('&') { decode_html_entities(raw) } else { Cow::Borrowed(raw) };
    let text =
        if decoded.contains('<') { Cow::Owned(strip_tags(&decoded)) } else { Cow::Borrowed(&*decoded) };
    let steers = |c: &char| !matches!(c, '\u{200B}' | '\u{2060}' | '\u{FEFF}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    let mut clean = String::with_capacity(text.len());
    let is_blank = |c: char| c.is_whitespace() || c.is_control();
    for word in text.split(is_blank).filter(|word| !word.is_empty()) {
        let before = clean.len();
        if before > 0 {
            clean.push(' ');
        }
        clean.extend(word.chars().filter(steers));
        if clean.len() == before + 1 && before > 0 {
            clean.pop();
        }
    }
    let unchanged = clean == decoded.trim();
    (clean, unchanged)
}

/// Removes tags until none is left: `<<b>b>` becomes `<b>` at first.
fn strip_tags(text: &str) -> String {
    const MAX_ROUNDS: usize = 8;
    let mut clean = strip_tags_once(text);
    let mut before = text.len();
    for _ in 0..MAX_ROUNDS {
        if clean.len() == before || !clean.contains('<') {
            return clean;
        }
        before = clean.len();
        clean = strip_tags_once(&clean);
    }
    clean.replace('<', " ")
}

/// Removes tags and comments, and the content of scripts and styles. Tags that structure a text become
/// a blank. A `<` that does not begin a tag stays: `Cable < 2 m`.
fn strip_tags_once(text: &str) -> String {
    const INLINE: [&str; 16] = [
        "a", "abbr", "b", "code", "del", "em", "font", "i", "ins", "mark", "small", "span", "strong", "sub",
        "sup", "u",
    ];
    let mut clean = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find('<') {
        let (before, tag) = rest.split_at(start);
        clean.push_str(before);
        let inner = &tag[1..];
        if !inner.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '!' | '?')) {
            clean.push('<');
            rest = inner;
            continue;
        }
        let name: String = inner
            .trim_start_matches('/')
            .chars()
            .take_while(char::is_ascii_alphanumeric)
            .collect::<String>()
            .to_ascii_lowercase();
        if !INLINE.contains(&name.as_str()) {
            clean.push(' ');
        }
        let close = if inner.starts_with("!--") { "-->" } else { ">" };
        let end = inner.find(close).map(|end| end + close.len());
        rest = match end {
            Some(end) => inner.split_at(end).1,
            // Browsers complete an open tag, so its `<` must not stay.
            None => inner,
        };
        if matches!(name.as_str(), "script" | "style") && !inner.starts_with('/') && end.is_some() {
            let closing = format!("</{name}");
            let content = rest.to_ascii_lowercase().find(&closing).unwrap_or(rest.len());
            rest = rest.split_at(content).1;
        }
    }
    clean.push_str(rest);
    clean
}

/// Returns whether a text has a `.` inside of a word, or `www.`. Behind a word, it shortens it: `Jr.`.
fn may_be_link(text: &str) -> bool {
    text.contains('.')
        && (text.split(' ').any(|word| word.trim_end_matches('.').contains('.'))
            || text.as_bytes().windows(4).any(|part| part.eq_ignore_ascii_case(b"www.")))
}

/// Returns whether a text contains a domain, such as `shop.example.com`. Initials and abbreviations
/// (`J.R.R.`, `Dr.med.`) do not look like one.
fn has_domain(lower: &str) -> bool {
    const TOP_LEVEL: [&str; 18] = [
        "com", "net", "org", "info", "biz", "shop", "online", "site", "xyz", "ru", "cn", "io", "co", "de",
        "ly", "me", "top", "app",
    ];
    lower.split([' ', '/', ',', '(', ')']).any(|word| {
        let word = word.trim_end_matches('.');
        word.rsplit_once('.').is_some_and(|(host, end)| host.len() > 2 && TOP_LEVEL.contains(&end))
    })
}

/// Cuts a text after a word, or inside the first one, so that it has at most `most` characters.
fn shorten(text: &str, most: usize) -> &str {
    let Some((end, _)) = text.char_indices().nth(most) else { return text };
    let (head, tail) = text.split_at(end);
    if tail.starts_with(' ') {
        return head;
    }
    head.rsplit_once(' ').map_or(head, |(words, _)| words)
}

#[cfg(test)]
mod tests {
    use super::{name, product, trim_invisible};

    fn product_text(raw: &str) -> String {
        product(raw).map(|cleaned| cleaned.text.into_owned()).unwrap_or_default()
    }

    fn name_text(raw: &str) -> Result<String, &'static str> {
        Ok(name(raw)?.map(|cleaned| cleaned.text.into_owned()).unwrap_or_default())
    }

    #[test]
    fn product_markup_is_removed() {
        for (raw, expected) in [
            ("Mug<br/><i>0.5&nbsp;l</i>", "Mug 0.5 l"),
            ("R&eacute;sum&eacute; &lt;b&gt;Pen&lt;/b&gt;", "Résumé Pen"),
            ("Rope < 3 m", "Rope < 3 m"),
            ("Rope &lt; 3 m &amp; hook", "Rope < 3 m & hook"),
            ("a &amp;lt;b&amp;gt; c", "a &lt;b&gt; c"),
            ("Tea <script>alert(1)</script>pot", "Tea pot"),
            ("Tea <!-- secret > --> pot", "Tea pot"),
            ("De<b>lu</b>xe", "Deluxe"),
            ("<p>One</p><p>Two</p>", "One Two"),
            ("\u{200b} <br>", ""),
        ] {
            assert_eq!(product_text(raw), expected, "{raw}");
        }
    }

    #[test]
    fn product_text_never_contains_a_tag() {
        for raw in
            ["<<b>script>x", "<img src=x onerror=y", "&lt;img src=x", "a</b", "<scr<script></script>ipt>x"]
        {
            let clean = product_text(raw);
            let opens = |(at, _)| clean[at + 1..].starts_with(|c: char| c.is_ascii_alphabetic() || c == '/');
            assert!(!clean.match_indices('<').any(opens), "{raw}: {clean}");
        }
    }

    #[test]
    fn name_whitespace_and_length_are_cleaned() {
        assert_eq!(name_text("Ann\t\nLee").unwrap(), "Ann Lee");
        assert_eq!(name_text("Tom &amp; Ann").unwrap(), "Tom & Ann");
        assert_eq!(name_text(&"x".repeat(250)).unwrap().len(), 200);
        let long = format!("{} {}", "a".repeat(150), "b".repeat(100));
        assert_eq!(name_text(&long).unwrap(), "a".repeat(150));
        assert!(name("Ann\tLee").unwrap().unwrap().changed);
        assert!(!name(" Ann Lee ").unwrap().unwrap().changed);
        assert_eq!(name("--").unwrap(), None);
    }

    #[test]
    fn name_that_is_a_link_or_sentence_is_rejected() {
        for raw in [
            "visit https://example.com",
            "win.example.com now",
            "www.example",
            "jane@example.com",
            "go Www. x",
        ] {
            assert!(name(raw).is_err(), "{raw}");
        }
        assert!(name("You won a prize! Click").is_err());
        assert!(name("one two three four five six seven eight nine ten eleven").is_err());
        for raw in [
            "J.R.R. Tolkien",
            "Dr. med. Ann Lee",
            "Doe, Jr.",
            "Zoë Łukasz-Müller",
            "Анна",
            "Ann-Marie O'Neil",
            "María del Carmen de la Cruz y Soto",
        ] {
            assert_eq!(name_text(raw).unwrap(), raw);
        }
    }

    #[test]
    fn invisible_characters_are_trimmed_at_both_ends() {
        assert_eq!(trim_invisible("\u{feff}\u{a0}a\u{200b}b\u{200b} "), "a\u{200b}b");
    }
}
