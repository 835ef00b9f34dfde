//! The inbox: what each request leads to, and why no email goes out.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "clippy.toml allows these in test functions, and these are their helpers"
)]

mod common;

use std::time::Duration;

use common::wire::{connect, post_event};
use common::*;
use review_sandbox::{EmailKind, Host, InboxEntry, InboxState, Sandbox, Vendor};
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt as _;

fn invitation() -> Value {
    json!({
        "referenceNumber": "order-7",
        "consumerName": "Jane Doe",
        "consumerEmail": "jane.doe@example.com",
        "locale": "en-US",
        "serviceReviewInvitation": {"preferredSendTime": "2090-01-31T13:37:00"},
        "productReviewInvitation": {
            "preferredSendTime": "2090-02-07T13:37:00",
            "products": [{
                "sku": "CAR",
                "name": "Metal Toy Car",
                "productUrl": "https://shop.example.com/car",
                "imageUrl": "https://shop.example.com/car.jpg",
            }],
        },
    })
}

fn last(sandbox: &Sandbox) -> InboxEntry {
    sandbox.inbox().pop().unwrap()
}

async fn post(sandbox: &Sandbox, event: &Value) -> Response {
    etrusted(sandbox, "POST /events", event.to_string()).await
}

/// Posts an event that is accepted, and returns the reason why no email goes out.
async fn no_email(sandbox: &Sandbox, event: &Value) -> String {
    let emails = sandbox.emails().len();
    post(sandbox, event).await.is(202);
    assert_eq!(sandbox.emails().len(), emails);
    let entry = last(sandbox);
    assert_eq!((entry.recipient.as_str(), entry.reference.as_str()), ("jane.doe@example.com", "order-1"));
    assert_eq!((entry.exchange.status, entry.send_at, &entry.review_link), (202, None, &None));
    let InboxState::NoEmail(reason) = entry.state.clone() else { panic!("{entry:?}") };
    reason
}

#[tokio::test]
async fn trustpilot_invitation_has_one_entry_per_email() {
    let sandbox = Sandbox::start().await.unwrap();
    let token = login(&sandbox).await.text("/access_token");
    invite(&sandbox, &token, &invitation()).await.empty(202);
    let [service, product] = sandbox.inbox().try_into().unwrap();
    assert_eq!((service.kind, product.kind), (Some(EmailKind::Service), Some(EmailKind::Product)));
    assert_eq!((service.vendor, service.recipient.as_str()), (Vendor::Trustpilot, "jane.doe@example.com"));
    assert_eq!(service.shop, var(&sandbox, "TRUSTPILOT_BUSINESS_UNIT_ID"));
    assert_eq!(service.shop_name.as_deref(), Some("Example Shop"));
    assert_eq!((service.name.as_deref(), service.reference.as_str()), (Some("Jane Doe"), "order-7"));
    assert_eq!(service.send_at.unwrap().to_rfc3339(), "2090-01-31T13:37:00+00:00");
    assert_eq!((service.products.len(), product.products.len()), (0, 1));
    assert_eq!(product.products[0].image_url.as_deref(), Some("https://shop.example.com/car.jpg"));
    assert!(service.review_link.is_some() && service.review_link != product.review_link);
    assert_eq!((&service.state, service.state.reason()), (&InboxState::Scheduled, None));
    assert!(!format!("{service:?}").contains("jane"));

    let exchange = &service.exchange;
    assert!(std::sync::Arc::ptr_eq(exchange, &product.exchange));
    assert_eq!((exchange.method.as_str(), exchange.status), ("POST", 202));
    assert!(exchange.target.starts_with("/trustpilot/invitations/v1/private/business-units/"));
    assert_eq!(serde_json::from_slice::<Value>(&exchange.request_body).unwrap(), invitation());
    assert_eq!(exchange.response_body, b"");
    let raw = format!("{:?}", exchange.request_headers);
    assert!(raw.contains("authorization") && !raw.contains(&token), "{raw}");

    // By the sandbox's time.
    sandbox.advance(Duration::from_secs(100 * 366 * 24 * 3600));
    assert_eq!(sandbox.inbox_entry(service.id).unwrap().state, InboxState::Sent);
}

#[tokio::test]
async fn etrusted_event_has_shop_products_and_link() {
    let sandbox = Sandbox::start().await.unwrap();
    let product = json!({"sku": "TS", "name": "Shirt", "url": "https://shop.example.com/shirt"});
    let event = with(&event(&sandbox), "/products", json!([product]));
    post(&sandbox, &event).await.is(202);
    let [entry] = sandbox.inbox().try_into().unwrap();
    assert_eq!((entry.vendor, entry.kind), (Vendor::Etrusted, Some(EmailKind::Service)));
    assert_eq!(entry.shop, var(&sandbox, "ETRUSTED_CHANNEL_ID"));
    assert_eq!(entry.shop_name.as_deref(), Some("shop.example.com"));
    assert_eq!((entry.products[0].sku.as_str(), entry.products[0].name.as_str()), ("TS", "Shirt"));
    assert_eq!(entry.send_at, sandbox.emails()[0].send_at);
    assert!(entry.review_link.unwrap().starts_with("https://etru.st/"));
    assert!(String::from_utf8_lossy(&entry.exchange.response_body).contains("EventRef"));
}

#[tokio::test]
async fn accepted_event_without_email_has_the_reason() {
    let delay = Duration::from_secs(3600);
    let sandbox = Sandbox::builder().settings_delay(delay).start().await.unwrap();
    let base = event(&sandbox);
    let typed = |name: &str| with(&base, "/type", json!(name));
    assert!(no_email(&sandbox, &typed("unknown")).await.contains("no event type of this name"));
    let channel = with(&base, "/channel/id", json!("chl-00000000"));
    assert!(no_email(&sandbox, &channel).await.contains("no channel with this id"));
    assert_eq!(last(&sandbox).shop, "chl-00000000");

    etrusted(&sandbox, "POST /event-types", r#"{"name":"delivery"}"#).await.is(201);
    assert!(no_email(&sandbox, &typed("delivery")).await.contains("do not exist yet"));
    sandbox.reveal_invite_settings();
    assert!(no_email(&sandbox, &typed("delivery")).await.contains("disabled in the invite settings"));

    let types = etrusted(&sandbox, "GET /event-types?name=delivery", "").await.json();
    let id = types[0]["id"].as_str().unwrap();
    let patch = async |body: &str| {
        etrusted(&sandbox, &format!("PATCH /invite-settings?event-type-id={id}"), body).await.is(200);
    };
    patch(r#"{"productInviteConfiguration":{"enabled":true}}"#).await;
    assert!(no_email(&sandbox, &typed("delivery")).await.contains("the event has no products"));
    patch(r#"{"enabled":false,"serviceInviteConfiguration":{"enabled":true}}"#).await;
    assert!(no_email(&sandbox, &typed("delivery")).await.contains("switched off"));
    patch(r#"{"enabled":true}"#).await;
    etrusted(&sandbox, &format!("PUT /event-types/{id}"), r#"{"active":false}"#).await.is(200);
    assert_eq!(no_email(&sandbox, &typed("delivery")).await, "event type inactive");
    let reason = last(&sandbox).state.reason();
    assert_eq!(reason.as_deref(), Some("accepted, but no email: event type inactive"));
}

#[tokio::test]
async fn unknown_template_is_the_reason_for_no_email() {
    let sandbox = Sandbox::start().await.unwrap();
    let token = login(&sandbox).await.text("/access_token");
    let unknown = "00000000000000000000abcd";
    let body = with(&invitation(), "/serviceReviewInvitation/templateId", json!(unknown));
    invite(&sandbox, &token, &body).await.empty(202);
    let [service, product] = sandbox.inbox().try_into().unwrap();
    assert!(matches!(&service.state, InboxState::NoEmail(reason) if reason.contains("template")));
    assert_eq!(service.template.as_deref(), Some(unknown));
    assert_eq!(product.state, InboxState::Scheduled);
}

#[tokio::test]
async fn links_and_direct_invites_are_listed() {
    let sandbox = Sandbox::start().await.unwrap();
    let body = json!({"email": "jane@example.com", "name": "Jane", "referenceId": "order-2"}).to_string();
    let line = format!("POST {}/invitation-links", unit(&sandbox));
    let response = private(&sandbox, Host::TrustpilotInvitations, &line, body).await.is(200);
    let entry = last(&sandbox);
    assert_eq!((&entry.state, entry.reference.as_str()), (&InboxState::Link, "order-2"));
    assert_eq!(entry.review_link, Some(response.text("/url")));

    let template = json!({"id": "tpl-qst-aabd1dee-2676-4303-995a-1e6762a78b44"});
    let link = without(&event(&sandbox), "/type");
    let link = with(&link, "/questionnaireTemplate", template.clone()).to_string();
    let response = etrusted(&sandbox, "POST /questionnaire-links", link).await.is(200);
    let entry = last(&sandbox);
    assert_eq!((&entry.state, entry.review_link), (&InboxState::Link, Some(response.text("/link"))));

    let invite = |reference: &str| {
        json!({
            "questionnaireTemplate": template,
            "template": {"id": "tpl-inv-12261ad3-d36b-4a3a-a4ab-850920d7b11f"},
            "customer": {"email": "jane@example.com"},
            "transaction": {"reference": reference},
        })
    };
    let channel = event(&sandbox)["channel"].clone();
    let invites = json!({"channel": channel, "system": "tests", "systemVersion": "1",
        "invites": [invite("order-3"), invite("order-4")]});
    etrusted(&sandbox, "POST /invites", invites.to_string()).await.is(202);
    let entries = sandbox.inbox();
    let references: Vec<_> = entries.iter().map(|entry| entry.reference.as_str()).collect();
    assert_eq!(references, ["order-2", "order-1", "order-3", "order-4"]);
    assert_eq!(entries[2].state, InboxState::Sent, "without a time it goes out immediately");
}

#[tokio::test]
async fn rejected_requests_are_listed_with_the_reason() {
    let sandbox = Sandbox::start().await.unwrap();
    let rejected = |status: u16, text: &str| {
        let entry = last(&sandbox);
        assert_eq!((entry.exchange.status, entry.reference.as_str()), (status, "order-1"));
        assert!(
            matches!(&entry.state, InboxState::NotAccepted(reason) if reason.contains(text)),
            "{entry:?}"
        );
    };
    post(&sandbox, &with(&event(&sandbox), "/customer/firstName", json!(""))).await.is(400);
    rejected(400, "instance.customer.firstName");
    assert_eq!(last(&sandbox).recipient, "jane.doe@example.com");
    send(&sandbox, Host::EtrustedApi, "POST /events", &[JSON], event(&sandbox).to_string()).await.is(401);
    rejected(401, "Access to this resource is forbidden");
    sandbox.set_gateway_down(Vendor::Etrusted, true);
    send(&sandbox, Host::EtrustedApi, "POST /events", &[JSON], event(&sandbox).to_string()).await.is(503);
    rejected(503, "503");
    assert_eq!(sandbox.inbox().len(), 3);

    let token = login(&sandbox).await.text("/access_token");
    invite(&sandbox, &token, &with(&invitation(), "/locale", json!("fil"))).await.is(400);
    let reason = last(&sandbox).state.reason().unwrap();
    assert!(reason.contains("locale must be a locale"), "{reason}");
}

#[tokio::test]
async fn injected_faults_are_listed() {
    let sandbox = Sandbox::start().await.unwrap();
    let recipient =
        |name: &str| with(&event(&sandbox), "/customer/email", json!(format!("{name}@sandbox.test")));
    post(&sandbox, &recipient("status-503-after-commit")).await.is(503);
    let entry = last(&sandbox);
    // The customer gets an email, although the client saw an error.
    assert_eq!((&entry.state, entry.exchange.status), (&InboxState::Scheduled, 503));
    assert_eq!(entry.exchange.faults, ["status-503-after-commit"]);

    post(&sandbox, &recipient("status-429")).await.is(429);
    let entry = last(&sandbox);
    assert_eq!(entry.exchange.faults, ["status-429"]);
    assert!(matches!(&entry.state, InboxState::NotAccepted(reason) if reason.contains("fault status-429")));

    wire::send_to(&sandbox, "cut-length", None).await;
    let entry = last(&sandbox);
    assert_eq!((&entry.state, entry.exchange.status), (&InboxState::Scheduled, 202));
    assert!(entry.exchange.response_body.starts_with(b"HTTP/1.1 202"));
}

/// The email goes out although its client is gone.
#[tokio::test]
async fn invitation_of_a_client_that_left_is_listed() {
    let sandbox = Sandbox::start().await.unwrap();
    let token = wire::bearer(&sandbox).await;
    let mut socket = connect(&sandbox).await;
    let request = post_event(&sandbox, &token, "slow-60000@sandbox.test", "order-9");
    socket.write_all(&request).await.unwrap();
    wire::wait_for_faults(&sandbox, 1).await;
    drop(socket);
    let listed = async {
        while sandbox.inbox().is_empty() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    tokio::time::timeout(wire::LONG, listed).await.unwrap();
    let entry = last(&sandbox);
    assert_eq!((entry.reference.as_str(), &entry.state), ("order-9", &InboxState::Scheduled));
    assert_eq!(
        (entry.exchange.status, entry.exchange.faults.as_slice()),
        (0, &["slow-60000".to_owned()][..])
    );
}

#[tokio::test]
async fn number_of_entries_is_bounded() {
    for (max, expected) in [(0, vec![]), (2, vec!["order-2", "order-3"])] {
        let sandbox = Sandbox::builder().max_inbox_entries(max).start().await.unwrap();
        for number in 1..=3 {
            let reference = json!(format!("order-{number}"));
            post(&sandbox, &with(&event(&sandbox), "/transaction/reference", reference)).await.is(202);
        }
        let entries = sandbox.inbox();
        assert_eq!(entries.iter().map(|entry| entry.reference.as_str()).collect::<Vec<_>>(), expected);
        assert_eq!(sandbox.emails().len(), 3);
    }
}

#[tokio::test]
async fn control_calls_list_filter_and_show_entries() {
    let sandbox = Sandbox::start().await.unwrap();
    let token = login(&sandbox).await.text("/access_token");
    invite(&sandbox, &token, &invitation()).await.empty(202);
    post(&sandbox, &event(&sandbox)).await.is(202);
    post(&sandbox, &with(&event(&sandbox), "/type", json!("unknown"))).await.is(202);
    let list = async |query: &str| control(&sandbox, &format!("GET /inbox{query}"), "").await.is(200).json();
    let ids = async |query: &str| -> Vec<u64> {
        let body = list(query).await;
        body["entries"].as_array().unwrap().iter().map(|entry| entry["id"].as_u64().unwrap()).collect()
    };
    assert_eq!(ids("").await, [1, 2, 3, 4]);
    assert_eq!(list("?limit=0").await["total"], 4);
    assert_eq!(ids("?after=3").await, [4]);
    assert_eq!(ids("?limit=2").await, [3, 4]);
    assert_eq!(ids("?vendor=trustpilot").await, [1, 2]);
    assert_eq!(ids("?state=no-email").await, [4]);
    assert_eq!(ids("?reference=order-7").await, [1, 2]);
    assert_eq!(ids("?recipient=JANE.doe@example.com&vendor=etrusted").await, [3, 4]);
    assert_eq!(ids(&format!("?shop={}", var(&sandbox, "ETRUSTED_CHANNEL_ID"))).await, [3, 4]);
    assert_eq!(
        list("?after=3").await["entries"][0]["reason"],
        "accepted, but no email: the account has no event type of this name"
    );

    let entry = control(&sandbox, "GET /inbox/2", "").await.is(200).json();
    assert_eq!(
        (&entry["kind"], &entry["state"], &entry["status"]),
        (&json!("product"), &json!("scheduled"), &json!(202))
    );
    assert_eq!(
        (&entry["sendAt"], &entry["products"][0]["name"]),
        (&json!("2090-02-07T13:37:00.000Z"), &json!("Metal Toy Car"))
    );
    let sent: Value = serde_json::from_str(entry["exchange"]["requestBody"].as_str().unwrap()).unwrap();
    assert_eq!(sent, invitation());
    control(&sandbox, "GET /inbox/9", "").await.assert_error(404, "no entry");
    control(&sandbox, "GET /inbox/x", "").await.assert_error(400, "must be a number");
    control(&sandbox, "GET /inbox?limit=x", "").await.assert_error(400, "`limit`");
    control(&sandbox, "GET /inbox?page=1", "").await.assert_error(400, "`page`");
}
