//! The languages of invitations.

use review_core::FieldError;
use review_core::config::{ConfigValue, RawValue, ValueType};

/// DIS: two lists of the vendor differ. These are the codes of two letters that both of them contain.
const AGREED: [&str; 20] = [
    "en", "nl", "fr", "de", "da", "hu", "bg", "ro", "hr", "ja", "it", "tr", "pl", "sl", "ru", "cs", "et",
    "lt", "lv", "sk",
];

/// DIS: forms that only one of the lists contains, with the BCP 47 tags of their customers. An account that is known to
/// accept a form names it in its settings. UNK: what the vendor does with a form that it does not accept. `be` is not
/// here: one list contains it, without an explanation, and it may mean Flemish or Belarusian.
const DISPUTED: [(&str, &[&str]); 16] = [
    ("el", &["el"]),
    ("gr", &["el"]),
    ("es", &["es"]),
    ("es-ES", &["es"]),
    ("fi", &["fi"]),
    ("fi_FI", &["fi"]),
    ("fi-FI", &["fi"]),
    ("no", &["nb", "nn"]),
    ("nn-NO", &["nb", "nn"]),
    ("pt", &["pt"]),
    ("pt-PT", &["pt-PT"]),
    ("pt-BR", &["pt-BR"]),
    ("sv", &["sv"]),
    ("sv-SE", &["sv"]),
    ("zh", &["zh"]),
    ("zh-CN", &["zh-CN"]),
];

/// A language of invitations, in the vendor's own form.
///
/// ```
/// use review_kiyoh::Language;
///
/// assert_eq!(Language::new("nl")?.as_str(), "nl");
/// assert!(Language::new("fi-FI").is_ok());
/// assert!(Language::new("nl-NL").is_err());
/// # Ok::<(), review_core::FieldError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Language {
    code: &'static str,
    tags: &'static [&'static str],
}

impl Language {
    /// Returns a language by the vendor's code.
    ///
    /// # Errors
    /// A [`FieldError`] for `language`. It lists the known codes.
    pub fn new(code: &str) -> Result<Self, FieldError> {
        let code = code.trim();
        let found = Self::agreed().chain(Self::disputed()).find(|known| known.code == code);
        found.ok_or_else(|| {
            let codes: Vec<_> = Self::agreed().chain(Self::disputed()).map(|known| known.code).collect();
            FieldError::new("language", format!("must be one of {}", codes.join(", ")))
        })
    }

    /// Returns the languages that every account accepts.
    pub(crate) fn agreed() -> impl Iterator<Item = Self> {
        AGREED.iter().map(|code| Self { code, tags: std::slice::from_ref(code) })
    }

    fn disputed() -> impl Iterator<Item = Self> {
        DISPUTED.iter().map(|(code, tags)| Self { code, tags })
    }

    /// Returns the vendor's code.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.code
    }

    /// Returns the BCP 47 tags of the customers with this language.
    pub(crate) fn tags(self) -> &'static [&'static str] {
        self.tags
    }
}

impl ConfigValue for Language {
    const TYPE: ValueType = ValueType::Text;

    fn from_raw(raw: &RawValue) -> Result<Self, String> {
        Self::new(raw.text()?).map_err(|error| error.message().to_owned())
    }
}

/// A list of languages, for a setting.
pub(crate) struct Languages(pub(crate) Vec<Language>);

impl ConfigValue for Languages {
    const TYPE: ValueType = ValueType::List;

    fn from_raw(raw: &RawValue) -> Result<Self, String> {
        let codes = Vec::<String>::from_raw(raw)?;
        let languages: Result<Vec<_>, _> = codes.iter().map(|code| Language::new(code)).collect();
        languages.map(Self).map_err(|error| error.message().to_owned())
    }
}

#[cfg(test)]
mod tests {
    use review_core::model::Locale;

    use super::*;

    #[test]
    fn tags_are_in_the_form_of_locales() {
        for tag in Language::agreed().chain(Language::disputed()).flat_map(Language::tags) {
            assert_eq!(Locale::new(tag).unwrap().to_string(), *tag);
        }
    }
}
