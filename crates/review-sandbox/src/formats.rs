//! Forms of text both vendors share.

use url::Url;

/// Any text.
pub(crate) fn any(_: &str) -> Result<(), &'static str> {
    Ok(())
}

/// One line of text.
pub(crate) fn line(text: &str) -> Result<(), &'static str> {
    if text.chars().any(char::is_control) { Err("a single line of text") } else { Ok(()) }
}

/// A bare e-mail address. Looser than the RFC's grammar; the usual slips (a display name around it, white space, no
/// dot in the domain, two `@`) are caught.
pub(crate) fn email(text: &str) -> Result<(), &'static str> {
    let plain = |byte: u8| byte.is_ascii_graphic() && !br#"<>()[]",;:\"#.contains(&byte);
    let right = text.split_once('@').is_some_and(|(local, domain)| {
        !local.is_empty()
            && domain.contains('.')
            && !domain.contains("..")
            && !domain.starts_with('.')
            && !domain.ends_with('.')
            && !domain.contains('@')
            && text.bytes().all(|byte| plain(byte) || !byte.is_ascii())
    });
    if right { Ok(()) } else { Err("an e-mail address") }
}

/// An absolute `http` or `https` URL with a host.
pub(crate) fn web_url(text: &str) -> Result<(), &'static str> {
    // The parser drops white space around and tabs within; a URL on the wire has none.
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
    fn addresses() {
        for right in ["a@example.com", "a.b+c@mail.example.com", "j\u{f6}rg@example.com"] {
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
        ] {
            assert!(email(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn urls() {
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
    fn locales() {
        assert!(is_locale("de-DE", '-') && is_locale("de_DE", '_'));
        for wrong in ["de_DE", "de", "DE-de", "en-EN", "deu-DE", "de-DEU", ""] {
            assert!(!is_locale(wrong, '-'), "{wrong}");
        }
        assert_eq!(COUNTRIES.split_ascii_whitespace().count(), 249);
    }
}
