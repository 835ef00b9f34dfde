//! Reading reviews back, and finding an invitation by the review that answers it.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

mod common;

use std::sync::Arc;

use common::{Script, scripted};
use futures_util::StreamExt;
use review_core::*;
use review_trustpilot::*;
use serde_json::{Value, json};

fn provider(script: &Arc<Script>) -> TrustpilotProvider {
    let grant = Grant::Password { username: "email@example.com".into(), password: "Password".into() };
    let (config, transport) = scripted(script, grant);
    TrustpilotProvider::with_transport(config, transport)
}

fn token() -> (u16, Value) {
    (200, json!({ "access_token": "tpa", "expires_in": "360000" }))
}

fn service(id: &str, reference: &str, stars: Option<u8>) -> Value {
    json!({ "id": id, "referenceId": reference, "stars": stars, "title": "Canary", "text": "canary",
        "createdAt": "2024-01-01T00:00:00", "consumer": { "displayName": "Canary" } })
}

async fn ids(provider: &TrustpilotProvider, query: ReviewQuery) -> Vec<String> {
    provider.reviews(query).map(|review| review.unwrap().id).collect().await
}

fn queries(script: &Script) -> Vec<String> {
    let requests = script.requests.lock().unwrap();
    requests.iter().filter_map(|request| request.uri().query().map(str::to_owned)).collect()
}

#[tokio::test]
async fn service_reviews_are_walked_to_the_empty_page() {
    let page = |reviews: &[Value]| (200, json!({ "reviews": reviews }));
    let script = Script::new([
        token(),
        page(&[service("a", "1001", Some(5)), service("no-stars", "1001", None)]),
        page(&[service("b", "1001", Some(1)), service("other", "1002", Some(3))]),
        page(&[]),
    ]);
    let reference = OrderReference::new("1001").unwrap();
    let query = ReviewQuery::service().of_order(reference.clone());
    assert_eq!(ids(&provider(&script), query).await, ["a", "b"]);
    let asked = |page| format!("page={page}&perPage=100&orderBy=createdat.asc&referenceId=1001");
    assert_eq!(queries(&script), [asked(1), asked(2), asked(3)]);
}

#[tokio::test]
async fn a_review_joins_its_order_and_shows_nobody() {
    let script = Script::new([token(), (200, json!({ "reviews": [service("a", "1001", Some(4))] }))]);
    let page = provider(&script).read_reviews(&ReviewQuery::service(), None).await.unwrap();
    let review = &page.reviews[0];
    assert!(review.answers(&OrderReference::new("1001").unwrap(), InviteKind::Service));
    assert_eq!((review.stars, review.text.as_deref()), (4, Some("canary")));
    assert_eq!(review.written_at, "2024-01-01T00:00:00Z".parse().ok());
    assert_eq!(page.next, Some(PageToken::new("2")));
    assert!(!format!("{page:?}").to_lowercase().contains("canary"));
}

#[tokio::test]
async fn product_reviews_are_filtered_here_where_trustpilot_cannot() {
    let review = |id: &str, reference: &str, at: &str| json!({ "id": id, "stars": 5, "referenceId": reference, "createdAt": at, "product": { "sku": "A-1" } });
    let script = Script::new([
        token(),
        (
            200,
            json!({ "productReviews": [
                review("old", "1001", "2023-12-31T23:59:59.999Z"),
                review("mine", "1001", "2024-01-01T00:00:00Z"),
                review("other", "1002", "2024-01-01T00:00:00Z"),
            ]}),
        ),
        (200, json!({ "productReviews": [] })),
    ]);
    let query = ReviewQuery::products()
        .of_order(OrderReference::new("1001").unwrap())
        .since("2024-01-01T00:00:00Z".parse().unwrap());
    assert_eq!(ids(&provider(&script), query).await, ["mine"]);
    assert_eq!(queries(&script), ["page=1&perPage=100", "page=2&perPage=100"]);
}

#[tokio::test]
async fn an_invitation_is_found_by_the_review_that_answers_it_and_by_no_other() {
    let page = |reference: &str| (200, json!({ "reviews": [service("a", reference, Some(5))] }));
    let script = Script::new([token(), page("1001"), page("another, though it was filtered")]);
    let provider = provider(&script);
    let reference = OrderReference::new("1001").unwrap();
    let key = InviteKey { instance: VENDOR.to_owned(), reference, kind: InviteKind::ServiceAndProduct };
    let found = provider.find_invite(&key).await.unwrap();
    assert_eq!(found, InviteLookup::Found { vendor_id: None, sent_at: None });
    assert!(matches!(provider.find_invite(&key).await.unwrap(), InviteLookup::Inconclusive(_)));
}
