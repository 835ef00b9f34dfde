//! The control calls, the clock, and the gateway.

mod common;

use std::time::Duration;

use common::*;
use review_sandbox::{Host, Sandbox, Vendor};
use serde_json::{Value, json};

async fn channels(sandbox: &Sandbox, token: &str) -> u16 {
    let headers = [("Authorization", &*format!("Bearer {token}"))];
    send(sandbox, Host::EtrustedApi, "GET /channels", &headers, "").await.status
}

#[tokio::test]
async fn etrusted_tokens_and_settings_follow_the_clock() {
    let sandbox = Sandbox::builder().settings_delay(Duration::from_secs(60)).start().await.unwrap();
    let token = etrusted_token(&sandbox, &etrusted_fields(&sandbox)).await.text("/access_token");
    etrusted(&sandbox, "POST /event-types", r#"{"name":"delivery"}"#).await.is(201);
    let settings =
        async || etrusted(&sandbox, "GET /invite-settings", "").await.json().as_array().unwrap().len();
    assert_eq!((settings().await, channels(&sandbox, &token).await), (4, 200));
    control(&sandbox, "POST /advance", r#"{"seconds":60}"#).await.is(200);
    assert_eq!((settings().await, channels(&sandbox, &token).await), (6, 200));
    sandbox.advance(Duration::from_secs(3600));
    assert_eq!(channels(&sandbox, &token).await, 401);
    let made = etrusted(&sandbox, "POST /event-types", r#"{"name":"after_sales"}"#).await.is(201);
    let made = chrono::DateTime::parse_from_rfc3339(&made.text("/createdAt")).unwrap();
    assert!(made > chrono::Utc::now() + chrono::TimeDelta::seconds(3600));
}

#[tokio::test]
async fn trustpilot_tokens_follow_the_clock() {
    let sandbox = Sandbox::start().await.unwrap();
    let token = login(&sandbox).await.is(200).text("/access_token");
    let status = async || invite(&sandbox, &token, &json!({})).await.status;
    assert_eq!(status().await, 400);
    sandbox.advance(Duration::from_secs(100 * 3600));
    assert_eq!(status().await, 401);
}

#[tokio::test]
async fn advance_returns_the_new_time() {
    let sandbox = Sandbox::start().await.unwrap();
    let now = control(&sandbox, "POST /advance", r#"{"seconds":86400}"#).await.is(200).text("/now");
    let now = chrono::DateTime::parse_from_rfc3339(&now).unwrap();
    assert!(now > chrono::Utc::now() + chrono::TimeDelta::hours(23) && now <= sandbox.now());
    control(&sandbox, "POST /advance", &format!(r#"{{"seconds":{}}}"#, u64::MAX)).await.is(200);
    etrusted_token(&sandbox, &etrusted_fields(&sandbox)).await.is(200);
}

#[tokio::test]
async fn emails_are_listed_with_their_time() {
    let sandbox = Sandbox::start().await.unwrap();
    for reference in ["order-1", "order-2"] {
        let event = with(&event(&sandbox), "/transaction/reference", json!(reference));
        etrusted(&sandbox, "POST /events", event.to_string()).await.is(202);
    }
    let emails =
        async |query: &str| control(&sandbox, &format!("GET /emails{query}"), "").await.is(200).json();
    assert_eq!(emails("").await.as_array().unwrap().len(), 2);
    let one = emails("?reference=order-2").await;
    assert_eq!((&one[0]["address"], &one[0]["kind"]), (&json!("jane.doe@example.com"), &json!("service")));
    assert_eq!((&one[0]["vendor"], &one[0]["due"]), (&json!("etrusted"), &json!(false)));
    sandbox.advance(Duration::from_secs(7 * 24 * 3600));
    assert_eq!(emails("").await[1]["due"], true);
    assert_eq!(emails("?reference=order-3").await, json!([]));
    let of = |reference: &str| (Vendor::Etrusted, reference.to_owned());
    assert_eq!(sandbox.email_counts(), [(of("order-1"), 1), (of("order-2"), 1)].into());
    control(&sandbox, "GET /emails?a=1", "").await.assert_error(400, "`a`");
}

#[tokio::test]
async fn requests_are_listed_without_content() {
    let sandbox = Sandbox::start().await.unwrap();
    for _ in 0..2 {
        send(&sandbox, Host::EtrustedApi, "POST /events?a=secret", &[("X-A", "secret")], "secret")
            .await
            .is(401);
    }
    let response = control(&sandbox, "GET /requests", "").await.is(200);
    let expected = json!({"total": 2, "requests":
        [{"host": "/etrusted/api", "path": "/events", "method": "POST", "status": 401, "count": 2}]});
    assert_eq!(response.json(), expected);
    // The control calls themselves are not among them.
    assert_eq!(control(&sandbox, "GET /requests", "").await.json(), expected);
    assert_eq!(sandbox.requests().len(), 2);
}

#[tokio::test]
async fn expire_tokens_rejects_issued_tokens() {
    let sandbox = Sandbox::start().await.unwrap();
    let token = async || etrusted_token(&sandbox, &etrusted_fields(&sandbox)).await.text("/access_token");
    for (body, status) in
        [(r#"{"vendor":"trustpilot"}"#, 200), (r#"{"vendor":"etrusted"}"#, 401), ("{}", 401), ("", 401)]
    {
        let token = token().await;
        control(&sandbox, "POST /expire-tokens", body).await.empty(204);
        assert_eq!(channels(&sandbox, &token).await, status, "{body}");
    }
}

#[tokio::test]
async fn gateway_down_responds_with_html() {
    let sandbox = Sandbox::start().await.unwrap();
    sandbox.set_gateway_down(Vendor::Etrusted, true);
    for (host, line) in [(Host::EtrustedApi, "GET /channels"), (Host::EtrustedLogin, "POST /oauth/token")] {
        let response = send(&sandbox, host, line, &[], "").await.is(503);
        assert!(
            response.head.contains("content-type: text/html") && response.body.starts_with("<html>"),
            "{response:?}"
        );
    }
    assert_eq!((sandbox.token_requests(Vendor::Etrusted), sandbox.requests().len()), (0, 2));
    assert_eq!(sandbox.requests()[0].status, 503);
    login(&sandbox).await.is(200);
    sandbox.set_gateway_down(Vendor::Etrusted, false);
    etrusted(&sandbox, "GET /channels", "").await.is(200);

    control(&sandbox, "POST /gateway", r#"{"vendor":"trustpilot","down":true}"#).await.empty(204);
    login(&sandbox).await.is(503);
    etrusted(&sandbox, "GET /channels", "").await.is(200);
    control(&sandbox, "POST /gateway", r#"{"vendor":"trustpilot","down":false}"#).await.empty(204);
    login(&sandbox).await.is(200);
}

#[tokio::test]
async fn etrusted_review_is_submitted() {
    let sandbox = Sandbox::start().await.unwrap();
    etrusted(&sandbox, "POST /events", event(&sandbox).to_string()).await.is(202);
    let write = async |reference: &str, rating: Value| {
        let body = json!({"reference": reference, "rating": rating, "comment": "Good."}).to_string();
        control(&sandbox, "POST /etrusted-reviews", &body).await
    };
    let id = write("order-1", json!(5)).await.is(201).text("/id");
    etrusted(&sandbox, &format!("GET /reviews/{id}"), "").await.is(200);
    write("order-2", json!(5)).await.assert_error(400, "no customer was invited");
    write("order-1", json!(6)).await.assert_error(400, "rating");
}

#[tokio::test]
async fn invalid_control_calls_are_rejected() {
    let sandbox = Sandbox::start().await.unwrap();
    for (line, body, text) in [
        ("POST /advance", "", "`seconds` is missing"),
        ("POST /advance", r#"{"seconds":-1}"#, "`seconds` must be of type integer"),
        ("POST /advance", r#"{"seconds":1,"minutes":1}"#, "`minutes` is not a known member"),
        ("POST /advance?seconds=1", "{}", "`seconds`"),
        ("POST /advance", "{", "must be JSON"),
        ("POST /expire-tokens", r#"{"vendor":"other"}"#, "`vendor`"),
        ("POST /gateway", r#"{"vendor":"etrusted"}"#, "`down` is missing"),
        ("GET /requests?a=1", "", "`a`"),
    ] {
        control(&sandbox, line, body).await.assert_error(400, text);
    }
    control(&sandbox, "GET /other", "").await.empty(404);
    control(&sandbox, "GET /advance", "").await.empty(405);
}

/// A page of another site, or one that has rebound its own name to 127.0.0.1.
#[tokio::test]
async fn foreign_host_and_origin_are_rejected() {
    let sandbox = Sandbox::start().await.unwrap();
    let own = format!("127.0.0.1:{}", sandbox.port());
    let call = async |line: &str, headers: &[(&str, &str)]| {
        let mut request = format!("{line} HTTP/1.1\r\nConnection: close\r\nContent-Length: 0\r\n");
        for (name, value) in headers {
            request.push_str(&format!("{name}: {value}\r\n"));
        }
        raw(sandbox.port(), format!("{request}\r\n").as_bytes()).await
    };
    let same = format!("http://{own}");
    for line in ["GET /sandbox/emails", "POST /sandbox/expire-tokens", "DELETE /sandbox/faults"] {
        assert!(call(line, &[("Host", &own)]).await.status < 300);
        assert!(call(line, &[("Host", &own), ("Origin", &same)]).await.status < 300);
        call(line, &[("Host", "evil.example")]).await.assert_error(403, "Host must be");
        call(line, &[("Host", &own), ("Origin", "https://evil.example")])
            .await
            .assert_error(403, "Origin must be");
        call(line, &[("Host", &own), ("Origin", "null")]).await.assert_error(403, "Origin must be");
        call(line, &[("Host", &own), ("Sec-Fetch-Site", "cross-site")])
            .await
            .assert_error(403, "Sec-Fetch-Site");
    }
    // The vendors' paths are open: a client may reach the sandbox through a proxy with another name.
    call("GET /etrusted/api/channels", &[("Host", "evil.example")]).await.is(401);
}

#[tokio::test]
async fn control_call_with_large_body_is_rejected() {
    let sandbox = Sandbox::start().await.unwrap();
    let body = format!(r#"{{"seconds": 1{}}}"#, " ".repeat(64 * 1024));
    control(&sandbox, "POST /advance", &body).await.is(413);
    control(&sandbox, "POST /advance", r#"{"seconds": 1}"#).await.is(200);
}
