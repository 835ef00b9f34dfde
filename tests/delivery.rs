//! No customer is invited twice and none is forgotten, over real sockets. Emails are counted at the sandbox,
//! never assumed.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::time::{Duration, Instant};

use review_invites::http::RetryPolicy;
use review_invites::prelude::*;
use review_invites::{ErrorKind, SendState, from_lookup};
use review_invites_tests::vendors::trustpilot::TRUSTPILOT;
use review_invites_tests::{
    Proxy, TestVendor, VENDORS, Verdict, is_send, provider, provider_with, request, settings, settings_with,
};
use review_sandbox::Sandbox;

async fn behind(proxy: &Proxy, sandbox: &Sandbox, vendor: &TestVendor, retry: RetryPolicy) -> DynProvider {
    let (from, to) = (format!(":{}/", sandbox.port()), format!(":{}/", proxy.port));
    provider_with(vendor, settings_with(sandbox, vendor, from, to), retry)
}

#[tokio::test]
async fn lost_response_is_unknown_and_sent_once() {
    for vendor in VENDORS {
        let sandbox = Sandbox::start().await.unwrap();
        let rule = |line: &str| {
            if is_send(line) { Verdict::DropResponse } else { Verdict::Pass }
        };
        let proxy = Proxy::start(sandbox.port(), rule).await;
        let provider = behind(&proxy, &sandbox, vendor, RetryPolicy::default()).await;
        let error = provider.send_invite(&request("1")).await.unwrap_err();
        assert_eq!(
            (error.kind(), error.send_state()),
            (ErrorKind::OutcomeUnknown, SendState::Unknown),
            "{vendor}: {error}"
        );
        assert_eq!(error.retry_advice(), RetryAdvice::Reconcile);
        assert_eq!((proxy.lost(), sandbox.emails_for("1").len()), (1, 1), "{vendor}");
    }
}

#[tokio::test]
async fn missing_response_is_unknown_within_the_timeout() {
    for vendor in VENDORS {
        let sandbox = Sandbox::start().await.unwrap();
        let rule = |line: &str| {
            if is_send(line) { Verdict::Hang } else { Verdict::Pass }
        };
        let proxy = Proxy::start(sandbox.port(), rule).await;
        let retry = RetryPolicy::default().with_attempt_timeout(Duration::from_millis(400));
        let provider = behind(&proxy, &sandbox, vendor, retry).await;
        let began = Instant::now();
        let error = provider.send_invite(&request("1")).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::OutcomeUnknown, "{vendor}: {error}");
        assert!(began.elapsed() < Duration::from_secs(10), "{vendor}: it hung for {:?}", began.elapsed());
        assert_eq!((proxy.lost(), sandbox.emails_for("1").len()), (1, 1), "{vendor}");
    }
}

#[tokio::test]
async fn lost_response_to_a_lookup_is_retried() {
    let sandbox = Sandbox::start().await.unwrap();
    static FIRST: std::sync::atomic::AtomicBool = std::sync::atomic::AtomicBool::new(true);
    let rule = |line: &str| {
        let lose = line.contains("/find?") && FIRST.swap(false, std::sync::atomic::Ordering::SeqCst);
        if lose { Verdict::DropResponse } else { Verdict::Pass }
    };
    let proxy = Proxy::start(sandbox.port(), rule).await;
    let (from, to) = (format!(":{}/", sandbox.port()), format!(":{}/", proxy.port));
    let vars = settings_with(&sandbox, &TRUSTPILOT, from, to);
    let by_domain = |name: &str| vars(name).filter(|_| name != "TRUSTPILOT_BUSINESS_UNIT_ID");
    provider_with(&TRUSTPILOT, by_domain, RetryPolicy::default()).send_invite(&request("1")).await.unwrap();
    assert_eq!((proxy.lost(), sandbox.emails_for("1").len()), (1, 1));
}

#[tokio::test]
async fn refused_connection_is_retried() {
    for vendor in VENDORS {
        let first = Sandbox::start().await.unwrap();
        let (port, vars) = (first.port(), first.env_vars());
        first.stop().await;
        let vars = |name: &str| vars.iter().find(|(key, _)| *key == name).map(|(_, value)| value.clone());
        let retry = RetryPolicy::default()
            .with_max_attempts(1000)
            .with_backoff(Duration::from_millis(50), Duration::from_millis(50));
        let provider = provider_with(vendor, vars, retry);
        let send = tokio::spawn(async move { provider.send_invite(&request("1")).await });
        tokio::time::sleep(Duration::from_millis(200)).await;
        assert!(!send.is_finished(), "{vendor}: it gave up, or another process listens on the port");
        let second = Sandbox::builder().port(port).start().await.unwrap();
        send.await.unwrap().unwrap();
        assert_eq!(second.emails_for("1").len(), 1, "{vendor}");
    }
}

#[tokio::test]
async fn connection_that_stays_refused_is_not_sent() {
    for vendor in VENDORS {
        let sandbox = Sandbox::start().await.unwrap();
        let vars = sandbox.env_vars();
        sandbox.stop().await;
        let vars = |name: &str| vars.iter().find(|(key, _)| *key == name).map(|(_, value)| value.clone());
        let retry = RetryPolicy::default().with_backoff(Duration::ZERO, Duration::ZERO);
        let error = provider_with(vendor, vars, retry).send_invite(&request("1")).await.unwrap_err();
        assert_eq!(
            (error.kind(), error.send_state()),
            (ErrorKind::Transient, SendState::NotSent),
            "{vendor}: {error}"
        );
        assert!(matches!(error.retry_advice(), RetryAdvice::After(_)), "{vendor}");
    }
}

#[tokio::test]
async fn rejected_token_leads_to_one_new_token_and_one_retry() {
    for vendor in VENDORS.into_iter().filter(|vendor| vendor.has_tokens) {
        let sandbox = Sandbox::start().await.unwrap();
        let provider = provider(&sandbox, vendor);
        provider.send_invite(&request("1")).await.unwrap();
        let before = sandbox.requests().len();
        sandbox.expire_tokens(vendor.simulated);
        provider.send_invite(&request("2")).await.unwrap();
        let seen = sandbox.requests();
        let statuses: Vec<_> = seen.iter().skip(before).map(|request| request.status).collect();
        assert_eq!(statuses, [401, 200, 202], "{vendor}: rejected, one token, one retry");
        assert_eq!(
            (sandbox.token_requests(vendor.simulated), sandbox.emails_for("2").len()),
            (2, 1),
            "{vendor}"
        );
    }
}

#[tokio::test]
async fn wrong_credentials_send_nothing() {
    for vendor in VENDORS {
        let sandbox = Sandbox::start().await.unwrap();
        let vars = settings(&sandbox, vendor);
        let wrong = |name: &str| match vars(name) {
            // Digits, because some credentials are numbers.
            Some(_) if vendor.secrets.contains(&name) => Some("4711".to_owned()),
            value => value,
        };
        let error = from_lookup(wrong).unwrap().send_invite(&request("1")).await.unwrap_err();
        let state = if vendor.has_tokens { SendState::NotSent } else { SendState::Responded };
        assert_eq!((error.kind(), error.send_state()), (ErrorKind::Unauthorized, state), "{vendor}: {error}");
        assert_eq!(sandbox.emails().len(), 0);
    }
}
