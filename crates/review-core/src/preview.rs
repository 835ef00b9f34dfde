//! What would be sent, without sending it.

use std::fmt;

use crate::Warning;

/// What a provider would send for a request: nothing personal and no secret in it, so it can be
/// printed, logged and compared in a test.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Preview {
    /// The calls, in their order. Token requests are not shown.
    pub calls: Vec<PreviewCall>,
    /// What would be left out or changed.
    pub warnings: Vec<Warning>,
}

impl Preview {
    /// The calls that would be made.
    #[must_use]
    pub fn new(calls: Vec<PreviewCall>) -> Self {
        Self { calls, warnings: Vec::new() }
    }

    /// Adds what would be left out or changed.
    #[must_use]
    pub fn with_warnings(mut self, warnings: impl IntoIterator<Item = Warning>) -> Self {
        self.warnings.extend(warnings);
        self
    }
}

/// One call of the vendor's API.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PreviewCall {
    /// The HTTP method.
    pub method: String,
    /// Scheme, host and path. What is not known before the first call stands in braces.
    pub url: String,
    /// The body, with personal values replaced.
    pub body: Option<String>,
}

impl PreviewCall {
    /// A call without a body.
    pub fn new(method: impl Into<String>, url: impl Into<String>) -> Self {
        Self { method: method.into(), url: url.into(), body: None }
    }

    /// Adds a body in which personal values have been replaced.
    #[must_use]
    pub fn with_redacted_body(mut self, body: impl Into<String>) -> Self {
        self.body = Some(body.into());
        self
    }
}

impl fmt::Display for PreviewCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.url)?;
        self.body.as_ref().map_or(Ok(()), |body| write!(f, "\n{body}"))
    }
}
