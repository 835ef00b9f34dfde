//! No secret and nothing personal in any Debug, Display, error, log line or span, at TRACE, of these
//! crates and of the libraries below them.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

use std::time::Duration;

use review_invites::etrusted::{EtrustedConfig, EtrustedProvider, Setup};
use review_invites::transport::RetryPolicy;
use review_invites::trustpilot::{TrustpilotConfig, TrustpilotProvider};
use review_invites::*;
use review_invites_tests::harness::secrets;
use review_invites_tests::{Proxy, VENDORS, Verdict, provider_with, settings, settings_with};
use review_sandbox::{Sandbox, Vendor};
use review_testkit::{Canary, Log};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

fn customer() -> Customer {
    Customer::new(EmailAddress::new("quetzal+shop@example.com").unwrap())
        .with_name(CustomerName::FirstAndLast(
            PersonName::new("Quetzalina").unwrap(),
            PersonName::new("Fitzcarraldo").unwrap(),
        ))
        .with_phone(PhoneNumber::new("+4917655500011").unwrap())
        .with_address(PostalAddress::new("Kolibriweg 17, 12345 Vogelstadt").unwrap())
        .with_reference(CustomerReference::new("cus-4711-quetzal").unwrap())
}

fn request() -> InviteRequest {
    let order = Order::new(OrderReference::new("1001").unwrap());
    InviteRequest::builder(customer(), order, Consent::granted("checkbox")).build().unwrap()
}

/// Everything personal of the customer, and every credential of the sandbox.
fn canary(sandbox: &Sandbox) -> (Canary, Log) {
    let canary = Canary::new(customer().personal_values().into_iter().chain(secrets(sandbox)));
    let log = canary.listen();
    (canary, log)
}

/// The tokens that were given out are secrets too.
fn assert_clean(canary: &Canary, sandbox: &Sandbox) {
    let tokens = sandbox.requests().into_iter().filter_map(|request| {
        let value = request.header("authorization")?.to_owned();
        value.split(' ').nth(1).map(str::to_owned)
    });
    let all = Canary::new(tokens);
    all.note(&canary.seen());
    assert_eq!(all.leaks(), Vec::<String>::new());
    assert_eq!(canary.leaks(), Vec::<String>::new());
    let seen = canary.seen();
    assert!(seen.contains("review_call") && seen.contains("TRACE"), "the log was not listened to");
}

#[tokio::test]
async fn when_all_goes_well() {
    for vendor in VENDORS {
        let sandbox = Sandbox::start().await.unwrap();
        let (canary, _log) = canary(&sandbox);
        let provider = from_vars(settings(&sandbox, vendor)).unwrap();
        let preview = provider.preview(&request()).unwrap();
        canary.note(&preview.calls[0].to_string());
        canary.show(&preview);
        canary.show(&request());
        canary.show(&request().key(provider.info()));
        canary.show(&provider.send_invite(&request()).await.unwrap());
        canary.show(&provider);
        canary.show(&provider.create_link(&request()).await);
        canary.show(&provider.find_invite(&request().key(provider.info())).await.unwrap());
        canary.show(&provider.check_setup().await.unwrap());
        let reader = reader_from_vars(settings(&sandbox, vendor)).unwrap();
        canary.show(&reader.read_reviews(&ReviewQuery::service(), None).await.unwrap());
        if let Err(error) = provider.erase_customer(request().customer().email()).await {
            canary.show_error(&error);
        }
        sandbox.expire_tokens(if vendor == "etrusted" { Vendor::Etrusted } else { Vendor::Trustpilot });
        canary.show(&provider.send_invite(&request()).await.unwrap());
        assert_clean(&canary, &sandbox);
        assert_eq!(sandbox.emails().len(), 2);
    }
}

#[tokio::test]
async fn when_accounts_are_set_up_and_shown() {
    let sandbox = Sandbox::start().await.unwrap();
    let (canary, _log) = canary(&sandbox);
    let config = EtrustedConfig::from_vars(settings(&sandbox, "etrusted")).unwrap();
    canary.show(&config);
    let provider = EtrustedProvider::new(config).unwrap();
    canary.show(&provider.ensure_setup(Setup::new()).await.unwrap());
    canary.show(provider.client());
    canary.show(&provider.client().channels().await.unwrap());
    let by_domain = |name: &str| sandbox.env_var(name).filter(|_| name != "TRUSTPILOT_BUSINESS_UNIT_ID");
    let config = TrustpilotConfig::from_vars(by_domain).unwrap();
    canary.show(&config);
    let provider = TrustpilotProvider::new(config).unwrap();
    canary.show(&provider.send_invite(&request()).await.unwrap());
    canary.show(provider.client());
    assert_clean(&canary, &sandbox);
}

#[tokio::test]
async fn when_the_answer_is_lost_or_nothing_listens() {
    for vendor in VENDORS {
        let sandbox = Sandbox::start().await.unwrap();
        let (canary, _log) = canary(&sandbox);
        let send = |line: &str| line.contains("/events ") || line.contains("/email-invitations ");
        let proxy = match vendor {
            "etrusted" => Proxy::start(sandbox.port(), |line| {
                if line.contains("/events ") { Verdict::LoseAnswer } else { Verdict::Pass }
            }),
            _ => Proxy::start(sandbox.port(), |line| {
                if line.contains("/email-invitations ") { Verdict::LoseAnswer } else { Verdict::Pass }
            }),
        }
        .await;
        let (from, to) = (format!(":{}/", sandbox.port()), format!(":{}/", proxy.port));
        let lost = from_vars(settings_with(&sandbox, vendor, from.clone(), to)).unwrap();
        canary.show_error(&lost.send_invite(&request()).await.unwrap_err());
        assert!(
            sandbox.requests().iter().any(|seen| send(&format!("{} ", seen.path))),
            "{vendor}: nothing was sent"
        );
        let closed = from_vars(settings_with(&sandbox, vendor, from, ":9/".to_owned())).unwrap();
        canary.show_error(&closed.send_invite(&request()).await.unwrap_err());
        assert_clean(&canary, &sandbox);
    }
}

/// A server that quotes all it was sent, headers and body, in every member an error body may have;
/// once as it came, once in JSON's own escapes, once as HTML.
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
                // An error shows the first 200 characters: the body's members come first, one by one.
                let (head, body) = sent.split_once("\r\n\r\n").unwrap_or((&sent, ""));
                let members: Vec<_> =
                    body.split(['{', '}', '&', ',']).rev().chain(head.lines().rev()).collect();
                let from = number / 2 % 3 * 4;
                let said: String =
                    members[from.min(members.len() - 1)..].join(" ").chars().filter(|c| *c != '\r').collect();
                let said = said.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
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
                ];
                let members: Vec<_> =
                    members.iter().map(|member| format!("\"{member}\":\"{said}\"")).collect();
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
async fn when_the_vendor_quotes_all_it_was_sent() {
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
            canary.show_error(&error);
        }
        assert!(kinds.len() >= 3, "{vendor}: {kinds:?}");
        tokens.note(&canary.seen());
        assert_eq!(tokens.leaks(), Vec::<String>::new());
        assert_clean(&canary, &sandbox);
    }
}
