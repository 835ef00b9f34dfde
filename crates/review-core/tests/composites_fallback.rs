//! `Fallback`: when another provider is tried, and above all when not.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use std::sync::Arc;
use std::time::Duration;

use common::*;
use review_core::*;

fn two(first: Result<InviteState>, second: Result<InviteState>) -> (Fallback, Arc<Scripted>, Arc<Scripted>) {
    let a = Scripted::new("a").answering([first]).shared();
    let b = Scripted::new("b").answering([second]).shared();
    (Fallback::new("both", a.clone()).then(b.clone()), a, b)
}

#[tokio::test]
async fn while_the_first_takes_it_nobody_else_is_asked() {
    for state in [InviteState::Accepted, InviteState::AlreadyKnown] {
        let (fallback, a, b) = two(Ok(state), Ok(InviteState::Accepted));
        assert_eq!(fallback.info(), &ProviderInfo::new("fallback", "both"));
        let receipt = fallback.send_invite(&request("1")).await.unwrap();
        assert_eq!((&receipt.provider, receipt.state, receipt.warnings), (a.info(), state, vec![]));
        assert_eq!((a.sends(), b.sends()), (1, 0));
    }
}

#[tokio::test]
async fn the_next_is_tried_after_a_certain_no_and_the_receipt_says_so() {
    for refusal in [
        error(ErrorKind::Transient),
        error(ErrorKind::RateLimited),
        error(ErrorKind::InvalidRequest).with_sent(Sent::Answered),
        error(ErrorKind::Unauthorized),
        error(ErrorKind::Forbidden),
        error(ErrorKind::Config),
        error(ErrorKind::Unsupported),
        error(ErrorKind::Unexpected),
    ] {
        let (fallback, a, b) = two(Err(refusal.clone()), Ok(InviteState::Accepted));
        let receipt = fallback.send_invite(&request("1")).await.unwrap();
        assert_eq!((&receipt.provider, receipt.state), (b.info(), InviteState::Accepted));
        let expected = format!("provider: passed over scripted/a: {}", refusal.kind());
        assert_eq!(receipt.warnings.iter().map(ToString::to_string).collect::<Vec<_>>(), [expected]);
        assert_eq!((a.sends(), b.sends()), (1, 1));
    }
}

#[tokio::test]
async fn nobody_else_is_tried_where_the_customer_may_be_asked_or_must_not_be() {
    for end in [
        error(ErrorKind::OutcomeUnknown),
        error(ErrorKind::OutcomeUnknown).with_sent(Sent::Answered),
        error(ErrorKind::Transient).with_sent(Sent::Maybe),
        error(ErrorKind::Unexpected).with_retry_advice(RetryAdvice::Reconcile),
        error(ErrorKind::Duplicate),
        error(ErrorKind::Blocked),
    ] {
        let (fallback, a, b) = two(Err(end.clone()), Ok(InviteState::Accepted));
        let error = fallback.send_invite(&request("1")).await.unwrap_err();
        assert_eq!((error.kind(), error.sent(), error.provider()), (end.kind(), end.sent(), Some(a.info())));
        assert_eq!((a.sends(), b.sends()), (1, 0), "{end}");
    }
}

#[tokio::test]
async fn an_unknown_outcome_of_a_later_one_is_told_as_it_is() {
    let (fallback, _, b) = two(Err(error(ErrorKind::Transient)), Err(error(ErrorKind::OutcomeUnknown)));
    let error = fallback.send_invite(&request("1")).await.unwrap_err();
    assert_eq!((error.kind(), error.provider()), (ErrorKind::OutcomeUnknown, Some(b.info())));
    assert_eq!(error.retry_advice(), RetryAdvice::Reconcile);
}

#[tokio::test]
async fn when_nobody_takes_it_all_are_named_and_the_advice_that_helps_is_kept() {
    let wait = RetryAdvice::After(Duration::from_secs(7));
    let invalid = Error::invalid(vec![FieldError::new("customer.name", "is missing")]);
    let busy = error(ErrorKind::RateLimited).with_retry_advice(wait);
    let (fallback, ..) = two(Err(invalid.clone()), Err(busy));
    let error = fallback.send_invite(&request("1")).await.unwrap_err();
    assert_eq!((error.kind(), error.retry_advice()), (ErrorKind::RateLimited, wait));
    assert_eq!((error.sent(), error.provider()), (Sent::Answered, Some(fallback.info())));
    assert_eq!(error.message(), "no provider took it: scripted/a: invalid request; scripted/b: rate limited");
    assert_eq!(error.fields(), [FieldError::new("customer.name", "a: is missing")]);
    assert!(!error.to_string().contains("canary"), "{error}");

    let forbidden = common::error(ErrorKind::Forbidden).with_http_status(403);
    let (fallback, ..) = two(Err(forbidden), Err(invalid));
    let error = fallback.send_invite(&request("1")).await.unwrap_err();
    assert_eq!((error.kind(), error.retry_advice()), (ErrorKind::InvalidRequest, RetryAdvice::Never));
    assert!(!error.concerns_all(), "another request may be taken by the second");
}

#[tokio::test]
async fn a_field_of_the_request_that_nobody_takes_concerns_no_other_request() {
    let unknown = || Error::config(vec![FieldError::new("order.shop", "has no channel")]);
    let (fallback, ..) = two(Err(unknown()), Err(unknown()));
    let error = fallback.send_invite(&request("1")).await.unwrap_err();
    assert_eq!((error.kind(), error.concerns_all()), (ErrorKind::Config, false), "{error}");
}

#[tokio::test]
async fn a_fallback_of_one_is_that_one() {
    let alone = Fallback::new("alone", Scripted::new("a").answering([Err(error(ErrorKind::Forbidden))]));
    let error = alone.send_invite(&request("1")).await.unwrap_err();
    assert_eq!((error.kind(), error.message()), (ErrorKind::Forbidden, "canary of the vendor"));
}

#[tokio::test]
async fn previews_and_links_fall_back_in_the_same_way() {
    let a = Scripted::new("a").able(|_| Capabilities::new().with_kind(InviteKind::Product)).shared();
    let b = Scripted::new("b").shared();
    let fallback = Fallback::new("both", a.clone()).then(b.clone());
    let preview = fallback.preview(&request("1")).unwrap();
    assert_eq!(preview.calls[0].url, "https://b.test/");
    assert_eq!(preview.warnings, fallback.send_invite(&request("1")).await.unwrap().warnings);
    assert_eq!(preview.warnings.len(), 1);
    assert_eq!(&fallback.create_link(&request("1")).await.unwrap().provider, a.info());
    let unknown = InviteRequest::builder(customer("jane@example.com"), order("1"), Consent::Unknown);
    assert_eq!(fallback.preview(&unknown.build().unwrap()).unwrap_err().kind(), ErrorKind::Blocked);
}

#[tokio::test]
async fn what_needs_no_request_is_asked_of_all() {
    let (fallback, a, b) = two(Ok(InviteState::Accepted), Ok(InviteState::Accepted));
    assert_eq!(fallback.capabilities(), a.capabilities());
    let key = request("1").key(fallback.info());
    assert_eq!(fallback.find_invite(&key).await.unwrap(), InviteLookup::NotFound);
    fallback.erase_customer(request("1").customer().email()).await.unwrap();
    fallback.check_setup().await.unwrap();
    assert_eq!(a.calls(), ["find a/1", "erase", "check"]);
    assert_eq!(b.calls(), ["find b/1", "erase", "check"]);
}
