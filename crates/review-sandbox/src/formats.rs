//! Formats of text that both vendors share.

use url::Url;

/// Any text.
pub(crate) fn any(_: &str) -> Result<(), &'static str> {
    Ok(())
}

/// One line of text.
pub(crate) fn line(text: &str) -> Result<(), &'static str> {
    if text.chars().any(char::is_control) { Err("a single line of text") } else { Ok(()) }
}

/// A bare email address with a domain name: an unquoted local part has no empty piece between its dots, a quoted one no
/// control character; the domain has at least two labels, and the last one is not a number.
pub(crate) fn email(text: &str) -> Result<(), &'static str> {
    let right =
        text.rsplit_once('@').is_some_and(|(local, domain)| is_local_part(local) && is_domain(domain));
    if right { Ok(()) } else { Err("an email address") }
}

fn is_local_part(text: &str) -> bool {
    let quoted = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    if let Some(inner) = quoted {
        let mut escaped = false;
        let plain = inner.chars().all(|c| {
            let right = escaped || c != '"';
            escaped = c == '\\' && !escaped;
            right && !c.is_control()
        });
        return plain && !escaped;
    }
    let is_plain = |c: char| {
        if c.is_ascii() {
            c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c)
        } else {
            !c.is_whitespace() && !c.is_control()
        }
    };
    text.split('.').all(|piece| !piece.is_empty() && piece.chars().all(is_plain))
}

fn is_domain(text: &str) -> bool {
    let is_plain =
        |c: char| if c.is_ascii() { c.is_ascii_alphanumeric() || c == '-' } else { c.is_alphanumeric() };
    let is_label = |label: &str| {
        !label.is_empty() && label.chars().all(is_plain) && !label.starts_with('-') && !label.ends_with('-')
    };
    let is_number = |label: &str| label.bytes().all(|byte| byte.is_ascii_digit());
    text.rsplit_once('.').is_some_and(|(_, last)| !is_number(last)) && text.split('.').all(is_label)
}

/// An EAN, UPC or ISBN: 8 to 14 digits, or the ten characters of an ISBN that ends in `X`.
pub(crate) fn gtin(text: &str) -> Result<(), &'static str> {
    let isbn = text.strip_suffix('X').filter(|digits| digits.len() == 9);
    let digits = isbn.unwrap_or(text).bytes().all(|byte| byte.is_ascii_digit());
    if digits && (8..=14).contains(&text.len()) { Ok(()) } else { Err("a GTIN of 8 to 14 digits") }
}

/// An absolute `http` or `https` URL with a host.
pub(crate) fn web_url(text: &str) -> Result<(), &'static str> {
    // The parser ignores whitespace around a URL and tabs in it; a URL on the wire has none.
    let clean = !text.chars().any(|c| c.is_whitespace() || c.is_control());
    let right = clean
        && Url::parse(text).is_ok_and(|url| {
            matches!(url.scheme(), "http" | "https") && url.has_host() && text.contains("://")
        });
    if right { Ok(()) } else { Err("an absolute http or https URL") }
}

/// Whether the text is a language and a country, `ll` `separator` `CC`, and the country exists.
pub(crate) fn is_locale(text: &str, separator: char) -> bool {
    text.split_once(separator).is_some_and(|(language, country)| {
        language.len() == 2
            && language.bytes().all(|byte| byte.is_ascii_lowercase())
            && country.len() == 2
            && COUNTRIES.split_ascii_whitespace().any(|known| known == country)
    })
}

/// ISO 3166-1 alpha-2. There is no `EN`: shop plugins have sent `en_EN`.
const COUNTRIES: &str = "\
    AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ \
    CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO \
    FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE \
    JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO \
    MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW \
    PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM \
    TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn email_addresses_are_checked() {
        for right in [
            "a@example.com",
            "a.b+c@mail.example.com",
            "j\u{f6}rg@example.com",
            "\"j. d\\\"@x\"@example.com",
            "a@b\u{fc}cher.example",
            "a@1.example.com",
        ] {
            assert!(email(right).is_ok(), "{right}");
        }
        for wrong in [
            "a",
            "a@b",
            "@example.com",
            "a@.com",
            "a@example.",
            "a@b@example.com",
            "A <a@example.com>",
            " a@example.com",
            "j..d@example.com",
            ".jd@example.com",
            "jd.@example.com",
            "\"j\td\"@example.com",
            "\"j\"d\"@example.com",
            "\"jd\\\"@example.com",
            "jane@1.2.3.4",
            "jane@ex_ample.com",
            "jane@evil.example/x",
            "jane@-a.example",
        ] {
            assert!(email(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn gtin_is_8_to_14_digits() {
        for right in ["01234567", "01234567890", "4006381333931", "12345678901234", "080442957X"] {
            assert!(gtin(right).is_ok(), "{right}");
        }
        for wrong in ["GTIN-1", "", "1234567", "123456789012345", "978-0804429573", "08044295X", "080442957x"]
        {
            assert!(gtin(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn web_urls_are_absolute() {
        for right in ["https://example.com", "http://example.com/a?b=c"] {
            assert!(web_url(right).is_ok(), "{right}");
        }
        for wrong in [
            "example.com",
            "//example.com",
            "ftp://example.com",
            "https:example.com",
            "https://",
            "https://example.com/ a",
        ] {
            assert!(web_url(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn locale_needs_a_real_country() {
        assert!(is_locale("de-DE", '-') && is_locale("de_DE", '_'));
        for wrong in ["de_DE", "de", "DE-de", "en-EN", "deu-DE", "de-DEU", ""] {
            assert!(!is_locale(wrong, '-'), "{wrong}");
        }
        assert_eq!(COUNTRIES.split_ascii_whitespace().count(), 249);
    }
}
