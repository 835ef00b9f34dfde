//! Personal data on its way to or from the wire.

use std::fmt;

use review_core::InviteRequest;
use review_core::model::MetadataValue;
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

/// Returns the values of an invitation that no error may contain.
pub(crate) fn personal_values(request: &InviteRequest) -> Vec<String> {
    let sender = request.sender();
    let mut values = request.customer().pii_values();
    values.extend(request.redirect_url().map(ToString::to_string));
    values.extend(request.reply_to().map(|email| email.as_str().to_owned()));
    values.extend(sender.and_then(|sender| sender.name.as_ref()).map(|name| name.as_str().to_owned()));
    values.extend(sender.and_then(|sender| sender.email.as_ref()).map(|email| email.as_str().to_owned()));
    // A number or a boolean alone says nothing about a person, and would hide half of every message.
    values.extend(request.order().metadata().values().filter_map(|value| match value {
        MetadataValue::Text(text) => Some(text.clone()),
        _ => None,
    }));
    values
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_does_not_show_the_value() {
        assert_eq!(format!("{:?}", Personal::new("canary")), "Personal([redacted])");
    }
}
