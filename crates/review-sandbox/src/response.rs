//! An answer, before it is written out.

use axum::Json;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::Value;

/// Tells a person why a call was refused for which the vendor documents an answer without a body. No vendor sends it.
const REASON: &str = "x-sandbox-reason";

/// Status and JSON body. Kept small so that it can be the error of a `Result` as well.
#[derive(Debug)]
pub(crate) struct ApiResponse {
    status: StatusCode,
    body: Option<Box<Value>>,
    reason: Option<Box<str>>,
    rejects: bool,
}

/// An extension of a response that rejects the request, although its status may be 2xx.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rejected;

/// What an end point gives back: an answer either way, `Err` for the refusals.
pub(crate) type ApiResult = Result<ApiResponse, ApiResponse>;

impl ApiResponse {
    pub(crate) fn json(status: StatusCode, body: Value) -> Self {
        Self { status, body: Some(Box::new(body)), reason: None, rejects: false }
    }

    pub(crate) fn empty(status: StatusCode) -> Self {
        Self { status, body: None, reason: None, rejects: false }
    }

    /// A rejection that the status does not have to show.
    pub(crate) fn rejection(status: StatusCode, body: Value) -> Self {
        Self { rejects: true, ..Self::json(status, body) }
    }

    /// Adds a header with the reason for a rejection that the vendor's own body does not give, or not exactly.
    pub(crate) fn with_reason(self, reason: &str) -> Self {
        Self { reason: Some(reason.into()), ..self }
    }
}

impl IntoResponse for ApiResponse {
    fn into_response(self) -> Response {
        let mut response = match self.body {
            Some(body) => (self.status, Json(body)).into_response(),
            None => self.status.into_response(),
        };
        if self.rejects {
            response.extensions_mut().insert(Rejected);
        }
        // A reason that names a member with control characters is left out.
        if let Some(value) = self.reason.and_then(|reason| HeaderValue::from_str(&reason).ok()) {
            response.headers_mut().insert(REASON, value);
        }
        response
    }
}
