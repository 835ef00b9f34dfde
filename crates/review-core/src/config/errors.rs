//! Collects errors of a configuration.

use std::borrow::Cow;
use std::collections::BTreeSet;

use crate::error::{Error, FieldError, Result};

/// Errors of a configuration, in the order in which they were found, one for each key: a later error about
/// the same key is usually a consequence of the first.
#[derive(Clone, Debug, Default)]
pub struct ConfigErrors {
    errors: Vec<FieldError>,
    keys: BTreeSet<String>,
}

impl ConfigErrors {
    /// Creates an empty collection.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds an error, unless the key has one.
    pub fn push(&mut self, error: FieldError) {
        if self.keys.insert(error.field().to_owned()) {
            self.errors.push(error);
        }
    }

    /// Adds several errors.
    pub fn extend(&mut self, errors: impl IntoIterator<Item = FieldError>) {
        errors.into_iter().for_each(|error| self.push(error));
    }

    /// Returns the value of a result, or `None` after adding its error under this key.
    pub fn check<T>(&mut self, key: &str, result: Result<T, FieldError>) -> Option<T> {
        result.map_err(|error| self.push(error.with_field(key.to_owned()))).ok()
    }

    /// Returns whether this key has an error.
    #[must_use]
    pub fn contains(&self, key: &str) -> bool {
        self.keys.contains(key)
    }

    /// Returns whether this key or one below it has an error.
    #[must_use]
    pub fn contains_below(&self, path: &str) -> bool {
        let mut same_prefix = self.keys.range(path.to_owned()..).map_while(|key| key.strip_prefix(path));
        same_prefix.any(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
    }

    /// Returns whether there is no error.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.errors.is_empty()
    }

    /// Returns the errors.
    #[must_use]
    pub fn into_vec(self) -> Vec<FieldError> {
        self.errors
    }

    /// Returns the value if there is no error.
    ///
    /// # Errors
    /// One [`ErrorKind::InvalidConfig`](crate::ErrorKind::InvalidConfig) with all errors.
    pub fn into_result<T>(self, value: Option<T>) -> Result<T> {
        match value {
            Some(value) if self.errors.is_empty() => Ok(value),
            _ => Err(Error::invalid_config(self.errors)),
        }
    }
}

impl From<FieldError> for ConfigErrors {
    fn from(error: FieldError) -> Self {
        let mut errors = Self::new();
        errors.push(error);
        errors
    }
}

/// Returns a key as an error can show it. A name that does not look like a key may be a secret in the wrong place: its
/// first two characters and its length show where it is.
#[must_use]
pub fn shown_key(name: &str) -> Cow<'_, str> {
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let words =
        name.rsplit_once(['_', '-']).filter(|(_, last)| is_number(last)).map_or(name, |(words, _)| words);
    if name.len() <= 40 && words.bytes().all(|byte| byte.is_ascii_alphabetic() || b"_-.".contains(&byte)) {
        return Cow::Borrowed(name);
    }
    let start: String = name.chars().take(2).filter(char::is_ascii_graphic).collect();
    Cow::Owned(format!("[{start}… of {} characters]", name.chars().count()))
}

/// Returns the known name that is closest to a name, if it may be a misspelling of it: one letter wrong,
/// and one more for every five.
#[must_use]
pub fn closest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let name = name.to_lowercase();
    let ranked = known.into_iter().map(|known| (strsim::osa_distance(&name, &known.to_lowercase()), known));
    ranked.filter(|(distance, known)| *distance <= 1 + known.len() / 5).min().map(|(_, known)| known)
}

/// Returns `; did you mean …?` with the full name of the known key that is closest, or an empty text.
#[must_use]
pub fn suggestion<'a>(name: &str, known: impl IntoIterator<Item = (&'a str, String)>) -> String {
    let known: Vec<_> = known.into_iter().collect();
    let found = closest(name, known.iter().map(|(key, _)| *key));
    let found = found.and_then(|found| known.iter().find(|(key, _)| *key == found));
    found.map_or_else(String::new, |(_, full)| format!("; did you mean {full}?"))
}

/// Returns `one of a, b`, or `a` if there is nothing else.
#[must_use]
pub fn one_of<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    match names.into_iter().collect::<Vec<_>>().as_slice() {
        [only] => (*only).to_owned(),
        names => format!("one of {}", names.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn misspelling_is_distinguished_from_another_word() {
        let known = ["api_key", "api_secret", "domain"];
        assert_eq!(closest("api_kye", known), Some("api_key"));
        assert_eq!(closest("API_SECRETS", known), Some("api_secret"));
        assert_eq!(closest("colour", known), None);
    }

    #[test]
    fn secret_used_as_a_key_is_hidden() {
        for key in ["api_key", "busines_user_id", "tokenfile", "ApiKey", "key_2", "api-key", "http.proxy"] {
            assert_eq!(shown_key(key), key);
        }
        for secret in
            ["Xk9f8sdf7sd6", "MySecretKeyValue123", "pass word", "a+b/c==", &"a".repeat(41), "schl\u{fc}ssel"]
        {
            let shown = shown_key(secret);
            let start: String = secret.chars().take(4).collect();
            assert!(shown.starts_with('[') && !shown.contains(&start), "{shown}");
        }
    }

    #[test]
    fn key_is_reported_once() {
        let mut errors = ConfigErrors::new();
        errors.push(FieldError::new("a.b", "first"));
        errors.push(FieldError::new("a.b", "second"));
        assert!(errors.contains_below("a") && !errors.contains_below("a.c"));
        let error = errors.into_result(Some(())).unwrap_err();
        assert_eq!(error.message(), "a.b: first");
    }
}
