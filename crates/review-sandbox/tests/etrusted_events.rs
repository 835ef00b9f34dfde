//! eTrusted: events, and the emails they lead to.

mod common;

use common::*;
use review_sandbox::{EmailKind, Host, Sandbox, USER_DEFINED_CHANNEL, Vendor};
use serde_json::{Value, json};

fn products() -> Value {
    json!([{"name": "T-Shirt", "sku": "TS-M", "url": "https://shop.example.com/ts", "gtin": "0123456789012"}])
}

async fn post(sandbox: &Sandbox, event: &Value) -> Response {
    etrusted(sandbox, "POST /events", event.to_string()).await
}

#[tokio::test]
async fn printed_environment_works_without_setup() {
    let sandbox = Sandbox::start().await.unwrap();
    let response = post(&sandbox, &event(&sandbox)).await.is(202);
    let reference = response.text("/EventRef");
    assert_eq!(response.text("/Message"), format!("Your event (`{reference}`) was accepted for processing."));
    let email = sandbox.emails_for("order-1").pop().unwrap();
    assert_eq!((sandbox.emails().len(), email.kind, email.vendor), (1, EmailKind::Service, Vendor::Etrusted));
    assert_eq!(
        (email.address.as_str(), email.event.as_deref()),
        ("jane.doe@example.com", Some(reference.as_str()))
    );
    assert_eq!((email.shop, email.locale.as_deref()), (var(&sandbox, "ETRUSTED_CHANNEL_ID"), Some("de_DE")));
    assert!(email.send_at.unwrap() > chrono::Utc::now() + chrono::TimeDelta::days(6));

    post(&sandbox, &event(&sandbox)).await.is(202);
    assert_eq!(sandbox.emails_for("order-1").len(), 2);
}

#[tokio::test]
async fn posted_event_is_returned_by_get() {
    let sandbox = Sandbox::start().await.unwrap();
    let mut full = event(&sandbox);
    for (pointer, value) in [
        ("/defaultLocale", json!("fr_FR")),
        ("/customer/firstName", json!("Jane")),
        ("/customer/lastName", json!("Doe")),
        ("/customer/address", json!("Anystr. 17, 12345 Anycity")),
        ("/customer/mobile", json!("+49123456789")),
        ("/customer/reference", json!("4711")),
        ("/transaction/date", json!("2017-01-01T13:30:15Z")),
        ("/estimatedDeliveryDate", json!("2017-01-07")),
        ("/products", products()),
        ("/metadata", json!({"key": "value", "number": 1})),
        ("/createdAt", json!("2018-02-01T17:09:41.790Z")),
    ] {
        full = with(&full, pointer, value);
    }
    let reference = post(&sandbox, &full).await.is(202).text("/EventRef");
    assert_eq!(sandbox.emails()[0].name.as_deref(), Some("Jane Doe"));
    let read = etrusted(&sandbox, &format!("GET /events/{reference}"), "").await.is(200).json();
    for (name, value) in full.as_object().unwrap() {
        assert_eq!(&read[name], value);
    }
    assert_eq!(read["id"], *reference);
    assert_eq!(read["tracking"], json!({"client": "PUBLIC_EVENTS_API", "medium": "API"}));
    etrusted(&sandbox, "GET /events/evt-x", "").await.empty(404);
}

#[tokio::test]
async fn invite_settings_decide_which_emails_are_sent() {
    let sandbox = Sandbox::start().await.unwrap();
    let list = etrusted(&sandbox, "GET /event-types?name=shipped", "").await.json();
    let patch = format!("PATCH /invite-settings?event-type-id={}", list[0]["id"].as_str().unwrap());
    let with_products = with(&event(&sandbox), "/products", products());
    let sent = async |setting: Value, event: &Value| -> Vec<EmailKind> {
        etrusted(&sandbox, &patch, setting.to_string()).await.is(200);
        let before = sandbox.emails().len();
        post(&sandbox, event).await.is(202);
        sandbox.emails().into_iter().skip(before).map(|email| email.kind).collect()
    };
    let both = |service: bool, product: bool| json!({"serviceInviteConfiguration": {"enabled": service}, "productInviteConfiguration": {"enabled": product}});
    assert_eq!(sent(both(true, true), &with_products).await, [EmailKind::Service, EmailKind::Product]);
    assert_eq!(sandbox.emails()[1].skus, ["TS-M"]);
    assert_eq!(sent(both(true, true), &event(&sandbox)).await, [EmailKind::Service]);
    assert_eq!(sent(both(false, true), &with_products).await, [EmailKind::Product]);
    assert_eq!(sent(both(false, true), &with(&with_products, "/products", json!([]))).await, []);
    assert_eq!(sent(both(false, false), &with_products).await, []);
    let off = with(&both(true, true), "/enabled", json!(false));
    assert_eq!(sent(off, &with_products).await, []);
}

#[tokio::test]
async fn channel_setting_does_not_affect_other_channels() {
    let sandbox = Sandbox::start().await.unwrap();
    let channels = etrusted(&sandbox, "GET /channels", "").await.json();
    let types = etrusted(&sandbox, "GET /event-types?name=shipped", "").await.json();
    let settings = etrusted(&sandbox, "GET /invite-settings", "").await.json();
    let second = &channels[1]["id"];
    let setting = settings
        .as_array()
        .unwrap()
        .iter()
        .find(|setting| setting["eventTypeId"] == types[0]["id"] && setting["channelId"] == *second)
        .unwrap();
    let line = format!("PATCH /invite-settings/{}", setting["id"].as_str().unwrap());
    etrusted(&sandbox, &line, r#"{"serviceInviteConfiguration":{"enabled":false}}"#).await.is(200);
    post(&sandbox, &with(&event(&sandbox), "/channel/id", second.clone())).await.is(202);
    assert_eq!(sandbox.emails(), []);
    post(&sandbox, &event(&sandbox)).await.is(202);
    assert_eq!(sandbox.emails().len(), 1);
}

#[tokio::test]
async fn event_before_its_settings_appear_sends_nothing() {
    let delay = std::time::Duration::from_secs(3600);
    let sandbox = Sandbox::builder().settings_delay(delay).start().await.unwrap();
    etrusted(&sandbox, "POST /event-types", r#"{"name":"delivery"}"#).await.is(201);
    post(&sandbox, &with(&event(&sandbox), "/type", json!("delivery"))).await.is(202);
    assert_eq!(sandbox.emails(), []);
}

#[tokio::test]
async fn event_of_inactive_or_unknown_type_sends_nothing() {
    let sandbox = Sandbox::start().await.unwrap();
    let typed = |name: &str| with(&event(&sandbox), "/type", json!(name));
    post(&sandbox, &typed("checkout")).await.assert_error(400, "reserved");
    post(&sandbox, &typed("unknown")).await.is(202);
    post(&sandbox, &typed("ety-1")).await.is(202);
    let types = etrusted(&sandbox, "GET /event-types?name=shipped", "").await.json();
    let line = format!("PUT /event-types/{}", types[0]["id"].as_str().unwrap());
    etrusted(&sandbox, &line, r#"{"active":false}"#).await.is(200);
    post(&sandbox, &typed("shipped")).await.is(202);
    assert_eq!(sandbox.emails(), []);
    etrusted(&sandbox, &line, r#"{"active":true}"#).await.is(200);
    post(&sandbox, &typed("shipped")).await.is(202);
    assert_eq!(sandbox.emails().len(), 1);
}

/// The names of types that were created in the Control Centre are not restricted.
#[tokio::test]
async fn event_of_any_existing_type_name_is_accepted() {
    let sandbox = Sandbox::start().await.unwrap();
    for name in ["Shipped", "order-shipped", "after.sales", "Bestellung \u{fc}bergeben"] {
        let id = sandbox.add_event_type(name);
        let line = format!("PATCH /invite-settings?event-type-id={id}");
        etrusted(&sandbox, &line, r#"{"serviceInviteConfiguration":{"enabled":true}}"#).await.is(200);
        let before = sandbox.emails().len();
        post(&sandbox, &with(&event(&sandbox), "/type", json!(name))).await.is(202);
        assert_eq!(sandbox.emails().len(), before + 1, "{name}");
    }
    // The API keeps to the strict form.
    etrusted(&sandbox, "POST /event-types", r#"{"name":"Delivered"}"#).await.is(400);
}

/// Both events pages make a channel's own id equal to `chl-...`.
#[tokio::test]
async fn channel_by_own_id_needs_no_other_id() {
    let sandbox = Sandbox::builder().invite_delay(std::time::Duration::ZERO).start().await.unwrap();
    let made = etrusted(&sandbox, "POST /event-types", r#"{"name":"delivery"}"#).await.is(201);
    sandbox.reveal_invite_settings();
    let own = with(&event(&sandbox), "/channel", json!({"id": USER_DEFINED_CHANNEL, "type": "user_defined"}));
    let own = with(&own, "/type", json!("delivery"));
    post(&sandbox, &own).await.is(202);
    assert_eq!(sandbox.emails(), []);
    // Its settings are changed without naming a channel.
    let line = format!("PATCH /invite-settings?event-type-id={}", made.text("/id"));
    let changed = etrusted(&sandbox, &line, r#"{"serviceInviteConfiguration":{"enabled":true}}"#).await;
    assert_eq!(changed.is(200).json().as_array().unwrap().len(), 2);
    post(&sandbox, &own).await.is(202);
    assert_eq!(sandbox.emails().len(), 1);
    let token = etrusted_token(&sandbox, &etrusted_fields(&sandbox)).await.text("/access_token");
    let headers = [("Authorization", &*format!("Bearer {token}")), ("Channel-Id", USER_DEFINED_CHANNEL)];
    let line = "GET /channels/user-defined/invites?query=order-1";
    let page = send(&sandbox, Host::EtrustedApi, line, &headers, "").await.is(200).json();
    assert_eq!(page["totalElements"], 1);
}

#[tokio::test]
async fn event_channel_is_checked_by_type_and_form() {
    let sandbox = Sandbox::start().await.unwrap();
    let channel = |id: &str, kind: &str| with(&event(&sandbox), "/channel", json!({"id": id, "type": kind}));
    post(&sandbox, &channel(USER_DEFINED_CHANNEL, "user_defined")).await.is(202);
    assert_eq!(sandbox.emails()[0].shop, var(&sandbox, "ETRUSTED_CHANNEL_ID"));
    post(&sandbox, &channel("other", "user_defined")).await.is(202);
    post(&sandbox, &channel("chl-00000000", "etrusted")).await.is(202);
    assert_eq!(sandbox.emails().len(), 1);
    post(&sandbox, &channel("X1234567890", "etrusted")).await.assert_error(400, "instance.channel.id");
    post(&sandbox, &channel("chl-1", "other")).await.assert_error(400, "instance.channel.type");
}

#[tokio::test]
async fn invalid_event_fields_are_named() {
    let sandbox = Sandbox::start().await.unwrap();
    let base = event(&sandbox);
    let missing = post(&sandbox, &without(&base, "/type")).await.is(400).json();
    assert_eq!(missing, json!({"Message": "Invalid request: instance requires property `type`"}));
    for (body, text) in [
        (without(&base, "/customer"), "instance requires property `customer`"),
        (without(&base, "/customer/email"), "instance.customer requires property `email`"),
        (without(&base, "/channel"), "property `channel`"),
        (without(&base, "/channel/id"), "instance.channel requires property `id`"),
        (without(&base, "/transaction"), "property `transaction`"),
        (without(&base, "/transaction/reference"), "instance.transaction requires property `reference`"),
        (without(&base, "/system"), "property `system`"),
        (without(&base, "/systemVersion"), "property `systemVersion`"),
        (with(&base, "/consumer", json!({})), "additional property `consumer`"),
        (
            with(&base, "/customer/firstname", json!("J")),
            "instance.customer is not allowed to have the additional property `firstname`",
        ),
        (
            with(&base, "/customer/firstName", json!("")),
            "instance.customer.firstName does not meet minimum length",
        ),
        (with(&base, "/customer/email", json!("jane")), "instance.customer.email is not an email"),
        (with(&base, "/customer/mobile", json!(49)), "instance.customer.mobile is not of a type(s) string"),
        (with(&base, "/defaultLocale", json!("de-DE")), "instance.defaultLocale"),
        (with(&base, "/defaultLocale", json!("en_EN")), "instance.defaultLocale"),
        (with(&base, "/transaction/date", json!("2017-01-01 13:30:15")), "instance.transaction.date"),
        (with(&base, "/createdAt", json!("2017-01-01")), "instance.createdAt"),
        (
            with(&base, "/estimatedDeliveryDate", json!("2017-01-01T13:30:15Z")),
            "instance.estimatedDeliveryDate",
        ),
        (with(&base, "/products", json!({})), "instance.products is not of a type(s) array"),
        (
            with(&base, "/products", json!([{"name": "a", "sku": "b"}])),
            "instance.products[0] requires property `url`",
        ),
        (
            with(&with(&base, "/products", products()), "/products/0/brand", json!("")),
            "instance.products[0].brand",
        ),
        (with(&base, "/metadata", json!({"a": {}})), "instance.metadata.a is not of a type(s) string"),
        (json!("x"), "instance is not of a type(s) object"),
    ] {
        let response = post(&sandbox, &body).await;
        response.assert_error(400, text);
        assert!(
            response.text("/Message").starts_with("Invalid request: ") && !response.body.contains("jane")
        );
    }
    etrusted(&sandbox, "POST /events?a=1", base.to_string()).await.assert_error(400, "`a`");
    assert_eq!(sandbox.emails(), []);
}

#[tokio::test]
async fn event_without_token_gets_a_message() {
    let sandbox = Sandbox::start().await.unwrap();
    let expected = json!({"Message": "Access to this resource is forbidden"});
    for line in ["POST /events", "GET /events/evt-x"] {
        for headers in [vec![JSON], vec![JSON, ("Authorization", "Bearer x")]] {
            let response =
                send(&sandbox, Host::EtrustedApi, line, &headers, event(&sandbox).to_string()).await;
            assert_eq!((response.status, response.json()), (401, expected.clone()));
        }
    }
}
