//! What an error response means.

use std::fmt;

use http::StatusCode;
use review_core::ErrorKind;

use crate::response::ErrorResponse;
use crate::retry::AttemptOutcome;

/// What a vendor's classifier made of a refusal. What it leaves out is decided by the status.
///
/// `Debug` does not show the vendor's words, which may quote what was sent.
#[derive(Clone, Default)]
#[non_exhaustive]
pub struct Classification {
    /// What it came to, where the vendor's documentation says more than the status.
    pub outcome: Option<AttemptOutcome>,
    /// What kind of error it is.
    pub kind: Option<ErrorKind>,
    /// The vendor's own code.
    pub code: Option<String>,
    /// The vendor's own sentence; personal values are taken out of it before anybody sees it.
    pub message: Option<String>,
    /// What to do about it, in our words.
    pub help: Option<&'static str>,
    /// The id for the vendor's support.
    pub request_id: Option<String>,
}

impl fmt::Debug for Classification {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Classification")
            .field("outcome", &self.outcome)
            .field("kind", &self.kind)
            .field("help", &self.help)
            .finish_non_exhaustive()
    }
}

/// Reads a vendor's refusals.
pub type Classifier = fn(&ErrorResponse<'_>) -> Classification;

/// The kind of error a status means, where the vendor's classifier has no word.
pub(crate) fn kind_of(status: StatusCode) -> ErrorKind {
    match status {
        StatusCode::UNAUTHORIZED => ErrorKind::Unauthorized,
        StatusCode::FORBIDDEN => ErrorKind::Forbidden,
        StatusCode::TOO_MANY_REQUESTS => ErrorKind::RateLimited,
        status if status.is_client_error() => ErrorKind::InvalidRequest,
        _ => ErrorKind::Unexpected,
    }
}

/// What to do about a status, where the vendor's classifier has no advice.
pub(crate) fn help_for(status: StatusCode) -> &'static str {
    match status {
        StatusCode::UNAUTHORIZED => "check the credentials",
        StatusCode::FORBIDDEN => "the credentials have no right to do this",
        StatusCode::NOT_FOUND => "there is no such thing at the vendor; check ids and base URLs",
        status if status.is_redirection() => {
            "the vendor answered with a redirect, which is never followed; check the base URL"
        }
        _ => "",
    }
}
