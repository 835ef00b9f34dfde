//! The documented samples of tokens, setup, reviews and errors.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

mod common;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use common::{Played, account, credentials, provider, sample};
use review_core::model::EmailAddress;
use review_core::provider::{ProviderInfo, ReviewInviteProvider};
use review_core::reviews::{ReviewQuery, ReviewReader};
use review_core::{Consent, ErrorKind, InviteRequest, SendState};
use review_http::{
    BodyStatus, ClientOptions, HttpResponse, HttpTransport, ResourceId, RetryPolicy, TransportError,
};
use review_trustpilot::{
    BusinessUnitRef, CatalogueProduct, ConfirmedDeletion, Grant, ProductBatch, ReviewEvent, Trustpilot,
    TrustpilotClient, TrustpilotProvider,
};
use serde_json::{Value, json};

fn request() -> InviteRequest {
    let request = InviteRequest::builder("tester@example.com", "test123", Consent::granted("checkbox"));
    request.name("Test Customer").build().unwrap()
}

/// The account with another grant.
fn with_grant(grant: Grant) -> Trustpilot {
    let unit = BusinessUnitRef::Id(ResourceId::new("507f191e810c19729de860ea").unwrap());
    Trustpilot::new(credentials(), grant, unit).unwrap()
}

/// A request of the token endpoint in the form of the samples.
fn in_the_form_of_a_sample(request: &http::Request<bytes::Bytes>) -> Value {
    let form: serde_json::Map<_, _> = url::form_urlencoded::parse(request.body())
        .map(|(name, value)| (name.into_owned(), value.into_owned().into()))
        .collect();
    json!({
        "method": request.method().as_str(),
        "url": request.uri().to_string(),
        "headers": {
            // API_KEY:API_SECRET
            "Authorization": if request.headers()["authorization"] == "Basic QVBJX0tFWTpBUElfU0VDUkVU" {
                "Basic base64(API_KEY:API_SECRET)"
            } else {
                "another"
            },
            "Content-Type": request.headers()["content-type"].to_str().unwrap(),
        },
        "form": form,
    })
}

#[tokio::test]
async fn token_requests_equal_the_samples() {
    for (grant, expected) in [
        (Grant::ClientCredentials { business_user_id: None }, sample!("oauth-client-credentials.request")),
        (
            Grant::Password { username: "email@example.com".into(), password: "Password".into() },
            sample!("oauth-password.request"),
        ),
        (
            Grant::AuthorizationCode {
                code: "Code".into(),
                redirect_uri: "https://www.example.com".to_owned(),
            },
            sample!("oauth-authorization-code.request"),
        ),
    ] {
        let played = Played::new(200, &sample!("invitation-link.response"));
        provider(with_grant(grant), &played).create_link(&request()).await.unwrap();
        assert_eq!(in_the_form_of_a_sample(&played.requests.lock().unwrap()[0]), expected);
    }
}

/// Responds to a login with a token that the API then does not accept, and to a refresh with another one.
#[derive(Debug, Default)]
struct Refreshing(std::sync::Mutex<Vec<http::Request<bytes::Bytes>>>);

#[async_trait]
impl HttpTransport for Refreshing {
    async fn send(
        &self,
        request: http::Request<bytes::Bytes>,
        _: Duration,
    ) -> Result<HttpResponse, TransportError> {
        let mut login = sample!("oauth-password.response");
        login["refresh_token"] = "RefreshToken".into();
        login["access_token"] = "old".into();
        let is_old = request.headers().get("authorization").is_some_and(|value| value == "Bearer old");
        let (status, body) = match request.uri().path().rsplit('/').next().unwrap() {
            "accesstoken" => (200, login),
            "refresh" => (200, sample!("oauth-refresh.response")),
            _ if is_old => (401, sample!("error-401-invalid-access-token.response")),
            _ => (200, sample!("invitation-link.response")),
        };
        self.0.lock().unwrap().push(request);
        let (status, headers) = (http::StatusCode::from_u16(status).unwrap(), http::HeaderMap::new());
        Ok(HttpResponse { status, headers, body: body.to_string().into(), body_status: BodyStatus::Complete })
    }
}

#[tokio::test]
async fn rejected_token_is_refreshed_as_in_the_samples() {
    let transport = Arc::new(Refreshing::default());
    let grant = Grant::Password { username: "email@example.com".into(), password: "Password".into() };
    let info = ProviderInfo::new("trustpilot", "shop-de");
    let provider = TrustpilotProvider::with_transport(
        with_grant(grant),
        info,
        ClientOptions::default(),
        transport.clone(),
    );
    provider.create_link(&request()).await.unwrap();
    let requests = transport.0.lock().unwrap();
    assert_eq!(requests.len(), 4, "login, rejected, refresh, accepted");
    assert_eq!(in_the_form_of_a_sample(&requests[2]), sample!("oauth-refresh.request"));
    let expected = sample!("oauth-refresh.response")["access_token"].as_str().unwrap().to_owned();
    assert_eq!(requests[3].headers()["authorization"], format!("Bearer {expected}"));
}

#[tokio::test]
async fn deletions_equal_the_samples() {
    let played = Played::new(200, &"");
    let provider = provider(account(), &played);
    let mut expected = sample!("invitation-data-delete-by-email.request");
    let emails = expected["customerEmails"].as_array_mut().unwrap();
    emails.truncate(1);
    let email = EmailAddress::new(emails[0].as_str().unwrap()).unwrap();
    provider.erase_customer(&email).await.unwrap();
    assert_eq!(played.body(), expected);
    let cutoff = ConfirmedDeletion::before("2013-09-23T13:37:00Z".parse().unwrap()).unwrap();
    TrustpilotClient::new(&provider).delete_invitation_data_before(cutoff).await.unwrap();
    assert_eq!(played.body(), sample!("invitation-data-delete-by-date.request"));
}

#[tokio::test]
async fn catalogue_equals_the_samples() {
    let played = Played::new(200, &sample!("private-products-upsert.response"));
    let expected = sample!("private-products-upsert.request");
    let product: CatalogueProduct = serde_json::from_value(expected["products"][0].clone()).unwrap();
    let mut batch = ProductBatch::new(vec![product]);
    batch.sku_same_as_google_merchant_center_product_id = Some(true);
    let client = TrustpilotClient::new(&provider(account(), &played));
    let uploaded = client.upsert_products(&batch).await.unwrap();
    assert_eq!(played.body(), expected);
    assert_eq!(uploaded[0].id.as_deref(), Some("507f191e810c19729de860ea"));
}

#[tokio::test]
async fn business_unit_is_found_as_in_the_sample() {
    let grant = Grant::ClientCredentials { business_user_id: None };
    let domain = review_trustpilot::Domain::new("trustpilot.com").unwrap();
    let unit = BusinessUnitRef::Domain(domain);
    let by_domain = Trustpilot::new(credentials(), grant, unit).unwrap();
    let mut response = sample!("business-unit-find.response");
    response["url"] = "https://www.trustpilot.com/evaluate-link/1".into();
    let played = Played::new(200, &response);
    provider(by_domain, &played).create_link(&request()).await.unwrap();
    let requests = played.requests.lock().unwrap();
    assert_eq!(
        requests[0].uri().to_string(),
        "https://api.trustpilot.com/v1/business-units/find?name=trustpilot.com"
    );
    assert_eq!(requests[0].headers()["apikey"], "API_KEY");
    let id = response["id"].as_str().unwrap();
    assert!(requests[2].uri().path().contains(id), "{}", requests[2].uri());
}

#[tokio::test]
async fn templates_and_locales_of_the_samples_are_read() {
    let report = |body: Value| async move {
        let locales = ["en-US", "da-DK"].map(|locale| locale.parse().unwrap());
        let played = Played::new(200, &body);
        let account = account().with_locales(locales);
        let report = provider(account, &played).check_setup().await.unwrap();
        report.findings.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
    };
    let templates = report(sample!("templates.assembled")).await;
    assert!(!templates.contains("the templates: failed") && templates.contains("da-DK"), "{templates}");
    let locales = report(sample!("locales.response")).await;
    assert!(!locales.contains("does not know the locale da-DK"), "{locales}");
}

#[tokio::test]
async fn reviews_of_the_samples_are_read() {
    let played = Played::new(200, &sample!("service-reviews-private.response"));
    let page = provider(account(), &played).read_reviews(&ReviewQuery::service(), None).await.unwrap();
    let review = &page.items[0];
    assert_eq!((review.stars, review.title.as_deref()), (5, Some("My review")));
    assert_eq!(review.reference.as_ref().unwrap().as_str(), "12345");
    assert_eq!(review.written_at, "2013-09-07T13:37:00Z".parse().ok());
    let played = Played::new(200, &sample!("product-reviews-private.assembled"));
    let page = provider(account(), &played).read_reviews(&ReviewQuery::products(), None).await.unwrap();
    let review = &page.items[0];
    assert_eq!((review.sku.as_deref(), review.text.as_deref()), (Some("ABC-1234"), Some("Great car.")));
    assert_eq!(review.reference.as_ref().unwrap().as_str(), "123ABC");
}

#[test]
fn webhooks_of_the_samples_are_read() {
    let events = |sample: Value| ReviewEvent::parse(sample.to_string().as_bytes()).unwrap();
    let service = events(sample!("webhook-service-review-created.request"));
    assert!(matches!(&service[..], [ReviewEvent::ServiceReviewCreated(_)]), "{service:?}");
    let product = events(sample!("webhook-product-review-created.assembled"));
    let [ReviewEvent::ProductReviewCreated(review)] = &product[..] else { panic!("{product:?}") };
    assert_eq!(review.reference_id.as_deref(), Some("123ABC"));
}

#[tokio::test]
async fn error_bodies_of_the_samples_are_read() {
    for (status, body, kind, code) in [
        (400, sample!("error-400-malformed.response"), ErrorKind::InvalidRequest, "1001"),
        (400, sample!("error-400-oauth.inferred"), ErrorKind::InvalidRequest, "invalid_request"),
        (
            401,
            sample!("error-401-invalid-access-token.response"),
            ErrorKind::Unauthorized,
            "oauth.v2.InvalidAccessToken",
        ),
        (403, sample!("error-403-forbidden-1014.response"), ErrorKind::Forbidden, "1014"),
        (
            429,
            sample!("error-429-quota.inferred"),
            ErrorKind::RateLimited,
            "policies.ratelimit.QuotaViolation",
        ),
    ] {
        let played = Played::new(status, &body);
        let options = RetryPolicy::no_retries();
        let info = ProviderInfo::new("trustpilot", "shop-de");
        let provider = TrustpilotProvider::with_transport(account(), info, options, played);
        let error = provider.send_invite(&request()).await.unwrap_err();
        assert_eq!((error.kind(), error.vendor_code()), (kind, Some(code)), "{error}");
        assert_eq!(error.send_state(), SendState::Responded, "{error}");
    }
}
