//! What is not documented well enough to have a type.

use std::fmt;

use serde::{Deserialize, Deserializer};

/// A piece of an answer as eTrusted sent it, where the documentation does not say what is in it.
/// `Debug` shows nothing of it, as it may speak of a person.
#[derive(Clone, PartialEq, Eq)]
pub struct Raw(String);

impl Raw {
    /// It, as JSON text.
    #[must_use]
    pub fn as_json(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Raw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Raw([not shown])")
    }
}

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        serde_json::Value::deserialize(deserializer).map(|value| Self(value.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_is_kept_and_nothing_is_shown() {
        let raw: Raw = serde_json::from_str(r#"{ "a": ["canary", 1.5, null] }"#).unwrap();
        assert_eq!(raw.as_json(), r#"{"a":["canary",1.5,null]}"#);
        assert!(!format!("{raw:?}").contains("canary"));
    }
}
