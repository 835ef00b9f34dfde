//! The locales a vendor accepts.

use std::collections::BTreeSet;
use std::ops::Bound;

use crate::model::locale::{CountryCode, Locale};
use crate::provider::receipt::Warning;

/// The locales a vendor accepts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum LocaleSupport {
    /// Any locale, with or without a country.
    #[default]
    Any,
    /// Any language with a code of two letters, always with a country: `de-DE`.
    LanguageAndCountry,
    /// These, as BCP 47 tags such as `de` or `pt-BR`.
    List(BTreeSet<String>),
}

impl LocaleSupport {
    /// Creates a list from BCP 47 tags such as `de` or `pt-BR`.
    pub fn list<T: Into<String>>(tags: impl IntoIterator<Item = T>) -> Self {
        Self::List(tags.into_iter().map(Into::into).collect())
    }

    /// Returns what both accept.
    #[must_use]
    pub fn intersection(&self, other: &Self) -> Self {
        match (self, other) {
            (Self::List(one), Self::List(two)) => Self::List(one & two),
            (Self::List(list), _) | (_, Self::List(list)) => Self::List(list.clone()),
            (Self::LanguageAndCountry, _) | (_, Self::LanguageAndCountry) => Self::LanguageAndCountry,
            (Self::Any, Self::Any) => Self::Any,
        }
    }

    /// Returns the locale the vendor accepts for a customer, if there is one, and a warning about what was
    /// lost. Every vendor's locale is decided here.
    #[must_use]
    pub fn resolve(
        &self,
        locale: &Locale,
        country: Option<&CountryCode>,
    ) -> (Option<Locale>, Option<Warning>) {
        let resolved = match self {
            Self::Any => return (Some(locale.clone()), None),
            Self::LanguageAndCountry => {
                locale.resolve_region(country).filter(|resolved| resolved.language().len() == 2)
            }
            Self::List(tags) => from_list(tags, locale, country),
        };
        let message = match &resolved {
            None => "left out: this vendor does not accept the language",
            Some(resolved) if locale.loses_script_in(resolved) => {
                "sent without its script: this vendor does not accept scripts"
            }
            Some(_) => return (resolved, None),
        };
        (resolved, Some(Warning::new("customer.locale", message)))
    }
}

/// The tag of a list that fits best: with the country, the language alone, or the only one of the language.
fn from_list(tags: &BTreeSet<String>, locale: &Locale, country: Option<&CountryCode>) -> Option<Locale> {
    let with_country = locale.resolve_region(country).map(|resolved| resolved.to_string());
    let language = locale.language();
    let exact =
        [with_country.as_deref(), Some(language)].into_iter().flatten().find(|tag| tags.contains(*tag));
    let only = || {
        // Tags are sorted, so those of one language follow each other.
        let from_language = tags.range::<str, _>((Bound::Included(language), Bound::Unbounded));
        let mut of_language = from_language
            .take_while(|tag| tag.starts_with(language))
            .filter(|tag| tag.split('-').next() == Some(language));
        match (of_language.next(), of_language.next()) {
            (Some(only), None) => Some(only.as_str()),
            _ => None,
        }
    };
    Locale::new(exact.or_else(only)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolve(support: &LocaleSupport, locale: &str) -> (Option<String>, bool) {
        let (resolved, warning) = support.resolve(&Locale::new(locale).unwrap(), None);
        (resolved.map(|locale| locale.to_string()), warning.is_some())
    }

    #[test]
    fn language_and_country_needs_both() {
        let support = LocaleSupport::LanguageAndCountry;
        for (given, expected, warns) in [
            ("en_EN", Some("en-US"), false),
            ("en_UK", Some("en-GB"), false),
            ("cs_CS", Some("cs-CZ"), false),
            ("da_DA", Some("da-DK"), false),
            ("no_NO", Some("nb-NO"), false),
            ("iw", Some("he-IL"), false),
            ("in", Some("id-ID"), false),
            ("zh-Hant-TW", Some("zh-TW"), false),
            ("sr-Latn", Some("sr-RS"), true),
            ("sr_RS@latin", Some("sr-RS"), true),
            ("en_US.UTF-8", Some("en-US"), false),
            ("fil", None, true),
            ("gsw", None, true),
            ("eo", None, true),
        ] {
            assert_eq!(resolve(&support, given), (expected.map(str::to_owned), warns), "{given}");
        }
    }

    #[test]
    fn list_prefers_country_then_language_then_the_only_one() {
        let support = LocaleSupport::list(["de", "en-GB", "en-US", "pt-PT"]);
        for (given, expected) in [
            ("de_AT", Some("de")),
            ("en", Some("en-US")),
            ("en_GB", Some("en-GB")),
            ("pt_BR", Some("pt-PT")),
            ("fr", None),
        ] {
            assert_eq!(resolve(&support, given).0.as_deref(), expected, "{given}");
        }
    }

    #[test]
    fn intersection_is_the_stricter() {
        let list = LocaleSupport::list(["de", "fr"]);
        assert_eq!(list.intersection(&LocaleSupport::list(["fr"])), LocaleSupport::list(["fr"]));
        assert_eq!(LocaleSupport::Any.intersection(&list), list);
        let pair = LocaleSupport::LanguageAndCountry;
        assert_eq!(pair.intersection(&LocaleSupport::Any), pair);
    }
}
