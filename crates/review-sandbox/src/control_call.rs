//! What all control calls share: their bodies, queries and errors.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::host::Vendor;
use crate::json;
use crate::json_schema::{self, Member, Problem};
use crate::request::ApiRequest;
use crate::response::ApiResponse;

pub(crate) static VENDORS: [&str; 4] = ["trustpilot", "etrusted", "kiyoh", "webwinkelkeur"];

pub(crate) fn vendor(name: &str) -> Option<Vendor> {
    Vendor::ALL.into_iter().find(|vendor| vendor_name(*vendor) == name)
}

pub(crate) fn vendor_name(vendor: Vendor) -> &'static str {
    match vendor {
        Vendor::Trustpilot => "trustpilot",
        Vendor::Etrusted => "etrusted",
        Vendor::Kiyoh => "kiyoh",
        Vendor::Webwinkelkeur => "webwinkelkeur",
    }
}

pub(crate) fn no_query(request: &ApiRequest) -> Result<(), ApiResponse> {
    request.query(&[]).map(drop).map_err(|error| rejected(&error.to_string()))
}

/// A missing body counts as an empty object: `curl -X POST` sends none.
pub(crate) fn checked(request: &ApiRequest, members: &[Member]) -> Result<Value, ApiResponse> {
    no_query(request)?;
    let body: &[u8] = if request.body.is_empty() { b"{}" } else { &request.body };
    let body = json::parse(body).map_err(|error| rejected(&format!("body must be JSON: {error}")))?;
    let Some(violation) = json_schema::object(members, &body).into_iter().next() else {
        return Ok(body);
    };
    let what = match violation.problem {
        Problem::Missing => "is missing".to_owned(),
        Problem::Unknown => "is not a known member".to_owned(),
        Problem::Empty => "is empty".to_owned(),
        Problem::Type(wanted) => format!("must be of type {wanted}"),
        Problem::Format(wanted) => format!("must be {wanted}"),
    };
    let path = violation.path();
    let subject = if path.is_empty() { "the body".to_owned() } else { format!("member `{path}`") };
    Err(rejected(&format!("{subject} {what}")))
}

/// The member `rating` of a review: 1 to `most`.
pub(crate) fn rating(body: &Value, most: u8) -> Result<u8, ApiResponse> {
    let rating = body.get("rating").and_then(Value::as_u64).and_then(|rating| u8::try_from(rating).ok());
    let rating = rating.filter(|rating| (1..=most).contains(rating));
    rating.ok_or_else(|| rejected(&format!("rating must be a number from 1 to {most}")))
}

pub(crate) fn rejected(error: &str) -> ApiResponse {
    ApiResponse::json(StatusCode::BAD_REQUEST, json!({"error": error}))
}

pub(crate) fn not_found(error: &str) -> ApiResponse {
    ApiResponse::json(StatusCode::NOT_FOUND, json!({"error": error}))
}
