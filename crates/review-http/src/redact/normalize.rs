//! Brings texts into forms that can be compared, whatever encoding they went through.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::ops::Range;

use base64::engine::general_purpose::{GeneralPurpose, NO_PAD};
use base64::{Engine as _, alphabet};
use icu_normalizer::ComposingNormalizerBorrowed;
use percent_encoding::percent_decode_str;
use review_core::model::is_invisible;

/// Texts are encoded several times on their way through gateways. More layers than this do not occur.
const MAX_DECODE_ROUNDS: usize = 4;

/// The most digits of a character in HTML.
const MAX_ENTITY: usize = 7;

/// The ends of the names of letters in HTML: `&ouml;`.
const ACCENTS: [&str; 8] = ["uml", "acute", "grave", "circ", "tilde", "cedil", "ring", "slash"];

/// Three letters in base64.
const MIN_BASE64: usize = 4;

/// Removes escapes, HTML entities and percent-encoding, layer by layer, and composes characters (NFC).
pub(super) fn decode(text: &str) -> String {
    // Most texts have nothing to decode, and characters of ASCII are composed.
    if text.is_ascii() && !text.contains(['\\', '&', '%', '=']) {
        return text.to_owned();
    }
    let mut text = text.to_owned();
    for _ in 0..MAX_DECODE_ROUNDS {
        let decoded = unescape(&html_escape::decode_html_entities(&text));
        let decoded = match percent_decode_str(&decoded).decode_utf8_lossy() {
            Cow::Borrowed(_) => decoded,
            Cow::Owned(decoded) => decoded,
        };
        if decoded == text {
            break;
        }
        text = decoded;
    }
    ComposingNormalizerBorrowed::new_nfc().normalize(&text).into_owned()
}

/// Base64 without padding, whose end may be cut off.
const BASE64: GeneralPurpose =
    GeneralPurpose::new(&alphabet::STANDARD, NO_PAD.with_decode_allow_trailing_bits(true));

/// Decodes every run of base64 characters that contains a text. A slash may belong to it or to a path.
pub(super) fn decode_base64(text: &str) -> Vec<String> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '_');
    let runs = text.split(|c| !is_part(c) && c != '/').chain(text.split(|c| !is_part(c)));
    let decoded = runs.filter(|run| run.len() >= MIN_BASE64).filter_map(|run| {
        let whole = run.len() - usize::from(run.len() % 4 == 1);
        let bytes = BASE64.decode(run.get(..whole)?.replace('-', "+").replace('_', "/")).ok()?;
        utf8(&bytes)
    });
    decoded.map(|text| decode(&text)).collect()
}

/// Returns the text that was written in UTF-8 and read as Windows-1252, which turns `ü` into `Ã¼`.
pub(super) fn misread(text: &str) -> Option<String> {
    let (bytes, ..) = encoding_rs::WINDOWS_1252.encode(text);
    (!text.is_ascii()).then(|| decode(&String::from_utf8_lossy(&bytes)))
}

/// A text in UTF-8. Its last character may be cut off.
fn utf8(bytes: &[u8]) -> Option<String> {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) if error.error_len().is_none() => {
            std::str::from_utf8(bytes.get(..error.valid_up_to())?).ok()?
        }
        Err(_) => return None,
    };
    Some(text.to_owned())
}

/// The spellings in which a text is compared: lower-case ASCII, words separated by single spaces.
/// The three differ in characters outside ASCII: transliterated (`Jorg`), the German way (`Joerg`), and
/// dropped (`Jrg`), which is what a wrong character set leaves.
pub(super) fn spellings(text: &str) -> BTreeSet<String> {
    // All three are equal then. A control character may be invisible, and a question mark stands for a lost character.
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~') && byte != b'?') {
        return BTreeSet::from([words(text)]);
    }
    let visible: String = text.chars().filter(|c| !is_invisible(*c) && *c != '\u{ad}').collect();
    let german: String = visible.chars().fold(String::new(), |mut spelled, c| {
        match c {
            'ä' | 'æ' => spelled.push_str("ae"),
            'ö' | 'ø' => spelled.push_str("oe"),
            'ü' => spelled.push_str("ue"),
            'å' => spelled.push_str("aa"),
            'Ä' | 'Æ' => spelled.push_str("Ae"),
            'Ö' | 'Ø' => spelled.push_str("Oe"),
            'Ü' => spelled.push_str("Ue"),
            'Å' => spelled.push_str("Aa"),
            c => spelled.push(c),
        }
        spelled
    });
    let dropped: String = visible.chars().filter(|c| c.is_ascii() && *c != '?').collect();
    [any_ascii::any_ascii(&visible), any_ascii::any_ascii(&german), dropped].map(|text| words(&text)).into()
}

/// Lower-case words, split at everything that is neither letter nor digit, and at `camelCase` borders.
fn words(text: &str) -> String {
    let mut words = String::with_capacity(text.len() + text.len() / 4);
    let (mut last, mut is_open) = (' ', false);
    for c in text.chars() {
        let is_border = !c.is_ascii_alphanumeric() || (c.is_ascii_uppercase() && last.is_ascii_lowercase());
        if is_border && is_open {
            words.push(' ');
            is_open = false;
        }
        if c.is_ascii_alphanumeric() {
            words.push(c.to_ascii_lowercase());
            is_open = true;
        }
        last = c;
    }
    if words.ends_with(' ') {
        words.pop();
    }
    words
}

/// Removes the escapes of programming languages, `%uXXXX` and quoted-printable. Bytes become percent-encoded.
fn unescape(text: &str) -> String {
    let mut units: Vec<u16> = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let (unescaped, length) = escape(rest).unwrap_or((Unescaped::Char(c), c.len_utf8()));
        rest = rest.get(length..).unwrap_or_default();
        match unescaped {
            Unescaped::Char(c) => units.extend(c.encode_utf16(&mut [0; 2]).iter()),
            Unescaped::Unit(unit) => units.push(unit),
            Unescaped::Byte(byte) => units.extend(format!("%{byte:02X}").encode_utf16()),
        }
    }
    String::from_utf16_lossy(&units)
}

enum Unescaped {
    Char(char),
    /// Of UTF-16.
    Unit(u16),
    Byte(u8),
}

/// The escape at the start of a text, and its length.
fn escape(text: &str) -> Option<(Unescaped, usize)> {
    let number = |range: Range<usize>, radix| {
        let digits = text.get(range).filter(|digits| digits.chars().all(|c| c.is_digit(radix)))?;
        u32::from_str_radix(digits, radix).ok()
    };
    let byte = |number: u32| u8::try_from(number).ok().map(Unescaped::Byte);
    let semicolon = |at: usize| usize::from(text.get(at..).is_some_and(|rest| rest.starts_with(';')));
    match text.as_bytes() {
        [b'\\', b'u', b'{', ..] => {
            let end = text.find('}')?;
            Some((Unescaped::Char(char::from_u32(number(3..end, 16)?)?), end + 1))
        }
        [b'\\', b'u' | b'U', ..] | [b'%', b'u', ..] => {
            Some((Unescaped::Unit(u16::try_from(number(2..6, 16)?).ok()?), 6))
        }
        [b'\\', b'x' | b'X', ..] => Some((byte(number(2..4, 16)?)?, 4)),
        [b'\\', b'0'..=b'3', ..] => Some((byte(number(1..4, 8)?)?, 4)),
        [b'\\', b'n' | b'r' | b't' | b'b' | b'f', ..] => Some((Unescaped::Char(' '), 2)),
        [b'\\', c @ (b'\\' | b'/' | b'"' | b'\''), ..] => Some((Unescaped::Char(char::from(*c)), 2)),
        // HTML allows to leave out the semicolon. For a letter with an accent, the letter is enough.
        [b'&', b'#', ..] => {
            let (start, radix) = if text.get(2..3)?.eq_ignore_ascii_case("x") { (3, 16) } else { (2, 10) };
            let digits = text.get(start..)?.bytes().take_while(|byte| char::from(*byte).is_digit(radix));
            let end = start + digits.take(MAX_ENTITY).count();
            Some((Unescaped::Char(char::from_u32(number(start..end, radix)?)?), end + semicolon(end)))
        }
        [b'&', letter @ (b'A'..=b'Z' | b'a'..=b'z'), ..] => {
            let rest = text.get(2..)?;
            let accent = ACCENTS.into_iter().find(|accent| rest.starts_with(accent))?;
            let end = 2 + accent.len();
            Some((Unescaped::Char(char::from(*letter)), end + semicolon(end)))
        }
        // Outside ASCII only: `=10` is more often a number.
        [b'=', b'8'..=b'9' | b'A'..=b'F', ..] => Some((byte(number(1..3, 16)?)?, 3)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decode_removes_every_layer() {
        for (encoded, plain) in [
            (r"Zo\u00eb \ud83d\ude00 \/ \n", "Zoë 😀 /  "),
            ("Zo&euml; &#235; &amp;#235;", "Zoë ë ë"),
            ("Zo&euml &#235 &#xEB &#;", "Zoe ë ë &#;"),
            ("Zo%25C3%25AB", "Zoë"),
            (r"Zo\xc3\xab Zo\303\253 Zo\u{eb} Zo%u00eb Zo=C3=AB", "Zoë Zoë Zoë Zoë Zoë"),
            (r"\u{110000} \u+0eb \x1 \777 limit=10", r"\u{110000} \u+0eb \x1 \777 limit=10"),
            ("Zoe\u{308}", "Zoë"),
            ("100% of \\x", "100% of \\x"),
        ] {
            assert_eq!(decode(encoded), plain, "{encoded}");
        }
        for run in ["x em9lQGV4YW1wbGUuY29t= y", "/path/em9lQGV4YW1wbGUuY29t", "em9lQGV4YW1wbGUuY29tI"] {
            assert!(decode_base64(run).contains(&"zoe@example.com".to_owned()), "{run}");
        }
        assert_eq!(misread("Ð˜Ð²Ð°Ð½").as_deref(), Some("Иван"));
    }

    #[test]
    fn spellings_cover_three_ways_to_lose_an_umlaut() {
        let spelled = spellings("Grün-Weiß, ClubHaus? Ås Børk");
        let expected =
            ["grn wei club haus s brk", "gruen weiss club haus aas boerk", "grun weiss club haus as bork"];
        assert_eq!(spelled, expected.map(str::to_owned).into());
    }
}
