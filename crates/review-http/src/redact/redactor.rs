//! Decides whether a text of a vendor contains a value of the customer or a secret.

use std::collections::{BTreeSet, HashSet};

use super::normalize::{decode, decode_base64, misread, spellings};
use super::{REDACTED, mask_shapes, shorten, single_line};

/// A value of at least so many characters is searched inside words and across word borders. A shorter
/// one must be a whole word, because it occurs inside too many others.
const MIN_INSIDE_WORDS: usize = 4;

/// So many digits make a telephone number. Its last digits are compared, because the prefix varies.
const PHONE_DIGITS: usize = 7;

/// As much of a vendor's text is examined. What follows is never shown.
const MAX_EXAMINED: usize = 2000;

/// Words that API messages consist of. They can be shown even if the rest of a message cannot.
const COMMON_WORDS: &[&str] = &[
    "a",
    "access",
    "address",
    "already",
    "an",
    "and",
    "are",
    "at",
    "be",
    "cannot",
    "characters",
    "code",
    "contain",
    "contains",
    "country",
    "customer",
    "date",
    "does",
    "duplicate",
    "email",
    "empty",
    "error",
    "exceeded",
    "exist",
    "exists",
    "expected",
    "expired",
    "failed",
    "field",
    "for",
    "forbidden",
    "format",
    "found",
    "has",
    "id",
    "in",
    "invalid",
    "invitation",
    "is",
    "language",
    "least",
    "length",
    "limit",
    "locale",
    "long",
    "malformed",
    "maximum",
    "minimum",
    "missing",
    "must",
    "name",
    "no",
    "not",
    "null",
    "number",
    "of",
    "only",
    "or",
    "order",
    "parameter",
    "permission",
    "product",
    "property",
    "reference",
    "rejected",
    "request",
    "required",
    "requires",
    "sent",
    "short",
    "sku",
    "string",
    "supported",
    "than",
    "the",
    "to",
    "token",
    "too",
    "type",
    "unauthorized",
    "unknown",
    "unsupported",
    "url",
    "value",
    "was",
    "with",
    "wrong",
];

/// The values of one request and the secrets of its instance, prepared for comparison. Preparing costs
/// more than searching: it is done once for the secrets, and for a request only if there is an error to describe.
///
/// Both sides are compared without encodings (JSON, HTML, percent, base64), case, accents, separators and
/// invisible characters. Parts of names, both sides of an email address, and telephone numbers without
/// their prefix are values too.
#[derive(Clone, Default)]
pub struct Redactor {
    /// Without spaces.
    long: BTreeSet<String>,
    short: HashSet<String>,
    digits: HashSet<String>,
    /// Pairs of characters of scripts that do not separate words.
    pairs: HashSet<[char; 2]>,
}

impl std::fmt::Debug for Redactor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Redactor([redacted])")
    }
}

impl Redactor {
    /// Prepares values. Blank ones are ignored.
    pub fn new<S: AsRef<str>>(values: impl IntoIterator<Item = S>) -> Self {
        let mut redactor = Self::default();
        redactor.add(values);
        redactor
    }

    /// Adds values.
    pub(crate) fn add<S: AsRef<str>>(&mut self, values: impl IntoIterator<Item = S>) {
        let Self { long, short, digits, pairs } = self;
        let mut add = |words: &str| match words.bytes().filter(|byte| *byte != b' ').count() {
            0 | 1 => {}
            // A short number, such as a country code, is in too many messages.
            2..MIN_INSIDE_WORDS if words.bytes().all(|byte| byte.is_ascii_digit()) => {}
            2..MIN_INSIDE_WORDS => drop(short.insert(words.replace(' ', ""))),
            _ => drop(long.insert(words.replace(' ', ""))),
        };
        for value in values {
            let value = decode(value.as_ref());
            let whole = [value.as_str()].into_iter().filter(|value| !value.contains('@'));
            let sides = value.split_once('@').into_iter().flat_map(|(mailbox, domain)| {
                // The last label, such as `com`, identifies no one.
                let domain = domain.rsplit_once('.').map_or(domain, |(domain, _)| domain);
                [mailbox, mailbox.split('+').next().unwrap_or_default(), domain]
            });
            for text in whole.chain(sides) {
                for spelled in spellings(text) {
                    add(&spelled);
                    spelled.split(' ').for_each(&mut add);
                }
                let lower = text.to_lowercase();
                lower.split(|c: char| !c.is_alphanumeric()).for_each(|part| match part.is_ascii() {
                    true => add(part),
                    false => spellings(part).iter().for_each(|spelled| add(spelled)),
                });
            }
            let number: String = value.chars().filter(char::is_ascii_digit).collect();
            if number.len() >= PHONE_DIGITS && !value.chars().any(char::is_alphabetic) {
                digits.extend(number.get(number.len() - PHONE_DIGITS..).map(str::to_owned));
            }
            let chars: Vec<char> = value.chars().filter(|c| is_unspaced(*c)).collect();
            pairs.extend(chars.windows(2).filter_map(|pair| <[char; 2]>::try_from(pair).ok()));
        }
    }

    /// Returns whether a text contains one of the values, in any spelling.
    #[must_use]
    pub fn is_in(&self, text: &str) -> bool {
        let decoded = decode(text);
        let is_in = |text: &str| {
            self.is_in_plain(text) || decode_base64(text).iter().any(|text| self.is_in_plain(text))
        };
        is_in(text)
            || (decoded != text && is_in(&decoded))
            || misread(&decoded).is_some_and(|text| self.is_in_plain(&text))
            || self.begins_in(&decoded)
    }

    /// Returns whether a value begins where the vendor cut off a text: before an ellipsis, a quotation mark or the end.
    fn begins_in(&self, text: &str) -> bool {
        let ends = ['…', '\'', '"', '`', '\u{2019}', '\u{201c}', '\u{201d}', '»', '«'];
        text.split(ends).flat_map(|part| part.split("...")).flat_map(spellings).any(|words| {
            let last = words.rsplit(' ').next().unwrap_or_default();
            last.len() >= MIN_INSIDE_WORDS && self.long.iter().any(|value| value.starts_with(last))
        })
    }

    fn is_in_plain(&self, text: &str) -> bool {
        let has_number = || {
            let digits: String = text.chars().filter(char::is_ascii_digit).collect();
            self.digits.iter().any(|number| digits.contains(number.as_str()))
        };
        let has_pair = || {
            let unspaced: Vec<char> = text.chars().filter(|c| is_unspaced(*c)).collect();
            unspaced.windows(2).any(|pair| self.pairs.iter().any(|hidden| hidden == pair))
        };
        (!self.digits.is_empty() && has_number())
            || (!self.pairs.is_empty() && has_pair())
            || spellings(text).iter().any(|words| {
                let joined = words.replace(' ', "");
                words.split(' ').any(|word| self.short.contains(word))
                    || words.split(|c: char| !c.is_ascii_lowercase()).any(|word| self.short.contains(word))
                    || self.long.iter().any(|value| joined.contains(value.as_str()))
            })
    }

    /// Makes a vendor's message fit for an error. It is returned on one line, at most 200 characters, if
    /// it contains none of the values; email addresses and telephone numbers are masked anyway, since
    /// they may be another customer's. Otherwise only the words of `vocabulary` and of common API
    /// messages remain. Empty if nothing can be shown.
    #[must_use]
    pub fn message(&self, text: &str, vocabulary: &[&str]) -> String {
        let text: String = text.chars().take(MAX_EXAMINED).collect();
        let line = single_line(&text);
        if !self.is_in(&text) {
            return shorten(&mask_shapes(&line));
        }
        let mut shown: Vec<&str> = Vec::new();
        for word in line.split(' ') {
            let word = word.trim_matches(|c: char| !c.is_alphanumeric());
            let mut words = vocabulary.iter().chain(COMMON_WORDS);
            let known = words.any(|known| known.eq_ignore_ascii_case(word));
            match shown.last() {
                // A known word hides no value in another encoding, but a customer can have it as a name.
                _ if known && !self.is_in_plain(word) => shown.push(word),
                Some(&REDACTED) => {}
                _ => shown.push(REDACTED),
            }
        }
        let reduced = shorten(&shown.join(" "));
        let says_something = shown.iter().any(|word| *word != REDACTED);
        if says_something && !self.is_in(&reduced.replace(REDACTED, "|")) { reduced } else { String::new() }
    }

    /// Returns a code or an id of the vendor on one line, if it contains none of the values and no email
    /// address. Digits stay.
    #[must_use]
    pub fn identifier(&self, text: &str) -> Option<String> {
        let text: String = text.chars().take(MAX_EXAMINED).collect();
        let line = shorten(&single_line(&text));
        (!line.is_empty() && !line.contains('@') && !self.is_in(&text)).then_some(line)
    }
}

/// Letters of Chinese, Japanese, Thai and other scripts that are written without spaces.
fn is_unspaced(c: char) -> bool {
    matches!(c, '\u{e00}'..='\u{eff}' | '\u{1780}'..='\u{17ff}' | '\u{3040}'..='\u{30ff}' | '\u{31f0}'..='\u{31ff}'
        | '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Name, email, telephone, API secret of the customer and instance of all quotes below.
    const VALUES: [&str; 5] =
        ["Zoë Hall-Krüger", "zoe.krueger+shop@hallkrueger.example", "+49309876543", "s3cr3t-Key-Value", "Bo"];

    #[test]
    fn quoted_values_are_found_in_every_spelling() {
        let redactor = Redactor::new(VALUES);
        for quote in [
            r"bad Zo\u00eb",
            "bad Zoe\u{308}",
            "bad Zo&euml; H",
            "bad Zo&#235;",
            "bad Zo&amp;euml;",
            "bad ZoÃ« HALL",
            "bad Kr?ger",
            "bad KrÃ¼ger",
            "bad Kr\u{fffd}ger",
            "slug zoe-hall",
            "slug hall-krueger",
            "slug kruger",
            "bad 'Hall''Krüger'",
            r"bad Hall\'Kr\u00fcger",
            "only KRÜGER",
            "last name Krueger",
            "first part hall",
            "base64 WirDqyBIYWxsLUtyw7xnZXI=",
            "twice Hall%252DKr%25C3%25BCger",
            "form Hall%2BKr",
            "spaced h a l l",
            "invisible Ha\u{200b}ll",
            "soft Ha\u{ad}ll",
            "joined ZoeHall1 exists",
            "userHall_x",
            "base64url em9lLmtydWVnZXJA",
            "no MX for hallkrueger.example",
            "zoe.krueger at somewhere",
            "zoe.krueger(at)x",
            "zoe dot krueger",
            "normalised to zoekrueger",
            "nameBo is bad",
            "Bo is bad",
            "user bo7 exists",
            "last name 'Krueg' is too long",
            "last name Krueg… is too long",
            "last name starts with Krueg",
            "name=bo;x",
            "field consumerName=Hall",
            "call 030/9876543",
            "call 0049 (30) 98-76-543",
            "id-309876543",
            "key s3cr3t-key-value",
            "S3CR3TKEYVALUE",
            "Bearer eDpzM2NyM3QtS2V5LVZhbHVl",
        ] {
            assert!(redactor.is_in(quote), "{quote}");
            let shown = redactor.message(quote, &[]);
            assert!(!redactor.is_in(&shown.replace(REDACTED, "|")), "{quote} -> {shown}");
        }
    }

    #[test]
    fn parts_of_values_are_values() {
        for (value, quote) in [
            ("Mary DeVos", "devos is bad"),
            ("Mary DeVos", "Vos is bad"),
            ("Jo-Ann Lee", "Ann is bad"),
            ("jane@kwikkwek.example", "no MX for kwikkwek.example"),
            ("jane+ebay@example.com", "no mailbox jane"),
        ] {
            assert!(Redactor::new([value]).is_in(quote), "{quote}");
        }
    }

    #[test]
    fn values_of_unspaced_scripts_need_no_borders() {
        let redactor = Redactor::new(["田中花子", "สมชาย"]);
        for quote in ["名前田中花子は無効です", "花子 is bad", "ชื่อสมชายไม่ถูกต้อง", "tianzhonghuazi"]
        {
            assert!(redactor.is_in(quote), "{quote}");
        }
        assert!(!redactor.is_in("名前は無効です"));
        // Too short to be found inside a word once it is transliterated.
        assert!(Redactor::new(["りえ"]).is_in("お客様りえさんは無効です"));
    }

    #[test]
    fn messages_without_a_value_are_shown() {
        let redactor = Redactor::new(VALUES);
        for (message, shown) in [
            (
                "Invalid request: instance requires property `type`",
                "Invalid request: instance requires property `type`",
            ),
            ("expected 3 of 1000\r\nlines\u{202e}", "expected 3 of 1000 lines"),
            ("not x@y.example, call +49 (170) 123-4567.", "not [redacted] call +[redacted]."),
            ("the body is too large, see about", "the body is too large, see about"),
        ] {
            assert_eq!(redactor.message(message, &[]), shown);
        }
        assert_eq!(redactor.message(&"ä ".repeat(3000), &[]).chars().count(), 201);
    }

    #[test]
    fn messages_with_a_value_keep_known_words_only() {
        let redactor = Redactor::new(VALUES);
        let message = "Invalid consumerEmail 'zoe.krueger+shop@hallkrueger.example': too long for Trustbox";
        assert_eq!(
            redactor.message(message, &["consumerEmail"]),
            "Invalid consumerEmail [redacted] too long for [redacted]"
        );
        assert_eq!(redactor.message("Zoë", &["Zoe"]), "");
        assert_eq!(Redactor::new(["Long"]).message("Long is too long", &[]), "[redacted] is too [redacted]");
    }

    #[test]
    fn identifiers_keep_digits_and_lose_values() {
        let redactor = Redactor::new(VALUES);
        let id = "00000000-0000-4000-8000-000000000000";
        assert_eq!(redactor.identifier(id).as_deref(), Some(id));
        for id in ["customer-+49309876543", "name:Hall", "x@y.example", " "] {
            assert_eq!(redactor.identifier(id), None, "{id}");
        }
    }
}
