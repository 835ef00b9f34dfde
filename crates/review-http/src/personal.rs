//! Personal data on its way to or from the wire.

use std::fmt;

use serde::{Deserialize, Serialize};

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
    /// Wraps personal data.
    pub fn new(value: impl Into<String>) -> Self {
        Self(value.into())
    }

    /// Returns the data.
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
    fn debug_does_not_show_the_value() {
        assert_eq!(format!("{:?}", Personal::new("canary")), "Personal([redacted])");
    }
}
