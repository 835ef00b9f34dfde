//! Classification of Kiyoh's responses. All of its APIs have one error body.

use chrono::{TimeDelta, Utc};
use http::StatusCode;
use review_core::ErrorKind;
use review_http::{ApiResponse, Classification, Verdict};

/// The customer's address was invited in the last 30 days. UNK: its status, whether it concerns a location or the brand,
/// and whether an invitation for products counts against one for the shop. INF: an invitation that is scheduled and not
/// yet sent counts.
const ALREADY_PLACED: &str = "INVITATION_ALREADY_PLACED";
const ALREADY_PLACED_FOR: TimeDelta = TimeDelta::days(30);

pub(crate) fn classify(response: &ApiResponse) -> Classification {
    let code = response.text_at(&["/detailedError/0/errorCode", "/errorCode"]);
    // DIS: one plugin compares the body with this text, all others read JSON.
    if response.status.is_success() && response.text().trim() == "OK" {
        return Classification::accepted(None);
    }
    if code.as_deref() == Some(ALREADY_PLACED) {
        let reason = "Kiyoh invited this customer in the last 30 days".to_owned();
        // The earlier invitation is at most so old; the response does not contain its date.
        return Verdict::Skipped { reason, retry_at: Some(Utc::now() + ALREADY_PLACED_FOR) }.into();
    }
    // UNK: all other codes, such as those for an unknown product or a wrong token. Nothing depends on them.
    let is_error = code.is_some();
    let found = Classification::by_status(response)
        .with_code(code)
        .with_message(message(response))
        .with_request_id(response.text_at(&["/id", "/ID"]));
    match response.status {
        status if status.is_success() && is_error => found.with_verdict(Verdict::Rejected),
        status if status.is_success() && response.is_cut_off_with(&["errorCode", "detailedError"]) => {
            found.with_verdict(Verdict::NotFromVendor)
        }
        // DIS: a paper has 401 for the token and the location, a plugin expects 403 as well.
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN if found.verdict == Verdict::Rejected => {
            found.with_help("check api_token, location_id and brand, and that the plan includes the API")
        }
        // The paths contain no value of an order, so every order would get the same response.
        StatusCode::NOT_FOUND if found.verdict == Verdict::Rejected => {
            found.with_kind(ErrorKind::InvalidConfig).with_help("check brand and api_url")
        }
        _ => found,
    }
}

/// DIS: the table of a paper calls `detailedError` a text, all clients read a list.
fn message(response: &ApiResponse) -> Option<String> {
    let body = response.json_value()?;
    let details = body.get("detailedError")?.as_array().into_iter().flatten();
    let messages: Vec<_> = details.filter_map(|detail| detail.get("message")?.as_str()).collect();
    Some(messages.join("; ")).filter(|text| !text.is_empty()).or(response.text_at(&["/detailedError"]))
}
