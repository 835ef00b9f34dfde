//! The encodings in which a value can appear.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use percent_encoding::percent_decode_str;

/// Returns the text unchanged and decoded from each supported encoding. Searching decoded text finds a value no matter
/// which characters the encoder escaped.
pub(crate) fn views(text: &str) -> Vec<(&'static str, Cow<'_, str>)> {
    let once = unescape(text);
    let twice = unescape(&once);
    let blanks = text.replace('+', " ");
    vec![
        ("as it is", Cow::Borrowed(text)),
        ("escaped", Cow::Owned(once)),
        ("escaped twice", Cow::Owned(twice)),
        ("percent-encoded", percent_decode_str(text).decode_utf8_lossy()),
        ("as a form", Cow::Owned(percent_decode_str(&blanks).decode_utf8_lossy().into_owned())),
        ("with HTML's entities", html_escape::decode_html_entities(text)),
    ]
}

/// Formats a value as `Debug` formats bytes: `81, 117`.
pub(super) fn byte_list(value: &str) -> String {
    value.bytes().map(|byte| byte.to_string()).collect::<Vec<_>>().join(", ")
}

/// Encodes a value in base64 as it appears between other bytes. Returns one string for each offset within a group of
/// three bytes, without the characters that depend on the neighbouring bytes.
pub(super) fn base64_cores(value: &str) -> Vec<String> {
    if value.len() < 8 {
        return Vec::new();
    }
    let mut cores = Vec::new();
    for (before, first) in [(0, 0), (1, 2), (2, 3)] {
        let mut bytes = vec![0; before];
        bytes.extend_from_slice(value.as_bytes());
        let whole = bytes.len() * 8 / 6;
        for encoded in [STANDARD_NO_PAD.encode(&bytes), URL_SAFE_NO_PAD.encode(&bytes)] {
            cores.extend(encoded.get(first..whole).map(str::to_owned));
        }
    }
    cores
}

/// Decodes the escapes of JSON, of Rust's `Debug` and of byte strings. Invalid escapes are kept.
fn unescape(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('\\') {
        bytes.extend_from_slice(before.as_bytes());
        let (said, left) = escape(after);
        match said {
            Said::Bytes(said) => bytes.extend_from_slice(&said),
            Said::Nothing => bytes.push(b'\\'),
        }
        rest = left;
    }
    bytes.extend_from_slice(rest.as_bytes());
    String::from_utf8_lossy(&bytes).into_owned()
}

enum Said {
    Bytes(Vec<u8>),
    Nothing,
}

/// Returns the character of an escape and the rest of the text.
fn escape(text: &str) -> (Said, &str) {
    let mut rest = text.chars();
    let one = match rest.next() {
        Some('x') => return hex(rest.as_str(), 2).map_or((Said::Nothing, text), byte),
        Some('u') => return code_point(rest.as_str()).unwrap_or((Said::Nothing, text)),
        Some('n') => '\n',
        Some('t') => '\t',
        Some('r') => '\r',
        Some(c @ ('"' | '\'' | '\\' | '/')) => c,
        _ => return (Said::Nothing, text),
    };
    (Said::Bytes(one.to_string().into_bytes()), rest.as_str())
}

fn byte((value, rest): (u32, &str)) -> (Said, &str) {
    (u8::try_from(value).map_or(Said::Nothing, |byte| Said::Bytes(vec![byte])), rest)
}

/// `\u{eb}` or `\u00eb`, or a surrogate pair of the latter.
fn code_point(text: &str) -> Option<(Said, &str)> {
    if let Some((digits, rest)) = text.strip_prefix('{').and_then(|text| text.split_once('}')) {
        return character(u32::from_str_radix(digits, 16).ok()?, rest);
    }
    let (high, rest) = hex(text, 4)?;
    if !(0xd800..0xdc00).contains(&high) {
        return character(high, rest);
    }
    let (low, rest) = hex(rest.strip_prefix("\\u")?, 4)?;
    character(0x10000 + ((high - 0xd800) << 10) + low.checked_sub(0xdc00)?, rest)
}

fn character(value: u32, rest: &str) -> Option<(Said, &str)> {
    Some((Said::Bytes(char::from_u32(value)?.to_string().into_bytes()), rest))
}

fn hex(text: &str, digits: usize) -> Option<(u32, &str)> {
    let (number, rest) = text.split_at_checked(digits)?;
    Some((u32::from_str_radix(number, 16).ok()?, rest))
}

#[cfg(test)]
mod tests {
    use super::unescape;

    #[test]
    fn escapes_are_decoded_and_the_rest_is_kept() {
        for (text, plain) in [
            (r#"\"a\" \/ \\"#, r#""a" / \"#),
            (r"\u00eb \u{1F490} \ud83d\udc90", "ë 💐 💐"),
            (r"Zo\xc3\xab", "Zoë"),
            (r"C:\path \u12 \ud83d \x4 \", "C:\\path \\u12 \\ud83d \\x4 \\"),
        ] {
            assert_eq!(unescape(text), plain);
        }
    }
}
