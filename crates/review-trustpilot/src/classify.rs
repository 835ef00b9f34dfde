//! Classification of Trustpilot's responses.

use http::StatusCode;
use review_core::{ErrorKind, ErrorScope};
use review_http::{ApiResponse, BodyStatus, Classification, Verdict};

use crate::operations::{
    CREATE_INVITATION, CREATE_PRODUCT_LINK, CREATE_SERVICE_LINK, DELETE_INVITATION_DATA, FETCH_TOKEN,
    FIND_BUSINESS_UNIT, GET_BUSINESS_UNIT, LIST_LOCALES, REFRESH_TOKEN,
};
use crate::wire::error::ErrorBody;

/// "Access to resource is forbidden", in the service's own words.
const FORBIDDEN: &str = "1014";

/// INF: what the documentation does not list, such as 409, 413 or 429, is classified by its status.
pub(crate) fn classify(response: &ApiResponse) -> Classification {
    let body = ErrorBody::new(response);
    let found = Classification::by_status(response)
        .with_code(response.text_at(&["/fault/detail/errorcode", "/errorCode", "/ErrorCode", "/error"]))
        .with_message(body.message(response))
        .with_request_id(response.text_at(&["/correlationId"]));
    let found = body.field_errors().into_iter().fold(found, Classification::add_field_error);
    let is_rejected = found.verdict == Verdict::Rejected;
    match (response.operation, response.status) {
        (_, status) if status.is_success() && (body.has("errorCode") || body.has("details")) => {
            found.with_verdict(Verdict::Rejected)
        }
        (operation, status)
            if status.is_success()
                && (!is_acceptance(operation, response)
                    || response.is_cut_off_with(&["errorCode", "details"])) =>
        {
            found.with_verdict(Verdict::NotFromVendor)
        }
        (_, status) if status.is_success() => found,
        // UNK: the body for wrong credentials, and for a refresh token that was used.
        (FETCH_TOKEN | REFRESH_TOKEN, StatusCode::BAD_REQUEST | StatusCode::UNAUTHORIZED) if is_rejected => found
            .with_kind(ErrorKind::Unauthorized)
            .with_help("check api_key, api_secret and the login one by one"),
        // UNK: the body.
        (FIND_BUSINESS_UNIT | GET_BUSINESS_UNIT, StatusCode::NOT_FOUND) if is_rejected => found
            .with_kind(ErrorKind::InvalidConfig)
            .with_help("Trustpilot has no such business unit; check domain or business_unit_id"),
        // UNK: the body; it contains "Invalid API key" somewhere.
        (
            FIND_BUSINESS_UNIT | GET_BUSINESS_UNIT | LIST_LOCALES,
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN,
        ) if is_rejected => found
            .with_kind(ErrorKind::Unauthorized)
            .with_help("check the API key, and that the plan includes the API"),
        (_, StatusCode::UNAUTHORIZED) => found.with_verdict(Verdict::TokenRejected),
        // INF: the official Python client gets a new token on 401 and 403: an expired token may show as 403. A service
        // error (1014) is about permissions, and HTML comes from a network intermediary. A new token helps with neither.
        (_, StatusCode::FORBIDDEN) if body.has("fault") => found
            .with_verdict(Verdict::TokenRejected)
            .with_kind(ErrorKind::Forbidden)
            .with_help("check that the application is enabled and the plan includes the API"),
        (_, StatusCode::FORBIDDEN) if found.code.as_deref() == Some(FORBIDDEN) => found.with_help(
            "check business_unit_id, the plan, and with client credentials that business_user_id is a user (not the \
             business unit) with the role Admin or Manager",
        ),
        // These URLs are built from settings only, so every order would get the same response.
        (
            CREATE_INVITATION | CREATE_SERVICE_LINK | CREATE_PRODUCT_LINK | DELETE_INVITATION_DATA,
            StatusCode::NOT_FOUND,
        ) if is_rejected => found
            .with_kind(ErrorKind::InvalidConfig)
            .with_scope(ErrorScope::Account)
            .with_help("check business_unit_id, api_url and invitations_url"),
        _ => found,
    }
}

/// Whether a 2xx is in the form of this endpoint. UNK: neither status nor body of an accepted invitation is documented;
/// clients see an empty body. INF: it has no id.
fn is_acceptance(operation: &str, response: &ApiResponse) -> bool {
    let has = |member| response.body_status != BodyStatus::Complete || response.text_at(&[member]).is_some();
    match operation {
        FETCH_TOKEN | REFRESH_TOKEN => has("/access_token"),
        CREATE_SERVICE_LINK => has("/url"),
        CREATE_PRODUCT_LINK => has("/reviewUrl"),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use review_http::HttpResponse;

    use super::*;

    fn classified(operation: &'static str, status: u16, body: &str) -> Classification {
        let status = StatusCode::from_u16(status).unwrap();
        let (headers, body) = (http::HeaderMap::new(), body.to_owned().into());
        let response = HttpResponse { status, headers, body, body_status: BodyStatus::Complete };
        classify(&ApiResponse::new(operation, response))
    }

    #[test]
    fn invitation_is_accepted_by_the_vendors_own_body() {
        let accepted = Verdict::Accepted { vendor_id: None };
        for (body, verdict) in [
            ("", accepted.clone()),
            ("{}", accepted.clone()),
            (r#"{"details":null}"#, accepted),
            (r#"{"errorCode":7}"#, Verdict::Rejected),
            (r#"{"details":{"locale":["x"]}}"#, Verdict::Rejected),
            ("<html>login</html>", Verdict::NotFromVendor),
        ] {
            assert_eq!(classified(CREATE_INVITATION, 200, body).verdict, verdict, "{body}");
        }
        assert_eq!(classified(CREATE_SERVICE_LINK, 200, "{}").verdict, Verdict::NotFromVendor);
    }

    #[test]
    fn every_error_body_is_parsed() {
        for (status, body, code, message) in [
            (401, r#"{"fault":{"faultstring":"no","detail":{"errorcode":"o.I"}}}"#, Some("o.I"), Some("no")),
            (403, r#"{"message":"no","errorCode":1014,"correlationId":"c"}"#, Some("1014"), Some("no")),
            (400, r#"{"error":"invalid_grant","error_description":"no"}"#, Some("invalid_grant"), Some("no")),
            (400, r#"{"ErrorCode":"x","Error":"no"}"#, Some("x"), Some("no")),
            (400, r#"{"reason":"no"}"#, None, Some("no")),
            (400, r#"{"message":"no","details":{"tags":["bad"]}}"#, None, Some(r#"no: {"tags":["bad"]}"#)),
            (400, "[]", None, None),
        ] {
            let found = classified(CREATE_INVITATION, status, body);
            assert_eq!((found.code.as_deref(), found.message.as_deref()), (code, message), "{body}");
        }
    }
}
