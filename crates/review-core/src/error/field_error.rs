//! An invalid field of a request, or an invalid setting.

use std::borrow::Cow;

/// One field of a request, or one key of a configuration, that is invalid.
///
/// The message states what was expected and what to do. It never repeats the value, which may be
/// personal or secret.
///
/// ```
/// use review_core::model::EmailAddress;
///
/// let error = EmailAddress::new("jane.example.com").unwrap_err();
/// assert_eq!(error.field(), "customer.email");
/// assert!(!error.to_string().contains("jane"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[error("{field}: {message}")]
pub struct FieldError {
    field: Cow<'static, str>,
    message: Cow<'static, str>,
}

impl FieldError {
    /// Creates an error for a field, by its path (`order.products[2].url`) or the name of a key.
    pub fn new(field: impl Into<Cow<'static, str>>, message: impl Into<Cow<'static, str>>) -> Self {
        Self { field: field.into(), message: message.into() }
    }

    /// Returns the path of the field, or the name of the key.
    #[must_use]
    pub fn field(&self) -> &str {
        &self.field
    }

    /// Returns what was expected and what to do.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Sets the path: the same type is validated in several places.
    #[must_use]
    pub fn with_field(self, field: impl Into<Cow<'static, str>>) -> Self {
        Self { field: field.into(), ..self }
    }
}
