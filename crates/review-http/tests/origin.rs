//! Responses that the vendor did not send, and what errors contain about them. Time is paused.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

mod common;

use std::time::Duration;

use review_core::{Error, ErrorKind, ErrorScope, RetryAdvice, SendState};
use review_http::{ApiRequest, Client, RawResponse, RetryPolicy, Verdict, into_pre_send_error};

use common::{Script, Step, Tokens, client, invitation};

const BLOCKED: &str = "<html>blocked: Jane Canary</html>";

fn scripted(steps: &[Step]) -> Client {
    let script = Script::default();
    script.steps.lock().unwrap().extend(steps);
    client(&script, RetryPolicy::default(), Tokens::default())
}

fn order(number: &str) -> ApiRequest {
    invitation().with_order_reference(Some(number))
}

#[tokio::test(start_paused = true)]
async fn a_page_with_200_is_an_unknown_outcome() {
    let error = scripted(&[Step::Body(200, BLOCKED)]).send(invitation()).await.unwrap_err();
    assert_eq!((error.kind(), error.retry_advice()), (ErrorKind::OutcomeUnknown, RetryAdvice::Reconcile));
    assert!(error.message().contains("not in the vendor's form"), "{error}");
    assert!(!format!("{error} {error:?} {error:#?}").contains("Canary"), "{error:?}");
}

#[tokio::test(start_paused = true)]
async fn intermediaries_are_named() {
    let error = scripted(&[Step::Cloudflare(403)]).send(invitation()).await.unwrap_err();
    assert!(error.message().contains("(server: cloudflare, cf-ray: 8f0a1b2c3d4e5f60-FRA)"), "{error}");
    let error = scripted(&[Step::Cloudflare(520)]).send(invitation()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::OutcomeUnknown);
    assert!(error.message().contains("cf-ray"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_firewall_concerns_one_order_until_it_blocks_three() {
    let blocked = Step::Body(403, BLOCKED);
    let accepted = Step::Status(202);
    let client = scripted(&[blocked, blocked, blocked, accepted, blocked, blocked, blocked]);
    for number in ["1", "2", "2"] {
        let error = client.send(order(number)).await.unwrap_err();
        assert_eq!((error.scope(), error.send_state()), (ErrorScope::Request, SendState::Responded));
        assert_eq!(error.retry_advice(), RetryAdvice::After(Duration::from_secs(60)));
        assert!(error.help().unwrap().contains("content of this request"), "{error:?}");
    }
    client.send(order("3")).await.unwrap();
    for number in ["4", "5"] {
        assert_eq!(client.send(order(number)).await.unwrap_err().scope(), ErrorScope::Request);
    }
    let error = client.send(order("6")).await.unwrap_err();
    assert_eq!((error.kind(), error.scope()), (ErrorKind::Forbidden, ErrorScope::Account));
    assert_eq!(error.retry_advice(), RetryAdvice::Hold);
}

#[tokio::test(start_paused = true)]
async fn advice_of_an_intermediary_is_followed() {
    let error = scripted(&[Step::RetryAfter(403, "2.5")]).send(order("1")).await.unwrap_err();
    assert_eq!(error.retry_advice(), RetryAdvice::After(Duration::from_millis(2500)));
    assert!(error.message().contains("has no body"), "{error}");
    // A redirect was not processed. It will not be either until the base URL is corrected.
    let error = scripted(&[Step::Status(308)]).send(order("1")).await.unwrap_err();
    assert_eq!((error.kind(), error.scope()), (ErrorKind::InvalidConfig, ErrorScope::Request));
    assert!(error.help().unwrap().contains("check the base URL"), "{error:?}");
    let error = scripted(&[Step::Status(407)]).send(order("1")).await.unwrap_err();
    assert_eq!((error.kind(), error.retry_advice()), (ErrorKind::InvalidConfig, RetryAdvice::Hold));
    assert!(error.help().unwrap().contains("proxy requires credentials"), "{error:?}");
}

#[tokio::test(start_paused = true)]
async fn a_lookup_that_passes_does_not_hide_a_firewall_for_orders() {
    let blocked = Step::Body(403, BLOCKED);
    let client = scripted(&[blocked, Step::Body(200, "{}"), blocked, Step::Body(200, "{}"), blocked]);
    let lookup =
        || ApiRequest::idempotent("list", http::Method::GET, "https://vendor.example/".parse().unwrap());
    for number in ["1", "2"] {
        assert_eq!(client.send(order(number)).await.unwrap_err().scope(), ErrorScope::Request);
        client.send(lookup()).await.unwrap();
    }
    assert_eq!(client.send(order("3")).await.unwrap_err().scope(), ErrorScope::Account);
}

#[tokio::test(start_paused = true)]
async fn a_compressed_response_is_named() {
    let client = scripted(&[Step::Compressed(200), Step::Compressed(200), Step::Compressed(200)]);
    let read = ApiRequest::idempotent("list", http::Method::GET, "https://vendor.example/".parse().unwrap());
    let error = client.send(read).await.unwrap_err();
    assert!(error.message().contains("compressed, although no compression was requested"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn the_raw_response_is_available_and_never_printed() {
    let body = r#"{"message":"no Jane Canary","code":"7"}"#;
    let error = scripted(&[Step::Body(400, body)]).send(invitation()).await.unwrap_err();
    let raw = RawResponse::of(&error).unwrap();
    assert_eq!((raw.status().as_u16(), raw.expose_text().as_ref()), (400, body));
    let shown = format!("{error} {error:?} {error:#} {error:#?} {raw} {raw:?}");
    assert!(!shown.contains("Canary"), "{shown}");
    assert_eq!(error.message(), "the vendor's message: no [redacted]");
}

#[tokio::test(start_paused = true)]
async fn already_invited_is_a_success() {
    let steps = [Step::Body(409, r#"{"verdict":"already invited"}"#)];
    let response = scripted(&steps).send(invitation()).await.unwrap();
    assert_eq!(response.verdict, Verdict::AlreadyInvited);
}

#[tokio::test(start_paused = true)]
async fn a_rejected_token_may_be_named_in_the_body() {
    let steps = [Step::Body(400, r#"{"verdict":"token rejected"}"#), Step::Status(202)];
    scripted(&steps).send(invitation()).await.unwrap();
}

#[test]
fn a_failed_step_before_the_send_keeps_its_scope() {
    let invalid = || Error::new(ErrorKind::InvalidRequest, "unknown id");
    let product = into_pre_send_error(invalid(), "add product", ErrorScope::Request);
    assert_eq!((product.kind(), product.scope()), (ErrorKind::InvalidRequest, ErrorScope::Request));
    let account = into_pre_send_error(invalid(), "look up channel", ErrorScope::Account);
    assert_eq!((account.kind(), account.retry_advice()), (ErrorKind::InvalidConfig, RetryAdvice::Hold));
    for error in [product, account] {
        assert_eq!(error.send_state(), SendState::NotSent);
    }
}
