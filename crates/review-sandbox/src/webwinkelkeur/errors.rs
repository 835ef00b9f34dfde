//! WebwinkelKeur's response bodies: `status` and `message`.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::json_schema::{Problem, Violation};
use crate::response::ApiResponse;

/// Documented: `id`, `code` or `email` is missing.
const MISSING: &str = "Not all obligated variables are set.";
/// Documented.
const CREDENTIALS: &str = "Incorrect authentication credentials.";
/// Documented: an error of the vendor.
const UNEXPECTED: &str = "Unexpected error while processing. Please contact WebwinkelKeur.";

/// The members of a response come in this order in the documentation.
const FIRST: &[&str] = &["status", "message"];

/// A rejection, before its HTTP status is known.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Rejection {
    Missing,
    Credentials,
    /// UNK: what the vendor says about a faulty value. The message names the field.
    Invalid(String),
}

impl Rejection {
    pub(super) fn message(&self) -> &str {
        match self {
            Self::Missing => MISSING,
            Self::Credentials => CREDENTIALS,
            Self::Invalid(message) => message,
        }
    }

    /// INF: the usual HTTP status, where there is one at all.
    pub(super) fn status(&self) -> StatusCode {
        match self {
            Self::Credentials => StatusCode::UNAUTHORIZED,
            Self::Missing | Self::Invalid(_) => StatusCode::BAD_REQUEST,
        }
    }

    /// The response of a call under `1.0`.
    ///
    /// UNK: its HTTP status. The vendor's clients look at the member `status`. 200 unless a test wants `http_errors`, so
    /// that a client which only looks at the HTTP status is noticed.
    pub(super) fn reply(&self, http_errors: bool) -> ApiResponse {
        failed(if http_errors { self.status() } else { StatusCode::OK }, self.message())
    }
}

fn failed(status: StatusCode, message: &str) -> ApiResponse {
    ApiResponse::rejection(status, json!({"status": "error", "message": message})).with_first_members(FIRST)
}

/// A success, with further members.
pub(super) fn success(message: &str, more: Value) -> ApiResponse {
    let mut body = json!({"status": "success", "message": message});
    if let (Some(members), Value::Object(more)) = (body.as_object_mut(), more) {
        members.extend(more);
    }
    ApiResponse::json(StatusCode::OK, body).with_first_members(FIRST)
}

/// UNK: the response for a path or method that does not exist.
pub(super) fn not_found() -> ApiResponse {
    failed(StatusCode::NOT_FOUND, "There is no such request.")
}

/// A finding of the schema check, as a message. Names the field, never its value.
pub(super) fn describe(violation: &Violation, parent: &str) -> String {
    let path = violation.path();
    let field = match (parent, path.as_str()) {
        ("", "") => "the body".to_owned(),
        ("", path) => path.to_owned(),
        (parent, "") => parent.to_owned(),
        (parent, path) => format!("{parent}: {path}"),
    };
    match &violation.problem {
        Problem::Missing => format!("{field} is missing"),
        Problem::Unknown => format!("{field} is not a known field"),
        Problem::Empty => format!("{field} must not be empty"),
        Problem::Type(wanted) => format!("{field} must be of type {wanted}"),
        Problem::Format(wanted) => format!("{field} must be {wanted}"),
    }
}

/// Any error, for injected faults.
pub(crate) fn error(status: StatusCode, text: &str) -> ApiResponse {
    match status.as_u16() {
        401 | 403 => failed(status, CREDENTIALS),
        500..=599 => failed(status, UNEXPECTED),
        _ => failed(status, text),
    }
}
