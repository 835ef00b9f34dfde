//! The documented samples: what is sent equals them.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

mod common;

use common::{Played, account, credentials, provider, sample};
use review_core::model::{InviteRequestBuilder, ProductBuilder, SendAt};
use review_core::provider::ReviewInviteProvider;
use review_core::{Consent, ErrorKind, InviteKind, InviteRequest, Product, RetryAdvice};
use review_http::ResourceId;
use review_trustpilot::{BusinessUnitRef, Grant, Trustpilot, TrustpilotOptions};
use serde_json::{Value, json};

fn at(text: &str) -> chrono::DateTime<chrono::Utc> {
    text.parse().unwrap()
}

fn minimal() -> InviteRequestBuilder {
    InviteRequest::builder("tester@example.com", "test123", Consent::granted("checkbox"))
        .name("Test Customer")
        .products([Product::builder("SKU-FOR-SHOE", "Red Shoe")
            .brand("The Big Shoe Store")
            .image_url("https://www.example.com/big-red-shoe.png")
            .url("https://www.example.com/big-red-shoe")])
}

fn toy_car() -> ProductBuilder {
    Product::builder("ABC-1234", "Metal Toy Car")
        .mpn("7TX1641")
        .brand("Acme")
        .image_url("http://www.mycompanystore.com/products/images/12345.jpg")
        .url("http://www.mycompanystore.com/products/12345.htm")
        .gtin("01234567890")
        .category("1267")
}

fn full() -> InviteRequestBuilder {
    let options = TrustpilotOptions::new()
        .with_product_template("507f191e810c19729de860ea")
        .unwrap()
        .with_product_send_at(at("2013-09-14T13:37:00Z"));
    InviteRequest::builder("john.doe@example.com", "inv00001", Consent::granted("checkbox"))
        .name("John Doe")
        .locale("en-US")
        .reply_to("john.doe@example.com")
        .sender_name("John Doe")
        .sender_email("john.doe@example.com")
        .location("ABC123")
        .template("507f191e810c19729de860ea")
        .redirect_url("http://trustpilot.com")
        .tags(["tag1", "tag2"])
        .send_at(SendAt::At(at("2013-09-07T13:37:00Z")))
        .kind(InviteKind::ServiceAndProduct)
        .options(&options)
}

/// The samples have URLs without a path, which are normalised.
fn normalised(mut sample: Value) -> Value {
    sample.as_object_mut().unwrap().remove("type");
    for part in ["serviceReviewInvitation", "productReviewInvitation"] {
        if sample[part].is_object() {
            sample[part]["redirectUri"] = "http://trustpilot.com/".into();
        }
    }
    sample
}

async fn sent(trustpilot: Trustpilot, request: InviteRequestBuilder) -> Value {
    let played = Played::new(202, &"");
    provider(trustpilot, &played).send_invite(&request.build().unwrap()).await.unwrap();
    let request = played.last();
    let path = "/v1/private/business-units/507f191e810c19729de860ea/email-invitations";
    assert_eq!((request.method().as_str(), request.uri().path()), ("POST", path));
    assert_eq!(request.headers()["x-business-user-id"], "507f191e810c19729de860eb");
    assert_eq!(request.headers()["authorization"], "Bearer tpa-1");
    played.body()
}

#[tokio::test]
async fn invitations_equal_the_minimal_samples() {
    let service_at = SendAt::At(at("2013-09-07T13:37:00Z"));
    let body = sent(account(), minimal().send_at(service_at)).await;
    assert_eq!(body, sample!("email-invitation-service-minimal.request"));
    let body = sent(account(), minimal().kind(InviteKind::Product)).await;
    assert_eq!(body, sample!("email-invitation-product-only.request"));
    let body = sent(account(), minimal().kind(InviteKind::ServiceAndProduct).send_at(service_at)).await;
    let mut expected = sample!("email-invitation-service-and-product.request");
    // The sample leaves the time of the product email to the account; it is certain to be later here. The time in the
    // past means now, so a day after it would be too early.
    let product_at = body["productReviewInvitation"]["preferredSendTime"].as_str().unwrap();
    assert!(at(&format!("{product_at}Z")) > chrono::Utc::now(), "{product_at}");
    expected["productReviewInvitation"]["preferredSendTime"] = product_at.into();
    assert_eq!(body, expected);
}

#[tokio::test]
async fn invitations_equal_the_full_samples() {
    let body = sent(account(), full().products([toy_car()])).await;
    assert_eq!(body, normalised(sample!("email-invitation-full.request")));
    let products = [toy_car(), Product::builder("ACDC-4321", "Record")];
    let body = sent(account().with_products_from_catalogue(), full().products(products)).await;
    let mut expected = normalised(sample!("email-invitation-full-skus-us-dates.request"));
    // The same instants, in the one form that is sent.
    expected["serviceReviewInvitation"]["preferredSendTime"] = "2013-09-07T13:37:00".into();
    expected["productReviewInvitation"]["preferredSendTime"] = "2013-09-14T13:37:00".into();
    assert_eq!(body, expected);
}

#[tokio::test]
async fn links_equal_the_samples() {
    let played = Played::new(200, &sample!("invitation-link.response"));
    let request = InviteRequest::builder("john.doe@example.com", "inv00001", Consent::granted("checkbox"))
        .name("John Doe")
        .locale("en-US")
        .location("ABC123")
        .tags(["tag1", "tag2"])
        .redirect_url("http://trustpilot.com");
    let link = provider(account(), &played).create_link(&request.build().unwrap()).await.unwrap();
    let mut expected = sample!("invitation-link.request");
    expected["redirectUri"] = "http://trustpilot.com/".into();
    assert_eq!(played.body(), expected);
    assert!(link.url.as_str().ends_with("/evaluate-link/9ee95945f2aa3a748301efdc6b8b51d7"));

    let played = Played::new(200, &sample!("product-review-invitation-link.assembled"));
    let request = InviteRequest::builder("johndoe@example.com", "123ABC", Consent::granted("checkbox"))
        .name("John Doe")
        .locale("en-US")
        .redirect_url("https://www.example.com")
        .products([toy_car()])
        .kind(InviteKind::Product);
    provider(account(), &played).create_link(&request.build().unwrap()).await.unwrap();
    let mut expected = sample!("product-review-invitation-link.request");
    expected["redirectUri"] = "https://www.example.com/".into();
    assert_eq!(played.body(), expected);
}

#[tokio::test]
async fn rejection_with_a_2xx_is_no_acceptance() {
    for (status, body, expected) in [
        (200, "", None),
        (202, "{}", None),
        (200, r#"{"details":{"consumerEmail":["bad"]}}"#, Some(ErrorKind::InvalidRequest)),
        (200, r#"{"errorCode":7}"#, Some(ErrorKind::InvalidRequest)),
        (200, "<html>login</html>", Some(ErrorKind::OutcomeUnknown)),
        (
            403,
            r#"{"message":"Access to resource is forbidden","errorCode":1014}"#,
            Some(ErrorKind::Forbidden),
        ),
    ] {
        let result =
            provider(account(), &Played::new(status, &body)).send_invite(&minimal().build().unwrap()).await;
        assert_eq!(result.err().map(|error| error.kind()), expected, "{status} {body}");
    }
}

#[tokio::test]
async fn missing_endpoint_concerns_the_account() {
    let played = Played::new(404, &json!({ "message": "not found" }));
    let error = provider(account(), &played).send_invite(&minimal().build().unwrap()).await.unwrap_err();
    assert_eq!((error.kind(), error.retry_advice()), (ErrorKind::InvalidConfig, RetryAdvice::Hold));
}

#[test]
fn all_fields_are_reported_in_one_error() {
    let options = TrustpilotOptions::new().with_product_send_at(at("2026-01-01T00:00:00Z"));
    let request = InviteRequest::builder("tester@example.com", "100%", Consent::granted("checkbox"))
        .kind(InviteKind::Product)
        .tags(["a b", "ok"])
        .send_at(SendAt::Now)
        .products([Product::builder("1", "Shoe")])
        .options(&options)
        .build()
        .unwrap();
    let fields = |error: review_core::Error| -> Vec<String> {
        error.field_errors().iter().map(|found| found.field().to_owned()).collect()
    };
    let provider = provider(account(), &Played::new(500, &""));
    let found = fields(provider.validate(&request).unwrap_err());
    assert_eq!(found, ["customer.name", "order.products[0].url", "order.reference", "tags[0]", "tags"]);
    let service = minimal().name("Jane").tags(["a b"]).options(&options).build().unwrap();
    let found = fields(provider.validate(&service).unwrap_err());
    assert_eq!(found, ["tags[0]", "options.trustpilot.product_send_at"]);
}

#[tokio::test]
async fn link_that_no_customer_should_open_is_rejected() {
    for link in ["javascript:alert(1)", "data:text/html,x", "https://u:p@evil.example/", "no link"] {
        let played = Played::new(200, &json!({ "url": link }));
        let result = provider(account(), &played).create_link(&minimal().build().unwrap()).await;
        assert_eq!(result.unwrap_err().kind(), ErrorKind::Unexpected, "{link}");
    }
}

#[tokio::test]
async fn member_in_details_is_a_field_error() {
    for (details, field) in [
        (json!("'Consumer Email' is not in the correct format."), "customer.email"),
        (json!("'Template Id' is not valid."), "template"),
        (json!({ "referenceNumber": ["bad"] }), "order.reference"),
    ] {
        let body = json!({ "message": "The request was malformed", "errorCode": 1001, "details": details });
        let played = Played::new(400, &body);
        let error = provider(account(), &played).send_invite(&minimal().build().unwrap()).await.unwrap_err();
        assert_eq!(error.field_errors()[0].field(), field, "{error}");
    }
}

#[tokio::test]
async fn client_credentials_without_a_user_read_and_link() {
    let grant = Grant::ClientCredentials { business_user_id: None };
    let unit = BusinessUnitRef::Id(ResourceId::new("507f191e810c19729de860ea").unwrap());
    let account = Trustpilot::new(credentials(), grant, unit).unwrap();
    let played = Played::new(200, &sample!("invitation-link.response"));
    let provider = provider(account, &played);
    let request = minimal().build().unwrap();
    provider.create_link(&request).await.unwrap();
    let sent = played.requests.lock().unwrap().len();
    let email = request.customer().email();
    for error in [
        provider.validate(&request).unwrap_err(),
        provider.send_invite(&request).await.unwrap_err(),
        provider.erase_customer(email).await.unwrap_err(),
    ] {
        assert_eq!((error.kind(), error.retry_advice()), (ErrorKind::InvalidConfig, RetryAdvice::Hold));
        assert_eq!(error.field_errors()[0].field(), "business_user_id", "{error}");
    }
    assert_eq!(played.requests.lock().unwrap().len(), sent, "nothing was sent");
}

#[test]
fn product_send_time_beyond_the_calendar_is_rejected() {
    let options = TrustpilotOptions::new().with_product_send_at(chrono::DateTime::<chrono::Utc>::MAX_UTC);
    let request = minimal().kind(InviteKind::Product).options(&options).build().unwrap();
    let error = provider(account(), &Played::new(500, &"")).validate(&request).unwrap_err();
    assert_eq!(error.field_errors()[0].field(), "options.trustpilot.product_send_at");
}

#[test]
fn product_email_before_the_service_email_is_rejected() {
    let options = TrustpilotOptions::new().with_product_send_at(at("2013-09-07T13:37:00Z"));
    let request = minimal()
        .kind(InviteKind::ServiceAndProduct)
        .send_at(SendAt::At(at("2013-09-07T13:37:00Z")))
        .options(&options)
        .build()
        .unwrap();
    let error = provider(account(), &Played::new(500, &"")).validate(&request).unwrap_err();
    assert_eq!(error.field_errors()[0].field(), "options.trustpilot.product_send_at");
}
