//! The documented samples: what is sent equals them, and responses are parsed from them.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

mod common;

use chrono::{DateTime, SecondsFormat, Utc};
use common::{Played, golden, played};
use review_core::model::{DelayFrom, SendAt, TemplateId};
use review_core::provider::ReviewInviteProvider;
use review_core::{Consent, ErrorKind, InviteKind, InviteRequest, Product, RetryAdvice, SendState};
use review_etrusted::{
    ApiClient, ChannelRef, Etrusted, EtrustedClient, EtrustedOptions, EventTypeName, InviteTemplateId,
    QuestionnaireTemplateId,
};
use review_http::vendor::TemplateRoles;
use serde_json::{Value, json};

/// The same with date-times in one form: the samples vary in the fraction, and three digits are sent.
fn in_one_form(value: Value) -> Value {
    match value {
        Value::Array(items) => items.into_iter().map(in_one_form).collect(),
        Value::Object(members) => {
            members.into_iter().map(|(name, member)| (name, in_one_form(member))).collect()
        }
        Value::String(text) => match text.parse::<DateTime<Utc>>() {
            Ok(time) => time.to_rfc3339_opts(SecondsFormat::Millis, true).into(),
            Err(_) => text.into(),
        },
        value => value,
    }
}

fn account(channel: ChannelRef, event_type: &str) -> Etrusted {
    let event_type = EventTypeName::new(event_type).unwrap();
    let client = ApiClient { client_id: "<client id>".into(), client_secret: "<client secret>".into() };
    Etrusted::new(client, channel, event_type).unwrap().with_system("customer_system_name", "1.0").unwrap()
}

fn channel() -> ChannelRef {
    ChannelRef::id("chl-xxxxxxxx-yyyy-xxxx-yyyy-xxxxxxxxxxxx").unwrap()
}

fn product() -> Product {
    Product::builder("1234-TS-WH-M", "Specialbrand T-Shirt White M")
        .gtin("1234567890123")
        .image_url("https://shop.example.com/article123-TS-WH-M/image.jpg")
        .url("https://shop.example.com/article123-TS-WH-M/")
        .mpn("23687778")
        .brand("specialbrand")
        .build()
        .unwrap()
}

fn minimal() -> InviteRequest {
    InviteRequest::builder("john.doe@example.com", "order-12345", Consent::granted("checkbox"))
        .build()
        .unwrap()
}

#[tokio::test]
async fn event_equals_the_sample() {
    let options = EtrustedOptions::new().with_event_time("2018-02-01T17:09:41.790Z".parse().unwrap());
    let request = InviteRequest::builder("john.doe@example.com", "order-12345", Consent::granted("checkbox"))
        .first_name("John")
        .last_name("Doe")
        .address("Anystr. 17, 12345, Anycity, Anystate 12345")
        .phone("+49123456789")
        .customer_reference("cus-xxxxxxxx-yyyy-xxxx-yyyy-xxxxxxxxxxxx")
        .locale("de-DE")
        .placed_at("2017-01-01T13:30:15Z")
        .estimated_delivery("2017-01-07")
        .products([product()])
        .kind(InviteKind::Product)
        .metadata([("metaKey1", "metaValue1"), ("metaKey2", "metaValue2")])
        .options(&options)
        .build()
        .unwrap();
    let transport = Played::new(202, &golden("event_post_response_202"));
    let account = account(channel(), "delivery").with_review_kind(InviteKind::Product);
    let receipt = played(account, &transport).send_invite(&request).await.unwrap();
    assert_eq!(transport.last(), ("POST /events".to_owned(), in_one_form(golden("event_post_request"))));
    assert_eq!(receipt.vendor_id.as_deref(), golden("event_post_response_202")["EventRef"].as_str());
}

#[tokio::test]
async fn minimal_events_equal_the_samples() {
    let own = ChannelRef::own_id("my-shop-view-de").unwrap();
    for (channel, name, kind) in [
        (channel(), "event_post_request_minimal", Some("etrusted")),
        (own, "event_post_request_user_defined_channel", None),
    ] {
        let transport = Played::new(202, &golden("event_post_response_202"));
        played(account(channel, "shipped"), &transport).send_invite(&minimal()).await.unwrap();
        let mut expected = golden(name);
        if let Some(kind) = kind {
            // The type is optional in one sample; it is always sent.
            expected["channel"]["type"] = kind.into();
        }
        assert_eq!(transport.last().1, expected, "{name}");
    }
}

#[tokio::test]
async fn direct_invite_equals_the_sample() {
    let own = ChannelRef::own_id("chl-f8c8c9c3-93ff-48dd-1111-629196b5955a").unwrap();
    let account = account(own, "shipped")
        .with_system("Magento", "1.0.0")
        .unwrap()
        .with_review_kind(InviteKind::Product)
        .with_direct_invites(
            InviteTemplateId::new("tpl-inv-12261ad3-d36b-4a3a-a4ab-850920d7b11f").unwrap(),
            QuestionnaireTemplateId::new("tpl-qst-12261ad3-d36b-4a3a-a4ab-850920d7b11f").unwrap(),
        );
    let request =
        InviteRequest::builder("john.doe@example.com", "ORDER-121416990", Consent::granted("checkbox"))
            .first_name("John")
            .last_name("Doe")
            .locale("de-DE")
            .placed_at("2017-11-01T13:30:15Z")
            .products([product()])
            .kind(InviteKind::Product)
            .send_at(SendAt::At("2999-02-01T17:09:41.79Z".parse().unwrap()))
            .metadata([("carModel", "Touareg"), ("carColor", "silver")])
            .build()
            .unwrap();
    let transport = Played::new(200, &json!({ "id": "inv-1" }));
    let receipt = played(account, &transport).send_invite(&request).await.unwrap();
    let mut expected = golden("invites_post_request");
    // The time of the sample is in the past, and would be sent as the present.
    expected["invites"][0]["preferredSendTime"] = "2999-02-01T17:09:41.79Z".into();
    assert_eq!(transport.last(), ("POST /invites".to_owned(), in_one_form(expected)));
    assert_eq!(receipt.vendor_id.as_deref(), Some("inv-1"));
    assert!(receipt.state.to_string().starts_with("scheduled for 2999-02-01"));
}

#[tokio::test]
async fn link_equals_the_sample() {
    let request = InviteRequest::builder("john.doe@example.com", "order-12345", Consent::granted("checkbox"))
        .first_name("John")
        .last_name("Doe")
        .address("Anystr. 17, 12345")
        .phone("+49123456789")
        .placed_at("2017-01-01T13:30:15Z")
        .products([product()])
        .kind(InviteKind::ServiceAndProduct)
        .metadata([("metaKey1", "metaValue1"), ("metaKey2", "metaValue2")])
        .build()
        .unwrap();
    let transport = Played::new(200, &golden("questionnaire_link_response_200"));
    let link = played(account(channel(), "shipped"), &transport).create_link(&request).await.unwrap();
    let mut expected = golden("questionnaire_link_request");
    // The type of the event is left out on purpose; the vendor's id of the customer is unknown to a shop.
    expected.as_object_mut().unwrap().remove("type");
    expected["customer"].as_object_mut().unwrap().remove("id");
    assert_eq!(transport.last(), ("POST /questionnaire-links".to_owned(), in_one_form(expected)));
    assert_eq!(link.url.as_str(), golden("questionnaire_link_response_200")["link"]);
}

#[tokio::test]
async fn link_that_no_customer_should_open_is_rejected() {
    for link in ["javascript:alert(1)", "ftp://etru.st/x", "https://u:p@evil.example/"] {
        let transport = Played::new(200, &json!({ "id": "qre-1", "link": link }));
        let result = played(account(channel(), "shipped"), &transport).create_link(&minimal()).await;
        assert_eq!(result.unwrap_err().kind(), ErrorKind::Unexpected, "{link}");
    }
}

#[tokio::test]
async fn token_request_equals_the_sample() {
    let transport = Played::new(202, &golden("event_post_response_202"));
    played(account(channel(), "shipped"), &transport).send_invite(&minimal()).await.unwrap();
    let requests = transport.requests.lock().unwrap();
    let form = String::from_utf8(requests[0].body().to_vec()).unwrap();
    let fields: serde_json::Map<_, _> = form
        .split('&')
        .map(|pair| pair.split_once('=').unwrap())
        .map(|(name, value)| {
            let value = value.replace('+', " ").replace("%3C", "<").replace("%3E", ">");
            (name.to_owned(), value.replace("%3A", ":").replace("%2F", "/").into())
        })
        .collect();
    assert_eq!(Value::from(fields), golden("oauth_token_request_fields"));
    assert_eq!(requests[1].headers()["authorization"], "Bearer <JWT>");
}

#[tokio::test]
async fn documented_errors_are_classified() {
    for (status, name, kind, advice) in [
        (400, "event_error_400", ErrorKind::InvalidRequest, RetryAdvice::Never),
        (401, "event_error_401", ErrorKind::Unauthorized, RetryAdvice::Hold),
        (500, "event_error_500", ErrorKind::OutcomeUnknown, RetryAdvice::Reconcile),
    ] {
        let transport = Played::new(status, &golden(name));
        let error =
            played(account(channel(), "shipped"), &transport).send_invite(&minimal()).await.unwrap_err();
        assert_eq!((error.kind(), error.retry_advice()), (kind, advice), "{name}: {error}");
        assert!(error.to_string().starts_with("etrusted/shop-de: send_invite: "), "{error}");
    }
    let transport = Played::new(503, &golden("event_error_503"));
    let error = played(account(channel(), "shipped"), &transport).send_invite(&minimal()).await.unwrap_err();
    assert_eq!((error.kind(), error.send_state()), (ErrorKind::RateLimited, SendState::Responded));
}

#[tokio::test]
async fn acceptance_needs_the_vendors_own_body() {
    for (status, body, expected) in [
        (202, "", None),
        (202, "{}", None),
        (200, r#"{"EventRef":"evt-1"}"#, None),
        (200, "", Some(ErrorKind::OutcomeUnknown)),
        (200, r#"{"ok":true}"#, Some(ErrorKind::OutcomeUnknown)),
        (200, "<html>login</html>", Some(ErrorKind::OutcomeUnknown)),
        (202, "<html>login</html>", Some(ErrorKind::OutcomeUnknown)),
        (200, r#"{"Message":"Invalid request"}"#, Some(ErrorKind::OutcomeUnknown)),
        (200, r#"{"Error":"Invalid request"}"#, Some(ErrorKind::InvalidRequest)),
    ] {
        let transport = Played::new(status, &body);
        let result = played(account(channel(), "shipped"), &transport).send_invite(&minimal()).await;
        assert_eq!(result.err().map(|error| error.kind()), expected, "{status} {body}");
    }
}

#[tokio::test]
async fn message_that_quotes_the_customer_shows_no_one() {
    let body = json!({ "Message": "instance.customer.email john.doe@example.com is not one of" });
    let transport = Played::new(400, &body);
    let error = played(account(channel(), "shipped"), &transport).send_invite(&minimal()).await.unwrap_err();
    assert!(!format!("{error} {error:?} {error:#?}").contains("john"), "{error:#?}");
}

#[test]
fn preview_is_what_would_be_sent_without_the_customer() {
    let account = account(ChannelRef::Name("Shop DE".to_owned()), "shipped");
    let preview = played(account, &Played::new(500, &"")).preview(&minimal()).unwrap();
    let shown: Vec<_> = preview.requests.iter().map(ToString::to_string).collect();
    assert_eq!(shown.len(), 2, "{shown:?}");
    assert_eq!(shown[0], "GET https://api.etrusted.com/channels");
    assert!(shown[1].contains("{id of Shop DE}") && shown[1].contains("order-12345"), "{shown:?}");
    assert!(!shown[1].contains("john"), "{shown:?}");
}

#[test]
fn unsupported_schedule_names_the_settings() {
    let request = InviteRequest::builder("john.doe@example.com", "1", Consent::granted("checkbox"))
        .placed_at("2017-01-01T13:30:15Z")
        .send_at(SendAt::After(std::time::Duration::from_secs(60), DelayFrom::Placed))
        .build()
        .unwrap();
    let provider = played(account(channel(), "shipped"), &Played::new(500, &""));
    let error = provider.validate(&request).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    assert!(error.to_string().contains("invite_template"), "{error}");
}

#[test]
fn unsupported_kind_names_the_setting() {
    let request = InviteRequest::builder("john.doe@example.com", "1", Consent::granted("checkbox"))
        .kind(InviteKind::ServiceAndProduct)
        .product(Product::builder("A1", "Kettle").url("https://shop.example/kettle"))
        .build()
        .unwrap();
    let validate = |kind| {
        let account = account(channel(), "shipped").with_review_kind(kind);
        played(account, &Played::new(500, &"")).validate(&request)
    };
    let error = validate(InviteKind::Service).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    assert!(error.to_string().contains("review_kind"), "{error}");
    validate(InviteKind::ServiceAndProduct).unwrap();
}

#[tokio::test]
async fn event_types_of_any_name_are_posted() {
    for name in ["Shipped", "order-shipped", "after.sales", "Ware versandt"] {
        let transport = Played::new(202, &golden("event_post_response_202"));
        played(account(channel(), name), &transport).send_invite(&minimal()).await.unwrap();
        assert_eq!(transport.last().1["type"], name);
    }
    for bad in ["checkout", " checkout ", "", "a\nb", "ship\u{200b}ped"] {
        assert_eq!(EventTypeName::new(bad).unwrap_err().field(), "event_type", "{bad:?}");
    }
}

#[tokio::test]
async fn stored_event_has_every_member_of_the_sample() {
    let transport = Played::new(200, &golden("event_get_response_200"));
    let client = EtrustedClient::new(&played(account(channel(), "delivery"), &transport));
    let event = client.event("evt-eacef7fe-5176-47b5-877d-b90a53a1cc68").await.unwrap().unwrap();
    assert_eq!(serde_json::to_value(&event).unwrap(), golden("event_get_response_200"));
    let shown = format!("{event:?}");
    assert!(
        !shown.contains("john") && !shown.contains("metaValue1") && shown.contains("order-12345"),
        "{shown}"
    );
    let odd =
        json!({ "id": "evt-1", "products": [7, { "sku": "A" }], "metadata": { "a": 1 }, "tracking": "API" });
    let transport = Played::new(200, &odd);
    let client = EtrustedClient::new(&played(account(channel(), "delivery"), &transport));
    let event = client.event("evt-1").await.unwrap().unwrap();
    assert_eq!(
        (event.products.len(), event.metadata["a"].0.as_i64(), event.tracking.client),
        (1, Some(1), None)
    );
}

#[test]
fn swapped_templates_are_rejected_with_the_field() {
    let invite = InviteTemplateId::new("tpl-inv-1").unwrap();
    let questionnaire = QuestionnaireTemplateId::new("tpl-qst-1").unwrap();
    assert_eq!(InviteTemplateId::new("tpl-qst-1").unwrap_err().field(), "invite_template");
    assert_eq!(QuestionnaireTemplateId::new("tpl-inv-1").unwrap_err().field(), "questionnaire_template");
    let roles = TemplateRoles::default().add("vip", TemplateId::new("tpl-qst-2").unwrap());
    let account =
        account(channel(), "shipped").with_direct_invites(invite, questionnaire).with_templates(roles);
    let provider = played(account, &Played::new(500, &""));
    for template in ["vip", "tpl-qst-3"] {
        let request = InviteRequest::builder("john.doe@example.com", "1", Consent::granted("checkbox"));
        let error = provider.validate(&request.template(template).build().unwrap()).unwrap_err();
        assert_eq!(error.field_errors()[0].field(), "template", "{template}");
    }
}

#[test]
fn system_with_an_invisible_character_is_rejected() {
    for (name, version, field) in
        [("Magento\r\nX: y", "1", "system"), ("Magento", "1\u{202e}", "system_version"), ("", "1", "system")]
    {
        let account = account(channel(), "shipped");
        assert_eq!(account.with_system(name, version).unwrap_err().field(), field);
    }
}

#[test]
fn event_time_beyond_the_calendar_is_rejected() {
    let provider = played(account(channel(), "shipped"), &Played::new(500, &""));
    for time in [DateTime::<Utc>::MAX_UTC, DateTime::<Utc>::MIN_UTC] {
        let request = InviteRequest::builder("john.doe@example.com", "1", Consent::granted("checkbox"));
        let request = request.options(&EtrustedOptions::new().with_event_time(time)).build().unwrap();
        let error = provider.validate(&request).unwrap_err();
        assert_eq!(error.field_errors()[0].field(), "options.etrusted.event_time");
    }
}
