//! The provider and the client against the sandbox, over real sockets.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use review_core::*;
use review_http::{Id, RetryPolicy};
use review_sandbox::{EmailKind, Sandbox, Vendor};
use review_trustpilot::{
    CatalogueProduct, Domain, ProductBatch, TrustpilotClient, TrustpilotConfig, TrustpilotOptions,
    TrustpilotProvider,
};
use serde_json::{Value, json};

/// The configuration the sandbox names, without the variables in `without`.
fn config(sandbox: &Sandbox, without: &[&str]) -> TrustpilotConfig {
    let config =
        TrustpilotConfig::from_vars(|name| sandbox.env_var(name).filter(|_| !without.contains(&name)))
            .unwrap();
    config.with_http(RetryPolicy::default().with_waits(Duration::ZERO, Duration::ZERO))
}

const PASSWORD: [&str; 0] = [];
const CLIENT_CREDENTIALS: [&str; 2] = ["TRUSTPILOT_USERNAME", "TRUSTPILOT_PASSWORD"];

fn provider(sandbox: &Sandbox, without: &[&str]) -> TrustpilotProvider {
    TrustpilotProvider::new(config(sandbox, without)).unwrap()
}

fn customer() -> Customer {
    let (first, last) = (PersonName::new("Zoë").unwrap(), PersonName::new("Müller & Söhne").unwrap());
    Customer::new(EmailAddress::new("zoe+shop@example.com").unwrap())
        .with_name(CustomerName::FirstAndLast(first, last))
        .with_locale(Locale::new("de").unwrap())
        .with_country(CountryCode::new("AT").unwrap())
        .with_phone(PhoneNumber::new("+43123456789").unwrap())
}

fn product(sku: &str) -> Product {
    Product::new(Sku::new(sku).unwrap(), ProductText::new("Metal Toy Car").unwrap())
        .with_url("https://shop.example/car?a=1&b=2".parse().unwrap())
}

fn request(reference: &str) -> InviteRequestBuilder {
    request_for(reference, product("A 1/2"))
}

fn request_for(reference: &str, product: Product) -> InviteRequestBuilder {
    let order = Order::new(OrderReference::new(reference).unwrap()).with_product(product);
    InviteRequest::builder(customer(), order, Consent::granted("checkbox"))
}

fn time(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// The bodies of the invitations the sandbox saw.
fn invitations(sandbox: &Sandbox) -> Vec<Value> {
    let sent = sandbox.requests().into_iter().filter(|request| request.path.ends_with("/email-invitations"));
    sent.map(|request| request.json().unwrap()).collect()
}

#[tokio::test]
async fn the_least_that_can_be_sent() {
    for grant in [&PASSWORD[..], &CLIENT_CREDENTIALS] {
        let sandbox = Sandbox::start().await.unwrap();
        let receipt = provider(&sandbox, grant).send_invite(&request("1001").build().unwrap()).await.unwrap();
        assert_eq!((receipt.state, receipt.warnings), (InviteState::Accepted, vec![]));
        assert_eq!(
            invitations(&sandbox),
            [json!({
                "referenceNumber": "1001", "consumerName": "Zoë Müller & Söhne", "consumerEmail": "zoe+shop@example.com",
                "locale": "de-AT", "serviceReviewInvitation": {}
            })]
        );
        assert_eq!(sandbox.emails_for("1001").len(), 1);
        let seen = sandbox.requests();
        let user = seen.last().unwrap().header("x-business-user-id").map(str::to_owned);
        assert_eq!(user.is_some(), grant.len() == 2, "the user is named for client credentials only");
        assert!(seen.iter().all(|request| request.header("apikey").is_none()), "no key on private calls");
    }
}

#[tokio::test]
async fn everything_that_can_be_sent() {
    let sandbox = Sandbox::start().await.unwrap();
    let service = Utc::now() + TimeDelta::days(3);
    let full = product("B-2")
        .with_image_url("https://shop.example/car.jpg".parse().unwrap())
        .with_brand(ProductText::new("Acme").unwrap())
        .with_mpn(ProductText::new("7TX1641").unwrap())
        .with_gtin(Gtin::new("01234567890").unwrap())
        .with_category(ProductText::new("1267").unwrap());
    let request = request_for("1002", full)
        .kind(InviteKind::ServiceAndProduct)
        .send_at(SendAt::At(service))
        .template(TemplateId::new("507f191e810c19729de860ea").unwrap())
        .tag(Tag::new("tag_1.a-B").unwrap())
        .redirect_url("https://shop.example/thanks".parse().unwrap())
        .location(LocationId::new("ABC123").unwrap())
        .reply_to(EmailAddress::new("shop@example.com").unwrap())
        .sender(Sender {
            name: Some(PersonName::new("The Shop").unwrap()),
            email: Some(EmailAddress::new("noreply@example.com").unwrap()),
        })
        .options(
            TrustpilotOptions::new()
                .with_product_template(TemplateId::new("529c0abfefb96008b894ad02").unwrap()),
        )
        .build()
        .unwrap();
    let receipt = provider(&sandbox, &PASSWORD).send_invite(&request).await.unwrap();
    assert_eq!(receipt.state, InviteState::Scheduled(service));
    let form = |time: DateTime<Utc>| time.format("%Y-%m-%dT%H:%M:%S").to_string();
    assert_eq!(
        invitations(&sandbox),
        [json!({
            "replyTo": "shop@example.com", "locale": "de-AT", "senderName": "The Shop",
            "senderEmail": "noreply@example.com", "locationId": "ABC123", "referenceNumber": "1002",
            "consumerName": "Zoë Müller & Söhne", "consumerEmail": "zoe+shop@example.com",
            "serviceReviewInvitation": {
                "templateId": "507f191e810c19729de860ea", "preferredSendTime": form(service),
                "redirectUri": "https://shop.example/thanks", "tags": ["tag_1.a-B"]
            },
            "productReviewInvitation": {
                "templateId": "529c0abfefb96008b894ad02", "preferredSendTime": form(service + TimeDelta::days(1)),
                "redirectUri": "https://shop.example/thanks",
                "products": [{
                    "sku": "B-2", "name": "Metal Toy Car", "productUrl": "https://shop.example/car?a=1&b=2",
                    "imageUrl": "https://shop.example/car.jpg", "brand": "Acme", "mpn": "7TX1641",
                    "gtin": "01234567890", "productCategoryGoogleId": "1267"
                }]
            }
        })]
    );
    let kinds: Vec<_> = sandbox.emails_for("1002").iter().map(|mail| mail.kind).collect();
    assert_eq!(kinds, [EmailKind::Service, EmailKind::Product]);
}

#[tokio::test]
async fn products_alone_inline_and_from_the_catalogue() {
    let sandbox = Sandbox::start().await.unwrap();
    let request = request("1003")
        .kind(InviteKind::Product)
        .send_at(SendAt::At(time("2024-02-03T04:05:06.789Z")))
        .build()
        .unwrap();
    provider(&sandbox, &PASSWORD).send_invite(&request).await.unwrap();
    let catalogue =
        TrustpilotProvider::new(config(&sandbox, &PASSWORD).with_products_from_catalogue()).unwrap();
    let unit = Id::new(&sandbox.env_var("TRUSTPILOT_BUSINESS_UNIT_ID").unwrap()).unwrap();
    let mut car = CatalogueProduct::new("A 1/2", "Metal Toy Car");
    car.link = Some("https://shop.example/car".to_owned());
    let batch = ProductBatch::new(vec![car]);
    catalogue.client().upsert_products(&unit, &batch).await.unwrap();
    catalogue.send_invite(&request).await.unwrap();
    let sent: Vec<_> =
        invitations(&sandbox).into_iter().map(|mut body| body["productReviewInvitation"].take()).collect();
    assert_eq!(
        sent,
        [
            json!({ "preferredSendTime": "2024-02-03T04:05:06", "products": [
                { "sku": "A 1/2", "name": "Metal Toy Car", "productUrl": "https://shop.example/car?a=1&b=2" }
            ]}),
            json!({ "preferredSendTime": "2024-02-03T04:05:06", "productSkus": ["A 1/2"] }),
        ]
    );
}

#[tokio::test]
async fn the_business_unit_is_looked_up_once() {
    let sandbox = Sandbox::start().await.unwrap();
    let provider = provider(&sandbox, &["TRUSTPILOT_BUSINESS_UNIT_ID"]);
    let unknown = provider.preview(&request("1").build().unwrap()).unwrap();
    let domain = sandbox.env_var("TRUSTPILOT_DOMAIN").unwrap();
    assert!(
        unknown.calls[0].url.contains(&format!("/{{id of {domain}}}/email-invitations")),
        "{:?}",
        unknown.calls
    );
    for reference in ["1", "2", "3"] {
        provider.send_invite(&request(reference).build().unwrap()).await.unwrap();
    }
    let found: Vec<_> =
        sandbox.requests().into_iter().filter(|request| request.path.ends_with("/find")).collect();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].query.as_deref(), Some(format!("name={domain}").as_str()));
    assert!(found[0].header("authorization").is_none() && found[0].header("apikey").is_some());
    let id = sandbox.env_var("TRUSTPILOT_BUSINESS_UNIT_ID").unwrap();
    assert!(provider.preview(&request("1").build().unwrap()).unwrap().calls[0].url.contains(&id));
}

#[tokio::test]
async fn an_unknown_domain_is_a_matter_of_configuration() {
    let sandbox = Sandbox::start().await.unwrap();
    let vars = |name: &str| match name {
        "TRUSTPILOT_DOMAIN" => Some("nobody.example".to_owned()),
        "TRUSTPILOT_BUSINESS_UNIT_ID" => None,
        name => sandbox.env_var(name),
    };
    let provider = TrustpilotProvider::new(TrustpilotConfig::from_vars(vars).unwrap()).unwrap();
    let error = provider.send_invite(&request("1").build().unwrap()).await.unwrap_err();
    assert_eq!((error.kind(), error.sent(), error.http_status()), (ErrorKind::Config, Sent::No, Some(404)));
    assert!(error.to_string().contains("TRUSTPILOT_DOMAIN"), "{error}");
    assert_eq!(sandbox.emails().len(), 0);
}

#[tokio::test]
async fn the_client_is_of_use_alone() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = TrustpilotClient::new(config(&sandbox, &PASSWORD)).unwrap();
    let domain = Domain::new(&sandbox.env_var("TRUSTPILOT_DOMAIN").unwrap()).unwrap();
    let unit = client.find_business_unit(&domain).await.unwrap();
    assert_eq!(Some(unit.id), sandbox.env_var("TRUSTPILOT_BUSINESS_UNIT_ID"));
    assert_eq!(unit.name.unwrap().identifying.as_deref(), Some(domain.as_str()));
}

#[tokio::test]
async fn what_trustpilot_would_refuse_is_refused_before_anything_is_sent() {
    let sandbox = Sandbox::start().await.unwrap();
    let provider = provider(&sandbox, &PASSWORD);
    let later = SendAt::At(time("2030-01-02T00:00:00Z"));
    let both = |request: InviteRequestBuilder| request.kind(InviteKind::ServiceAndProduct);
    let product_at = |text: &str| TrustpilotOptions::new().with_product_send_at(time(text));
    for (request, kind, fields) in [
        (
            request("A#1").tag(Tag::new("a b").unwrap()),
            ErrorKind::InvalidRequest,
            vec!["order.reference", "tags[0]"],
        ),
        (
            request("1").kind(InviteKind::Product).tag(Tag::new("a").unwrap()),
            ErrorKind::Unsupported,
            vec!["tags"],
        ),
        (
            request("1").send_at(SendAt::After(Duration::ZERO, Anchor::Delivered)),
            ErrorKind::InvalidRequest,
            vec!["order.delivered_at"],
        ),
        (
            both(request("1")).send_at(later).options(product_at("2030-01-02T00:00:00.900Z")),
            ErrorKind::InvalidRequest,
            vec!["options.product_send_at"],
        ),
        (
            both(request("1")).options(product_at("2030-01-02T00:00:00Z")),
            ErrorKind::InvalidRequest,
            vec!["send_at"],
        ),
    ] {
        let request = request.build().unwrap();
        for error in
            [provider.send_invite(&request).await.unwrap_err(), provider.preview(&request).unwrap_err()]
        {
            assert_eq!((error.kind(), error.sent()), (kind, Sent::No), "{error}");
            assert_eq!(error.fields().iter().map(FieldError::field).collect::<Vec<_>>(), fields);
            assert_eq!(error.provider(), Some(provider.info()));
        }
    }
    assert_eq!(sandbox.requests().len(), 0);
}

#[tokio::test]
async fn what_can_be_left_out_is_left_out_when_allowed() {
    let sandbox = Sandbox::start().await.unwrap();
    let request = request("1")
        .kind(InviteKind::Product)
        .tag(Tag::new("a").unwrap())
        .on_unsupported(OnUnsupported::Degrade);
    let receipt = provider(&sandbox, &PASSWORD).send_invite(&request.build().unwrap()).await.unwrap();
    assert_eq!(receipt.warnings.iter().map(Warning::field).collect::<Vec<_>>(), ["tags"]);
}

#[tokio::test]
async fn a_preview_shows_the_call_and_no_person() {
    let sandbox = Sandbox::start().await.unwrap();
    let preview = provider(&sandbox, &PASSWORD).preview(&request("1001").build().unwrap()).unwrap();
    let shown = format!("{preview:?} {}", preview.calls[0]);
    for personal in customer().personal_values() {
        assert!(!shown.contains(&personal), "{shown}");
    }
    assert!(shown.contains("1001") && shown.contains("de-AT") && shown.contains("POST"), "{shown}");
    assert_eq!(sandbox.requests().len(), 0);
}

#[tokio::test]
async fn tokens_are_refreshed_and_a_dead_refresh_token_leads_to_a_full_grant() {
    let sandbox = Sandbox::start().await.unwrap();
    let provider = provider(&sandbox, &PASSWORD);
    let send = |reference: &'static str| {
        let provider = &provider;
        async move { provider.send_invite(&request(reference).build().unwrap()).await.unwrap() }
    };
    let end_points = || {
        let tokens = sandbox.requests().into_iter().filter(|request| request.path.contains("/oauth/"));
        tokens.map(|request| request.path.rsplit('/').next().unwrap().to_owned()).collect::<Vec<_>>()
    };
    send("1").await;
    send("2").await;
    assert_eq!(end_points(), ["accesstoken"]);
    sandbox.expire_tokens(Vendor::Trustpilot);
    send("3").await;
    sandbox.expire_tokens(Vendor::Trustpilot);
    send("4").await;
    assert_eq!(end_points(), ["accesstoken", "refresh", "refresh"], "each refresh token is used once");
    sandbox.expire_tokens(Vendor::Trustpilot);
    sandbox.expire_refresh_tokens();
    send("5").await;
    assert_eq!(end_points(), ["accesstoken", "refresh", "refresh", "refresh", "accesstoken"]);
    assert_eq!(sandbox.emails().len(), 5, "nobody was invited twice");
}

#[tokio::test]
async fn wrong_credentials_and_missing_rights_are_told_apart() {
    let sandbox = Sandbox::start().await.unwrap();
    let wrong = |wrong: &'static str, value: &'static str| {
        let without = if wrong == "TRUSTPILOT_BUSINESS_USER_ID" { &CLIENT_CREDENTIALS[..] } else { &[] };
        let vars = |name: &str| match name {
            name if name == wrong => Some(value.to_owned()),
            name => sandbox.env_var(name).filter(|_| !without.contains(&name)),
        };
        TrustpilotProvider::new(TrustpilotConfig::from_vars(vars).unwrap()).unwrap()
    };
    for (key, value, kind, sent, code) in [
        ("TRUSTPILOT_API_SECRET", "canary", ErrorKind::Unauthorized, Sent::No, None),
        ("TRUSTPILOT_PASSWORD", "canary", ErrorKind::Unauthorized, Sent::No, None),
        ("TRUSTPILOT_BUSINESS_USER_ID", "canary", ErrorKind::Forbidden, Sent::Answered, Some("1014")),
        ("TRUSTPILOT_BUSINESS_UNIT_ID", "canary", ErrorKind::Forbidden, Sent::Answered, Some("1014")),
    ] {
        let error = wrong(key, value).send_invite(&request("1").build().unwrap()).await.unwrap_err();
        assert_eq!((error.kind(), error.sent()), (kind, sent), "{key}: {error}");
        assert_eq!(error.retry_advice(), RetryAdvice::Never);
        if let Some(code) = code {
            assert_eq!(error.vendor_code(), Some(code));
            assert!(error.request_id().is_some());
        }
        assert!(!error.to_string().contains("canary"), "{error}");
    }
    assert_eq!(sandbox.emails().len(), 0);
}

#[tokio::test]
async fn the_receipt_names_the_time_of_the_first_mail() {
    let sandbox = Sandbox::start().await.unwrap();
    let provider = provider(&sandbox, &PASSWORD);
    let (soon, late) = (time("2098-01-01T00:00:00Z"), time("2099-01-01T00:00:00Z"));
    let options = TrustpilotOptions::new().with_product_send_at(late);
    for (request, expected) in [
        (request("1").kind(InviteKind::Product).options(options.clone()), late),
        (request("2").kind(InviteKind::ServiceAndProduct).send_at(SendAt::At(soon)).options(options), soon),
    ] {
        let receipt = provider.send_invite(&request.build().unwrap()).await.unwrap();
        assert_eq!(receipt.state, InviteState::Scheduled(expected));
    }
}

#[tokio::test]
async fn a_redirect_does_not_show() {
    let sandbox = Sandbox::start().await.unwrap();
    let link = "https://www.example.com/evaluate/canary?email=canary@example.com".parse().unwrap();
    let request = request("1").redirect_url(link).build().unwrap();
    let preview = provider(&sandbox, &PASSWORD).preview(&request).unwrap();
    let shown = format!("{request:?} {preview:?}");
    assert!(!shown.contains("canary") && shown.contains("www.example.com"), "{shown}");
}
