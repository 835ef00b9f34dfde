//! Reads the settings of a vendor by name and collects every fault.

use review_core::{Error, FieldError};

use crate::base_url::BaseUrl;
use crate::secret::Secret;

/// One setting of a vendor, as data: for lists of what there is, schemas and documentation. Classification it stays
/// the affair of the vendor's configuration.
///
/// ```
/// use review_http::ConfigKey;
///
/// const SETTINGS: &[ConfigKey] = &[
///     ConfigKey::required("ACME_API_KEY", "the key of the account").secret(),
///     ConfigKey::required_unless_present("ACME_SHOP_ID", "ACME_DOMAIN", "the id of the shop"),
///     ConfigKey::required_unless_present("ACME_DOMAIN", "ACME_SHOP_ID", "the domain of the shop, like shop.example"),
/// ];
/// assert_eq!(SETTINGS[0].key("acme"), "api_key");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ConfigKey {
    /// The name of its environment variable: the vendor's name in capitals, `_`, and the rest.
    pub name: &'static str,
    /// What it is, and in which form. One line.
    pub description: &'static str,
    /// Whether it must be kept from being shown.
    pub secret: bool,
    /// Whether it must be there.
    pub presence: Presence,
    /// The name of a setting that must be there too where this one is.
    pub requires: Option<&'static str>,
}

/// Whether a [`ConfigKey`] must be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Presence {
    /// It must be there.
    Required,
    /// It may be missing.
    Optional,
    /// It must be there unless the setting of this name is.
    RequiredUnless(&'static str),
}

impl ConfigKey {
    /// A setting that must be there.
    #[must_use]
    pub const fn required(name: &'static str, description: &'static str) -> Self {
        Self { name, description, secret: false, presence: Presence::Required, requires: None }
    }

    /// A setting that may be missing.
    #[must_use]
    pub const fn optional(name: &'static str, description: &'static str) -> Self {
        Self { presence: Presence::Optional, ..Self::required(name, description) }
    }

    /// A setting that must be there unless another is.
    #[must_use]
    pub const fn required_unless_present(
        name: &'static str,
        other: &'static str,
        description: &'static str,
    ) -> Self {
        Self { presence: Presence::RequiredUnless(other), ..Self::required(name, description) }
    }

    /// The same setting, kept from being shown.
    #[must_use]
    pub const fn secret(self) -> Self {
        Self { secret: true, ..self }
    }

    /// The same setting, which wants another one beside it.
    #[must_use]
    pub const fn requires(self, other: &'static str) -> Self {
        Self { requires: Some(other), ..self }
    }

    /// Its key in a configuration file: the name without the vendor's, in lower case.
    #[must_use]
    pub fn key(&self, vendor: &str) -> String {
        let prefix = format!("{}_", vendor.to_uppercase().replace('-', "_"));
        self.name.strip_prefix(&prefix).unwrap_or(self.name).to_lowercase()
    }

    /// Whether it must be there, in words.
    #[must_use]
    pub fn need_in_words(&self) -> String {
        match (self.presence, self.requires) {
            (Presence::Required, _) => "required".to_owned(),
            (Presence::RequiredUnless(other), _) => format!("required without `{other}`"),
            (Presence::Optional, Some(other)) => format!("goes with `{other}`"),
            (Presence::Optional, None) => "optional".to_owned(),
        }
    }
}

/// ConfigReader looked up by name, such as environment variables. What is wrong is collected, so that
/// [`finish`](Self::finish) tells all of it at once.
///
/// ```
/// use review_http::ConfigReader;
///
/// let look_up = |name: &str| (name == "ACME_API_URL").then(|| "http://api.acme.example".to_owned());
/// let mut settings = ConfigReader::new(&look_up);
/// let url = settings.base_url("ACME_API_URL", "https://api.acme.example");
/// let key = settings.secret("ACME_API_KEY", "the key of the account");
/// let error = settings.finish(url.zip(key)).unwrap_err();
/// let keys: Vec<_> = error.field_errors().iter().map(|fault| fault.field()).collect();
/// assert_eq!(keys, ["ACME_API_URL", "ACME_API_KEY"]); // no https, and nothing
/// ```
pub struct ConfigReader<'a> {
    look_up: &'a dyn Fn(&str) -> Option<String>,
    wrong: Vec<FieldError>,
}

impl<'a> ConfigReader<'a> {
    /// ConfigReader behind a look-up.
    pub fn new(look_up: &'a dyn Fn(&str) -> Option<String>) -> Self {
        Self { look_up, wrong: Vec::new() }
    }

    /// A setting that may be missing. White space around it goes (it comes in when keys are pasted),
    /// and an empty one is missing.
    #[must_use]
    pub fn optional(&self, key: &str) -> Option<String> {
        (self.look_up)(key).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
    }

    /// A setting that must be there, and what it is.
    pub fn required(&mut self, key: &str, what: &str) -> Option<String> {
        let value = self.optional(key);
        if value.is_none() {
            self.push_error(FieldError::new(
                key.to_owned(),
                format!("expected {what}, found nothing; set it"),
            ));
        }
        value
    }

    /// A key or a secret that must be there, and what it is. Vendors' keys hold no white space, so all
    /// of it goes: it comes in when they are pasted.
    pub fn secret(&mut self, key: &str, what: &str) -> Option<Secret> {
        let value: String = self.required(key, what)?.split_whitespace().collect();
        self.check(key, without_control(value))
    }

    /// A password that must be there, and what it is. It is taken to the letter, blanks included.
    pub fn password(&mut self, key: &str, what: &str) -> Option<Secret> {
        self.required(key, what)?;
        let value = (self.look_up)(key).unwrap_or_default();
        self.check(key, without_control(value))
    }

    /// The base address of an API, or the one of production where none is set.
    pub fn base_url(&mut self, key: &str, production: &str) -> Option<BaseUrl> {
        let value = self.optional(key).unwrap_or_else(|| production.to_owned());
        self.check(key, BaseUrl::new(&value))
    }

    /// The value of a check, or nothing after noting its fault under the setting's name.
    pub fn check<T>(&mut self, key: &str, checked: Result<T, FieldError>) -> Option<T> {
        checked.map_err(|fault| self.push_error(fault.with_field(key.to_owned()))).ok()
    }

    /// Notes a fault.
    pub fn push_error(&mut self, fault: FieldError) {
        self.wrong.push(fault);
    }

    /// What came of it.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidConfig`](review_core::ErrorKind::InvalidConfig) with every fault that was noted.
    pub fn finish<T>(self, value: Option<T>) -> Result<T, Error> {
        match value {
            Some(value) if self.wrong.is_empty() => Ok(value),
            _ => Err(Error::invalid_config(self.wrong)),
        }
    }
}

fn without_control(value: String) -> Result<Secret, FieldError> {
    if value.chars().any(char::is_control) {
        return Err(FieldError::new(
            "",
            "expected no line break and no other control character, found one; set it anew",
        ));
    }
    Ok(Secret::new(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_cleaned_and_passwords_are_taken_to_the_letter() {
        let look_up = |name: &str| match name {
            "KEY" | "PASSWORD" => Some(" a b ".to_owned()),
            "BROKEN" => Some("canary\u{1}".to_owned()),
            _ => None,
        };
        let mut settings = ConfigReader::new(&look_up);
        assert_eq!(settings.secret("KEY", "").unwrap().expose(), "ab");
        assert_eq!(settings.password("PASSWORD", "").unwrap().expose(), " a b ");
        assert!(settings.secret("BROKEN", "").is_none() && settings.password("MISSING", "").is_none());
        let error = settings.finish::<()>(None).unwrap_err();
        assert_eq!(
            error.field_errors().iter().map(FieldError::field).collect::<Vec<_>>(),
            ["BROKEN", "MISSING"]
        );
        assert!(!error.to_string().contains("canary"), "{error}");
    }
}
