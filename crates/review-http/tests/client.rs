//! What a call comes to, over a transport that plays a script. Time is paused.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test may panic")]

mod common;

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use review_core::{Error, ErrorKind, RetryAdvice, SendState};
use review_http::{ApiRequest, RetryPolicy};

use common::{Script, Step, Tokens, client, invitation};

/// Plays the steps; gives the result and how many of them were not needed.
async fn play(steps: &[Step]) -> (Result<(), Error>, usize) {
    play_with(steps, RetryPolicy::default(), invitation()).await
}

async fn play_with(steps: &[Step], policy: RetryPolicy, call: ApiRequest) -> (Result<(), Error>, usize) {
    let script = Script::default();
    script.steps.lock().unwrap().extend(steps);
    let result = client(&script, policy, Tokens::default()).send(call).await;
    let left = script.steps.lock().unwrap().len();
    (result.map(|_| ()), left)
}

#[tokio::test(start_paused = true)]
async fn an_unsent_request_is_retried() {
    assert!(matches!(play(&[Step::NotSent, Step::NotSent, Step::Status(202)]).await, (Ok(()), 0)));
    let (result, left) = play(&[Step::NotSent; 4]).await;
    let error = result.unwrap_err();
    assert_eq!((error.kind(), error.send_state(), left), (ErrorKind::Transient, SendState::NotSent, 1));
    assert_eq!(error.to_string(), "vendor/test: send_invite: temporary failure: the request was not sent");
}

#[tokio::test(start_paused = true)]
async fn a_lost_response_is_unknown_and_never_retried() {
    for step in [
        Step::Lost,
        Step::Status(500),
        Step::Status(502),
        Step::Status(503),
        Step::Status(504),
        Step::Status(408),
    ] {
        let (result, left) = play(&[step, Step::Status(202)]).await;
        let error = result.unwrap_err();
        assert_eq!(
            (error.kind(), error.send_state(), left),
            (ErrorKind::OutcomeUnknown, SendState::Unknown, 1),
            "{step:?}"
        );
        assert_eq!(error.retry_advice(), RetryAdvice::Reconcile);
    }
}

#[tokio::test(start_paused = true)]
async fn at_least_once_is_an_explicit_choice() {
    let steps = [Step::Lost, Step::Status(202)];
    assert!(matches!(play_with(&steps, RetryPolicy::at_least_once(), invitation()).await, (Ok(()), 0)));
}

#[tokio::test(start_paused = true)]
async fn an_unknown_attempt_stays_unknown_whatever_follows() {
    for last in [Step::NotSent, Step::Status(400), Step::Status(429)] {
        let policy = RetryPolicy::at_least_once().with_max_attempts(2);
        let (result, _) = play_with(&[Step::Lost, last], policy, invitation()).await;
        let error = result.unwrap_err();
        assert_eq!(
            (error.kind(), error.send_state()),
            (ErrorKind::OutcomeUnknown, SendState::Unknown),
            "{last:?}"
        );
        assert_eq!(error.retry_advice(), RetryAdvice::Reconcile);
    }
}

#[tokio::test(start_paused = true)]
async fn idempotent_requests_are_retried() {
    let url = "https://vendor.example/".parse().unwrap();
    let read = ApiRequest::idempotent("list", http::Method::GET, url);
    let steps = [Step::Lost, Step::Status(502), Step::Status(200)];
    assert!(matches!(play_with(&steps, RetryPolicy::default(), read).await, (Ok(()), 0)));
}

#[tokio::test(start_paused = true)]
async fn a_throttled_request_waits_for_retry_after() {
    let began = tokio::time::Instant::now();
    assert!(matches!(play(&[Step::RetryAfter(429, "7"), Step::Status(202)]).await, (Ok(()), 0)));
    assert_eq!(began.elapsed().as_secs(), 7);
    let (result, left) = play(&[Step::RetryAfter(429, "60"), Step::Status(202)]).await;
    let error = result.unwrap_err();
    assert_eq!((error.kind(), left), (ErrorKind::RateLimited, 1), "60 s are beyond the deadline of 30 s");
    assert_eq!(error.retry_advice(), RetryAdvice::After(Duration::from_secs(60)));
    assert!(error.to_string().contains("60 s"), "{error}");
    assert_eq!(began.elapsed().as_secs(), 7, "the error is immediate");
}

#[tokio::test(start_paused = true)]
async fn a_documented_503_is_retried() {
    let steps = [Step::Body(503, r#"{"verdict":"throttled"}"#), Step::Status(202)];
    assert!(matches!(play(&steps).await, (Ok(()), 0)));
}

#[tokio::test(start_paused = true)]
async fn a_final_429_is_not_retried() {
    let (result, left) = play(&[Step::Body(429, r#"{"verdict":"rejected"}"#), Step::Status(202)]).await;
    let error = result.unwrap_err();
    assert_eq!((error.kind(), error.send_state(), left), (ErrorKind::RateLimited, SendState::Responded, 1));
}

#[tokio::test(start_paused = true)]
async fn a_rejected_token_is_replaced_once() {
    let script = Script::default();
    script.steps.lock().unwrap().extend([Step::Status(401), Step::Status(202)]);
    client(&script, RetryPolicy::default(), Tokens::default()).send(invitation()).await.unwrap();
    assert_eq!(*script.tokens.lock().unwrap(), ["Bearer canary-token-1", "Bearer canary-token-2"]);

    let (result, left) = play(&[Step::Status(401), Step::Status(401), Step::Status(202)]).await;
    let error = result.unwrap_err();
    assert_eq!((error.kind(), error.send_state(), left), (ErrorKind::Unauthorized, SendState::Responded, 1));
}

#[tokio::test(start_paused = true)]
async fn without_a_token_nothing_is_sent() {
    for kind in [ErrorKind::Unauthorized, ErrorKind::Transient] {
        let script = Script::default();
        let client =
            client(&script, RetryPolicy::default(), Tokens(Arc::default(), Some(kind), Duration::ZERO));
        let error = client.send(invitation()).await.unwrap_err();
        assert_eq!(
            (error.kind(), error.send_state(), error.operation()),
            (kind, SendState::NotSent, Some("send_invite"))
        );
        assert_eq!(error.message(), "failed to obtain an access token: check the key");
    }
}

#[tokio::test(start_paused = true)]
async fn vendor_messages_are_shown_without_quoted_values() {
    let body = r#"{"message":"'Jane Canary' <jane@example.com> sent canary-token-1, field email","code":"c canary-token-1"}"#;
    let (result, _) = play(&[Step::Body(400, body)]).await;
    let error = result.unwrap_err();
    assert_eq!((error.kind(), error.send_state()), (ErrorKind::InvalidRequest, SendState::Responded));
    let shown = format!("{error} {error:?}").to_lowercase();
    assert!(!shown.contains("canary") && !shown.contains("jane"), "{shown}");
    assert!(shown.contains("field email"), "{shown}");
}

#[tokio::test(start_paused = true)]
async fn a_new_token_that_is_rejected_is_kept_for_a_minute() {
    let script = Script::default();
    let tokens = Tokens::default();
    let client = client(&script, RetryPolicy::default(), tokens.clone());
    script.steps.lock().unwrap().extend([Step::Status(401); 4]);
    for _ in 0..3 {
        client.send(invitation()).await.unwrap_err();
    }
    assert_eq!(tokens.0.load(Ordering::SeqCst), 2, "after a new one was rejected too, no more are fetched");
    assert!(script.steps.lock().unwrap().is_empty(), "two tries, then one a call");
    tokio::time::advance(Duration::from_secs(61)).await;
    script.steps.lock().unwrap().extend([Step::Status(401), Step::Status(202)]);
    client.send(invitation()).await.unwrap();
    assert_eq!(tokens.0.load(Ordering::SeqCst), 3, "a minute later it may be the token again");
}

#[tokio::test(start_paused = true)]
async fn an_invitation_needs_enough_time_before_the_deadline() {
    let script = Script::default();
    let slow = Tokens(Arc::default(), None, Duration::from_secs(26));
    let error = client(&script, RetryPolicy::default(), slow).send(invitation()).await.unwrap_err();
    assert_eq!((error.kind(), error.send_state()), (ErrorKind::Transient, SendState::NotSent), "{error}");
}

#[tokio::test(start_paused = true)]
async fn an_unlimited_timeout_does_not_overflow() {
    let policy = RetryPolicy::default().with_total_timeout(Duration::MAX).with_attempt_timeout(Duration::MAX);
    assert!(matches!(
        play_with(&[Step::NotSent, Step::Status(202)], policy, invitation()).await,
        (Ok(()), 0)
    ));
}

#[tokio::test(start_paused = true)]
async fn a_truncated_response_is_retried_if_idempotent() {
    let read = ApiRequest::idempotent("list", http::Method::GET, "https://vendor.example/".parse().unwrap());
    let steps = [Step::Truncated(200), Step::Status(200)];
    assert!(matches!(play_with(&steps, RetryPolicy::default(), read).await, (Ok(()), 0)));
    assert!(matches!(play(&steps).await, (Ok(()), 1)), "an invitation was accepted by the head");
}

#[tokio::test(start_paused = true)]
async fn a_request_that_cannot_be_built_is_a_config_error() {
    let (result, left) = play(&[Step::Unbuilt, Step::Status(202)]).await;
    let error = result.unwrap_err();
    assert_eq!((error.kind(), error.send_state(), left), (ErrorKind::InvalidConfig, SendState::NotSent, 1));
}

#[tokio::test(start_paused = true)]
async fn an_unknown_token_outcome_needs_no_reconciliation() {
    let script = Script::default();
    let tokens = Tokens(Arc::default(), Some(ErrorKind::OutcomeUnknown), Duration::ZERO);
    let error = client(&script, RetryPolicy::default(), tokens).send(invitation()).await.unwrap_err();
    assert_eq!((error.kind(), error.send_state()), (ErrorKind::Transient, SendState::NotSent));
    assert_eq!(error.retry_advice(), RetryAdvice::After(Error::DEFAULT_RETRY_AFTER));
}

#[tokio::test(start_paused = true)]
async fn an_unreadable_acceptance_is_an_unknown_outcome() {
    for step in [Step::Body(200, "<html>"), Step::Truncated(202)] {
        let script = Script::default();
        script.steps.lock().unwrap().push_back(step);
        let client = client(&script, RetryPolicy::default(), Tokens::default());
        let error = client.send_json::<Vec<u8>>(invitation()).await.unwrap_err();
        assert_eq!(
            (error.kind(), error.send_state()),
            (ErrorKind::OutcomeUnknown, SendState::Unknown),
            "{step:?}"
        );
        assert!(error.http_status().is_some(), "{step:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn pauses_are_bounded() {
    let script = Script::default();
    script.steps.lock().unwrap().push_back(Step::Body(429, r#"{"verdict":"throttled forever"}"#));
    let client = client(&script, RetryPolicy::default(), Tokens::default());
    client.send(invitation()).await.unwrap_err();
    let error = client.send(invitation()).await.unwrap_err();
    let RetryAdvice::After(wait) = error.retry_advice() else { panic!("{error:?}") };
    assert!(wait <= Duration::from_secs(3602), "{wait:?}");
}
