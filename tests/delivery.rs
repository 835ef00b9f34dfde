//! No customer is invited twice and none is forgotten, over real sockets. Emails are counted at the sandbox,
//! never assumed.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::unwrap_used, reason = "a test may panic")]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;

use review_invites::http::{
    BodyStatus, DynTransport, HttpResponse, HttpTransport, RetryPolicy, TransportError, TransportOptions,
    default_transport,
};
use review_invites::prelude::*;
use review_invites::wrappers::{Dedup, Fallback, MemoryDedupStore};
use review_invites::{ErrorKind, SendState, from_lookup};
use review_invites_tests::vendors::trustpilot::TRUSTPILOT;
use review_invites_tests::{
    Proxy, TestVendor, VENDORS, Verdict, is_send, provider, provider_over, provider_with, request, settings,
    settings_with,
};
use review_sandbox::{Fault, FaultRule, Sandbox};

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
async fn missing_response_is_unknown_after_the_timeout() {
    for vendor in VENDORS {
        let sandbox = Sandbox::start().await.unwrap();
        let rule = |line: &str| {
            if is_send(line) { Verdict::Hang } else { Verdict::Pass }
        };
        let proxy = Proxy::start(sandbox.port(), rule).await;
        // A busy machine may need longer than the first timeout to send the request.
        let mut found = None;
        for (number, seconds) in [1, 10, 60].into_iter().enumerate() {
            let timeout = Duration::from_secs(seconds);
            let retry =
                RetryPolicy::no_retries().with_attempt_timeout(timeout).with_total_timeout(2 * timeout);
            let provider = behind(&proxy, &sandbox, vendor, retry).await;
            let (reference, before) = (number.to_string(), proxy.lost());
            let request = request(&reference);
            let send = tokio::time::timeout(Duration::from_secs(300), provider.send_invite(&request));
            let error = send.await.expect("the call ends with its timeout").unwrap_err();
            found = Some((error.kind(), proxy.lost() - before, sandbox.emails_for(&reference).len()));
            if found == Some((ErrorKind::OutcomeUnknown, 1, 1)) {
                break;
            }
        }
        assert_eq!(found, Some((ErrorKind::OutcomeUnknown, 1, 1)), "{vendor}");
    }
}

#[tokio::test]
async fn lost_response_to_a_lookup_is_retried() {
    let sandbox = Sandbox::start().await.unwrap();
    static FIRST: std::sync::atomic::AtomicBool = std::sync::atomic::AtomicBool::new(true);
    let rule = |line: &str| {
        let lose = line.contains("/find?") && FIRST.swap(false, Ordering::SeqCst);
        if lose { Verdict::DropResponse } else { Verdict::Pass }
    };
    let proxy = Proxy::start(sandbox.port(), rule).await;
    let (from, to) = (format!(":{}/", sandbox.port()), format!(":{}/", proxy.port));
    let vars = settings_with(&sandbox, &TRUSTPILOT, from, to);
    let by_domain = |name: &str| vars(name).filter(|_| name != "TRUSTPILOT_BUSINESS_UNIT_ID");
    provider_with(&TRUSTPILOT, by_domain, RetryPolicy::default()).send_invite(&request("1")).await.unwrap();
    assert_eq!((proxy.lost(), sandbox.emails_for("1").len()), (1, 1));
}

/// Sends the first requests to a port where nothing listens.
#[derive(Debug)]
struct LateStart {
    inner: DynTransport,
    refused: AtomicUsize,
    closed_port: u16,
    requests: AtomicUsize,
}

#[async_trait]
impl HttpTransport for LateStart {
    async fn send(
        &self,
        mut request: http::Request<Bytes>,
        timeout: Duration,
    ) -> Result<HttpResponse, TransportError> {
        self.requests.fetch_add(1, Ordering::SeqCst);
        if self.refused.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok() {
            let path = request.uri().path().to_owned();
            *request.uri_mut() = format!("http://127.0.0.1:{}{path}", self.closed_port).parse().unwrap();
        }
        self.inner.send(request, timeout).await
    }
}

#[tokio::test]
async fn refused_connection_is_retried() {
    let closed_port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    for vendor in VENDORS {
        let sandbox = Sandbox::start().await.unwrap();
        let transport = Arc::new(LateStart {
            inner: default_transport(TransportOptions::default()).unwrap(),
            refused: AtomicUsize::new(0),
            closed_port,
            requests: AtomicUsize::new(0),
        });
        let retry = RetryPolicy::default()
            .with_max_attempts(4)
            .with_backoff(Duration::ZERO, Duration::ZERO)
            .with_total_timeout(Duration::from_secs(300));
        let shared = Some(transport.clone() as DynTransport);
        let provider = provider_over(vendor, settings(&sandbox, vendor), retry, shared);
        provider.send_invite(&request("first")).await.unwrap();
        transport.requests.store(0, Ordering::SeqCst);
        transport.refused.store(3, Ordering::SeqCst);
        provider.send_invite(&request("1")).await.unwrap();
        assert_eq!(transport.requests.load(Ordering::SeqCst), 4, "{vendor}");
        assert_eq!(sandbox.emails_for("1").len(), 1, "{vendor}");
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

/// Statuses that say nothing about whether the vendor processed the request, whichever hop sends them. A 503 is one
/// without the vendor's own body.
const UNCERTAIN: [u16; 24] = [
    300, 302, 303, 304, 408, 500, 501, 502, 503, 504, 505, 507, 508, 511, 520, 521, 522, 523, 524, 525, 526,
    527, 530, 599,
];

#[tokio::test]
async fn status_after_the_commit_never_causes_a_second_email() {
    for (index, vendor) in VENDORS.iter().enumerate() {
        let other = VENDORS[(index + 1) % VENDORS.len()];
        let sandbox = Sandbox::start().await.unwrap();
        let spare = provider(&sandbox, other);
        for status in UNCERTAIN {
            let fault: Fault = format!("status-{status}-empty-after-commit").parse().unwrap();
            for (name, with_fallback) in [("dedup", false), ("fallback", true)] {
                let order = format!("{name}-{status}");
                let retry = RetryPolicy::default().with_backoff(Duration::ZERO, Duration::ZERO);
                let first = provider_with(vendor, settings(&sandbox, vendor), retry);
                let inner: DynProvider = if with_fallback {
                    Arc::new(Fallback::new("f", first).then(spare.clone()).unwrap())
                } else {
                    first
                };
                let dedup = Dedup::new(inner, MemoryDedupStore::new());
                let rule = FaultRule::new(fault.clone()).with_path_contains(vendor.sends);
                sandbox.add_fault(rule).unwrap();
                let error = dedup.send_invite(&request(&order)).await.unwrap_err();
                assert_eq!(error.kind(), ErrorKind::OutcomeUnknown, "{vendor}, {order}: {error}");
                sandbox.clear_faults();
                assert!(dedup.send_invite(&request(&order)).await.is_err(), "{vendor}, {order}");
                assert_eq!(sandbox.emails_for(&order).len(), 1, "{vendor}, {order}");
            }
        }
    }
}

/// Responds to every request that is not for a token with one response, and counts them.
#[derive(Debug)]
struct Responds(u16, String, AtomicUsize);

#[async_trait]
impl HttpTransport for Responds {
    async fn send(&self, request: http::Request<Bytes>, _: Duration) -> Result<HttpResponse, TransportError> {
        let (status, body) = if request.uri().path().contains("/oauth") {
            (200, r#"{"access_token": "canary-token", "expires_in": "3600"}"#.to_owned())
        } else {
            self.2.fetch_add(1, Ordering::SeqCst);
            (self.0, self.1.clone())
        };
        let (status, headers) = (http::StatusCode::from_u16(status).unwrap(), http::HeaderMap::new());
        Ok(HttpResponse { status, headers, body: body.into(), body_status: BodyStatus::Complete })
    }
}

/// Random JSON of the members and values that vendors use, and of what was sent.
fn random_json(rng: &mut fastrand::Rng, depth: u8) -> String {
    const WORDS: [&str; 16] = [
        "Message",
        "message",
        "error",
        "Error",
        "errorCode",
        "details",
        "EventRef",
        "correlationId",
        "status",
        "id",
        "success",
        "jane@example.com",
        "Jane Doe",
        "canary-token",
        "",
        "\\u0000",
    ];
    let word = |rng: &mut fastrand::Rng| format!("\"{}\"", rng.choice(WORDS).unwrap_or_default());
    match rng.u8(0..if depth == 0 { 5 } else { 8 }) {
        0 => rng
            .choice(["null", "true", "1e999", "-0", "12345678901234567890", "1014"])
            .unwrap_or_default()
            .to_owned(),
        1..5 => word(rng),
        5 => {
            let items: Vec<_> = (0..rng.u8(0..3)).map(|_| random_json(rng, depth - 1)).collect();
            format!("[{}]", items.join(","))
        }
        _ => {
            let members: Vec<_> =
                (0..rng.u8(0..4)).map(|_| format!("{}:{}", word(rng), random_json(rng, depth - 1))).collect();
            format!("{{{}}}", members.join(","))
        }
    }
}

#[tokio::test]
async fn random_json_is_never_a_second_email_or_a_false_receipt() {
    let sandbox = Sandbox::start().await.unwrap();
    let mut rng = fastrand::Rng::with_seed(11);
    for vendor in VENDORS {
        let mut receipts = 0;
        for _ in 0..4500 {
            let status = if rng.bool() { 200 + rng.u16(0..5) } else { rng.u16(300..600) };
            let body = random_json(&mut rng, 3);
            let transport = Arc::new(Responds(status, body.clone(), AtomicUsize::new(0)));
            let shared = Some(transport.clone() as DynTransport);
            let provider =
                provider_over(vendor, settings(&sandbox, vendor), RetryPolicy::no_retries(), shared);
            let result = provider.send_invite(&request("1")).await;
            let sent = transport.2.load(Ordering::SeqCst);
            let case = format!("{vendor}: {status} {body}: {result:?}");
            match result {
                Ok(_) => {
                    assert!((200..300).contains(&status) && sent == 1, "{case}");
                    receipts += 1;
                }
                Err(error) => {
                    let is_uncertain = status != 503 && UNCERTAIN.contains(&status);
                    assert!(!is_uncertain || error.kind() == ErrorKind::OutcomeUnknown, "{case}");
                    // A rejected token leads to one more attempt.
                    assert!(sent == 1 || (sent == 2 && error.kind() != ErrorKind::OutcomeUnknown), "{case}");
                    let shown = format!("{error} {error:?} {error:#?}").to_lowercase();
                    let hidden = ["jane", "doe\"", "canary"].into_iter().find(|value| shown.contains(value));
                    assert_eq!(hidden, None, "{case}");
                }
            }
        }
        assert!(receipts > 0, "{vendor}");
    }
}
