//! The promises of the wrappers.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use std::sync::Arc;
use std::time::Duration;

use common::{Fake, closed, error, request};
use futures_util::FutureExt;
use review_core::model::{EmailAddress, InviteKey, Locale};
use review_core::provider::{
    BeforeSend, DynProvider, InviteLookup, InviteStatus, ReviewInviteProvider, SendTracker, into_dyn,
    send_with_hook,
};
use review_core::wrappers::{
    ConsentGate, DryRun, Fallback, KillSwitch, Route, Router, Switch, WeightedSplit,
};
use review_core::{
    Consent, ErrorKind, ErrorScope, InviteRequest, InviteState, Result, RetryAdvice, SendState,
};

#[tokio::test]
async fn kill_switch_off_advises_to_hold_the_order() {
    for fake in [Fake::new("a"), Fake::new("a").without_hooks()] {
        let fake = fake.share();
        let error = KillSwitch::new(fake.clone(), Switch::new(false)).send_invite(&request("1")).await;
        let error = error.unwrap_err();
        assert_eq!((error.kind(), error.scope()), (ErrorKind::Blocked, ErrorScope::Account));
        assert_eq!((error.retry_advice(), error.send_state()), (RetryAdvice::Hold, SendState::NotSent));
        assert!(fake.sent().is_empty());
    }
}

#[tokio::test]
async fn kill_switch_off_during_a_wait_lets_nothing_leave() {
    let gate = closed();
    let fake = Fake::new("a").waiting_before(&gate).share();
    let switch = Switch::new(true);
    let provider = KillSwitch::new(fake.clone(), switch.clone());
    let request = request("1");
    let mut send = provider.send_invite(&request);
    assert!((&mut send).now_or_never().is_none());
    switch.disable();
    gate.add_permits(1);
    assert_eq!(send.await.unwrap_err().retry_advice(), RetryAdvice::Hold);
    assert!(fake.sent().is_empty());
}

#[tokio::test]
async fn kill_switch_keeps_a_shared_provider_shared() {
    let shared: DynProvider = into_dyn(Fake::new("a"));
    let count = Arc::strong_count(&shared);
    let _wrapper = KillSwitch::new(shared.clone(), Switch::new(true));
    assert_eq!(Arc::strong_count(&shared), count + 1);
}

#[tokio::test]
async fn consent_gate_suppresses_by_comparison_form() {
    for (listed, invited) in [
        ("\"JANE\"@example.com", "jane@example.com"),
        ("jane@example.com", "Jane@EXAMPLE.com"),
        ("jane@xn--bcher-kva.example", "jane@b\u{fc}cher.example"),
    ] {
        let fake = Fake::new("a").share();
        let gate = ConsentGate::new(fake.clone()).suppress([EmailAddress::new(listed).unwrap()]);
        let request = InviteRequest::builder(invited, "1", Consent::granted("test")).build().unwrap();
        let error = gate.send_invite(&request).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Blocked);
        assert_eq!(error.field_errors()[0].field(), "customer.email");
        assert!(gate.validate(&request).is_err() && fake.sent().is_empty());
    }
}

#[tokio::test]
async fn consent_gate_checks_again_after_a_wait() {
    let gate = closed();
    let fake = Fake::new("a").waiting_before(&gate).share();
    let opted_out = Switch::new(false);
    let list = opted_out.clone();
    let provider = ConsentGate::new(fake.clone()).suppress_when(move |_| list.is_enabled());
    let request = request("1");
    let mut send = provider.send_invite(&request);
    assert!((&mut send).now_or_never().is_none());
    opted_out.enable();
    gate.add_permits(1);
    assert_eq!(send.await.unwrap_err().kind(), ErrorKind::Blocked);
    assert!(fake.sent().is_empty());
}

#[tokio::test]
async fn consent_gate_rejects_a_claimed_legal_basis() {
    let gate = ConsentGate::new(Fake::new("a")).require_explicit_consent();
    let claimed =
        InviteRequest::builder("j@example.com", "1", Consent::legal_basis("customer")).build().unwrap();
    assert!(gate.send_invite(&claimed).await.is_err());
    assert!(gate.send_invite(&request("1")).await.is_ok());
}

#[tokio::test]
async fn dry_run_sends_nothing() {
    let fake = Fake::new("a").share();
    let receipt = DryRun::new(fake.clone()).send_invite(&request("1")).await.unwrap();
    assert_eq!(receipt.state, InviteState::DryRun);
    assert!(fake.sent().is_empty());
}

#[tokio::test]
async fn fallback_stops_at_skipped_unknown_and_blocked() {
    let skipped = InviteState::Skipped { reason: "invited recently".into(), retry_at: None };
    for result in [Ok(skipped), Err(error(ErrorKind::OutcomeUnknown)), Err(error(ErrorKind::Blocked))] {
        let spare = Fake::new("b").share();
        let fallback = Fallback::new("f", Fake::new("a").results([result])).then(spare.clone()).unwrap();
        let _ = fallback.send_invite(&request("1")).await;
        assert!(spare.sent().is_empty());
    }
}

struct SwitchHook(Switch);

impl BeforeSend for SwitchHook {
    fn check(&self) -> Result<()> {
        if self.0.is_enabled() { Ok(()) } else { Err(error(ErrorKind::Blocked)) }
    }
}

#[tokio::test]
async fn hook_of_a_provider_without_hooks_runs_before_the_call() {
    let (first, second) = (Fake::new("a").share(), Fake::new("b").without_hooks().share());
    let fallback = Fallback::new("f", first.clone()).then(second.clone()).unwrap();
    assert!(!fallback.capabilities().runs_send_hooks());
    let (switch, tracker) = (Switch::new(false), SendTracker::new());
    let hook = Arc::new(SwitchHook(switch.clone()));
    let rejected = send_with_hook(&fallback, &request("1"), Some(hook.clone()), &tracker).await.unwrap_err();
    assert_eq!((rejected.kind(), tracker.state()), (ErrorKind::Blocked, SendState::NotSent));
    assert_eq!((rejected.provider(), rejected.operation()), (Some(fallback.info()), Some("send_invite")));
    assert!(first.sent().is_empty() && second.sent().is_empty());
    switch.enable();
    send_with_hook(&fallback, &request("1"), Some(hook), &tracker).await.unwrap();
    // If the receipt of an acceptance is lost, the outcome is unknown.
    assert_eq!((tracker.state(), first.sent().len()), (SendState::Unknown, 1));
}

#[test]
fn fallback_with_equal_identities_is_rejected() {
    let error = Fallback::new("f", Fake::new("a")).then(Fake::new("a")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidConfig);
}

#[test]
fn router_with_equal_identities_is_rejected() {
    let german = Route::locale(Locale::new("de").unwrap());
    let build = |one: DynProvider, two: DynProvider| {
        Router::builder("r").route(german.clone(), one).default_target(two).build()
    };
    let error = build(into_dyn(Fake::new("a")), into_dyn(Fake::new("a"))).unwrap_err();
    assert_eq!((error.kind(), error.field_errors()[0].field()), (ErrorKind::InvalidConfig, "fake/a"));
    let shared = into_dyn(Fake::new("a"));
    assert!(build(shared.clone(), shared).is_ok());
    // The shop is not part of the identity: the vendor and the instance find the account.
    assert!(build(into_dyn(Fake::new("a")), into_dyn(Fake::new("a").shop("outlet"))).is_err());
    assert!(build(into_dyn(Fake::new("a")), into_dyn(Fake::new("b"))).is_ok());
    assert!(build(into_dyn(Fake::new("a")), into_dyn(Fake::new("a").vendor("other"))).is_ok());
    let split = WeightedSplit::new().add(1, Fake::new("a")).add(1, Fake::new("a"));
    assert!(Router::builder("r").default_target(split).build().is_err());
    assert_eq!(Router::builder("r").build().unwrap_err().field_errors()[0].field(), "default_target");
}

#[tokio::test]
async fn router_request_goes_to_the_chosen_target() {
    let (german, other) = (Fake::new("de").share(), Fake::new("en").without_hooks().share());
    let router = Router::builder("r")
        .route(Route::locale(Locale::new("de").unwrap()), german.clone())
        .default_target(other.clone())
        .build()
        .unwrap();
    let consent = Consent::granted("test");
    let request_de = InviteRequest::builder("a@example.com", "1", consent).locale("de-AT").build().unwrap();
    assert_eq!(router.info_for(&request_de).instance(), "de");
    assert!(router.capabilities_for(&request_de).runs_send_hooks());
    assert!(!router.capabilities_for(&request("2")).runs_send_hooks());
    assert_eq!(router.send_invite(&request_de).await.unwrap().provider.instance(), "de");
    let email = EmailAddress::new("a@example.com").unwrap();
    router.erase_customer(&email).await.unwrap();
    assert_eq!((german.erased(), other.erased()), (1, 1));
}

#[tokio::test]
async fn router_lookup_not_found_needs_every_target() {
    let find = async |second: InviteLookup| {
        let split = WeightedSplit::new().add(1, Fake::new("a")).add(1, Fake::new("b").lookup(second));
        let router = Router::builder("r").default_target(split).build().unwrap();
        let key: InviteKey = request("1").key(router.info());
        router.find_invite(&key.into()).await.unwrap()
    };
    assert_eq!(find(InviteLookup::NotFound).await, InviteLookup::NotFound);
    assert!(matches!(find(InviteLookup::inconclusive("x")).await, InviteLookup::Inconclusive { .. }));
    assert!(matches!(find(InviteLookup::Found(InviteStatus::new())).await, InviteLookup::Found(_)));
}

#[tokio::test]
async fn router_lookup_keeps_the_wait_of_a_target_that_failed() {
    let wait = Duration::from_secs(30);
    let down = error(ErrorKind::Transient).with_retry_advice(RetryAdvice::After(wait));
    let split = WeightedSplit::new().add(1, Fake::new("a").lookup_result(Err(down))).add(1, Fake::new("b"));
    let router = Router::builder("r").default_target(split).build().unwrap();
    let key: InviteKey = request("1").key(router.info());
    let found = router.find_invite(&key.into()).await.unwrap();
    assert!(
        matches!(found, InviteLookup::Inconclusive { retry_after: Some(time), .. } if time == wait),
        "{found:?}"
    );
}
