//! Faults that response: statuses, pages, redirects, dead tokens. And recipients that ask for them, at all endpoints.

mod common;

use common::wire::{assert_last_fault, bearer, event_for, last};
use common::*;
use review_sandbox::{Fault, FaultPhase, FaultRule, Host, RetryAfter, Sandbox, Vendor};
use serde_json::{Value, json};

async fn post(sandbox: &Sandbox, recipient: &str, reference: &str) -> Response {
    etrusted(sandbox, "POST /events", event_for(sandbox, recipient, reference).to_string()).await
}

/// An event to a recipient that names a fault, about an order of its name.
async fn send_to(sandbox: &Sandbox, name: &str) -> Response {
    post(sandbox, &format!("{name}@sandbox.test"), name).await
}

fn header<'a>(response: &'a Response, name: &str) -> Option<&'a str> {
    let mut lines = response.head.lines();
    lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
}

#[tokio::test]
async fn status_faults_respond_with_the_status() {
    let sandbox = Sandbox::start().await.unwrap();
    for (name, status, committed, unknown) in [
        ("status-400", 400, false, false),
        ("status-408", 408, false, true),
        ("status-429", 429, false, false),
        ("status-500", 500, false, true),
        // Documented for events, in this form.
        ("status-503", 503, false, false),
        ("status-503-after-commit", 503, true, false),
        ("status-200", 200, false, false),
        ("status-599", 599, false, false),
    ] {
        let response = send_to(&sandbox, name).await.is(status);
        assert!(response.json()["Message"].is_string(), "{response:?}");
        assert_eq!(header(&response, "retry-after"), None);
        assert_last_fault(&sandbox, name, committed, Some(status));
        assert_eq!(last(&sandbox).leaves_unknown(), unknown, "{name}");
    }
    send_to(&sandbox, "status-503-empty").await.empty(503);
    assert!(last(&sandbox).leaves_unknown());
}

#[tokio::test]
async fn retry_after_has_seconds_or_a_date() {
    let sandbox = Sandbox::start().await.unwrap();
    let response = send_to(&sandbox, "status-429-retry-after-2").await.is(429);
    assert_eq!(header(&response, "retry-after"), Some("2"));
    let before = chrono::Utc::now().timestamp();
    let response = send_to(&sandbox, "status-503-retry-after-date-30-after-commit").await.is(503);
    let date = chrono::DateTime::parse_from_rfc2822(header(&response, "retry-after").unwrap()).unwrap();
    assert!((before + 30..before + 60).contains(&date.timestamp()), "{date}");
    assert_last_fault(&sandbox, "status-503-retry-after-date-30-after-commit", true, Some(503));
    assert!(!last(&sandbox).leaves_unknown());
}

#[tokio::test]
async fn status_fault_bodies_have_the_vendors_form() {
    let sandbox = Sandbox::start().await.unwrap();
    let fault = Fault::Status {
        code: 503,
        retry_after: Some(RetryAfter::Seconds(1)),
        empty: false,
        phase: FaultPhase::BeforeCommit,
    };
    sandbox.add_fault(FaultRule::new(fault)).unwrap();
    let call = async |host, line| send(&sandbox, host, line, &[], "").await.is(503);
    let pointer =
        |response: &Response, pointer: &str| response.json().pointer(pointer).is_some_and(Value::is_string);
    let path = invitation_path(&sandbox);
    let response = call(Host::TrustpilotInvitations, &path).await;
    assert!(pointer(&response, "/fault/faultstring"), "{response:?}");
    assert!(pointer(&call(Host::EtrustedLogin, "POST /oauth/token").await, "/error"));
    assert!(pointer(&call(Host::EtrustedApi, "POST /events").await, "/Message"));
    assert!(pointer(&call(Host::EtrustedApi, "GET /channels").await, "/ErrorDescription"));
    call(Host::EtrustedApi, "POST /questionnaire-links").await.empty(503);
    // The endpoints for tokens were not seen by the vendors.
    let tokens = [Vendor::Trustpilot, Vendor::Etrusted].map(|vendor| sandbox.token_requests(vendor));
    assert_eq!((tokens, sandbox.requests().len()), ([0, 0], 5));
    sandbox.clear_faults();
    let wrong = FaultRule::new(Fault::status(400)).with_path_contains("/oauth/");
    sandbox.add_fault(wrong).unwrap();
    assert!(login(&sandbox).await.is(400).json()["ErrorCode"].is_string());
}

#[tokio::test]
async fn html_fault_responds_with_a_page() {
    let sandbox = Sandbox::start().await.unwrap();
    for (name, committed) in [("html", false), ("html-after-commit", true)] {
        let response = send_to(&sandbox, name).await.is(502);
        assert!(response.head.contains("content-type: text/html") && response.body.starts_with("<html>"));
        assert_last_fault(&sandbox, name, committed, Some(502));
    }
}

#[tokio::test]
async fn redirect_fault_has_its_location() {
    let sandbox = Sandbox::start().await.unwrap();
    for code in [301, 302, 303, 307, 308] {
        let name = format!("redirect-{code}");
        let response = send_to(&sandbox, &name).await.is(code);
        assert_eq!(header(&response, "location"), Some("/redirected"));
        assert_last_fault(&sandbox, &name, false, Some(code));
    }
    // Who follows is in the record.
    raw(sandbox.port(), b"GET /redirected HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await.is(404);
    assert_eq!(sandbox.requests().pop().unwrap().path, "/redirected");
    let fault: Fault = "redirect-307-after-commit-to-http://other.test/a?b".parse().unwrap();
    sandbox.add_fault(FaultRule::new(fault).with_path_prefix("/events")).unwrap();
    let response = post(&sandbox, "jane@example.com", "order-1").await.is(307);
    assert_eq!(header(&response, "location"), Some("http://other.test/a?b"));
    assert_eq!(sandbox.emails_for("order-1").len(), 1);
}

#[tokio::test]
async fn expired_token_fault_ends_the_token() {
    let sandbox = Sandbox::start().await.unwrap();
    let (token, other) = (bearer(&sandbox).await, bearer(&sandbox).await);
    let post = async |token: &str, recipient: &str| {
        let headers = [JSON, ("Authorization", &*format!("Bearer {token}"))];
        let event = event_for(&sandbox, recipient, "expired-token").to_string();
        send(&sandbox, Host::EtrustedApi, "POST /events", &headers, event).await
    };
    post(&token, "expired-token@sandbox.test").await.assert_error(401, "Message");
    assert_last_fault(&sandbox, "expired-token", false, Some(401));
    post(&token, "jane@example.com").await.is(401);
    post(&other, "jane@example.com").await.is(202);
    let token = login(&sandbox).await.text("/access_token");
    let body = json!({"consumerEmail": "expired-token@sandbox.test"});
    invite(&sandbox, &token, &body).await.assert_error(401, "oauth.v2.InvalidAccessToken");
    invite(&sandbox, &token, &json!({})).await.is(401);
}

/// Each endpoint with a recipient: before commit it leaves no trace, after commit it does.
#[tokio::test]
async fn recipient_faults_work_on_all_endpoints() {
    let sandbox = Sandbox::start().await.unwrap();
    let channel = json!({"id": var(&sandbox, "ETRUSTED_CHANNEL_ID"), "type": "etrusted"});
    let (system, version) = ("tests", "1.0");
    let questionnaire = json!({"id": "tpl-qst-aabd1dee-2676-4303-995a-1e6762a78b44"});
    let template = json!({"id": "tpl-inv-12261ad3-d36b-4a3a-a4ab-850920d7b11f"});
    let link = |address: &str| {
        json!({"questionnaireTemplate": questionnaire, "customer": {"email": address}, "channel": channel,
            "transaction": {"reference": "order-1"}, "system": system, "systemVersion": version})
    };
    let invites = |address: &str| {
        let invite = |address: &str, reference: &str| {
            json!({"questionnaireTemplate": questionnaire, "template": template,
                "customer": {"email": address}, "transaction": {"reference": reference}})
        };
        json!({"channel": channel, "system": system, "systemVersion": version,
            "invites": [invite("jane@example.com", "order-0"), invite(address, "order-1")]})
    };
    let email = |address: &str| {
        json!({"consumerEmail": address, "consumerName": "Jane", "referenceNumber": "order-1",
            "serviceReviewInvitation": {}})
    };
    let service = |address: &str| json!({"email": address, "name": "Jane", "referenceId": "order-1"});
    let product = |address: &str| {
        json!({"consumer": {"email": address, "name": "Jane"}, "referenceId": "order-1", "locale": "en-US",
            "products": [{"productUrl": "https://shop.example.com/car", "name": "Car", "sku": "1"}]})
    };
    let unit = unit(&sandbox);
    let product_path = format!("POST /v1/private{}/invitation-links", products(&sandbox));
    let events = |address: &str| event_for(&sandbox, address, "order-1");
    type Body<'a> = &'a dyn Fn(&str) -> Value;
    let calls: [(Host, &str, Body<'_>, u16); 6] = [
        (Host::EtrustedApi, "POST /events", &events, 202),
        (Host::EtrustedApi, "POST /invites", &invites, 202),
        (Host::EtrustedApi, "POST /questionnaire-links", &link, 200),
        (Host::TrustpilotInvitations, &format!("POST {unit}/email-invitations"), &email, 202),
        (Host::TrustpilotInvitations, &format!("POST {unit}/invitation-links"), &service, 200),
        (Host::TrustpilotApi, &product_path, &product, 200),
    ];
    for (host, line, body, status) in calls {
        let call = async |address: &str| {
            let body = body(address).to_string();
            match host.vendor() {
                Vendor::Etrusted => etrusted(&sandbox, line, body).await,
                _ => private(&sandbox, host, line, body).await,
            }
        };
        call("jane@example.com").await.is(status);
        call("status-503@sandbox.test").await.is(503);
        let found = last(&sandbox);
        let vendor = Some(host.vendor());
        assert_eq!(
            (found.vendor, found.reference.as_deref(), found.committed),
            (vendor, Some("order-1"), false)
        );
        call("status-503-after-commit@sandbox.test").await.is(503);
        assert!(last(&sandbox).committed, "{line}");
        let response = call("nothing@sandbox.test").await.is(400);
        let text = format!("{} {}", response.head, response.body);
        assert!(text.contains("sandbox.test") && !text.contains("nothing"), "{line}: {text}");
        // Only the call after commit and the ordinary one were seen.
        let emails = sandbox.emails().iter().filter(|email| email.reference == "order-1").count();
        assert_eq!(emails % 2, 0, "{line}");
    }
    assert_eq!(sandbox.faults().len(), 12);
    assert_eq!(sandbox.fault_counts()["status-503"].committed, 0);
}

#[tokio::test]
async fn once_tag_hits_each_order_once() {
    let sandbox = Sandbox::start().await.unwrap();
    for (tag, reference, status) in [
        ("+once", "order-1", 503),
        ("+once", "order-1", 202),
        ("+17+once", "order-1", 202),
        ("+once+18", "order-2", 503),
        ("+once", "order-2", 202),
        ("", "order-1", 503),
        ("+19", "order-1", 503),
    ] {
        post(&sandbox, &format!("status-503{tag}@sandbox.test"), reference).await.is(status);
    }
    // Another fault, and an order of the other vendor, have their own once.
    post(&sandbox, "status-500+once@sandbox.test", "order-1").await.is(500);
    let token = login(&sandbox).await.text("/access_token");
    let body = json!({"consumerEmail": "status-503+once@sandbox.test", "referenceNumber": "order-1"});
    invite(&sandbox, &token, &body).await.is(503);
    assert!(last(&sandbox).leaves_unknown(), "Trustpilot documents no 503");
}
