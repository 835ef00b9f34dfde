//! Classification of eTrusted's responses. Each API has a different error body.

use http::StatusCode;
use review_core::{ErrorKind, ErrorScope};
use review_http::{ApiResponse, BodyStatus, Classification, ResourceId, Verdict};

use crate::operations::{CREATE_EVENT, CREATE_INVITES, CREATE_LINK, FETCH_TOKEN, LIST_INVITES};
use crate::wire::invite::invite_ids;

/// INF: what the documentation does not list for an endpoint, such as 413, 422 or 429, is classified by its status; a body
/// that is not eTrusted's comes from an intermediary.
pub(crate) fn classify(response: &ApiResponse) -> Classification {
    let code = response.text_at(&["/error"]);
    let message = response.text_at(&["/Message", "/ErrorDescription", "/Error", "/error_description"]);
    let is_error_body = code.is_some() || message.is_some();
    // An accepted event has a `Message` as well, so that member alone is no rejection.
    let is_rejection = response.text_at(&["/error", "/Error", "/ErrorDescription"]).is_some();
    let found = Classification::by_status(response).with_code(code).with_message(message);
    match (response.operation, response.status) {
        (_, status) if status.is_success() && is_rejection => found.with_verdict(Verdict::Rejected),
        (_, status) if status.is_success() => {
            let may_be_rejection = response.is_cut_off_with(&["error", "Error", "ErrorDescription"]);
            let is_accepted = is_acceptance(response) && !may_be_rejection;
            let verdict = if is_accepted { accepted(response) } else { Verdict::NotFromVendor };
            found.with_verdict(verdict)
        }
        // UNK: status and body of the response to wrong credentials.
        (FETCH_TOKEN, StatusCode::BAD_REQUEST | StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN)
            if is_error_body =>
        {
            found.with_verdict(Verdict::Rejected).with_kind(ErrorKind::Unauthorized).with_help(
                "check client_id and client_secret, and enable the API client in the Control Centre",
            )
        }
        (FETCH_TOKEN, _) => found,
        // The body contains "forbidden", but the status means that the token was not accepted.
        (_, StatusCode::UNAUTHORIZED) => found
            .with_verdict(Verdict::TokenRejected)
            .with_help("check that the API client is enabled in the Control Centre"),
        // "This service is temporarily unavailable" is documented as a rejection: with this body, and for events
        // only. A 503 from a gateway does not show whether the service received the event.
        (CREATE_EVENT, StatusCode::SERVICE_UNAVAILABLE) if response.text_at(&["/Message"]).is_some() => {
            found.with_verdict(Verdict::Throttled(None))
        }
        // These URLs are built from settings only, so every order would get the same response.
        (CREATE_EVENT | CREATE_INVITES | CREATE_LINK | LIST_INVITES, StatusCode::NOT_FOUND)
            if found.verdict == Verdict::Rejected =>
        {
            found
                .with_kind(ErrorKind::InvalidConfig)
                .with_scope(ErrorScope::Account)
                .with_help("check api_url and channel_id")
        }
        _ => found,
    }
}

/// Whether a 2xx is in the form of this endpoint.
fn is_acceptance(response: &ApiResponse) -> bool {
    let by_status = matches!(Classification::by_status(response).verdict, Verdict::Accepted { .. });
    let has =
        |member: &str| response.body_status != BodyStatus::Complete || response.text_at(&[member]).is_some();
    by_status
        && match response.operation {
            FETCH_TOKEN => has("/access_token"),
            CREATE_LINK => has("/link"),
            // Documented is 202 with the reference of the event.
            CREATE_EVENT => response.status == StatusCode::ACCEPTED || has("/EventRef"),
            // UNK: the response of `POST /invites`, and those of updates.
            _ => true,
        }
}

fn accepted(response: &ApiResponse) -> Verdict {
    let vendor_id = match response.operation {
        CREATE_EVENT => response.text_at(&["/EventRef"]).filter(|id| ResourceId::new(id).is_ok()),
        CREATE_INVITES => response.json_value().and_then(|body| invite_ids(body).into_iter().next()),
        _ => None,
    };
    Verdict::Accepted { vendor_id }
}
