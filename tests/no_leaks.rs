//! No secret and no personal data in any `Debug`, `Display`, error, log line or span at TRACE, of these crates and
//! their dependencies.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

use std::time::Duration;

use review_invites::etrusted::{Etrusted, EtrustedClient, EtrustedProvider, SetupOptions};
use review_invites::from_lookup;
use review_invites::http::vendor::HttpFactory;
use review_invites::http::{ClientOptions, RetryPolicy};
use review_invites::prelude::*;
use review_invites::provider::{InviteRef, ProviderInfo};
use review_invites::reader_from_lookup;
use review_invites::reviews::ReviewQuery;
use review_invites::trustpilot::{Trustpilot, TrustpilotClient};
use review_invites_tests::{
    Proxy, VENDORS, Verdict, entries, is_send, provider_with, secrets, settings, settings_with,
};
use review_sandbox::Sandbox;
use review_testkit::{Canary, TracingGuard};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

fn request() -> InviteRequest {
    request_of("quetzal+shop@example.com")
}

fn request_of(email: &str) -> InviteRequest {
    InviteRequest::builder(email, "1001", Consent::granted("checkbox"))
        .first_name("Quetzalina")
        .last_name("Fitzcarraldo")
        .phone("+4917655500011")
        .address("Kolibriweg 17, 12345 Vogelstadt")
        .customer_reference("cus-4711-quetzal")
        .build()
        .unwrap()
}

/// A canary for the personal data of the customer and every credential of the sandbox.
fn canary(sandbox: &Sandbox) -> (Canary, TracingGuard) {
    let canary = Canary::new(request().customer().pii_values().into_iter().chain(secrets(sandbox)));
    let log = canary.capture_tracing();
    (canary, log)
}

/// The access tokens are secrets too.
fn assert_clean(canary: &Canary, sandbox: &Sandbox) {
    let tokens = sandbox.requests().into_iter().filter_map(|request| {
        let value = request.header("authorization")?.to_owned();
        value.split(' ').nth(1).map(str::to_owned)
    });
    let all = Canary::new(tokens);
    all.check_text(&canary.captured());
    assert_eq!(all.leaks(), Vec::<String>::new());
    assert_eq!(canary.leaks(), Vec::<String>::new());
    let seen = canary.captured();
    assert!(seen.contains("review_request") && seen.contains("TRACE"), "the log was not captured");
}

#[tokio::test]
async fn successful_calls_leak_nothing() {
    for vendor in VENDORS {
        let sandbox = Sandbox::start().await.unwrap();
        let (canary, _log) = canary(&sandbox);
        let provider = from_lookup(settings(&sandbox, vendor)).unwrap();
        let preview = provider.preview(&request()).unwrap();
        canary.check_text(&preview.requests[0].to_string());
        canary.check_debug(&preview);
        canary.check_debug(&request());
        canary.check_debug(&request().key(provider.info()));
        canary.check_debug(&provider.send_invite(&request()).await.unwrap());
        canary.check_debug(&provider);
        canary.check_debug(&provider.create_link(&request()).await);
        canary.check_debug(&provider.find_invite(&InviteRef::from(request().key(provider.info()))).await);
        canary.check_debug(&provider.check_setup().await.unwrap());
        let reader = reader_from_lookup(settings(&sandbox, vendor)).unwrap();
        canary.check_debug(&reader.read_reviews(&ReviewQuery::service(), None).await.unwrap());
        if let Err(error) = provider.erase_customer(request().customer().email()).await {
            canary.check_error(&error);
        }
        if vendor.has_tokens {
            sandbox.expire_tokens(vendor.simulated);
        }
        // Other customer, because a vendor may reject a second invitation to one address.
        let other = request_of("quetzal+other@example.com");
        canary.expect_absent(other.customer().pii_values());
        canary.check_debug(&provider.send_invite(&other).await.unwrap());
        assert_clean(&canary, &sandbox);
        assert_eq!(sandbox.emails().len(), 2);
    }
}

#[tokio::test]
async fn account_setup_leaks_nothing() {
    let sandbox = Sandbox::start().await.unwrap();
    let (canary, _log) = canary(&sandbox);
    let options = ClientOptions::default;
    let factory = HttpFactory::<Etrusted>::new();
    let settings_of_shop = entries("ETRUSTED_", factory.keys(), |name: &str| sandbox.env_var(name));
    canary.check_debug(&settings_of_shop);
    let info = ProviderInfo::new("etrusted", "shop");
    let provider: EtrustedProvider = factory.build(info, &settings_of_shop, options(), None).unwrap();
    canary.check_debug(provider.vendor());
    canary.check_debug(&EtrustedClient::new(&provider).ensure_setup(SetupOptions::new()).await.unwrap());
    let client = EtrustedClient::new(&provider);
    canary.check_debug(&client);
    canary.check_debug(&client.channels().await.unwrap());
    let by_domain = |name: &str| sandbox.env_var(name).filter(|_| name != "TRUSTPILOT_BUSINESS_UNIT_ID");
    let factory = HttpFactory::<Trustpilot>::new();
    let settings_of_shop = entries("TRUSTPILOT_", factory.keys(), by_domain);
    let info = ProviderInfo::new("trustpilot", "shop");
    let provider = factory.build(info, &settings_of_shop, options(), None).unwrap();
    canary.check_debug(provider.vendor());
    canary.check_debug(&provider.send_invite(&request()).await.unwrap());
    canary.check_debug(&TrustpilotClient::new(&provider));
    assert_clean(&canary, &sandbox);
}

#[tokio::test]
async fn failed_connections_leak_nothing() {
    for vendor in VENDORS {
        let sandbox = Sandbox::start().await.unwrap();
        let (canary, _log) = canary(&sandbox);
        let rule = |line: &str| {
            if is_send(line) { Verdict::DropResponse } else { Verdict::Pass }
        };
        let proxy = Proxy::start(sandbox.port(), rule).await;
        let (from, to) = (format!(":{}/", sandbox.port()), format!(":{}/", proxy.port));
        let lost = from_lookup(settings_with(&sandbox, vendor, from.clone(), to)).unwrap();
        canary.check_error(&lost.send_invite(&request()).await.unwrap_err());
        assert!(
            sandbox.requests().iter().any(|seen| vendor.is_send(&seen.path)),
            "{vendor}: nothing was sent"
        );
        let closed = from_lookup(settings_with(&sandbox, vendor, from, ":9/".to_owned())).unwrap();
        canary.check_error(&closed.send_invite(&request()).await.unwrap_err());
        assert_clean(&canary, &sandbox);
    }
}

/// A server that quotes the headers and the body of a request in every member an error body may have: raw, with the
/// escapes of JSON, or as HTML.
async fn echo_server() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        for number in 0..80 {
            let Ok((mut stream, _)) = listener.accept().await else {
                return;
            };
            let mut sent = vec![0; 65536];
            let length = stream.read(&mut sent).await.unwrap_or(0);
            let sent = String::from_utf8_lossy(&sent[..length]).into_owned();
            let is_token = sent.contains("/oauth/token") || sent.contains("/accesstoken");
            let (status, body) = if is_token && number % 4 != 3 {
                (200, r#"{"access_token":"tok-canary-0815","expires_in":"300"}"#.to_owned())
            } else if number % 2 == 0 {
                (400, format!("<html>{sent}</html>"))
            } else {
                // An error shows the first 200 characters, so each member of the body comes first once.
                let (head, body) = sent.split_once("\r\n\r\n").unwrap_or((&sent, ""));
                let members: Vec<_> =
                    body.split(['{', '}', '&', ',']).rev().chain(head.lines().rev()).collect();
                let from = number / 2 % 3 * 4;
                let quoted: String =
                    members[from.min(members.len() - 1)..].join(" ").chars().filter(|c| *c != '\r').collect();
                let quoted = quoted.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
                let members = [
                    "Message",
                    "Error",
                    "ErrorDescription",
                    "error",
                    "error_description",
                    "message",
                    "errorCode",
                    "correlationId",
                    "details",
                    "reason",
                    "id",
                ];
                let member = |name: &str| format!("\"{name}\":\"{quoted}\"");
                let details =
                    format!("\"detailedError\":[{{{},{}}}]", member("errorCode"), member("message"));
                let members: Vec<_> = members
                    .into_iter()
                    .map(member)
                    .chain([details, "\"status\":\"error\"".to_owned()])
                    .collect();
                ([400, 403, 500, 429][number / 2 % 4], format!("{{{}}}", members.join(",")))
            };
            let head =
                format!("HTTP/1.1 {status} X\r\nconnection: close\r\ncontent-length: {}\r\n\r\n", body.len());
            let _ = stream.write_all(format!("{head}{body}").as_bytes()).await;
        }
    });
    port
}

#[tokio::test]
async fn quoting_error_responses_leak_nothing() {
    for vendor in VENDORS {
        let sandbox = Sandbox::start().await.unwrap();
        let (canary, _log) = canary(&sandbox);
        let tokens = Canary::new(["tok-canary-0815".to_owned()]);
        let port = echo_server().await;
        let (from, to) = (format!(":{}/", sandbox.port()), format!(":{port}/"));
        let vars = settings_with(&sandbox, vendor, from, to);
        let retry = RetryPolicy::no_retries().with_attempt_timeout(Duration::from_secs(2));
        let mut kinds = std::collections::HashSet::new();
        for _ in 0..24 {
            let provider = provider_with(vendor, &vars, retry);
            let error = provider.send_invite(&request()).await.unwrap_err();
            kinds.insert(error.kind());
            canary.check_error(&error);
        }
        assert!(kinds.len() >= 3, "{vendor}: {kinds:?}");
        tokens.check_text(&canary.captured());
        assert_eq!(tokens.leaks(), Vec::<String>::new());
        assert_clean(&canary, &sandbox);
    }
}
