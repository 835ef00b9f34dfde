//! The requests a provider would make.

use std::fmt;

use crate::provider::receipt::Warning;

/// The requests a provider would make for an invitation. It contains no personal data and no secret,
/// so it can be printed, logged and compared in a test.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Preview {
    /// The requests, in their order. Token requests are not included.
    pub requests: Vec<PreviewRequest>,
    /// What would be left out or changed.
    pub warnings: Vec<Warning>,
}

impl Preview {
    /// Creates a preview of these requests.
    #[must_use]
    pub fn new(requests: Vec<PreviewRequest>) -> Self {
        Self { requests, warnings: Vec::new() }
    }

    /// Adds warnings.
    #[must_use]
    pub fn add_warnings(mut self, warnings: impl IntoIterator<Item = Warning>) -> Self {
        self.warnings.extend(warnings);
        self
    }
}

/// One request to the vendor's API.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PreviewRequest {
    /// The HTTP method.
    pub method: String,
    /// Scheme, host and path. A part that is known only after an earlier request is in braces.
    pub url: String,
    /// The body, with personal values replaced.
    pub body: Option<String>,
}

impl PreviewRequest {
    /// Creates a request without a body.
    pub fn new(method: impl Into<String>, url: impl Into<String>) -> Self {
        Self { method: method.into(), url: url.into(), body: None }
    }

    /// Sets a body in which personal values have been replaced.
    #[must_use]
    pub fn with_redacted_body(mut self, body: impl Into<String>) -> Self {
        self.body = Some(body.into());
        self
    }
}

impl fmt::Display for PreviewRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.url)?;
        self.body.as_ref().map_or(Ok(()), |body| write!(f, "\n{body}"))
    }
}
