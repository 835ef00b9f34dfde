//! Responses of a proxy, firewall or CDN in front of the vendor, as they were reported from the field.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use std::sync::Arc;

use common::{Played, account, golden, minimal, played};
use review_core::provider::{InviteState, ReviewInviteProvider, SetupStatus};
use review_core::wrappers::{Dedup, MemoryDedupStore};
use review_core::{ErrorKind, ErrorScope, RetryAdvice, SendState};

const CLOUDFLARE: &[(&str, &str)] = &[("server", "cloudflare"), ("cf-ray", "8f0a1b2c3d4e5f60-AMS")];
const PAGE: &str = "<!doctype html><title>Maintenance</title>";

#[tokio::test]
async fn page_with_200_is_unknown_and_never_sent_again() {
    for body in [PAGE, "", r#"{"ok":true}"#] {
        let transport = Played::new(200, &body);
        let dedup = Dedup::new(played(account(), &transport), Arc::new(MemoryDedupStore::new()));
        let error = dedup.send_invite(&minimal("1001")).await.unwrap_err();
        assert_eq!(
            (error.kind(), error.send_state(), error.retry_advice()),
            (ErrorKind::OutcomeUnknown, SendState::Unknown, RetryAdvice::Reconcile),
            "{body}: {error}"
        );
        // It is not recorded as sent, and not sent again before a lookup.
        let again = dedup.send_invite(&minimal("1001")).await.unwrap_err();
        assert_eq!((again.kind(), transport.count()), (ErrorKind::OutcomeUnknown, 1), "{body}");
    }
}

#[tokio::test]
async fn blocked_order_does_not_stop_the_others() {
    let success = golden("success_response").to_string();
    let transport = Played::with(move |request| {
        let is_blocked = String::from_utf8_lossy(request.body()).contains("blocked");
        if is_blocked { (403, CLOUDFLARE.to_vec(), PAGE.to_owned()) } else { (200, vec![], success.clone()) }
    });
    let provider = played(account(), &transport);
    let error = provider.send_invite(&minimal("blocked-1")).await.unwrap_err();
    assert_eq!((error.scope(), error.send_state()), (ErrorScope::Request, SendState::Responded), "{error}");
    assert!(matches!(error.retry_advice(), RetryAdvice::After(_)), "{error}");
    assert!(error.to_string().contains("8f0a1b2c3d4e5f60-AMS"), "{error}");
    assert_eq!(provider.send_invite(&minimal("1002")).await.unwrap().state, InviteState::Accepted);
    let mut scopes = Vec::new();
    for reference in ["blocked-2", "blocked-3", "blocked-4"] {
        scopes.push(provider.send_invite(&minimal(reference)).await.unwrap_err().scope());
    }
    assert_eq!(scopes, [ErrorScope::Request, ErrorScope::Request, ErrorScope::Account]);
}

#[tokio::test]
async fn unreached_origin_is_not_sent_only_with_both_headers() {
    let both = (ErrorKind::Transient, SendState::NotSent);
    let unknown = (ErrorKind::OutcomeUnknown, SendState::Unknown);
    for (status, headers, expected) in [
        (521, CLOUDFLARE, both),
        (523, CLOUDFLARE, both),
        (525, CLOUDFLARE, both),
        (526, CLOUDFLARE, both),
        (520, CLOUDFLARE, unknown),
        (522, CLOUDFLARE, unknown),
        (524, CLOUDFLARE, unknown),
        (523, &[], unknown),
    ] {
        let transport = Played::with_headers(status, headers, &PAGE);
        let error = played(account(), &transport).send_invite(&minimal("1001")).await.unwrap_err();
        assert_eq!((error.kind(), error.send_state()), expected, "{status} {headers:?}: {error}");
    }
}

#[tokio::test]
async fn compressed_response_is_unknown_and_named() {
    let transport = Played::with_headers(200, &[("content-encoding", "gzip")], &"\u{1f}\u{8}compressed");
    let provider = played(account(), &transport);
    let error = provider.send_invite(&minimal("1001")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::OutcomeUnknown);
    assert!(error.to_string().contains("compressed"), "{error}");
    let requests = transport.requests.lock().unwrap();
    assert_eq!(requests.first().unwrap().headers()["accept-encoding"], "identity");
}

#[tokio::test]
async fn setup_check_that_read_nothing_is_not_ready() {
    for (status, headers, body) in [
        (200, CLOUDFLARE, PAGE),
        (200, &[], ""),
        (200, &[], r#"{"status":"success"}"#),
        (302, &[("location", "https://login.example.com/")], ""),
        (403, CLOUDFLARE, PAGE),
        (500, &[], PAGE),
        (523, CLOUDFLARE, PAGE),
    ] {
        let provider = played(account(), &Played::with_headers(status, headers, &body));
        let report = provider.check_setup().await.unwrap();
        assert_eq!(report.status(), SetupStatus::Unknown, "{status} {body}: {report:?}");
    }
    for (status, name) in [(200, "error_credentials_response"), (404, "error_missing_response")] {
        let provider = played(account(), &Played::new(status, &golden(name)));
        let report = provider.check_setup().await.unwrap();
        assert_eq!(report.status(), SetupStatus::NotReady, "{name}: {report:?}");
    }
}
