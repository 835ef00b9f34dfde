//! The provider and the client against the sandbox, over real sockets.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

mod common;

use std::time::Duration;

use common::*;
use review_core::*;
use review_etrusted::{
    ChannelRef, EtrustedClient, EtrustedConfig, EtrustedOptions, EtrustedProvider, EventTypeName, Setup,
    SetupChange,
};
use review_sandbox::{EmailKind, Sandbox, USER_DEFINED_CHANNEL, Vendor};
use serde_json::{Value, json};

#[tokio::test]
async fn the_least_that_can_be_sent() {
    let sandbox = Sandbox::start().await.unwrap();
    let receipt = provider(&sandbox, "shipped").send_invite(&request("1001").build().unwrap()).await.unwrap();
    assert_eq!((receipt.state, receipt.warnings), (InviteState::Accepted, vec![]));
    assert!(receipt.vendor_id.unwrap().starts_with("evt-"));
    assert_eq!(
        events(&sandbox),
        [json!({
            "type": "shipped", "defaultLocale": "de_AT",
            "customer": { "email": "zoe+shop@example.com", "firstName": "Zoë", "lastName": "Müller & Söhne" },
            "channel": { "id": sandbox.env_var("ETRUSTED_CHANNEL_ID").unwrap(), "type": "etrusted" },
            "transaction": { "reference": "1001" },
            "system": "review-invites", "systemVersion": env!("CARGO_PKG_VERSION")
        })]
    );
    assert_eq!(sandbox.emails_for("1001").len(), 1);
}

#[tokio::test]
async fn everything_that_can_be_sent() {
    let sandbox = Sandbox::start().await.unwrap();
    let config = config(&sandbox, "delivered_2")
        .with_event_type_asking_for(InviteKind::ServiceAndProduct)
        .with_system("shop system", "1.0");
    let provider = EtrustedProvider::new(config).unwrap();
    provider.ensure_setup(Setup::new()).await.unwrap();
    let customer = customer()
        .with_phone(PhoneNumber::new("+43123456789").unwrap())
        .with_address(PostalAddress::new("Anystr. 17, 12345 Anycity").unwrap())
        .with_reference(CustomerReference::new("17").unwrap());
    let full = Product::new(Sku::new("B-2").unwrap(), ProductText::new("Car").unwrap())
        .with_url("https://shop.example/b".parse().unwrap())
        .with_image_url("https://shop.example/b.jpg".parse().unwrap())
        .with_gtin(Gtin::new("0123456789012").unwrap())
        .with_mpn(ProductText::new("7TX").unwrap())
        .with_brand(ProductText::new("Acme").unwrap());
    let order = Order::new(OrderReference::new("1002").unwrap())
        .with_placed_at("2024-02-03T04:05:06.7+01:00".parse().unwrap())
        .with_estimated_delivery("2024-02-10".parse().unwrap())
        .with_product(full)
        .with_metadata("key", "value");
    let request = InviteRequest::builder(customer, order, Consent::granted("checkbox"))
        .kind(InviteKind::ServiceAndProduct)
        .options(EtrustedOptions::new().with_happened_at("2024-02-11T00:00:00Z".parse().unwrap()))
        .build()
        .unwrap();
    let receipt = provider.send_invite(&request).await.unwrap();
    assert_eq!(
        events(&sandbox),
        [json!({
            "type": "delivered_2", "defaultLocale": "de_AT",
            "customer": {
                "email": "zoe+shop@example.com", "firstName": "Zoë", "lastName": "Müller & Söhne",
                "address": "Anystr. 17, 12345 Anycity", "mobile": "+43123456789", "reference": "17"
            },
            "channel": { "id": sandbox.env_var("ETRUSTED_CHANNEL_ID").unwrap(), "type": "etrusted" },
            "transaction": { "reference": "1002", "date": "2024-02-03T03:05:06.700Z" },
            "estimatedDeliveryDate": "2024-02-10",
            "products": [{
                "sku": "B-2", "name": "Car", "url": "https://shop.example/b", "imageUrl": "https://shop.example/b.jpg",
                "gtin": "0123456789012", "mpn": "7TX", "brand": "Acme"
            }],
            "system": "shop system", "systemVersion": "1.0",
            "metadata": { "key": "value" }, "createdAt": "2024-02-11T00:00:00.000Z"
        })]
    );
    let kinds: Vec<_> = sandbox.emails_for("1002").iter().map(|mail| mail.kind).collect();
    assert_eq!(kinds, [EmailKind::Service, EmailKind::Product]);
    let stored = provider.client().event(&receipt.vendor_id.unwrap()).await.unwrap().unwrap();
    assert_eq!(stored.transaction.unwrap().reference, "1002");
    assert_eq!(provider.client().event("evt-0").await.unwrap(), None);
}

#[tokio::test]
async fn the_settings_decide_what_can_be_asked_for() {
    let sandbox = Sandbox::start().await.unwrap();
    use InviteKind::{Product, Service, ServiceAndProduct};
    for (settings, sends) in [
        (Service, vec![Service]),
        (Product, vec![Product]),
        (ServiceAndProduct, vec![Service, ServiceAndProduct]),
    ] {
        let config = config(&sandbox, "shipped").with_event_type_asking_for(settings);
        let provider = EtrustedProvider::new(config).unwrap();
        for kind in [Service, Product, ServiceAndProduct] {
            let result = provider.send_invite(&request("1").kind(kind).build().unwrap()).await;
            assert_eq!(result.is_ok(), sends.contains(&kind), "{settings:?} {kind:?}");
            assert!(result.err().is_none_or(|error| error.kind() == ErrorKind::Unsupported));
        }
    }
    let products = |event: &Value| event.get("products").is_some();
    assert_eq!(events(&sandbox).iter().map(products).collect::<Vec<_>>(), [false, true, false, true]);
}

#[tokio::test]
async fn set_up_walks_the_whole_cycle_and_can_be_run_again() {
    let sandbox = Sandbox::builder().settings_delay(Duration::from_millis(700)).start().await.unwrap();
    let provider = provider(&sandbox, "delivered");
    let setup = Setup::new().with_delay_in_days(3);
    let first = provider.ensure_setup(setup).await.unwrap();
    assert_eq!(first.changes, [SetupChange::EventTypeCreated, SetupChange::InviteSettingChanged]);
    assert_eq!(first.rivals, 1, "`shipped` asks for service reviews too");
    provider.send_invite(&request("1").build().unwrap()).await.unwrap();
    assert_eq!(sandbox.emails_for("1").len(), 1);

    let second = provider.ensure_setup(setup).await.unwrap();
    assert_eq!((second.changes, &second.event_type_id), (vec![], &first.event_type_id));
    let third = provider.ensure_setup(Setup::new()).await.unwrap();
    assert_eq!(third.changes, [], "the delay is left as it is");

    provider.client().set_event_type_active(&first.event_type_id, false).await.unwrap();
    provider.send_invite(&request("2").build().unwrap()).await.unwrap();
    assert_eq!(sandbox.emails_for("2").len(), 0, "an event of an inactive type is accepted in silence");
    let fourth = provider.ensure_setup(setup.with_delay_in_days(5)).await.unwrap();
    assert_eq!(fourth.changes, [SetupChange::EventTypeActivated, SetupChange::InviteSettingChanged]);
    assert_eq!(sandbox.emails().len(), 1, "a set-up sends no mail");
}

#[tokio::test]
async fn set_up_needs_an_id_that_the_vendor_made() {
    let sandbox = Sandbox::start().await.unwrap();
    let secret = || sandbox.env_var("ETRUSTED_CLIENT_SECRET").unwrap().into();
    let id = || sandbox.env_var("ETRUSTED_CLIENT_ID").unwrap().into();
    let event_type = EventTypeName::new("shipped").unwrap();
    let channel = ChannelRef::UserDefined(USER_DEFINED_CHANNEL.to_owned());
    let urls = ["ETRUSTED_API_URL", "ETRUSTED_LOGIN_URL"].map(|name| sandbox.env_var(name).unwrap());
    let config = EtrustedConfig::new(id(), secret(), channel, event_type)
        .unwrap()
        .with_urls(&urls[0], &urls[1])
        .unwrap();
    let provider = EtrustedProvider::new(config).unwrap();
    let error = provider.ensure_setup(Setup::new()).await.unwrap_err();
    assert_eq!((error.kind(), error.fields()[0].field()), (ErrorKind::Config, "channel"));
    provider.send_invite(&request("1").build().unwrap()).await.unwrap();
    assert_eq!(events(&sandbox)[0]["channel"], json!({ "id": USER_DEFINED_CHANNEL, "type": "user_defined" }));
    assert_eq!(sandbox.emails_for("1").len(), 1);
}

#[tokio::test]
async fn a_channel_is_found_by_its_name_once() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = EtrustedClient::new(config(&sandbox, "shipped")).unwrap();
    let channels = client.channels().await.unwrap();
    let ours = sandbox.env_var("ETRUSTED_CHANNEL_ID").unwrap();
    let name = channels.into_iter().find(|channel| channel.id == ours).unwrap().name.unwrap();
    let by_name = |name: &str| {
        let event_type = EventTypeName::new("shipped").unwrap();
        let vars = ["ETRUSTED_CLIENT_ID", "ETRUSTED_CLIENT_SECRET", "ETRUSTED_API_URL", "ETRUSTED_LOGIN_URL"];
        let [id, secret, api, login] = vars.map(|name| sandbox.env_var(name).unwrap());
        let config =
            EtrustedConfig::new(id.into(), secret.into(), ChannelRef::Name(name.to_owned()), event_type);
        EtrustedProvider::new(config.unwrap().with_urls(&api, &login).unwrap()).unwrap()
    };
    let provider = by_name(&name);
    for reference in ["1", "2"] {
        provider.send_invite(&request(reference).build().unwrap()).await.unwrap();
    }
    assert_eq!(events(&sandbox)[1]["channel"]["id"], ours);
    let looked_up = sandbox.requests().iter().filter(|request| request.path == "/channels").count();
    assert_eq!(looked_up, 2, "once by the client above, once by the provider");
    let error = by_name("no such shop").send_invite(&request("3").build().unwrap()).await.unwrap_err();
    assert_eq!((error.kind(), error.sent()), (ErrorKind::Config, Sent::No));
}

#[tokio::test]
async fn event_types_are_made_found_and_deleted() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = EtrustedClient::new(config(&sandbox, "shipped")).unwrap();
    let name = EventTypeName::new("returned").unwrap();
    assert_eq!(client.find_event_type(&name).await.unwrap(), None);
    let made = client.create_event_type(&name).await.unwrap().unwrap();
    assert_eq!(client.create_event_type(&name).await.unwrap(), None, "it is there already");
    assert_eq!(client.find_event_type(&name).await.unwrap(), Some(made.clone()));
    let names: Vec<_> =
        client.event_types().await.unwrap().into_iter().map(|event_type| event_type.name).collect();
    assert!(names.contains(&"returned".to_owned()) && names.contains(&"checkout".to_owned()), "{names:?}");
    client.delete_event_type(&made.id).await.unwrap();
    client.delete_event_type(&made.id).await.unwrap();
    assert_eq!(client.find_event_type(&name).await.unwrap(), None);
}

#[tokio::test]
async fn wishes_beyond_the_vendor_are_refused_before_anything_is_sent() {
    let sandbox = Sandbox::start().await.unwrap();
    let request = request("1").send_at(SendAt::Now).tag(Tag::new("a").unwrap());
    let error =
        provider(&sandbox, "shipped").send_invite(&request.clone().build().unwrap()).await.unwrap_err();
    assert_eq!((error.kind(), error.sent()), (ErrorKind::Unsupported, Sent::No));
    assert_eq!(error.fields().iter().map(FieldError::field).collect::<Vec<_>>(), ["send_at", "tags"]);
    assert_eq!(sandbox.requests().len(), 0);
    let degraded = request.on_unsupported(OnUnsupported::Degrade).build().unwrap();
    let receipt = provider(&sandbox, "shipped").send_invite(&degraded).await.unwrap();
    assert_eq!(receipt.warnings.len(), 2);
}

#[tokio::test]
async fn a_preview_shows_the_call_and_no_person() {
    let sandbox = Sandbox::start().await.unwrap();
    let preview = provider(&sandbox, "shipped").preview(&request("1001").build().unwrap()).unwrap();
    let shown = format!("{preview:?} {}", preview.calls[0]);
    for personal in customer().personal_values() {
        assert!(!shown.contains(&personal), "{shown}");
    }
    assert!(shown.contains("shipped") && shown.contains("de_AT") && shown.contains("/events"), "{shown}");
    assert_eq!(sandbox.requests().len(), 0);
}

#[tokio::test]
async fn an_expired_token_is_replaced_once_and_wrong_credentials_are_told() {
    let sandbox = Sandbox::start().await.unwrap();
    let provider = provider(&sandbox, "shipped");
    for reference in ["1", "2"] {
        provider.send_invite(&request(reference).build().unwrap()).await.unwrap();
        sandbox.expire_tokens(Vendor::Etrusted);
    }
    assert_eq!((sandbox.token_requests(Vendor::Etrusted), sandbox.emails().len()), (2, 2));
    let vars = |name: &str| match name {
        "ETRUSTED_CLIENT_SECRET" => Some("canary".to_owned()),
        name => sandbox.env_var(name),
    };
    let wrong = EtrustedProvider::new(EtrustedConfig::from_vars(vars).unwrap()).unwrap();
    let error = wrong.send_invite(&request("3").build().unwrap()).await.unwrap_err();
    assert_eq!((error.kind(), error.sent()), (ErrorKind::Unauthorized, Sent::No));
    assert!(
        error.to_string().contains("ETRUSTED_CLIENT_SECRET") && !error.to_string().contains("canary"),
        "{error}"
    );
}

#[tokio::test]
async fn a_token_end_point_that_is_not_there_is_not_taken_for_a_missing_event() {
    let sandbox = Sandbox::start().await.unwrap();
    let vars = |name: &str| match name {
        "ETRUSTED_LOGIN_URL" => sandbox.env_var("ETRUSTED_API_URL"),
        name => sandbox.env_var(name),
    };
    let provider = EtrustedProvider::new(EtrustedConfig::from_vars(vars).unwrap()).unwrap();
    let client = provider.client();
    let errors = [
        client.event("evt-1").await.unwrap_err(),
        client.delete_event_type("ety-1").await.unwrap_err(),
        provider.send_invite(&request("1").build().unwrap()).await.unwrap_err(),
    ];
    for error in errors {
        assert_eq!(
            (error.kind(), error.sent(), error.http_status()),
            (ErrorKind::Config, Sent::No, Some(404)),
            "{error}"
        );
    }
}

#[tokio::test]
async fn metadata_and_names_do_not_show() {
    let sandbox = Sandbox::start().await.unwrap();
    let order = order("1").with_metadata("id", "canary-1").with_metadata("date", "canary-2");
    let request = InviteRequest::builder(customer(), order, Consent::granted("checkbox")).build().unwrap();
    let preview = provider(&sandbox, "shipped").preview(&request).unwrap();
    let shown = format!("{request:?} {preview:?}").to_lowercase();
    assert!(!shown.contains("canary") && !shown.contains("zo"), "{shown}");
}
