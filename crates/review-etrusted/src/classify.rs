//! Reads eTrusted's refusals. Each API has an error body of its own.

use http::StatusCode;
use review_core::ErrorKind;
use review_http::{AttemptOutcome, Classification, ErrorResponse};
use serde_json::Value;

use crate::auth::FETCH_TOKEN;
use crate::client::SEND_INVITE;

pub(crate) fn classify(refusal: &ErrorResponse<'_>) -> Classification {
    let body = refusal.json();
    let mut reading = words(body.as_ref());
    match (refusal.operation, refusal.status) {
        (FETCH_TOKEN, StatusCode::BAD_REQUEST | StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) => {
            reading.kind = Some(ErrorKind::Unauthorized);
            reading.help = Some(
                "check ETRUSTED_CLIENT_ID and ETRUSTED_CLIENT_SECRET, and that the API client is enabled \
                 in the Control Centre",
            );
        }
        // The body says "forbidden", but the status is that of a token that is not accepted.
        (_, StatusCode::UNAUTHORIZED) => {
            reading.help = Some("check that the API client is enabled in the Control Centre");
        }
        // "This service is temporarily unavailable" is documented as a refusal. Only its own body
        // counts, and only for events: a gateway's 503 says nothing about the service behind it, and the
        // other calls that make mails go out document none.
        (SEND_INVITE, StatusCode::SERVICE_UNAVAILABLE)
            if documented(body.as_ref()) && refusal.outcome == AttemptOutcome::Unknown =>
        {
            reading.outcome = Some(AttemptOutcome::Throttled(None));
        }
        _ => {}
    }
    reading
}

fn documented(body: Option<&Value>) -> bool {
    body.and_then(|body| body.get("Message")).is_some_and(Value::is_string)
}

/// The code and the sentence of a body: `Message` (events), `Error` and `ErrorDescription` (event types,
/// invite settings), `error` and `error_description` (tokens). The others have none, and the network in
/// front answers HTML.
fn words(body: Option<&Value>) -> Classification {
    let mut reading = Classification::default();
    let text = |name: &str| body?.get(name)?.as_str().map(str::to_owned);
    reading.code = text("error");
    reading.message = text("Message").or_else(|| text("ErrorDescription")).or_else(|| text("Error"));
    reading.message = reading.message.or_else(|| text("error_description"));
    reading
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shape_is_read() {
        for (body, code, sentence) in [
            (
                r#"{"Message":"Invalid request: instance requires property `type`"}"#,
                None,
                Some("Invalid request: instance requires property `type`"),
            ),
            (r#"{"Error":"Invalid request","ErrorDescription":"why"}"#, None, Some("why")),
            (r#"{"Error":"Invalid request"}"#, None, Some("Invalid request")),
            (
                r#"{"error":"invalid_request","error_description":"why"}"#,
                Some("invalid_request"),
                Some("why"),
            ),
            (r#"{"Message":7}"#, None, None),
            ("[]", None, None),
        ] {
            let reading = words(Some(&serde_json::from_str(body).unwrap()));
            assert_eq!((reading.code.as_deref(), reading.message.as_deref()), (code, sentence), "{body}");
        }
    }
}
