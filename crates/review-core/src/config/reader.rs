//! Checks entries against a table, and gives typed access to them.

use super::entries::{Entries, Source};
use super::errors::ConfigErrors;
use super::key::{ConfigKey, KeyInfo, Presence};
use super::value::{ConfigValue, RawValue};
use crate::error::{FieldError, Result};

/// A value that is created from settings.
pub trait FromConfig: Sized {
    /// The table of settings.
    const KEYS: &'static [KeyInfo];

    /// Creates the value. Called once every key is present as it must be and every value is valid, so that
    /// `?` hides no second error.
    ///
    /// # Errors
    /// Rules that concern several keys and that the table cannot express.
    fn from_config(config: &ConfigReader<'_>) -> Result<Self, ConfigErrors>;
}

/// Typed access to checked entries.
#[derive(Debug)]
pub struct ConfigReader<'a> {
    entries: &'a Entries,
    keys: &'static [KeyInfo],
}

impl<'a> ConfigReader<'a> {
    /// Checks the entries and creates a value.
    ///
    /// # Errors
    /// Every setting that is unknown, missing or invalid, each with its name in its source.
    pub fn read<V: FromConfig>(entries: &'a Entries) -> Result<V, ConfigErrors> {
        let reader = ConfigReader { entries, keys: V::KEYS };
        let mut errors = ConfigErrors::new();
        errors.extend(entries.unknown(V::KEYS).0);
        let invalid = reader.check();
        if !invalid.is_empty() {
            errors.extend(invalid.into_vec());
            return Err(errors);
        }
        // An unknown key does not hide what `from_config` finds.
        match V::from_config(&reader) {
            Ok(value) if errors.is_empty() => Ok(value),
            Ok(_) => Err(errors),
            Err(found) => {
                errors.extend(found.into_vec());
                Err(errors)
            }
        }
    }

    /// Returns the value of a key that is required or has a default.
    ///
    /// # Errors
    /// A key that is missing. The table rules that out unless the presence depends on another key.
    pub fn get<T: ConfigValue>(&self, key: &ConfigKey<T>) -> Result<T, FieldError> {
        self.find(key)?.ok_or_else(|| self.error(key, missing(&key.info)))
    }

    /// Returns the value of a key, if it is set or has a default.
    ///
    /// # Errors
    /// A key that is not in the table.
    pub fn find<T: ConfigValue>(&self, key: &ConfigKey<T>) -> Result<Option<T>, FieldError> {
        let name = key.info.name;
        if !self.keys.iter().any(|info| info.name == name) {
            return Err(self.error(key, "is read without being in the table of settings"));
        }
        let default = match key.info.presence {
            Presence::Default(value) => Some(RawValue::from(value)),
            _ => None,
        };
        let raw = self.entries.get(name).or(default.as_ref());
        raw.map(T::from_raw).transpose().map_err(|message| self.error(key, message))
    }

    /// Creates an error about a key, with its name in its source.
    pub fn error<T>(&self, key: &ConfigKey<T>, message: impl Into<String>) -> FieldError {
        self.entries.error(key.info.name, message)
    }

    fn check(&self) -> ConfigErrors {
        let mut errors = ConfigErrors::new();
        for key in self.keys {
            let messages = match self.entries.get(key.name) {
                Some(raw) => self.check_value(key, raw),
                None => self.check_absence(key).into_iter().collect(),
            };
            errors.extend(messages.into_iter().map(|message| self.entries.error(key.name, message)));
        }
        errors
    }

    fn check_value(&self, key: &KeyInfo, raw: &RawValue) -> Vec<String> {
        if key.secret
            && matches!(raw, RawValue::Text(_))
            && matches!(self.entries.source_of(key.name), Some(Source::File { .. }))
        {
            let message = "is a secret and must be a reference: { env = \"NAME\" } or { file = \"/path\" }";
            return vec![message.to_owned()];
        }
        let invalid =
            (key.check)(raw).err().map(|message| format!("{message}; expected {}", key.description));
        let is_set = |other: &&str| self.entries.get(other).is_some();
        let lacks = key.requires.filter(|other| !is_set(other));
        let excludes = key.conflicts_with.filter(is_set);
        let lacks = lacks.map(|other| format!("also needs {}", self.entries.name_of(other)));
        let excludes =
            excludes.map(|other| format!("cannot be combined with {}", self.entries.name_of(other)));
        [invalid, lacks, excludes].into_iter().flatten().collect()
    }

    fn check_absence(&self, key: &KeyInfo) -> Option<String> {
        match key.presence {
            Presence::Required => Some(missing(key)),
            Presence::RequiredUnless(other)
                if self.entries.get(other).is_none() && !self.reported_by_other(key, other) =>
            {
                Some(format!("{}, or set {}", missing(key), self.entries.name_of(other)))
            }
            Presence::RequiredUnlessAny(others)
                if others.iter().all(|other| self.entries.get(other).is_none()) =>
            {
                let others: Vec<_> = others.iter().map(|other| self.entries.name_of(other)).collect();
                Some(format!("{}, or set {}", missing(key), others.join(" or ")))
            }
            _ => None,
        }
    }

    /// Of two keys that replace each other, the first one in the table reports that both are missing.
    fn reported_by_other(&self, key: &KeyInfo, other: &str) -> bool {
        let position = |name: &str| self.keys.iter().position(|info| info.name == name);
        let is_mutual =
            |info: &KeyInfo| info.name == other && info.presence == Presence::RequiredUnless(key.name);
        self.keys.iter().any(is_mutual) && position(other) < position(key.name)
    }
}

fn missing(key: &KeyInfo) -> String {
    format!("is missing; set it to {}", key.description)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::secret::Secret;

    crate::config_keys! {
        KEYS {
            API_KEY: Secret = ConfigKey::required("api_key", "the key of the account").secret();
            USER: String = ConfigKey::required_unless("user", "unit", "the user").requires("password");
            UNIT: String = ConfigKey::required_unless("unit", "user", "the unit").conflicts_with("user");
            PASSWORD: Secret = ConfigKey::optional("password", "the password").secret();
            SHOP: String = ConfigKey::required_unless_any("shop", &["unit", "user"], "the shop");
            DAYS: u32 = ConfigKey::with_default("days", "a number of days", "7");
        }
    }

    #[derive(Debug)]
    struct Account {
        days: u32,
        unit: Option<String>,
    }

    impl FromConfig for Account {
        const KEYS: &'static [KeyInfo] = KEYS;

        fn from_config(config: &ConfigReader<'_>) -> Result<Self, ConfigErrors> {
            let _: Secret = config.get(&API_KEY)?;
            let _: (Option<String>, Option<Secret>) = (config.find(&USER)?, config.find(&PASSWORD)?);
            Ok(Self { days: config.get(&DAYS)?, unit: config.find(&UNIT)? })
        }
    }

    fn read(entries: &Entries) -> Result<Account, Vec<String>> {
        let errors = |errors: ConfigErrors| errors.into_vec().iter().map(ToString::to_string).collect();
        ConfigReader::read(entries).map_err(errors)
    }

    #[test]
    fn entries_of_code_are_typed() {
        let mut entries = Entries::from_code([("api_key", "k"), ("unit", "u")]);
        entries.set("days", 3_i64);
        let account = read(&entries).unwrap();
        assert_eq!((account.days, account.unit.as_deref()), (3, Some("u")));
    }

    #[test]
    fn all_errors_are_reported_with_their_names_in_the_source() {
        let entries = Entries::from_env("ACME_", [("ACME_USER", "jane"), ("ACME_DAYS", "x"), ("OTHER", "y")]);
        let errors = read(&entries).unwrap_err();
        assert_eq!(errors.len(), 3, "{errors:?}");
        assert!(errors[0].starts_with("ACME_API_KEY: is missing"), "{errors:?}");
        assert!(errors[1].contains("also needs ACME_PASSWORD"), "{errors:?}");
        assert!(errors[2].starts_with("ACME_DAYS: must be a whole number"), "{errors:?}");
    }

    #[test]
    fn file_rejects_unknown_keys_and_inline_secrets() {
        let source = Source::File { path: Some("review.toml".into()), table: "instances.a".into() };
        let entries = Entries::new(source, [("api_key", "canary"), ("unitt", "u"), ("unit", "u")]);
        let errors = read(&entries).unwrap_err();
        assert!(errors[0].contains("did you mean instances.a.unit?"), "{errors:?}");
        assert!(errors[1].starts_with("instances.a.api_key: is a secret"), "{errors:?}");
        assert!(errors.iter().all(|error| !error.contains("canary") && error.ends_with("(in review.toml)")));
    }

    #[test]
    fn unknown_variables_are_warnings() {
        let variables = [("ACME_API_KEY", "k"), ("ACME_UNIT", "u"), ("ACME_DAYZ", "1")];
        let entries = Entries::from_env("ACME_", variables);
        assert!(read(&entries).is_ok());
        let (errors, warnings) = entries.unknown(KEYS);
        assert!(errors.is_empty());
        assert_eq!(warnings[0].to_string(), "ACME_DAYZ: is not a setting; did you mean ACME_DAYS?");
    }

    #[test]
    fn of_two_alternatives_one_error_names_both() {
        let errors = read(&Entries::from_code([("api_key", "k")])).unwrap_err();
        assert_eq!(
            errors,
            [
                "user: is missing; set it to the user, or set unit",
                "shop: is missing; set it to the shop, or set unit or user",
            ]
        );
    }
}
