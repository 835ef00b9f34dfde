//! Languages and countries.

use std::fmt;
use std::str::FromStr;

use unic_langid::LanguageIdentifier;
use unic_langid::subtags::{Language, Region};

use super::into_field::ParseField;
use super::text::text_type;
use crate::error::FieldError;

/// A BCP 47 locale such as `de-DE` or `en`. The underscore form `de_DE` of shop systems is read
/// too; each vendor crate prints the form its vendor wants.
///
/// ```
/// use review_core::model::Locale;
///
/// let locale = Locale::new("de_DE")?;
/// assert_eq!((locale.language(), locale.region()), ("de", Some("DE")));
/// assert_eq!(locale.to_string(), "de-DE");
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
    /// Reads a locale.
    ///
    /// # Errors
    /// A [`FieldError`] for `customer.locale`.
    pub fn new(value: impl AsRef<str>) -> Result<Self, FieldError> {
        let value = value.as_ref().trim();
        match value.parse::<LanguageIdentifier>() {
            // BCP 47 reserves longer words; nobody speaks them, so they are mistakes such as `german`.
            Ok(locale)
                if matches!(locale.language.as_str().len(), 2 | 3) && locale.language.as_str() != "und" =>
            {
                Ok(Self(locale))
            }
            _ => Err(FieldError::new(
                "customer.locale",
                "expected a language with or without a country, like de or de-DE",
            )),
        }
    }

    /// The language, in lower case: `de`.
    #[must_use]
    pub fn language(&self) -> &str {
        self.0.language.as_str()
    }

    /// The region, in upper case: `DE`. A UN area such as `150` is possible too.
    #[must_use]
    pub fn region(&self) -> Option<&str> {
        self.0.region.as_ref().map(Region::as_str)
    }

    /// Whether the other locale is this one or a closer description of it: `de` matches `de-AT`,
    /// `de-AT` takes in neither `de` nor `de-DE`.
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

    /// The same language with a country, for vendors that want both.
    ///
    /// A region of the locale stays. Without one, the customer's country is taken if people there
    /// usually speak this language (`de` and `AT` give `de-AT`); otherwise the country where the
    /// language is at home (`de` and `FR` give `de-DE`, not the odd `de-FR`). "Usually" and "at home"
    /// are the likely subtags of Unicode CLDR. `None` where CLDR knows no country for the language.
    #[must_use]
    pub fn resolve_region(&self, country: Option<&CountryCode>) -> Option<Self> {
        let plain =
            |region: Region| Self(LanguageIdentifier::from_parts(self.0.language, None, Some(region), &[]));
        // A UN area (`es-419`) is no country: the search goes on as if there were none.
        if let Some(region) = self.0.region.filter(|region| region.as_str().len() == 2) {
            return Some(plain(region));
        }
        if let Some(region) = country.and_then(|country| Region::from_str(country.as_str()).ok()) {
            let mut spoken = LanguageIdentifier::from_parts(Language::default(), None, Some(region), &[]);
            if spoken.maximize() && spoken.language == self.0.language {
                return Some(plain(region));
            }
        }
        let mut home = LanguageIdentifier::from_parts(self.0.language, self.0.script, None, &[]);
        home.maximize();
        home.region.map(plain)
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
    /// An ISO 3166-1 country code of two letters, such as `DE`. Lower case is accepted.
    public CountryCode, check_country
}

fn check_country(value: &str) -> Result<String, FieldError> {
    let value = value.trim();
    if value.len() == 2 && value.bytes().all(|byte| byte.is_ascii_alphabetic()) {
        // Not the code of the United Kingdom, but reserved for it and often used.
        let value = if value.eq_ignore_ascii_case("UK") { "GB" } else { value };
        return Ok(value.to_ascii_uppercase());
    }
    Err(FieldError::new("customer.country", "must be two letters of ISO 3166-1, like DE"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_separators_and_any_case_are_read() {
        for (given, read) in
            [("de_DE", "de-DE"), ("de-de", "de-DE"), (" EN ", "en"), ("zh-Hant-TW", "zh-Hant-TW")]
        {
            assert_eq!(Locale::new(given).unwrap().to_string(), read);
        }
        for bad in ["", "d", "de-", "german", "de DE", "de_DE.UTF-8", "und", "NULL{}"] {
            assert!(Locale::new(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_country_is_added_only_where_it_fits_the_language() {
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
        ] {
            let country = country.map(|code| CountryCode::new(code).unwrap());
            let found = Locale::new(locale).unwrap().resolve_region(country.as_ref());
            assert_eq!(found.map(|locale| locale.to_string()).as_deref(), expected, "{locale}");
        }
    }

    #[test]
    fn countries_are_two_letters() {
        assert_eq!(CountryCode::new("de").unwrap().as_str(), "DE");
        assert_eq!(CountryCode::new("uk").unwrap().as_str(), "GB");
        for bad in ["", "D", "DEU", "4A", "Österreich"] {
            assert!(CountryCode::new(bad).is_err(), "{bad:?}");
        }
    }
}
