//! Languages and countries.

use std::fmt;
use std::str::FromStr;

use unic_langid::LanguageIdentifier;
use unic_langid::subtags::{Language, Region, Script};

use super::into_field::ParseField;
use super::text::text_type;
use crate::error::FieldError;

/// Language codes that were withdrawn or that stand for several languages, with the code in use.
/// Source: the IANA language subtag registry (`Preferred-Value`); `no` is a macrolanguage whose written
/// form in shops is Bokmål.
const REPLACED_LANGUAGES: [(&str, &str); 7] =
    [("in", "id"), ("iw", "he"), ("ji", "yi"), ("jw", "jv"), ("mo", "ro"), ("no", "nb"), ("tl", "fil")];

/// The officially assigned codes of ISO 3166-1 alpha-2, in alphabetical order, each with a space behind it.
const COUNTRIES: &str = "\
    AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW \
    BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI \
    FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN \
    IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME \
    MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF \
    PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV \
    SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE \
    YT ZA ZM ZW ";

fn is_country(code: &str) -> bool {
    let (countries, _) = COUNTRIES.as_bytes().as_chunks::<3>();
    countries.binary_search_by(|[first, second, _]| [*first, *second].as_slice().cmp(code.as_bytes())).is_ok()
}

/// A BCP 47 locale such as `de-DE` or `en`.
///
/// Locales of shop systems are accepted too: `de_DE`, `en_US.UTF-8`, withdrawn codes (`iw` becomes `he`),
/// macrolanguages (`no` becomes `nb`), `UK` for `GB`. A region that is not a country (`en_EN`) is dropped;
/// a language that Unicode CLDR does not know is an error. Each vendor crate prints the form its vendor
/// expects.
///
/// ```
/// use review_core::model::Locale;
///
/// let locale = Locale::new("de_DE")?;
/// assert_eq!((locale.language(), locale.region()), ("de", Some("DE")));
/// assert_eq!(Locale::new("no_NO")?.to_string(), "nb-NO");
/// assert_eq!(Locale::new("en_EN")?.to_string(), "en");
/// # Ok::<(), review_core::FieldError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(try_from = "String", into = "String")
)]
pub struct Locale(LanguageIdentifier);

impl Locale {
    /// Parses a locale.
    ///
    /// # Errors
    /// A [`FieldError`] for `customer.locale`.
    pub fn new(value: impl AsRef<str>) -> Result<Self, FieldError> {
        let error = || {
            let message = "must be a known language with or without a country, like de or de-DE";
            FieldError::new("customer.locale", message)
        };
        // POSIX adds an encoding and a modifier: `en_US.UTF-8@euro`. Some modifiers are scripts.
        let (value, modifier) = value.as_ref().trim().split_once('@').unwrap_or((value.as_ref().trim(), ""));
        let value = value.split('.').next().unwrap_or_default();
        let given: LanguageIdentifier = value.parse().map_err(|_| error())?;
        let script = match modifier {
            "latin" => Script::from_str("Latn").ok(),
            "cyrillic" => Script::from_str("Cyrl").ok(),
            "devanagari" => Script::from_str("Deva").ok(),
            _ => given.script,
        };
        let language = REPLACED_LANGUAGES.iter().find(|(old, _)| *old == given.language.as_str());
        let language = match language {
            Some((_, new)) => Language::from_str(new).map_err(|_| error())?,
            None => given.language,
        };
        // BCP 47 reserves languages of more than three letters; in practice they are mistakes like `german`.
        let mut known = LanguageIdentifier::from_parts(language, None, None, &[]);
        if !matches!(language.as_str().len(), 2 | 3) || language.is_empty() || !known.maximize() {
            return Err(error());
        }
        let region = match given.region.as_ref().map(Region::as_str) {
            Some("UK") => Region::from_str("GB").ok(),
            Some(region) if is_country(region) || region.len() == 3 => given.region,
            _ => None,
        };
        Ok(Self(LanguageIdentifier::from_parts(language, script, region, &[])))
    }

    /// Returns the language, in lower case: `de`.
    #[must_use]
    pub fn language(&self) -> &str {
        self.0.language.as_str()
    }

    /// Returns the region, in upper case: `DE`. A UN area such as `150` is possible too.
    #[must_use]
    pub fn region(&self) -> Option<&str> {
        self.0.region.as_ref().map(Region::as_str)
    }

    /// Returns whether the other locale is this one or a more specific one: `de` matches `de-AT`; `de-AT`
    /// matches neither `de` nor `de-DE`.
    ///
    /// ```
    /// use review_core::model::Locale;
    ///
    /// assert!(Locale::new("de")?.matches(&Locale::new("de_AT")?));
    /// assert!(!Locale::new("de-DE")?.matches(&Locale::new("de")?));
    /// # Ok::<(), review_core::FieldError>(())
    /// ```
    #[must_use]
    pub fn matches(&self, other: &Self) -> bool {
        self.0.matches(&other.0, true, false)
    }

    /// Returns the same language with a country, for vendors that require both.
    ///
    /// A country of the locale stays. Without one, the customer's country is used if people there usually
    /// speak this language (`de` and `AT` give `de-AT`); otherwise the country from which the language
    /// comes (`de` and `FR` give `de-DE`, not `de-FR`). "Usually" and "comes from" are the likely subtags of
    /// Unicode CLDR. `None` if CLDR knows no country for the language.
    #[must_use]
    pub fn resolve_region(&self, country: Option<&CountryCode>) -> Option<Self> {
        let plain =
            |region: Region| Self(LanguageIdentifier::from_parts(self.0.language, None, Some(region), &[]));
        // A UN area (`es-419`) is not a country: continue as if it were absent.
        if let Some(region) = self.0.region.filter(|region| is_country(region.as_str())) {
            return Some(plain(region));
        }
        let country = country.map(CountryCode::as_str).filter(|code| is_country(code));
        if let Some(region) = country.and_then(|code| Region::from_str(code).ok()) {
            let mut spoken = LanguageIdentifier::from_parts(Language::default(), None, Some(region), &[]);
            if spoken.maximize() && spoken.language == self.0.language {
                return Some(plain(region));
            }
        }
        let mut home = LanguageIdentifier::from_parts(self.0.language, self.0.script, None, &[]);
        home.maximize();
        home.region.filter(|region| is_country(region.as_str())).map(plain)
    }

    /// Returns whether this locale has a script that `other`, which has none, does not imply: `sr-Latn`
    /// loses it in `sr-RS`, `zh-Hant-TW` keeps it in `zh-TW`.
    #[must_use]
    pub fn loses_script_in(&self, other: &Self) -> bool {
        let mut implied = LanguageIdentifier::from_parts(other.0.language, None, other.0.region, &[]);
        implied.maximize();
        self.0.script.is_some() && self.0.script != implied.script
    }
}

impl ParseField for Locale {
    fn parse_field(text: &str) -> Result<Self, FieldError> {
        Self::new(text)
    }
}

impl FromStr for Locale {
    type Err = FieldError;

    fn from_str(value: &str) -> Result<Self, Self::Err> {
        Self::new(value)
    }
}

impl TryFrom<&str> for Locale {
    type Error = FieldError;

    fn try_from(value: &str) -> Result<Self, Self::Error> {
        Self::new(value)
    }
}

impl TryFrom<String> for Locale {
    type Error = FieldError;

    fn try_from(value: String) -> Result<Self, Self::Error> {
        Self::new(value)
    }
}

impl From<Locale> for String {
    fn from(locale: Locale) -> Self {
        locale.to_string()
    }
}

impl fmt::Display for Locale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

text_type! {
    /// An ISO 3166-1 country code of two letters, such as `DE`. Lower case is accepted, and so is `XK` (Kosovo),
    /// which is widely used. No locale is sent with `XK`, because ISO 3166-1 does not assign it.
    public CountryCode, check_country
}

fn check_country(value: &str) -> Result<String, FieldError> {
    let value = value.trim();
    if value.len() == 2 {
        // Not the code of the United Kingdom, but reserved for it and often used.
        let value = if value.eq_ignore_ascii_case("UK") { "GB" } else { value };
        let value = value.to_ascii_uppercase();
        if is_country(&value) || value == "XK" {
            return Ok(value);
        }
    }
    Err(FieldError::new("customer.country", "must be two letters of ISO 3166-1, like DE"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locales_of_shop_systems_are_read() {
        for (given, read) in [
            ("de_DE", "de-DE"),
            ("de-de", "de-DE"),
            (" EN ", "en"),
            ("zh-Hant-TW", "zh-Hant-TW"),
            ("en_US.UTF-8", "en-US"),
            ("de_DE@euro", "de-DE"),
            ("sr_RS.UTF-8@latin", "sr-Latn-RS"),
            ("uz_UZ@cyrillic", "uz-Cyrl-UZ"),
            ("en_UK", "en-GB"),
            ("en_EN", "en"),
            ("cs_CS", "cs"),
            ("da_DA", "da"),
            ("no_NO", "nb-NO"),
            ("nn_NO", "nn-NO"),
            ("iw", "he"),
            ("in_ID", "id-ID"),
            ("sr-Latn", "sr-Latn"),
            ("es-419", "es-419"),
            ("fil", "fil"),
            ("gsw", "gsw"),
            ("mo_MD", "ro-MD"),
            ("de_DE_formal", "de-DE"),
            ("ca-ES-valencia", "ca-ES"),
        ] {
            assert_eq!(Locale::new(given).unwrap().to_string(), read);
        }
        for bad in ["", "d", "de-", "german", "de DE", "und", "mul", "xx", "qq-DE", "C", "POSIX", "NULL{}"] {
            assert!(Locale::new(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn script_is_lost_unless_the_region_implies_it() {
        let lost =
            |from: &str, to: &str| Locale::new(from).unwrap().loses_script_in(&Locale::new(to).unwrap());
        assert!(lost("sr-Latn", "sr-RS") && lost("zh-Hans-TW", "zh-TW"));
        assert!(!lost("zh-Hant-TW", "zh-TW") && !lost("sr-Cyrl", "sr-RS") && !lost("de", "de-DE"));
    }

    #[test]
    fn country_is_added_if_it_fits_the_language() {
        for (locale, country, expected) in [
            ("de-CH", Some("FR"), Some("de-CH")),
            ("de", Some("AT"), Some("de-AT")),
            ("de", Some("FR"), Some("de-DE")),
            ("en", None, Some("en-US")),
            ("en", Some("GB"), Some("en-GB")),
            ("en", Some("BR"), Some("en-US")),
            ("zh-Hant", None, Some("zh-TW")),
            ("sv", None, Some("sv-SE")),
            ("es-419", Some("MX"), Some("es-MX")),
            ("es-419", None, Some("es-ES")),
            ("eo", None, None),
            ("sq", Some("XK"), Some("sq-AL")),
            ("sq-XK", None, Some("sq-AL")),
        ] {
            let country = country.map(|code| CountryCode::new(code).unwrap());
            let found = Locale::new(locale).unwrap().resolve_region(country.as_ref());
            assert_eq!(found.map(|locale| locale.to_string()).as_deref(), expected, "{locale}");
        }
    }

    #[test]
    fn every_country_of_the_list_is_found() {
        assert!(COUNTRIES.split_ascii_whitespace().is_sorted());
        assert!(COUNTRIES.split_ascii_whitespace().all(is_country));
        assert_eq!(COUNTRIES.len(), 3 * 249);
        assert!(!["", "A", "AA", "DEU", "ZZ", "D ", "E "].into_iter().any(is_country));
    }

    #[test]
    fn countries_are_two_letters() {
        assert_eq!(CountryCode::new("de").unwrap().as_str(), "DE");
        assert_eq!(CountryCode::new("uk").unwrap().as_str(), "GB");
        assert_eq!(CountryCode::new("XK").unwrap().as_str(), "XK");
        for bad in ["", "D", "DEU", "4A", "EN", "ZZ", "Österreich"] {
            assert!(CountryCode::new(bad).is_err(), "{bad:?}");
        }
    }
}
