//! eTrusted's error bodies.

use axum::http::StatusCode;
use serde_json::json;

use crate::json_schema::{Problem, Violation};
use crate::response::ApiResponse;

/// `/events`: one member, `Message`.
pub(super) fn message(status: StatusCode, text: &str) -> ApiResponse {
    ApiResponse::json(status, json!({"Message": text}))
}

/// The 400 of `/events`.
pub(super) fn invalid_event(text: &str) -> ApiResponse {
    message(StatusCode::BAD_REQUEST, &format!("Invalid request: {text}"))
}

/// `/event-types` and `/invite-settings`: the documented ClientErrorDto.
pub(super) fn client_error(status: StatusCode, error: &str, description: &str) -> ApiResponse {
    ApiResponse::json(status, json!({"Error": error, "ErrorDescription": description}))
}

/// The documented 400 of `/event-types` and `/invite-settings`. UNK for `/channels`, `/invites`, `/templates` and
/// `/reviews`, which use the same body here.
pub(super) fn invalid(description: &str) -> ApiResponse {
    client_error(StatusCode::BAD_REQUEST, "Invalid request", description)
}

/// The token endpoint. 400 `invalid_request` is recorded; INF: its status.
pub(super) fn token(status: StatusCode, error: &str, description: &str) -> ApiResponse {
    ApiResponse::json(status, json!({"error": error, "error_description": description}))
}

/// A violation in the wording of the JSON-schema validator behind the documented samples; `quote` surrounds names: a
/// backtick on `/events`, a double quote elsewhere.
///
/// UNK: unknown members. Rejected by name, because a typo would go unnoticed otherwise. INF: empty strings are
/// rejected; the documentation says so for questionnaire links only.
pub(super) fn describe(violation: &Violation, quote: char) -> String {
    let at = |path: &str| {
        if path.is_empty() { "instance".to_owned() } else { format!("instance.{path}") }
    };
    let (parent, name) = (at(&violation.parent), &violation.name);
    match &violation.problem {
        Problem::Missing => format!("{parent} requires property {quote}{name}{quote}"),
        Problem::Unknown => {
            format!("{parent} is not allowed to have the additional property {quote}{name}{quote}")
        }
        Problem::Type(wanted) => format!("{} is not of a type(s) {wanted}", at(&violation.path())),
        Problem::Empty => {
            format!("{} does not meet minimum length of 1; leave it out instead", at(&violation.path()))
        }
        Problem::Format(wanted) => format!("{} is not {wanted}", at(&violation.path())),
    }
}

/// An error at any path, for injected faults: in the form of the path's documented errors.
pub(crate) fn error(path: &str, status: StatusCode, text: &str) -> ApiResponse {
    match path.split('/').nth(1) {
        Some("oauth") => token(status, "invalid_request", text),
        Some("events") => message(status, text),
        Some("questionnaire-links") => ApiResponse::empty(status).with_reason(text),
        _ => client_error(status, text, text),
    }
}
