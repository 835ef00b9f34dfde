//! Reads Trustpilot's refusals. Bodies come in six shapes, from the gateway, the service behind it,
//! the token end point and the network in front of them all.

use http::StatusCode;
use review_core::ErrorKind;
use review_http::{AttemptOutcome, Classification, ErrorResponse};
use serde_json::Value;

use crate::auth::{FETCH_TOKEN, REFRESH_TOKEN};
use crate::client::name;

/// The calls that are made with the key alone.
const PUBLIC: [&str; 6] = [
    name::FIND_BUSINESS_UNIT,
    name::GET_BUSINESS_UNIT,
    name::SEARCH_BUSINESS_UNITS,
    name::WEB_LINKS,
    name::LOCALES,
    name::READ_PUBLIC_REVIEWS,
];

/// "Access to resource is forbidden", in the service's own words.
const FORBIDDEN: &str = "1014";

pub(crate) fn classify(refusal: &ErrorResponse<'_>) -> Classification {
    let body = refusal.json();
    let mut reading = words(body.as_ref());
    let gateway = body.as_ref().is_some_and(|body| body.get("fault").is_some());
    match (refusal.operation, refusal.status) {
        (FETCH_TOKEN | REFRESH_TOKEN, StatusCode::BAD_REQUEST | StatusCode::UNAUTHORIZED) => {
            reading.kind = Some(ErrorKind::Unauthorized);
            reading.help = Some("check API key, API secret and log-in one by one");
        }
        (name::GET_BUSINESS_UNIT | name::WEB_LINKS, StatusCode::NOT_FOUND) => {
            reading.kind = Some(ErrorKind::Config);
            reading.help = Some(
                "Trustpilot knows no business unit by this id; check TRUSTPILOT_BUSINESS_UNIT_ID, or set \
                 TRUSTPILOT_DOMAIN",
            );
        }
        (name::FIND_BUSINESS_UNIT, StatusCode::NOT_FOUND) => {
            reading.kind = Some(ErrorKind::Config);
            reading.help = Some(
                "Trustpilot knows no business unit by this domain; check TRUSTPILOT_DOMAIN, or set \
                 TRUSTPILOT_BUSINESS_UNIT_ID",
            );
        }
        (_, StatusCode::FORBIDDEN) if body.is_none() && !refusal.is_empty() => {
            reading.kind = Some(ErrorKind::Forbidden);
            reading.help =
                Some("the network in front of the API refused the call; check from where it is made");
        }
        (call, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) if PUBLIC.contains(&call) => {
            reading.kind = Some(ErrorKind::Unauthorized);
            reading.help = Some("check the API key, and that the plan includes the API");
        }
        (_, StatusCode::FORBIDDEN) if gateway || refusal.is_empty() => {
            // The official Python client renews its token on 401 and 403: an expired or foreign token
            // may show as 403. A service error body (1014) is about rights, and HTML comes from the
            // network in front: neither is healed by a new token.
            reading.outcome = Some(AttemptOutcome::Unauthorized);
            reading.kind = Some(ErrorKind::Forbidden);
            reading.help = Some("check that the application is enabled and the plan includes the API");
        }
        (_, StatusCode::FORBIDDEN) if reading.code.as_deref() == Some(FORBIDDEN) => {
            reading.help = Some(
                "check the business unit id, the plan, and with client credentials that \
                 TRUSTPILOT_BUSINESS_USER_ID is a user (not the business unit) with the role Admin or Manager",
            );
        }
        _ => {}
    }
    reading
}

/// The code, the sentence and the id of a body, in whatever shape it comes.
fn words(body: Option<&Value>) -> Classification {
    let mut reading = Classification::default();
    let Some(body) = body else { return reading };
    let first = |paths: &[&str]| paths.iter().filter_map(|path| body.pointer(path)).find_map(text);
    reading.code = first(&["/fault/detail/errorcode", "/errorCode", "/ErrorCode", "/error"]);
    reading.message = first(&["/fault/faultstring", "/message", "/Error", "/error_description", "/reason"])
        .map(|sentence| match body.get("details").filter(|details| !details.is_null()) {
            Some(details) => format!("{sentence}: {}", text(details).unwrap_or_else(|| details.to_string())),
            None => sentence,
        });
    if reading.message.is_none() {
        reading.message =
            body.get("details").map(|details| text(details).unwrap_or_else(|| details.to_string()));
    }
    reading.request_id = first(&["/correlationId"]);
    reading
}

/// `errorCode` has been seen as a number and as a text.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.trim().is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shape_is_read() {
        for (body, code, sentence, id) in [
            (
                r#"{"fault":{"faultstring":"Invalid access token","detail":{"errorcode":"oauth.v2.InvalidAccessToken"}}}"#,
                Some("oauth.v2.InvalidAccessToken"),
                Some("Invalid access token"),
                None,
            ),
            (
                r#"{"message":"Access to resource is forbidden","errorCode":1014,"correlationId":"id-1"}"#,
                Some("1014"),
                Some("Access to resource is forbidden"),
                Some("id-1"),
            ),
            (
                r#"{"message":"Bad","errorCode":"x","details":{"locale":["unknown"]}}"#,
                Some("x"),
                Some(r#"Bad: {"locale":["unknown"]}"#),
                None,
            ),
            (r#"{"details":"locale is unknown"}"#, None, Some("locale is unknown"), None),
            (r#"{"ErrorCode":"invalid_request","Error":"why"}"#, Some("invalid_request"), Some("why"), None),
            (
                r#"{"error":"invalid_client","error_description":"why"}"#,
                Some("invalid_client"),
                Some("why"),
                None,
            ),
            (r#"{"reason":"why"}"#, None, Some("why"), None),
            ("[]", None, None, None),
            ("7", None, None, None),
        ] {
            let reading = words(Some(&serde_json::from_str(body).unwrap()));
            let found = (reading.code.as_deref(), reading.message.as_deref(), reading.request_id.as_deref());
            assert_eq!(found, (code, sentence, id), "{body}");
        }
    }
}
