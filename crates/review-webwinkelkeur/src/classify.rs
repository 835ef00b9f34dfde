//! Classification of WebwinkelKeur's responses. The result is in the member `status`, whatever the HTTP status.

use http::StatusCode;
use review_core::{ErrorKind, ErrorScope};
use review_http::{ApiResponse, BodyStatus, Classification, Verdict};

use crate::operations::{CREATE_INVITATION, GET_ORDER_PERMISSIONS, LIST_PRODUCT_REVIEWS};

/// Words of the API that an error can show even if the rest of a message quotes the customer.
pub(crate) const VOCABULARY: &[&str] = &["email", "order", "language", "delay", "invalid", "missing"];

/// INF: the messages of a success differ in their text only.
const ALREADY_SENT: &str = "already sent";
const WRONG_CREDENTIALS: &str = "incorrect authentication credentials";
const VENDOR_FAILED: &str = "unexpected error";

/// UNK: the HTTP status of an error. It is recognised with every status, also with 200.
pub(crate) fn classify(response: &ApiResponse) -> Classification {
    let message = response.text_at(&["/message"]);
    let lower = message.as_deref().unwrap_or_default().to_lowercase();
    let found = Classification::by_status(response).with_message(message);
    match (status_member(response).as_deref(), response.status) {
        (Some("success"), _) if response.operation == CREATE_INVITATION && lower.contains(ALREADY_SENT) => {
            found.with_verdict(Verdict::AlreadyInvited)
        }
        // The kit rejects it without a 2xx.
        (Some("success"), _) => found.with_verdict(Verdict::Accepted { vendor_id: None }),
        // INF: the vendor may have processed it before it failed.
        (Some("error"), _) if lower.contains(VENDOR_FAILED) => found.with_verdict(Verdict::Failed),
        (Some("error"), status) if lower.contains(WRONG_CREDENTIALS) && !status.is_server_error() => {
            let kind =
                if status == StatusCode::FORBIDDEN { ErrorKind::Forbidden } else { ErrorKind::Unauthorized };
            let help = "check id and code in the dashboard, and that api_url is that of your brand";
            found.with_verdict(Verdict::Rejected).with_kind(kind).with_help(help)
        }
        // These URLs are built from settings only, so every order would get the same response.
        (Some("error"), StatusCode::NOT_FOUND) => found
            .with_kind(ErrorKind::InvalidConfig)
            .with_scope(ErrorScope::Account)
            .with_help("check api_url"),
        (Some("error"), status) if status.is_success() => found.with_verdict(Verdict::Rejected),
        (Some("error"), _) => found,
        (_, status) if has_other_form(response, status) => found,
        _ => found.with_verdict(Verdict::NotFromVendor),
    }
}

/// Returns the member `status`, also of a body that is cut off behind it.
fn status_member(response: &ApiResponse) -> Option<String> {
    let start = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
    let is_cut_off_success = || {
        response.body_status != BodyStatus::Complete
            && start(&response.text()).starts_with(r#"{"status":"success""#)
    };
    response.text_at(&["/status"]).or_else(|| is_cut_off_success().then(|| "success".to_owned()))
}

/// Two endpoints respond without `status`.
fn has_other_form(response: &ApiResponse, status: StatusCode) -> bool {
    let has = |member: &str| response.json_value().is_some_and(|body| body.get(member).is_some());
    match response.operation {
        LIST_PRODUCT_REVIEWS => status.is_success() && has("product_reviews"),
        GET_ORDER_PERMISSIONS if status.is_success() => has("has_consent"),
        GET_ORDER_PERMISSIONS => has("message"),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use review_http::HttpResponse;

    use super::*;

    fn classified(
        operation: &'static str,
        status: u16,
        body: &str,
        body_status: BodyStatus,
    ) -> Classification {
        let status = StatusCode::from_u16(status).unwrap();
        let (headers, body) = (http::HeaderMap::new(), body.to_owned().into());
        classify(&ApiResponse::new(operation, HttpResponse { status, headers, body, body_status }))
    }

    fn verdict(status: u16, body: &str) -> Verdict {
        classified(CREATE_INVITATION, status, body, BodyStatus::Complete).verdict
    }

    fn accepted() -> Verdict {
        Verdict::Accepted { vendor_id: None }
    }

    #[test]
    fn result_is_the_status_in_the_body() {
        for (body, expected) in [
            (r#"{"status":"success","message":"Invitation successfully added to queue!"}"#, accepted()),
            (r#"{"status":"success"}"#, accepted()),
            (
                r#"{"status":"success","message":"Invitation ALREADY SENT for this order."}"#,
                Verdict::AlreadyInvited,
            ),
            (r#"{"status":"error","message":"Not all obligated variables are set."}"#, Verdict::Rejected),
            (r#"{"status":"error","message":"already sent"}"#, Verdict::Rejected),
            (r#"{"status":"error"}"#, Verdict::Rejected),
            (r#"{"status":"error","message":"Unexpected error while processing."}"#, Verdict::Failed),
            (r#"{"status":"ok"}"#, Verdict::NotFromVendor),
            (r#"{"status":true}"#, Verdict::NotFromVendor),
            ("{}", Verdict::NotFromVendor),
            ("[]", Verdict::NotFromVendor),
            ("", Verdict::NotFromVendor),
            ("<html>maintenance</html>", Verdict::NotFromVendor),
        ] {
            assert_eq!(verdict(200, body), expected, "{body}");
        }
    }

    #[test]
    fn cut_off_body_is_accepted_if_its_status_arrived() {
        for (body, expected) in [
            (r#"{ "status" : "success", "mess"#, accepted()),
            (r#"{"status":"success""#, accepted()),
            (r#"{"status":"succ"#, Verdict::NotFromVendor),
            (r#"{"status":"error","mess"#, Verdict::NotFromVendor),
            (r#"{"message":"{\"status\":\"success\""#, Verdict::NotFromVendor),
        ] {
            let found = classified(CREATE_INVITATION, 200, body, BodyStatus::Truncated);
            assert_eq!(found.verdict, expected, "{body}");
            assert_eq!(verdict(200, body), Verdict::NotFromVendor, "{body}, reported as complete");
        }
    }

    #[test]
    fn error_is_recognised_with_every_http_status() {
        let credentials = r#"{"status":"error","message":"Incorrect authentication credentials."}"#;
        for (status, kind) in [
            (200, ErrorKind::Unauthorized),
            (400, ErrorKind::Unauthorized),
            (401, ErrorKind::Unauthorized),
            (403, ErrorKind::Forbidden),
        ] {
            let found = classified(CREATE_INVITATION, status, credentials, BodyStatus::Complete);
            assert_eq!((found.verdict, found.kind), (Verdict::Rejected, Some(kind)), "{status}");
        }
        let other = r#"{"status":"error","message":"no"}"#;
        assert_eq!(verdict(400, other), Verdict::Rejected);
        assert_eq!(verdict(429, other), Verdict::Throttled(None));
        let found = classified(CREATE_INVITATION, 404, other, BodyStatus::Complete);
        assert_eq!((found.kind, found.scope), (Some(ErrorKind::InvalidConfig), Some(ErrorScope::Account)));
        for foreign in [r#"{"error":"blocked"}"#, r#"{"message":"blocked"}"#, "<html></html>"] {
            assert_eq!(verdict(403, foreign), Verdict::NotFromVendor, "{foreign}");
        }
    }

    #[test]
    fn endpoints_without_a_status_have_their_own_form() {
        for (operation, status, body, expected) in [
            (LIST_PRODUCT_REVIEWS, 200, r#"{"total":0,"product_reviews":[]}"#, accepted()),
            (LIST_PRODUCT_REVIEWS, 200, r#"{"total":0}"#, Verdict::NotFromVendor),
            (GET_ORDER_PERMISSIONS, 200, r#"{"has_consent":true}"#, accepted()),
            (GET_ORDER_PERMISSIONS, 200, r#"{"message":"no"}"#, Verdict::NotFromVendor),
            (GET_ORDER_PERMISSIONS, 400, r#"{"message":"no"}"#, Verdict::Rejected),
            (CREATE_INVITATION, 200, r#"{"has_consent":true}"#, Verdict::NotFromVendor),
        ] {
            let found = classified(operation, status, body, BodyStatus::Complete);
            assert_eq!(found.verdict, expected, "{operation}: {body}");
        }
    }
}
