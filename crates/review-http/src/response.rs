//! Responses.

use std::fmt;

use bytes::Bytes;
use http::StatusCode;
use review_core::{Error, ErrorKind};

use crate::retry::AttemptOutcome;
use crate::transport::{BodyStatus, HttpResponse};

/// An answer that says yes. `Debug` shows the size of its body.
#[derive(Clone)]
#[non_exhaustive]
pub struct ApiResponse {
    /// The status, a 2xx.
    pub status: StatusCode,
    body: Bytes,
    body_status: BodyStatus,
}

impl fmt::Debug for ApiResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiResponse")
            .field("status", &self.status)
            .field("body_bytes", &self.body.len())
            .finish()
    }
}

impl ApiResponse {
    pub(crate) fn new(response: HttpResponse) -> Self {
        Self { status: response.status, body: response.body, body_status: response.body_status }
    }

    /// The body as JSON.
    ///
    /// # Errors
    /// [`ErrorKind::Unexpected`] where the body is cut off, too large or of another shape. The call
    /// itself has succeeded all the same.
    pub fn json<T: serde::de::DeserializeOwned>(&self) -> Result<T, Error> {
        let unexpected = |message: String| {
            Error::new(ErrorKind::Unexpected, message).with_http_status(self.status.as_u16())
        };
        match self.body_status {
            BodyStatus::Truncated => {
                return Err(unexpected("the answer broke off before its end".to_owned()));
            }
            BodyStatus::TooLarge => return Err(unexpected("the answer is larger than 1 MiB".to_owned())),
            BodyStatus::Complete => {}
        }
        // serde's own text may quote the value that does not fit.
        serde_json::from_slice(&self.body).map_err(|cause| {
            unexpected(format!(
                "the answer is not the JSON that was expected (line {}, column {})",
                cause.line(),
                cause.column()
            ))
        })
    }
}

/// An answer that says no, for a vendor's classifier to read. `Debug` does not show its body.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct ErrorResponse<'a> {
    /// The call that was refused.
    pub operation: &'static str,
    /// The status.
    pub status: StatusCode,
    /// What the status alone means.
    pub outcome: AttemptOutcome,
    body: &'a [u8],
}

impl fmt::Debug for ErrorResponse<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ErrorResponse")
            .field("operation", &self.operation)
            .field("status", &self.status)
            .field("outcome", &self.outcome)
            .finish_non_exhaustive()
    }
}

impl<'a> ErrorResponse<'a> {
    pub(crate) fn new(operation: &'static str, outcome: AttemptOutcome, response: &'a HttpResponse) -> Self {
        Self { operation, status: response.status, outcome, body: &response.body }
    }

    /// The body as JSON, if it is any.
    #[must_use]
    pub fn json(&self) -> Option<serde_json::Value> {
        serde_json::from_slice(self.body).ok()
    }

    /// Whether the body is empty.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.body.trim_ascii().is_empty()
    }
}
