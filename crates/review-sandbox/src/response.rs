//! A response, before it is written.

use axum::Json;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::{Serialize, Serializer};
use serde_json::Value;

/// The header that explains a rejection whose documented response has no body, or an imprecise one. No vendor sends
/// it.
pub(crate) const REASON: &str = "x-sandbox-reason";

/// Status and JSON body. Small, so that it can be the error of a `Result` as well.
#[derive(Debug)]
pub(crate) struct ApiResponse {
    status: StatusCode,
    body: Option<Box<Value>>,
    /// The members that come first in the body.
    first: &'static [&'static str],
    reason: Option<Box<str>>,
    rejects: bool,
}

/// An extension of a response that rejects the request, although its status can be 2xx.
#[derive(Clone, Copy, Debug)]
struct Rejected;

/// Whether an endpoint has accepted the request. A vendor can reject it with a 2xx status as well.
pub(crate) fn is_accepted(response: &Response) -> bool {
    response.status().is_success() && response.extensions().get::<Rejected>().is_none()
}

/// The result of an endpoint: a response either way, `Err` for rejections.
pub(crate) type ApiResult = Result<ApiResponse, ApiResponse>;

impl ApiResponse {
    pub(crate) fn json(status: StatusCode, body: Value) -> Self {
        Self { body: Some(Box::new(body)), ..Self::empty(status) }
    }

    pub(crate) fn empty(status: StatusCode) -> Self {
        Self { status, body: None, first: &[], reason: None, rejects: false }
    }

    /// A rejection that the status does not have to show.
    pub(crate) fn rejection(status: StatusCode, body: Value) -> Self {
        Self { rejects: true, ..Self::json(status, body) }
    }

    /// Writes these members first. A response that is cut off then shows what the vendor's would show.
    pub(crate) fn with_first_members(self, first: &'static [&'static str]) -> Self {
        Self { first, ..self }
    }

    /// Adds a header with the reason for a rejection that the vendor's own body does not give, or not exactly.
    pub(crate) fn with_reason(self, reason: &str) -> Self {
        Self { reason: Some(reason.into()), ..self }
    }
}

/// A body with some of its members first, and the others by name.
struct Ordered<'a> {
    body: &'a Value,
    first: &'static [&'static str],
}

impl Serialize for Ordered<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Value::Object(members) = self.body else { return self.body.serialize(serializer) };
        let first = self.first.iter().filter_map(|name| members.get_key_value(*name));
        let others = members.iter().filter(|(name, _)| !self.first.contains(&name.as_str()));
        serializer.collect_map(first.chain(others))
    }
}

impl IntoResponse for ApiResponse {
    fn into_response(self) -> Response {
        let mut response = match self.body {
            Some(body) => (self.status, Json(Ordered { body: &body, first: self.first })).into_response(),
            None => self.status.into_response(),
        };
        if self.rejects {
            response.extensions_mut().insert(Rejected);
        }
        // A reason that names a member with control characters cannot be sent.
        if let Some(value) = self.reason.and_then(|reason| HeaderValue::from_str(&reason).ok()) {
            response.headers_mut().insert(REASON, value);
        }
        response
    }
}
