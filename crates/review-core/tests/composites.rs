//! Wrappers of one provider: what they let through and what they keep back.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use common::*;
use review_core::reexport::chrono::{DateTime, Utc};
use review_core::*;

/// Who and what a wrapper is: as the provider inside.
fn is_like(wrapper: &dyn ReviewInviteProvider, inner: &Scripted) {
    assert_eq!(wrapper.info(), inner.info());
    assert_eq!(wrapper.capabilities(), inner.capabilities());
}

async fn reads_and_erasures_go_through(wrapper: &dyn ReviewInviteProvider) {
    let request = request("1");
    wrapper.find_invite(&request.key(wrapper.info())).await.unwrap();
    wrapper.erase_customer(request.customer().email()).await.unwrap();
    wrapper.check_setup().await.unwrap();
}

#[tokio::test]
async fn a_switch_that_is_off_stops_mails_and_links_at_once_and_nothing_else() {
    let inner = Scripted::new("a").shared();
    let switch = Switch::new(false);
    let provider = SendingSwitch::new(inner.clone(), switch.clone());
    is_like(&provider, &inner);
    for error in [
        provider.send_invite(&request("1")).await.unwrap_err(),
        provider.create_link(&request("1")).await.unwrap_err(),
    ] {
        assert_eq!((error.kind(), error.sent()), (ErrorKind::Blocked, Sent::No));
        assert!(error.to_string().starts_with("scripted/a: "), "{error}");
        assert!(error.to_string().ends_with("sending is switched off"), "{error}");
    }
    provider.preview(&request("1")).unwrap();
    reads_and_erasures_go_through(&provider).await;
    assert_eq!(inner.calls(), ["find a/1", "erase", "check"]);

    switch.on();
    provider.send_invite(&request("1")).await.unwrap();
    provider.create_link(&request("1")).await.unwrap();
    switch.off();
    assert!(!switch.is_on());
    provider.send_invite(&request("2")).await.unwrap_err();
    assert_eq!(inner.calls()[3..], ["send 1", "link 1"]);
}

fn with_consent(consent: Consent) -> InviteRequest {
    InviteRequest::builder(customer("Jane@example.com"), order("1"), consent).build().unwrap()
}

fn day(text: &str) -> DateTime<Utc> {
    format!("{text}T00:00:00Z").parse().unwrap()
}

#[tokio::test]
async fn the_gate_lets_through_only_what_its_rules_allow() {
    let inner = Scripted::new("a").shared();
    let none = ConsentGate::new(inner.clone());
    let granted = ConsentGate::new(inner.clone()).only_granted();
    let recent = ConsentGate::new(inner.clone()).granted_since(day("2024-05-01"));
    let claimed = with_consent(Consent::legal_basis("contract"));
    let timeless = with_consent(Consent::granted("box"));
    let old = with_consent(Consent::granted_at("box", day("2024-04-30")));
    let new = with_consent(Consent::granted_at("box", day("2024-05-01")));
    for (gate, passes) in [
        (&none, [true, true, true, true]),
        (&granted, [false, true, true, true]),
        (&recent, [false, false, false, true]),
    ] {
        for (request, passes) in [&claimed, &timeless, &old, &new].into_iter().zip(passes) {
            assert_eq!(gate.send_invite(request).await.is_ok(), passes, "{gate:?} {request:?}");
            assert_eq!(gate.create_link(request).await.is_ok(), passes);
            assert_eq!(gate.preview(request).is_ok(), passes);
        }
    }
    let unknown = with_consent(Consent::Unknown);
    assert_eq!(none.send_invite(&unknown).await.unwrap_err().kind(), ErrorKind::Blocked);
}

#[tokio::test]
async fn the_gate_names_every_broken_rule_and_nobody_on_the_list_is_asked() {
    let inner = Scripted::new("a").shared();
    let gate = ConsentGate::new(inner.clone())
        .only_granted()
        .suppress([EmailAddress::new("JANE@Example.com").unwrap()])
        .suppress_when(|email| email.as_str().ends_with(".org"))
        .require("order.shop", "expected a shop", |request| request.order().shop().is_some());
    is_like(&gate, &inner);
    let error = gate.send_invite(&with_consent(Consent::legal_basis("contract"))).await.unwrap_err();
    assert_eq!((error.kind(), error.sent()), (ErrorKind::Blocked, Sent::No));
    assert_eq!(fields(&error), ["consent", "customer.email", "order.shop"]);
    for shown in [error.to_string(), format!("{error:?} {gate:?}")] {
        assert!(!shown.to_lowercase().contains("jane"), "{shown}");
    }

    let shop = order("1").with_shop(ShopKey::new("b2c").unwrap());
    for (email, sent) in [("john@example.com", true), ("john@example.org", false)] {
        let request = InviteRequest::builder(customer(email), shop.clone(), Consent::granted("box"));
        assert_eq!(gate.send_invite(&request.build().unwrap()).await.is_ok(), sent);
    }
    reads_and_erasures_go_through(&gate).await;
    assert_eq!(inner.calls(), ["send 1", "find a/1", "erase", "check"]);
}

#[tokio::test]
async fn a_dry_run_checks_everything_and_changes_nothing() {
    let inner = Scripted::new("a").shared();
    let dry = DryRun::new(inner.clone());
    is_like(&dry, &inner);
    let tagged = |rule| {
        InviteRequest::builder(customer("jane@example.com"), order("1"), Consent::granted("box"))
            .tag(Tag::new("t").unwrap())
            .on_unsupported(rule)
            .build()
            .unwrap()
    };
    let receipt = dry.send_invite(&tagged(OnUnsupported::Degrade)).await.unwrap();
    assert_eq!((&receipt.provider, receipt.state), (inner.info(), InviteState::DryRun));
    assert_eq!(receipt.warnings.iter().map(Warning::field).collect::<Vec<_>>(), ["tags"]);
    let error = dry.send_invite(&tagged(OnUnsupported::Refuse)).await.unwrap_err();
    assert_eq!((error.kind(), fields(&error)), (ErrorKind::Unsupported, vec!["tags"]));

    let email = EmailAddress::new("jane@example.com").unwrap();
    for error in
        [dry.create_link(&request("1")).await.unwrap_err(), dry.erase_customer(&email).await.unwrap_err()]
    {
        assert_eq!((error.kind(), error.sent()), (ErrorKind::Blocked, Sent::No));
    }
    assert_eq!(dry.preview(&request("1")).unwrap(), inner.preview(&request("1")).unwrap());
    dry.find_invite(&request("1").key(dry.info())).await.unwrap();
    dry.check_setup().await.unwrap();
    assert_eq!(inner.calls(), ["find a/1", "check"]);
}

/// A limit of two calls in a hundred seconds and a clock the test moves.
fn limited(inner: Arc<Scripted>) -> (RateLimited, impl Fn(u64)) {
    let now = Arc::new(Mutex::new(Instant::now()));
    let clock = now.clone();
    let limits = RateLimits::none().with_at_most(2, Duration::from_secs(100));
    let provider = RateLimited::new(inner, limits).with_clock(move || *clock.lock().unwrap());
    (provider, move |seconds| *now.lock().unwrap() += Duration::from_secs(seconds))
}

#[tokio::test]
async fn calls_beyond_the_limit_are_refused_until_the_window_has_passed() {
    let inner = Scripted::new("a").shared();
    let (provider, forward) = limited(inner.clone());
    is_like(&provider, &inner);
    provider.send_invite(&request("1")).await.unwrap();
    forward(40);
    provider.send_invite(&request("2")).await.unwrap();
    let error = provider.send_invite(&request("3")).await.unwrap_err();
    assert_eq!((error.kind(), error.sent()), (ErrorKind::RateLimited, Sent::No));
    // The window is 101 s: RateLog keeps a hundredth more.
    assert_eq!(error.retry_advice(), RetryAdvice::After(Duration::from_secs(61)));
    forward(60);
    provider.send_invite(&request("3")).await.unwrap_err();
    forward(1);
    provider.send_invite(&request("3")).await.unwrap();
    assert_eq!(inner.calls(), ["send 1", "send 2", "send 3"]);
}

#[tokio::test]
async fn every_call_of_the_vendor_counts_and_what_needs_none_does_not() {
    let inner = Scripted::new("a").shared();
    let (provider, forward) = limited(inner.clone());
    let refused = with_consent(Consent::Unknown);
    for _ in 0..3 {
        provider.preview(&request("1")).unwrap();
        assert_eq!(provider.send_invite(&refused).await.unwrap_err().kind(), ErrorKind::Blocked);
    }
    let key = request("1").key(provider.info());
    provider.find_invite(&key).await.unwrap();
    provider.check_setup().await.unwrap();
    let email = EmailAddress::new("jane@example.com").unwrap();
    for (error, operation) in [
        (provider.send_invite(&request("1")).await.unwrap_err(), "send_invite"),
        (provider.create_link(&request("1")).await.unwrap_err(), "create_link"),
        (provider.find_invite(&key).await.unwrap_err(), "find_invite"),
        (provider.erase_customer(&email).await.unwrap_err(), "erase_customer"),
        (provider.check_setup().await.unwrap_err(), "check_setup"),
    ] {
        assert_eq!((error.kind(), error.operation()), (ErrorKind::RateLimited, Some(operation)));
    }
    forward(101);
    provider.create_link(&request("1")).await.unwrap();
    provider.erase_customer(&email).await.unwrap();
    assert_eq!(inner.calls(), ["find a/1", "check", "link 1", "erase"]);
}

#[tokio::test]
async fn a_refusal_from_inside_keeps_the_name_of_who_refused() {
    let target = Scripted::new("target").able(|_| Capabilities::new()).shared();
    let router = Router::builder("shops").otherwise(target.clone()).build().unwrap();
    let provider = RateLimited::new(router, RateLimits::none());
    let error = provider.send_invite(&request("1")).await.unwrap_err();
    assert_eq!((error.kind(), error.operation()), (ErrorKind::Unsupported, Some("send_invite")));
    assert_eq!(error.provider(), Some(target.info()));
}
