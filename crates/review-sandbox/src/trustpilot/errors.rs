//! Trustpilot's error bodies: of the gateway, of the services, and of the token endpoint.

use axum::http::StatusCode;
use serde_json::json;
use uuid::Uuid;

use super::findings::Finding;
use crate::response::ApiResponse;

/// The one `errorCode` that a source shows: no permission for this call.
const FORBIDDEN: u64 = 1014;

/// The `errorCode` of a recorded 400 of `email-invitations`. INF: the same for every other 400 of a service.
const MALFORMED: u64 = 1001;

/// UNK: no source shows an `errorCode` for any other rejection. 0, so that no client can depend on a number.
const UNDOCUMENTED: u64 = 0;

/// The gateway's error, for everything that is rejected before the service sees it.
fn fault(status: StatusCode, text: &str, code: &str) -> ApiResponse {
    ApiResponse::json(status, json!({"fault": {"faultstring": text, "detail": {"errorcode": code}}}))
}

/// A token that is missing, wrong or expired: the same body for all, as seen on the live service.
pub(super) fn invalid_access_token() -> ApiResponse {
    fault(StatusCode::UNAUTHORIZED, "Invalid access token", "oauth.v2.InvalidAccessToken")
}

/// INF: the documentation's text for a wrong key, "Invalid API key", in the gateway's standard form. The same for a
/// missing key.
pub(super) fn invalid_api_key() -> ApiResponse {
    fault(StatusCode::UNAUTHORIZED, "Invalid API key", "oauth.v2.InvalidApiKey")
}

/// INF: the gateway's standard response to a wrong key or secret; a public client parses every 401 of the token
/// endpoint in this form.
pub(super) fn invalid_client() -> ApiResponse {
    fault(StatusCode::UNAUTHORIZED, "ClientId is Invalid", "oauth.v2.InvalidClientIdentifier")
}

/// 404 is documented for a wrong URL or host. UNK: its body; here the gateway's.
pub(super) fn wrong_url() -> ApiResponse {
    let code = "messaging.adaptors.http.flow.ApplicationNotFound";
    fault(StatusCode::NOT_FOUND, "No such call on this host", code)
}

fn service(status: StatusCode, message: &str, code: u64) -> ApiResponse {
    let body = json!({"message": message, "errorCode": code, "correlationId": Uuid::new_v4().to_string()});
    ApiResponse::json(status, body)
}

/// No permission: a unit of another account, or no user to act for.
pub(super) fn forbidden() -> ApiResponse {
    service(StatusCode::FORBIDDEN, "Access to resource is forbidden", FORBIDDEN)
}

/// UNK: the body of the 404 of `find` and of `revoke`.
pub(super) fn not_found(message: &str) -> ApiResponse {
    service(StatusCode::NOT_FOUND, message, UNDOCUMENTED)
}

/// A request that is malformed outside its body.
pub(super) fn bad_request(reason: &str) -> ApiResponse {
    with_details(reason, reason)
}

/// A malformed body. `details` names the members in words, as in a recorded response; the exact reasons are in a
/// header.
pub(super) fn malformed(findings: &[Finding]) -> ApiResponse {
    let join =
        |part: fn(&Finding) -> &str, between| findings.iter().map(part).collect::<Vec<_>>().join(between);
    with_details(&join(|finding| &finding.details, " "), &join(|finding| &finding.reason, "; "))
}

/// Neither text may contain a value of the request.
fn with_details(details: &str, reason: &str) -> ApiResponse {
    let body = json!({
        "message": "The request was malformed",
        "errorCode": MALFORMED,
        "details": details,
        "correlationId": Uuid::new_v4().to_string(),
    });
    ApiResponse::json(StatusCode::BAD_REQUEST, body).with_reason(reason)
}

/// 415 is documented; UNK: its body.
pub(super) fn unsupported_media_type(wanted: &str) -> ApiResponse {
    let message = format!("Content-Type must be {wanted}");
    service(StatusCode::UNSUPPORTED_MEDIA_TYPE, &message, UNDOCUMENTED)
}

/// The token endpoint's 400. The two names come from a public client; INF: the values, OAuth's own.
pub(super) fn oauth(code: &str, text: &str) -> ApiResponse {
    ApiResponse::json(StatusCode::BAD_REQUEST, json!({"ErrorCode": code, "Error": text}))
}

/// An error at any path, for injected faults. UNK: the real ones. INF: the gateway's standard form for what a gateway
/// rejects, and the service's for the rest.
pub(crate) fn error(path: &str, status: StatusCode, text: &str) -> ApiResponse {
    match status.as_u16() {
        400 if path.contains("/oauth/") => oauth("invalid_request", text),
        400 => bad_request(text),
        401 => invalid_access_token(),
        429 => fault(status, text, "policies.ratelimit.QuotaViolation"),
        500..=599 => fault(status, text, "messaging.runtime.Fault"),
        _ => service(status, text, UNDOCUMENTED),
    }
}
