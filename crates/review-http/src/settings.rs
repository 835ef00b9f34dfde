//! Reads the settings of a vendor by name and collects every fault.

use review_core::{Error, FieldError};

use crate::{BaseUrl, Secret};

/// Settings looked up by name, such as environment variables. What is wrong is collected, so that
/// [`finish`](Self::finish) tells all of it at once.
pub struct Settings<'a> {
    look_up: &'a dyn Fn(&str) -> Option<String>,
    wrong: Vec<FieldError>,
}

impl<'a> Settings<'a> {
    /// Settings behind a look-up.
    pub fn new(look_up: &'a dyn Fn(&str) -> Option<String>) -> Self {
        Self {
            look_up,
            wrong: Vec::new(),
        }
    }

    /// A setting that may be missing. White space around it goes (it comes in when keys are pasted),
    /// and an empty one is missing.
    #[must_use]
    pub fn optional(&self, key: &str) -> Option<String> {
        (self.look_up)(key)
            .map(|value| value.trim().to_owned())
            .filter(|value| !value.is_empty())
    }

    /// A setting that must be there, and what it is.
    pub fn required(&mut self, key: &str, what: &str) -> Option<String> {
        let value = self.optional(key);
        if value.is_none() {
            self.fault(FieldError::new(
                key,
                format!("expected {what}, found nothing; set it"),
            ));
        }
        value
    }

    /// A secret that must be there, and what it is.
    pub fn secret(&mut self, key: &str, what: &str) -> Option<Secret> {
        self.required(key, what).map(Secret::from)
    }

    /// The base address of an API, or the one of production where none is set.
    pub fn base_url(&mut self, key: &str, production: &str) -> Option<BaseUrl> {
        let value = self.optional(key).unwrap_or_else(|| production.to_owned());
        self.keep(BaseUrl::new(key, &value))
    }

    /// The value of a check, or nothing after noting its fault.
    pub fn keep<T>(&mut self, checked: Result<T, FieldError>) -> Option<T> {
        checked.map_err(|fault| self.fault(fault)).ok()
    }

    /// Notes a fault.
    pub fn fault(&mut self, fault: FieldError) {
        self.wrong.push(fault);
    }

    /// What came of it.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](review_core::ErrorKind::Config) with every fault that was noted.
    pub fn finish<T>(self, value: Option<T>) -> Result<T, Error> {
        match value {
            Some(value) if self.wrong.is_empty() => Ok(value),
            _ => Err(Error::config(self.wrong)),
        }
    }
}
