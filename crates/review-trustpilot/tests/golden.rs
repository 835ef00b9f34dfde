//! Every sample the vendor published, or that was put together from what is known, against our types: what
//! is sent equals the sample, and what is read keeps every known member and passes over unknown ones.
//!
//! `samples/legacy-invitation.request.json` (a call of docs until 2019) and the payload of business links
//! have no test here: nobody sends the first, and the second is tested beside its code.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

mod common;

use std::fmt::Debug;
use std::sync::Arc;

use common::{Script, unit};
use review_core::*;
use review_http::{ResourceId, Secret};
use review_trustpilot::*;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

macro_rules! sample {
    ($name:literal) => {
        serde_json::from_str::<Value>(include_str!(concat!("samples/", $name, ".json"))).unwrap()
    };
}

fn sent(body: impl Serialize) -> Value {
    serde_json::to_value(body).unwrap()
}

/// Adds a member nobody knows to every object.
fn with_strangers(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(with_strangers).collect(),
        Value::Object(members) => {
            let mut members: serde_json::Map<_, _> =
                members.iter().map(|(name, member)| (name.clone(), with_strangers(member))).collect();
            members.insert("aMemberNobodyKnows".to_owned(), json!({ "a": [1, null] }));
            Value::Object(members)
        }
        other => other.clone(),
    }
}

/// Typed, to JSON, typed again; and the same with members nobody knows.
fn read<T: DeserializeOwned + Serialize + PartialEq + Debug>(sample: &Value) -> T {
    let typed: T = serde_json::from_value(sample.clone()).unwrap();
    assert_eq!(typed, serde_json::from_value::<T>(with_strangers(sample)).unwrap());
    assert_eq!(typed, serde_json::from_value::<T>(serde_json::to_value(&typed).unwrap()).unwrap());
    typed
}

fn time(text: &str) -> chrono::DateTime<chrono::Utc> {
    text.parse().unwrap()
}

#[test]
fn email_invitations() {
    let products = || {
        let mut shoe = InvitedProduct::default();
        shoe.sku = "SKU-FOR-SHOE".to_owned();
        shoe.name = "Red Shoe".to_owned();
        shoe.brand = Some("The Big Shoe Store".to_owned());
        shoe.image_url = Some("https://www.example.com/big-red-shoe.png".to_owned());
        shoe.product_url = Some("https://www.example.com/big-red-shoe".to_owned());
        ProductReviewInvitation::new(InvitedProducts::Inline(vec![shoe]))
    };
    let mut invitation = EmailInvitation::new("test123", "Test Customer", "tester@example.com");
    let mut service = ServiceReviewInvitation::default();
    service.preferred_send_time = Some(time("2013-09-07T13:37:00Z"));
    invitation.service_review_invitation = Some(service);
    assert_eq!(sent(&invitation), sample!("email-invitation-service-minimal.request"));
    invitation.product_review_invitation = Some(products());
    assert_eq!(sent(&invitation), sample!("email-invitation-service-and-product.request"));
    invitation.service_review_invitation = None;
    assert_eq!(sent(&invitation), sample!("email-invitation-product-only.request"));
}

fn full_invitation(products: InvitedProducts) -> EmailInvitation {
    let template = Some("507f191e810c19729de860ea".to_owned());
    let mut invitation = EmailInvitation::new("inv00001", "John Doe", "john.doe@example.com");
    invitation.reply_to = Some("john.doe@example.com".into());
    invitation.locale = Some("en-US".to_owned());
    invitation.sender_name = Some("John Doe".into());
    invitation.sender_email = Some("john.doe@example.com".into());
    invitation.location_id = Some("ABC123".to_owned());
    invitation.kind = Some("email".to_owned());
    let mut service = ServiceReviewInvitation::default();
    service.template_id.clone_from(&template);
    service.preferred_send_time = Some(time("2013-09-07T13:37:00Z"));
    service.redirect_uri = Some("http://trustpilot.com".into());
    service.tags = vec!["tag1".to_owned(), "tag2".to_owned()];
    let mut product = ProductReviewInvitation::new(products);
    product.template_id = template;
    product.preferred_send_time = Some(time("2013-09-14T13:37:00Z"));
    product.redirect_uri = Some("http://trustpilot.com".into());
    invitation.service_review_invitation = Some(service);
    invitation.product_review_invitation = Some(product);
    invitation
}

fn toy_car() -> InvitedProduct {
    let mut product = InvitedProduct::default();
    product.sku = "ABC-1234".to_owned();
    product.name = "Metal Toy Car".to_owned();
    product.mpn = Some("7TX1641".to_owned());
    product.brand = Some("Acme".to_owned());
    product.image_url = Some("http://www.mycompanystore.com/products/images/12345.jpg".to_owned());
    product.product_url = Some("http://www.mycompanystore.com/products/12345.htm".to_owned());
    product.gtin = Some("01234567890".to_owned());
    product
}

#[test]
fn full_email_invitations() {
    let mut car = toy_car();
    car.product_category_google_id = Some("1267".to_owned());
    let inline = full_invitation(InvitedProducts::Inline(vec![car]));
    assert_eq!(sent(&inline), sample!("email-invitation-full.request"));
    let skus = ["ABC-1234", "ACDC-4321"].map(str::to_owned).to_vec();
    let catalogue = full_invitation(InvitedProducts::Catalogue(skus));
    // The same instants, in the one form that is sent.
    let mut expected = sample!("email-invitation-full-skus-us-dates.request");
    for (part, us, ours) in [
        ("serviceReviewInvitation", "09/07/2013 13:37:00", "2013-09-07T13:37:00"),
        ("productReviewInvitation", "09/14/2013 13:37:00", "2013-09-14T13:37:00"),
    ] {
        assert_eq!(expected[part]["preferredSendTime"], us);
        expected[part]["preferredSendTime"] = ours.into();
    }
    assert_eq!(sent(&catalogue), expected);
}

#[test]
fn links() {
    let mut service = ServiceReviewLinkRequest::new("john.doe@example.com", "John Doe");
    service.location_id = Some("ABC123".to_owned());
    service.reference_id = Some("inv00001".to_owned());
    service.locale = Some("en-US".to_owned());
    service.tags = vec!["tag1".to_owned(), "tag2".to_owned()];
    service.redirect_uri = Some("http://trustpilot.com".into());
    assert_eq!(sent(&service), sample!("invitation-link.request"));
    let mut product = ProductReviewLinkRequest::new(
        "johndoe@example.com",
        "John Doe",
        "123ABC",
        "en-US",
        LinkedProducts::Inline(vec![toy_car()]),
    );
    product.redirect_uri = Some("https://www.example.com".into());
    assert_eq!(sent(&product), sample!("product-review-invitation-link.request"));
    product.products = LinkedProducts::Catalogue(vec!["507f191e810c19729de860ea".to_owned()]);
    assert_eq!(sent(&product)["productIds"], json!(["507f191e810c19729de860ea"]));

    let link: ServiceReviewLink = read(&sample!("invitation-link.response"));
    assert!(link.url.as_str().ends_with("/evaluate-link/9ee95945f2aa3a748301efdc6b8b51d7"));
    let link: ProductReviewLink = read(&sample!("product-review-invitation-link.assembled"));
    assert_eq!(link.review_url.as_str(), "https://example.invalid/product-review-link");
    assert!(!format!("{link:?} {service:?} {product:?}").contains("example."));
}

#[test]
fn the_account() {
    let unit: BusinessUnit = read(&sample!("business-unit-find.response"));
    assert_eq!(unit.name.unwrap().referring, ["trustpilot.com", "www.trustpilot.com"]);
    assert_eq!(unit.number_of_reviews.unwrap().used_for_trust_score_calculation, Some(12));
    assert_eq!(unit.score.unwrap().trust_score, Some(4.6));
    assert_eq!((unit.country.as_deref(), unit.bad_fit), (Some("DK"), Some(true)));
    let locales: Locales = read(&sample!("locales.response"));
    assert!(locales.knows("da-DK") && !locales.knows("de-DE"));
    assert_eq!(locales.default_locale.unwrap().native_name.as_deref(), Some("Dansk"));
    let templates: Vec<InvitationTemplate> = read(&sample!("templates.assembled")["templates"]);
    assert_eq!(default_template(&templates, "en-GB").unwrap().id, "507f191e810c19729de860ea");
    assert_eq!((templates[1].locale.as_deref(), templates[1].is_default_template), (None, Some(false)));
}

#[test]
fn the_catalogue() {
    let mut car = CatalogueProduct::new("Prod123", "Toy car");
    car.product_category_google_id = Some("1267".to_owned());
    car.description = Some("A very soft shoe built for walking long distances.".to_owned());
    car.mpn = Some("HSC0424PP".to_owned());
    car.price = Some("99.95 EUR".to_owned());
    car.google_merchant_center_product_id = Some("Product_DK_1007653571_2874605123".to_owned());
    car.currency = Some("USD".to_owned());
    car.image_link = Some("http://myshop.com/products/images/toy-car.jpg".to_owned());
    car.link = Some("http://myshop.com/products/toy-car".to_owned());
    car.gtin = Some("3200000003774".to_owned());
    car.brand = Some("ToyProducer".to_owned());
    let mut batch = ProductBatch::new(vec![car]);
    batch.sku_same_as_google_merchant_center_product_id = Some(true);
    assert_eq!(sent(&batch), sample!("private-products-upsert.request"));

    let answer = &sample!("private-products-upsert.response")["products"][0];
    let made: CatalogueProduct = serde_json::from_value(answer.clone()).unwrap();
    assert_eq!(made, serde_json::from_value(with_strangers(answer)).unwrap());
    assert_eq!(made.id.as_deref(), Some("507f191e810c19729de860ea"));
    assert_eq!(made.processed_images[0].kind.as_deref(), Some("100pxWide"));
    // What only answers have is not sent back.
    let back = sent(&made);
    assert!(back.get("id").is_none() && back.get("processedImages").is_none(), "{back}");
    assert_eq!(back["imageLink"], "http://myshop.com/products/images/toy-car.jpg");
}

#[test]
fn service_reviews() {
    let page: ServiceReviewPage = read(&sample!("service-reviews-private.response"));
    let review = &page.reviews[0];
    let zone_less = Some(time("2013-09-07T13:37:00Z"));
    assert_eq!((review.reference_id.as_deref(), review.stars), (Some("12345"), Some(5)));
    assert_eq!((review.created_at, review.updated_at), (zone_less, zone_less));
    assert_eq!(review.referral_email.as_ref().unwrap().as_str(), "me@example.com");
    assert_eq!(review.source.as_deref(), Some("Organic"));
    assert_eq!(review.tags[0].value.as_deref(), Some("Tag value"));
    assert_eq!(review.location.as_ref().unwrap().external_id.as_deref(), Some("Location#123"));
    assert_eq!(review.business_unit_history[0].change_date, zone_less);
    assert_eq!(review.company_reply.as_ref().unwrap().created_at, zone_less);
    assert_eq!(review.report_data.as_ref().unwrap().source.as_deref(), Some("Trustpilot"));
    assert_eq!(review.compliance_labels, [None]);
    assert!(review.invitation.as_ref().unwrap().business_unit_id.is_some());
    let asked = &review.find_reviewer.as_ref().unwrap().requests[0];
    let response = asked.consumer_response.as_ref().unwrap();
    assert_eq!(response.phone_number.as_ref().unwrap().as_str(), "555-0100");
    let shown = format!("{page:?}");
    for personal in ["me@example.com", "John Doe", "555-0100", "Fake St", "GZ12345", "This shop", "My review"]
    {
        assert!(!shown.contains(personal), "{personal}: {shown}");
    }

    let page: ServiceReviewPage = read(&sample!("service-reviews-public.assembled"));
    let review = &page.reviews[0];
    assert_eq!((review.reference_id.as_ref(), review.report_data.as_ref()), (None, None));
    assert_eq!(review.consumer.as_ref().unwrap().number_of_reviews, Some(1));
    assert_eq!(review.counts_towards_trust_score, Some(true));
}

#[test]
fn product_reviews() {
    let page: ProductReviewPage = read(&sample!("product-reviews-private.assembled"));
    let review = &page.product_reviews[0];
    assert_eq!(review.created_at, Some(time("2013-09-07T13:37:00Z")));
    assert_eq!(review.product.as_ref().unwrap().sku.as_deref(), Some("ABC-1234"));
    assert_eq!(review.reference_id.as_deref(), Some("123ABC"));
    assert_eq!(review.attachments[0].processed_files[0].dimension.as_deref(), Some("360pxWide"));
    assert_eq!(review.attribute_ratings[0].rating, Some(5.0));
    let shown = format!("{page:?}");
    assert!(!shown.contains("johndoe") && !shown.contains("John") && !shown.contains("Great"), "{shown}");

    let page: ProductReviewPage = read(&sample!("product-reviews-public.response"));
    let review = &page.product_reviews[0];
    assert_eq!(review.created_at, Some(time("2024-10-14T17:42:40.286Z")));
    assert_eq!((review.stars, review.first_company_comment.as_ref()), (Some(5), None));

    let summaries: Vec<ProductReviewSummary> =
        read(&sample!("product-review-summaries-private.assembled")["summaries"]);
    assert_eq!(
        (summaries[0].stars_average, summaries[0].number_of_reviews.as_ref().unwrap().total),
        (Some(4.5), Some(2))
    );
}

#[test]
fn webhooks() {
    let events = |sample: &Value| ReviewEvent::read(sample.to_string().as_bytes()).unwrap();
    let sample = sample!("webhook-service-review-created.request");
    assert_eq!(events(&sample), events(&with_strangers(&sample)));
    let ReviewEvent::ServiceReviewCreated(review) = &events(&sample)[0] else { panic!() };
    assert_eq!((review.reference_id.as_deref(), review.stars), (Some("ABC-123-xyz"), Some(5)));
    assert_eq!(review.created_at, Some(time("2017-05-20T09:34:44Z")));
    assert_eq!(review.tags[0].group.as_deref(), Some("Generic"));
    assert!(review.consumer.as_ref().unwrap().link.is_some() && review.location_id.is_some());
    let ReviewEvent::ProductReviewCreated(review) =
        &events(&sample!("webhook-product-review-created.assembled"))[0]
    else {
        panic!()
    };
    assert_eq!(review.product.as_ref().unwrap().sku.as_deref(), Some("ABC-1234"));
    assert_eq!(review.reference_id.as_deref(), Some("123ABC"));
}

/// The form requests, as the samples describe them.
fn forms(script: &Script) -> Vec<Value> {
    let requests = script.requests.lock().unwrap();
    let forms = requests.iter().filter(|request| request.uri().path().contains("/oauth/"));
    let described = forms.map(|request| {
        let fields: serde_json::Map<_, _> = url::form_urlencoded::parse(request.body())
            .map(|(name, value)| (name.into_owned(), value.into_owned().into()))
            .collect();
        let header = |name: &str| request.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
        let mut headers = serde_json::Map::new();
        if let Some(found) = header("authorization") {
            // base64 of API_KEY:API_SECRET
            assert_eq!(found, "Basic QVBJX0tFWTpBUElfU0VDUkVU");
            headers.insert("Authorization".to_owned(), "Basic base64(API_KEY:API_SECRET)".into());
        }
        headers.insert("Content-Type".to_owned(), header("content-type").unwrap().into());
        json!({ "method": request.method().as_str(), "url": request.uri().to_string(), "headers": headers, "form": fields })
    });
    described.collect()
}

fn client(script: &Arc<Script>, grant: Grant) -> TrustpilotClient {
    let (config, transport) = common::scripted(script, grant);
    TrustpilotClient::with_transport(config, transport)
}

fn password() -> Grant {
    Grant::Password { username: "email@example.com".into(), password: "Password".into() }
}

fn client_credentials() -> Grant {
    Grant::ClientCredentials { business_user_id: ResourceId::new("507f191e810c19729de860eb").unwrap() }
}

fn code() -> Grant {
    Grant::AuthorizationCode { code: "Code".into(), redirect_uri: "https://www.example.com".to_owned() }
}

fn no_templates() -> (u16, Value) {
    (200, json!({ "templates": [] }))
}

#[tokio::test]
async fn every_grant_sends_the_form_of_its_sample() {
    for (grant, answer, expected) in [
        (password(), sample!("oauth-password.response"), sample!("oauth-password.request")),
        (
            client_credentials(),
            sample!("oauth-client-credentials.response"),
            sample!("oauth-client-credentials.request"),
        ),
        (code(), sample!("oauth-password.response"), sample!("oauth-authorization-code.request")),
    ] {
        for answer in [&answer, &with_strangers(&answer)] {
            let script = Script::new([(200, answer.clone()), no_templates()]);
            let client = client(&script, grant.clone());
            client.templates(&unit()).await.unwrap();
            assert_eq!(forms(&script), std::slice::from_ref(&expected));
        }
    }
}

#[tokio::test]
async fn a_code_is_used_once_and_refresh_tokens_carry_on() {
    let refused = || (401, sample!("error-401-invalid-access-token.response"));
    let mut first = sample!("oauth-password.response");
    first["refresh_token"] = "RefreshToken".into();
    let script = Script::new([
        (200, first),
        refused(),
        (200, sample!("oauth-refresh.response")),
        no_templates(),
        refused(),
        (400, sample!("error-400-oauth.inferred")),
    ]);
    let client = client(&script, code());
    client.templates(&unit()).await.unwrap();
    assert_eq!(forms(&script)[1], sample!("oauth-refresh.request"));
    let error = client.templates(&unit()).await.unwrap_err();
    assert_eq!((error.kind(), error.sent()), (ErrorKind::Unauthorized, Sent::No));
    assert!(error.to_string().contains("new code"), "{error}");
    assert_eq!(forms(&script).len(), 3, "the code was not tried again");
}

#[tokio::test]
async fn a_refresh_token_is_revoked_once() {
    let script = Script::new([(200, json!({})), (404, json!({}))]);
    let client = client(&script, password());
    let token: Secret = "RefreshToken".into();
    client.revoke(&token).await.unwrap();
    assert_eq!(forms(&script), [sample!("oauth-revoke.request")]);
    assert_eq!(client.revoke(&token).await.unwrap_err().http_status(), Some(404));
}

#[tokio::test]
async fn deletions() {
    let script = Script::new([
        (200, sample!("oauth-client-credentials.response")),
        (200, json!({})),
        (200, json!({})),
    ]);
    let client = client(&script, client_credentials());
    let customers = ["joe@example.com", "jane@example.com"].map(|email| EmailAddress::new(email).unwrap());
    client.delete_invitation_data_of(&unit(), &customers).await.unwrap();
    let words = "delete all invitation data older than 2013-09-23T13:37:00Z for good";
    let confirmed = DeletionConfirmed::of_all_older_than(time("2013-09-23T13:37:00Z"), words).unwrap();
    client.delete_invitation_data_older_than(&unit(), confirmed).await.unwrap();
    let requests = script.requests.lock().unwrap();
    for (request, expected) in requests[1..].iter().zip([
        sample!("invitation-data-delete-by-email.request"),
        sample!("invitation-data-delete-by-date.request"),
    ]) {
        assert_eq!(serde_json::from_slice::<Value>(request.body()).unwrap(), expected);
        assert_eq!(request.headers()["x-business-user-id"], "507f191e810c19729de860eb");
        assert_eq!(request.uri().host(), Some("invitations-api.trustpilot.com"));
    }
}

#[tokio::test]
async fn every_error_body_is_read() {
    let token = || (200, sample!("oauth-password.response"));
    let not_established = sample!("error-400-invitation-details.inferred");
    for (answers, kind, status, vendor_code) in [
        (
            vec![
                token(),
                (401, sample!("error-401-invalid-access-token.response")),
                token(),
                (401, sample!("error-401-invalid-access-token.response")),
            ],
            ErrorKind::Unauthorized,
            401,
            Some("oauth.v2.InvalidAccessToken"),
        ),
        (
            vec![token(), (403, sample!("error-403-forbidden-1014.response"))],
            ErrorKind::Forbidden,
            403,
            Some("1014"),
        ),
        (vec![token(), (400, not_established.clone())], ErrorKind::InvalidRequest, 400, Some("0")),
        (
            vec![(400, sample!("error-400-oauth.inferred"))],
            ErrorKind::Unauthorized,
            400,
            Some("invalid_request"),
        ),
    ] {
        let script = Script::new(answers);
        let error = client(&script, password()).templates(&unit()).await.unwrap_err();
        assert_eq!(
            (error.kind(), error.http_status(), error.vendor_code()),
            (kind, Some(status), vendor_code),
            "{error}"
        );
    }
    // All that is tried again for a throttled call is throttled too.
    let throttled = || (429, sample!("error-429-quota.inferred"));
    let script =
        Script::new([token(), throttled(), throttled(), throttled(), throttled(), throttled(), throttled()]);
    let error = client(&script, password()).templates(&unit()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::RateLimited);
    assert_eq!(error.vendor_code(), Some("policies.ratelimit.QuotaViolation"));
}
