//! Classification of responses. The vendor crate describes the body, and the client derives the result.

use std::fmt;

use http::StatusCode;
use review_core::{ErrorKind, ErrorScope, FieldError};

use crate::response::ApiResponse;
use crate::verdict::Verdict;

/// A verdict, with the details that an error contains. `Debug` does not show the vendor's words, which may
/// quote what was sent.
#[derive(Clone, Default)]
#[non_exhaustive]
pub struct Classification {
    /// The meaning of the body.
    pub verdict: Verdict,
    /// The kind of the error, if the status does not imply it.
    pub kind: Option<ErrorKind>,
    /// The subject of the error, if the kind does not imply it.
    pub scope: Option<ErrorScope>,
    /// The vendor's own code.
    pub code: Option<String>,
    /// The member of the request that the vendor names.
    pub member: Option<String>,
    /// The vendor's own message. It is shown if it contains no value of the request and no secret.
    pub message: Option<String>,
    /// The help text, written by this crate.
    pub help: Option<&'static str>,
    /// The id the vendor's support needs.
    pub request_id: Option<String>,
    /// Invalid fields, by their paths in the [`InviteRequest`](review_core::InviteRequest).
    pub field_errors: Vec<FieldError>,
}

impl fmt::Debug for Classification {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Classification")
            .field("kind", &self.kind)
            .field("scope", &self.scope)
            .field("help", &self.help)
            .finish_non_exhaustive()
    }
}

impl From<Verdict> for Classification {
    fn from(verdict: Verdict) -> Self {
        Self { verdict, ..Self::default() }
    }
}

impl Classification {
    /// Returns [`Verdict::Accepted`] with this id.
    #[must_use]
    pub fn accepted(vendor_id: Option<String>) -> Self {
        Verdict::Accepted { vendor_id }.into()
    }

    /// Returns [`Verdict::Rejected`].
    #[must_use]
    pub fn rejected() -> Self {
        Verdict::Rejected.into()
    }

    /// Classifies the response of an API whose bodies are JSON objects or lists, or empty with a 2xx: 2xx is
    /// accepted, 429 throttled, anything else rejected. A 2xx whose JSON the transport reported as truncated is
    /// accepted. Incomplete JSON in a body that counts as complete is not from the vendor.
    /// The client treats a truncated response to an idempotent request as a failure, because its data is missing.
    #[must_use]
    pub fn by_status(response: &ApiResponse) -> Self {
        let begins_like_json = matches!(response.bytes().trim_ascii().first(), Some(b'{' | b'['));
        let is_json = begins_like_json
            && (response.body_status != crate::transport::BodyStatus::Complete
                || response.json_value().is_some());
        match (response.status.is_success(), is_json, response.is_empty()) {
            (true, true, _) | (true, _, true) => Self::accepted(None),
            (false, true, _) if response.status == StatusCode::TOO_MANY_REQUESTS => {
                Verdict::Throttled(None).into()
            }
            (false, true, _) => Self::rejected(),
            _ => Self::default(),
        }
    }

    /// Replaces the verdict.
    #[must_use]
    pub fn with_verdict(self, verdict: Verdict) -> Self {
        Self { verdict, ..self }
    }

    /// Sets the kind of the error.
    #[must_use]
    pub fn with_kind(self, kind: ErrorKind) -> Self {
        Self { kind: Some(kind), ..self }
    }

    /// Sets what the error concerns.
    #[must_use]
    pub fn with_scope(self, scope: ErrorScope) -> Self {
        Self { scope: Some(scope), ..self }
    }

    /// Sets the vendor's own code.
    #[must_use]
    pub fn with_code(self, code: Option<String>) -> Self {
        Self { code, ..self }
    }

    /// Sets the member that the vendor names.
    #[must_use]
    pub fn with_member(self, member: Option<String>) -> Self {
        Self { member, ..self }
    }

    /// Sets the vendor's own message.
    #[must_use]
    pub fn with_message(self, message: Option<String>) -> Self {
        Self { message, ..self }
    }

    /// Sets what to do about it.
    #[must_use]
    pub fn with_help(self, help: &'static str) -> Self {
        Self { help: Some(help), ..self }
    }

    /// Sets the id for the vendor's support.
    #[must_use]
    pub fn with_request_id(self, request_id: Option<String>) -> Self {
        Self { request_id, ..self }
    }

    /// Adds an invalid field.
    #[must_use]
    pub fn add_field_error(mut self, field: FieldError) -> Self {
        self.field_errors.push(field);
        self
    }
}

/// Describes a vendor's responses. It sees every response, 2xx included. Functions and closures implement it.
pub trait Classifier: Send + Sync + 'static {
    /// Describes a response.
    fn classify(&self, response: &ApiResponse) -> Classification;
}

impl<F: Fn(&ApiResponse) -> Classification + Send + Sync + 'static> Classifier for F {
    fn classify(&self, response: &ApiResponse) -> Classification {
        self(response)
    }
}

/// Returns the kind of error that a status means, if the classifier names none.
pub(crate) fn kind_of(status: StatusCode) -> ErrorKind {
    match status {
        StatusCode::UNAUTHORIZED => ErrorKind::Unauthorized,
        StatusCode::FORBIDDEN => ErrorKind::Forbidden,
        StatusCode::TOO_MANY_REQUESTS => ErrorKind::RateLimited,
        status if status.is_client_error() || status.is_success() => ErrorKind::InvalidRequest,
        _ => ErrorKind::Unexpected,
    }
}

/// Returns what to do about a status, if the classifier names nothing.
pub(crate) fn help_for(status: StatusCode) -> Option<&'static str> {
    match status {
        StatusCode::UNAUTHORIZED => Some("check the credentials"),
        StatusCode::FORBIDDEN => Some("the credentials lack permission for this operation"),
        StatusCode::NOT_FOUND => Some("check ids and base URLs"),
        StatusCode::PROXY_AUTHENTICATION_REQUIRED => {
            Some("the proxy requires credentials; add them to the proxy URL")
        }
        status if status.is_redirection() => Some("redirects are never followed; check the base URL"),
        _ => None,
    }
}
