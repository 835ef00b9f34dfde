//! Values that must not be shown.

use std::fmt;

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

/// A password, key or token. `Debug` shows nothing of it, there is no `Display`, and its memory is
/// wiped when it goes (copies made by libraries on the way to the socket are not).
///
/// ```
/// use review_http::Secret;
///
/// let key = Secret::new("a key");
/// assert_eq!(format!("{key:?}"), "Secret([redacted])");
/// assert_eq!(key.expose(), "a key");
/// ```
#[derive(Clone)]
pub struct Secret(SecretString);

impl Secret {
    /// Takes a secret.
    pub fn new(value: impl Into<String>) -> Self {
        Self(SecretString::from(value.into()))
    }

    /// The secret itself, for the one place that sends it.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret([redacted])")
    }
}

impl From<&str> for Secret {
    fn from(value: &str) -> Self {
        Self::new(value)
    }
}

impl From<String> for Secret {
    fn from(value: String) -> Self {
        Self::new(value)
    }
}

/// A piece of personal data on its way to or from the wire. `Debug` shows nothing of it.
///
/// ```
/// use review_http::Personal;
///
/// let name = Personal::new("Jane Doe");
/// assert_eq!(format!("{name:?}"), "Personal([redacted])");
/// assert_eq!(serde_json::to_string(&name)?, "\"Jane Doe\"");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Personal(String);

impl Personal {
    /// Takes a piece of personal data.
    pub fn new(value: impl Into<String>) -> Self {
        Self(value.into())
    }

    /// The data itself.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Personal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Personal([redacted])")
    }
}

impl From<&str> for Personal {
    fn from(value: &str) -> Self {
        Self::new(value)
    }
}

impl From<String> for Personal {
    fn from(value: String) -> Self {
        Self(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neither_shows_its_value() {
        assert_eq!(format!("{:?}", Secret::new("canary")), "Secret([redacted])");
        assert_eq!(format!("{:?}", Personal::new("canary")), "Personal([redacted])");
    }
}
