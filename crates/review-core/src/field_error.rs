//! Which field is wrong, and how.

/// One field of a request, or one key of a configuration, that is wrong.
///
/// The problem says what was expected, what was found (by shape, never by value, where the value
/// may be personal or secret) and what to do.
///
/// ```
/// use review_core::EmailAddress;
///
/// let error = EmailAddress::new("jane.example.com").unwrap_err();
/// assert_eq!(error.field(), "customer.email");
/// assert!(!error.to_string().contains("jane"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {problem}")]
pub struct FieldError {
    field: String,
    problem: String,
}

impl FieldError {
    /// A field, by its path (`order.products[2].url`), and its problem.
    pub fn new(field: impl Into<String>, problem: impl Into<String>) -> Self {
        Self { field: field.into(), problem: problem.into() }
    }

    /// The path of the field, or the name of the key.
    #[must_use]
    pub fn field(&self) -> &str {
        &self.field
    }

    /// What is wrong with it.
    #[must_use]
    pub fn problem(&self) -> &str {
        &self.problem
    }

    /// The same problem, told of another field: the same type is checked in several places.
    #[must_use]
    pub fn at(mut self, field: impl Into<String>) -> Self {
        self.field = field.into();
        self
    }
}
