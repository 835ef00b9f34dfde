//! Rules: what they match, and when they hit.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "clippy.toml allows these in test functions, and these are their helpers"
)]

mod common;

use common::wire::event_for;
use common::*;
use review_sandbox::{Fault, FaultCount, FaultPhase, FaultRule, Host, Sandbox, Trigger, Vendor};

fn rule() -> FaultRule {
    FaultRule::new(Fault::status(503)).with_path_prefix("/events")
}

/// Of so many calls about different orders, those that were hit, counted from 1.
async fn hit(sandbox: &Sandbox, calls: usize) -> Vec<usize> {
    let mut hit = Vec::new();
    for call in 1..=calls {
        if post(sandbox, &format!("order-{call}")).await == 503 {
            hit.push(call);
        }
    }
    hit
}

/// Without a token: it is the fault that matters.
async fn post(sandbox: &Sandbox, reference: &str) -> u16 {
    let event = event_for(sandbox, "jane@example.com", reference).to_string();
    send(sandbox, Host::EtrustedApi, "POST /events", &[JSON], event).await.status
}

async fn with_rule(rule: FaultRule) -> Sandbox {
    Sandbox::builder().fault(rule).start().await.unwrap()
}

#[tokio::test]
async fn trigger_decides_which_requests_are_hit() {
    for (when, expected) in [
        (Trigger::Always, vec![1, 2, 3, 4, 5, 6, 7]),
        (Trigger::Nth(3), vec![3]),
        (Trigger::First(2), vec![1, 2]),
        (Trigger::First(0), vec![]),
        (Trigger::Every(3), vec![3, 6]),
        (Trigger::Probability { probability: 0.0, seed: 1 }, vec![]),
        (Trigger::Probability { probability: 1.0, seed: 1 }, vec![1, 2, 3, 4, 5, 6, 7]),
    ] {
        assert_eq!(hit(&with_rule(rule().with_trigger(when)).await, 7).await, expected, "{when:?}");
    }
    assert_eq!(
        hit(&with_rule(rule().with_trigger(Trigger::Every(2)).with_max_hits(2)).await, 7).await,
        [2, 4]
    );
}

#[tokio::test]
async fn same_seed_hits_the_same_requests() {
    let sequence = async |seed| {
        hit(&with_rule(rule().with_trigger(Trigger::Probability { probability: 0.3, seed })).await, 100).await
    };
    let (one, again, other) = (sequence(1).await, sequence(1).await, sequence(2).await);
    assert_eq!(one, again);
    assert_ne!(one, other);
    assert!((15..=45).contains(&one.len()) && (15..=45).contains(&other.len()), "{one:?} {other:?}");
}

/// Two rules do not share their count or their chance.
#[tokio::test]
async fn rules_count_independently() {
    let sandbox = with_rule(rule().with_trigger(Trigger::Nth(2))).await;
    let other =
        FaultRule::new(Fault::status(503)).with_path_prefix("/channels").with_trigger(Trigger::Nth(1));
    sandbox.add_fault(other).unwrap();
    assert_eq!(post(&sandbox, "order-1").await, 401);
    send(&sandbox, Host::EtrustedApi, "GET /channels", &[], "").await.is(503);
    assert_eq!(post(&sandbox, "order-2").await, 503);
}

#[tokio::test]
async fn once_per_reference_hits_each_order_once() {
    let sandbox = with_rule(rule().once_per_reference()).await;
    for (reference, status) in [("a", 503), ("a", 401), ("b", 503), ("a", 401), ("b", 401)] {
        assert_eq!(post(&sandbox, reference).await, status, "{reference}");
    }
    // A call about no order is not matched.
    send(&sandbox, Host::EtrustedApi, "POST /events", &[JSON], "{}").await.is(401);

    // Chance is asked once for each order: who was spared at first is spared for good.
    let sandbox = with_rule(
        rule().once_per_reference().with_trigger(Trigger::Probability { probability: 0.5, seed: 3 }),
    )
    .await;
    let first = hit(&sandbox, 20).await;
    assert!((1..20).contains(&first.len()));
    assert_eq!(hit(&sandbox, 20).await, [0; 0]);
}

#[tokio::test]
async fn rule_matches_if_all_conditions_match() {
    let call = async |sandbox: &Sandbox| {
        let recipient = "Jane@example.com";
        let event = event_for(sandbox, recipient, "order-1").to_string();
        send(sandbox, Host::EtrustedApi, "POST /events?a=1", &[JSON], event).await.status
    };
    let any = || FaultRule::new(Fault::status(503));
    for (right, wrong) in [
        (any().with_vendor(Vendor::Etrusted), any().with_vendor(Vendor::Trustpilot)),
        (any().with_host(Host::EtrustedApi), any().with_host(Host::EtrustedLogin)),
        (any().with_method("POST"), any().with_method("GET")),
        (any().with_path_prefix("/eve"), any().with_path_prefix("vents")),
        (any().with_path_contains("vent"), any().with_path_contains("?a")),
        (any().with_recipient("jane@EXAMPLE.com"), any().with_recipient("jane@example.co")),
        (any().with_reference("order-1"), any().with_reference("Order-1")),
        (
            any().with_method("POST").with_reference("order-1").with_path_contains("e"),
            any().with_method("POST").with_reference("order-1").with_path_contains("x"),
        ),
    ] {
        assert_eq!(call(&with_rule(right.clone()).await).await, 503, "{right:?}");
        assert_eq!(call(&with_rule(wrong.clone()).await).await, 401, "{wrong:?}");
    }
}

#[tokio::test]
async fn token_requests_match_rules() {
    let rule =
        FaultRule::new(Fault::status(500)).with_path_contains("/oauth/token").with_trigger(Trigger::First(1));
    let sandbox = with_rule(rule).await;
    etrusted_token(&sandbox, &etrusted_fields(&sandbox)).await.is(500);
    assert_eq!(sandbox.token_requests(Vendor::Etrusted), 0);
    etrusted_token(&sandbox, &etrusted_fields(&sandbox)).await.is(200);
}

#[tokio::test]
async fn first_matching_rule_applies() {
    let sandbox = Sandbox::start().await.unwrap();
    let add =
        |status, when| sandbox.add_fault(FaultRule::new(Fault::status(status)).with_trigger(when)).unwrap();
    let first = add(500, Trigger::Nth(2));
    // Of the three calls the second is not counted here.
    let second = add(502, Trigger::Nth(2));
    let mut statuses = Vec::new();
    for _ in 0..3 {
        statuses.push(post(&sandbox, "order-1").await);
    }
    assert_eq!(statuses, [401, 500, 502]);
    // A recipient goes before all rules.
    let third = add(504, Trigger::Always);
    let event = event_for(&sandbox, "status-418@sandbox.test", "order-1").to_string();
    send(&sandbox, Host::EtrustedApi, "POST /events", &[JSON], event).await.is(418);
    assert_eq!(post(&sandbox, "order-1").await, 504);
    assert!(sandbox.remove_fault(third) && !sandbox.remove_fault(third));
    assert_eq!(post(&sandbox, "order-1").await, 401);
    assert!(first < second && second < third);
    add(504, Trigger::Always);
    sandbox.clear_faults();
    assert_eq!(post(&sandbox, "order-1").await, 401);
    assert_eq!(sandbox.faults().len(), 4);
}

#[tokio::test]
async fn invalid_rules_are_rejected() {
    let sandbox = Sandbox::start().await.unwrap();
    let any = || FaultRule::new(Fault::status(503));
    let to = |location: &str| Fault::Redirect {
        code: 307,
        location: Some(location.to_owned()),
        phase: FaultPhase::BeforeCommit,
    };
    for (rule, text) in [
        (FaultRule::new(Fault::status(199)), "`fault`"),
        (FaultRule::new(Fault::status(600)), "200 to 599"),
        (FaultRule::new(to("a\r\nb")), "header"),
        (FaultRule::new(Fault::CloseOnAccept).with_reference("order-1"), "connections"),
        (FaultRule::new(Fault::ResetOnAccept).once_per_reference(), "connections"),
        (any().with_method("post"), "`method`"),
        (any().with_trigger(Trigger::Nth(0)), "`nth`"),
        (any().with_trigger(Trigger::Every(0)), "`every`"),
        (any().with_trigger(Trigger::Probability { probability: 1.1, seed: 0 }), "`probability`"),
        (any().with_trigger(Trigger::Probability { probability: f64::NAN, seed: 0 }), "0 to 1"),
    ] {
        let error = sandbox.add_fault(rule.clone()).unwrap_err().to_string();
        assert!(error.contains(text), "{error}");
        let error = Sandbox::builder().fault(rule).start().await.unwrap_err();
        assert_eq!(error.kind(), std::io::ErrorKind::InvalidInput);
    }
    assert!(!format!("{:?}", any().with_recipient("jane@example.com")).contains("jane"));
}

/// What a soak needs: bounded memory, and exact figures.
#[tokio::test]
async fn counts_are_exact_if_nothing_is_kept() {
    let chance = |probability, seed| Trigger::Probability { probability, seed };
    let sandbox = Sandbox::builder()
        .max_recorded_requests(0)
        .max_recorded_faults(3)
        .fault(
            FaultRule::new(Fault::status(500))
                .with_path_prefix("/events")
                .once_per_reference()
                .with_trigger(chance(0.2, 1)),
        )
        .fault(
            FaultRule::new("close-after-commit".parse().unwrap())
                .with_path_prefix("/events")
                .with_trigger(chance(0.2, 2)),
        )
        .start()
        .await
        .unwrap();
    let token = wire::bearer(&sandbox).await;
    let (mut unknown, mut accepted) = (0, 0);
    for call in 0..200 {
        let event = event_for(&sandbox, "jane@example.com", &format!("order-{call}")).to_string();
        let headers = [JSON, ("Authorization", &*format!("Bearer {token}")), ("Connection", "close")];
        let request = wire::request(Host::EtrustedApi, "POST /events", &headers, &event);
        let received = wire::exchange(&sandbox, &request, None).await;
        match received.text().get(9..12) {
            Some("202") => accepted += 1,
            Some("500") | None => unknown += 1,
            other => panic!("{other:?}"),
        }
    }
    let counts = sandbox.fault_counts();
    let sum: FaultCount = counts.values().copied().sum();
    assert_eq!((sum.injected, sum.read, sum.unknown), (unknown, unknown, unknown));
    let (status, close) = (counts["status-500"], counts["close-after-commit"]);
    assert!(status.injected > 10 && close.injected > 10, "{counts:?}");
    assert_eq!((status.committed, close.committed), (0, close.injected));
    assert_eq!((status.responded, close.responded), (status.injected, 0));
    assert_eq!((sandbox.requests().len(), sandbox.faults().len(), sandbox.request_count()), (0, 3, 201));
    let emails = sandbox.email_counts();
    assert_eq!(emails.len() as u64, accepted + close.committed);
    assert!(emails.iter().all(|((vendor, reference), count)| {
        *vendor == Vendor::Etrusted && reference.starts_with("order-") && *count == 1
    }));
}
