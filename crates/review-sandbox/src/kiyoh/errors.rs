//! Kiyoh's error body: `httpCode`, `errorCode`, `id` and a list of details.

use axum::http::StatusCode;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::json_schema::{Problem, Violation};
use crate::response::ApiResponse;

/// The one detailed code that the vendor's papers name.
const ALREADY_PLACED: &str = "INVITATION_ALREADY_PLACED";

/// UNK: the code for a product that the catalogue does not have. This is the first of seven guesses of the vendor's own
/// plugins. It is a detailed code, as `INVITATION_ALREADY_PLACED` is; DIS: one plugin looks for it in the outer code.
const UNKNOWN_PRODUCT: &str = "INVALID_PRODUCT_ID";

/// UNK: the detailed code for a faulty field. No source has one, so no client may depend on it.
const INVALID_FIELD: &str = "INVALID_FIELD";

/// UNK: the status of a duplicate, an unknown product and a faulty field. INF: 400, as the vendor documents for invalid
/// JSON and missing fields of its questionnaire API.
const REJECTED: StatusCode = StatusCode::BAD_REQUEST;

fn reply(status: StatusCode, details: &[Value]) -> ApiResponse {
    let body = json!({
        "httpCode": status.as_str(),
        "errorCode": outer_code(status),
        "id": Uuid::new_v4().to_string(),
        "detailedError": details,
    });
    ApiResponse::json(status, body)
}

/// The outer code. Documented: `INTERNAL_SERVER_ERROR`. INF: the others are the status in words as well.
fn outer_code(status: StatusCode) -> String {
    status.canonical_reason().unwrap_or("UNKNOWN").to_uppercase().replace([' ', '-'], "_")
}

fn detail(code: &str, message: &str) -> Value {
    json!({"errorCode": code, "message": message})
}

/// One faulty field or parameter.
pub(super) fn invalid(message: &str) -> ApiResponse {
    invalid_fields(&[message.to_owned()])
}

/// All faulty fields of a body: `detailedError` holds "zero, one or many".
pub(super) fn invalid_fields(messages: &[String]) -> ApiResponse {
    let details: Vec<_> = messages.iter().map(|message| detail(INVALID_FIELD, message)).collect();
    reply(REJECTED, &details)
}

/// The token is missing or wrong, or does not cover the location.
///
/// DIS: the vendor's questionnaire API documents 401; one of its plugins also expects 403. UNK: the code.
pub(super) fn unauthorized() -> ApiResponse {
    reply(StatusCode::UNAUTHORIZED, &[])
}

/// This address was invited in the last 30 days. INF: the message quotes the address, so that a client which logs
/// messages unchecked is noticed.
pub(super) fn already_placed(address: &str) -> ApiResponse {
    let message = format!("An invitation was already sent to {address} in the last 30 days");
    reply(REJECTED, &[detail(ALREADY_PLACED, &message)])
}

/// The catalogue does not have these products, or has them as inactive.
pub(super) fn unknown_products(codes: &[&str]) -> ApiResponse {
    let details: Vec<_> =
        codes.iter().map(|code| detail(UNKNOWN_PRODUCT, &format!("Product {code} is not known"))).collect();
    reply(REJECTED, &details)
}

/// 415 is documented for the questionnaire API. UNK: its body.
pub(super) fn unsupported_media_type() -> ApiResponse {
    let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
    reply(status, &[detail(INVALID_FIELD, "Content-Type must be application/json")])
}

/// UNK: the response for a path or method that does not exist.
pub(super) fn not_found() -> ApiResponse {
    reply(StatusCode::NOT_FOUND, &[])
}

/// A finding of the schema check, as a message. Names the field, never its value.
pub(super) fn describe(violation: &Violation) -> String {
    let path = violation.path();
    let field = if path.is_empty() { "the body" } else { &path };
    match &violation.problem {
        Problem::Missing => format!("{field} is missing"),
        Problem::Unknown => format!("{field} is not a known field"),
        Problem::Empty => format!("{field} must not be empty"),
        Problem::Type(wanted) => format!("{field} must be of type {wanted}"),
        Problem::Format(wanted) => format!("{field} must be {wanted}"),
    }
}

/// Any error, for injected faults. The sample of a server error has no details.
pub(crate) fn error(status: StatusCode, text: &str) -> ApiResponse {
    if status == REJECTED { invalid(text) } else { reply(status, &[]) }
}
