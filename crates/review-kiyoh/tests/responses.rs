//! The meaning of responses: acceptances, rejections, and what a setup check makes of them.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

mod played;

use std::sync::Arc;

use chrono::{TimeDelta, Utc};
use played::{Played, invitation, invitation_of, kettle, kiyoh, provider};
use review_core::provider::{ReviewInviteProvider, SetupStatus};
use review_core::wrappers::{Dedup, MemoryDedupStore};
use review_core::{Error, ErrorKind, ErrorScope, InviteKind, InviteState, RetryAdvice, SendState};
use serde_json::{Value, json};

macro_rules! sample {
    ($name:literal) => {
        include_str!(concat!("samples/", $name))
    };
}

async fn error(status: u16, body: &str) -> Error {
    let provider = provider(kiyoh(), &Played::always(status, &body));
    provider.send_invite(&invitation().build().unwrap()).await.unwrap_err()
}

#[tokio::test]
async fn acceptance_is_a_2xx_without_an_error_code() {
    for body in [sample!("invite.assembled-response.json"), sample!("invite-get.response.txt"), "", "{}"] {
        let played = Played::always(200, &body);
        let receipt = provider(kiyoh(), &played).send_invite(&invitation().build().unwrap()).await.unwrap();
        assert_eq!((receipt.state, receipt.vendor_id), (InviteState::Accepted, None), "{body}");
    }
    for body in [
        sample!("error-500.assembled.json"),
        sample!("error-unknown-product.inferred.json"),
        r#"{"errorCode":"X"}"#,
        r#"{"detailedError":[{"errorCode":"X","message":"no"}]}"#,
    ] {
        let error = error(200, body).await;
        assert_eq!(
            (error.kind(), error.send_state()),
            (ErrorKind::InvalidRequest, SendState::Responded),
            "{body}"
        );
    }
}

#[tokio::test]
async fn recent_invitation_is_skipped_for_30_days() {
    let body = sample!("error-already-placed.assembled.json");
    // Its status is unknown.
    for status in [200, 400, 409, 422] {
        let played = Played::always(status, &body);
        let before = Utc::now();
        let receipt = provider(kiyoh(), &played).send_invite(&invitation().build().unwrap()).await.unwrap();
        let InviteState::Skipped { reason, retry_at } = receipt.state else { unreachable!("{status}") };
        assert_eq!(reason, "Kiyoh invited this customer in the last 30 days");
        let days = TimeDelta::days(30);
        assert!((before + days..=Utc::now() + days).contains(&retry_at.unwrap()));
        assert_eq!(played.requests().len(), 1);
    }
    // For a preparing step it would be no result at all.
    let request = invitation().kind(InviteKind::Product).products([kettle("K-1")]).build().unwrap();
    let error = provider(kiyoh(), &Played::always(400, &body)).send_invite(&request).await.unwrap_err();
    assert_eq!(error.send_state(), SendState::NotSent);
}

#[tokio::test]
async fn skipped_order_is_not_done_for_dedup() {
    let played = Played::new([
        (400, sample!("error-already-placed.assembled.json")),
        (200, sample!("invite.assembled-response.json")),
    ]);
    let provider = Dedup::new(provider(kiyoh(), &played), MemoryDedupStore::new());
    let request = invitation().build().unwrap();
    let skipped = provider.send_invite(&request).await.unwrap();
    assert!(matches!(skipped.state, InviteState::Skipped { .. }));
    assert_eq!(provider.send_invite(&request).await.unwrap().state, InviteState::Accepted);
    assert_eq!(provider.send_invite(&request).await.unwrap().state, InviteState::AlreadyInvited);
    assert_eq!(played.requests().len(), 2);
}

#[tokio::test]
async fn error_has_code_message_and_request_id() {
    let found = error(400, sample!("error-unknown-product.inferred.json")).await;
    assert_eq!((found.kind(), found.scope()), (ErrorKind::InvalidRequest, ErrorScope::Request));
    assert_eq!(found.vendor_code(), Some("INVALID_PRODUCT_ID"));
    assert_eq!(found.request_id(), Some("0f3c2a10-0000-4000-8000-000000000004"));
    assert!(found.to_string().contains("Product K-9 is not known"), "{found}");
    let text = r#"{"errorCode":"BAD_REQUEST","detailedError":"delay is missing"}"#;
    assert!(error(400, text).await.to_string().contains("delay is missing"));
    let quoting = r#"{"errorCode":"BAD_REQUEST","detailedError":[{"message":"no jane@example.com"}]}"#;
    let quoting = error(400, quoting).await;
    assert!(!format!("{quoting} {quoting:?} {quoting:#?}").contains("jane"));
}

#[tokio::test]
async fn credentials_and_paths_concern_the_account() {
    for (status, kind) in
        [(401, ErrorKind::Unauthorized), (403, ErrorKind::Forbidden), (404, ErrorKind::InvalidConfig)]
    {
        let error = error(status, sample!("error-401.inferred.json")).await;
        assert_eq!((error.kind(), error.scope()), (kind, ErrorScope::Account), "{status}");
        assert_eq!(error.retry_advice(), RetryAdvice::Hold, "{status}");
    }
}

#[tokio::test]
async fn server_error_leaves_the_outcome_unknown() {
    for status in [500, 502, 503, 504] {
        let error = error(status, sample!("error-500.assembled.json")).await;
        assert_eq!(
            (error.kind(), error.send_state()),
            (ErrorKind::OutcomeUnknown, SendState::Unknown),
            "{status}"
        );
    }
}

#[tokio::test]
async fn wrong_product_concerns_its_order_wrong_account_all() {
    let request = |reference: &str, sku: &str| {
        let request = invitation_of(reference).kind(InviteKind::Product);
        request.products([kettle(sku)]).build().unwrap()
    };
    for (status, body, kind, scope) in [
        (400, sample!("error-unknown-product.inferred.json"), ErrorKind::InvalidRequest, ErrorScope::Request),
        (200, sample!("error-unknown-product.inferred.json"), ErrorKind::InvalidRequest, ErrorScope::Request),
        (401, sample!("error-401.inferred.json"), ErrorKind::Unauthorized, ErrorScope::Account),
        (403, sample!("error-401.inferred.json"), ErrorKind::Forbidden, ErrorScope::Account),
        (404, sample!("error-401.inferred.json"), ErrorKind::InvalidConfig, ErrorScope::Account),
    ] {
        let played = Played::always(status, &body);
        let error = provider(kiyoh(), &played).send_invite(&request("1", "K-9")).await.unwrap_err();
        assert_eq!((error.kind(), error.scope()), (kind, scope), "{status}");
        assert_eq!((error.send_state(), played.requests().len()), (SendState::NotSent, 1), "{status}");
    }
    // The next order is sent.
    let played = Played::new([
        (400, sample!("error-unknown-product.inferred.json")),
        (200, "[]"),
        (200, sample!("invite.assembled-response.json")),
    ]);
    let provider = provider(kiyoh(), &played);
    provider.send_invite(&request("1", "K-9")).await.unwrap_err();
    assert_eq!(provider.send_invite(&request("2", "K-1")).await.unwrap().state, InviteState::Accepted);
}

async fn check(kiyoh: review_kiyoh::Kiyoh, played: &Arc<Played>) -> (SetupStatus, String) {
    let report = provider(kiyoh, played).check_setup().await.unwrap();
    (report.status(), report.findings.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
}

#[tokio::test]
async fn check_is_ready_only_if_the_location_was_read() {
    let statistics: Value = serde_json::from_str(sample!("statistics.assembled-response.json")).unwrap();
    let with = |member: &str, value: Value| {
        let mut changed = statistics.clone();
        changed[member] = value;
        (200, changed.to_string())
    };
    let error = sample!("error-401.inferred.json").to_owned();
    for ((status, body), expected) in [
        ((200, statistics.to_string()), SetupStatus::Ready),
        (with("locationActive", true.into()), SetupStatus::Ready),
        (with("locationActive", "false".into()), SetupStatus::NotReady),
        (with("locationActive", Value::Null), SetupStatus::Unknown),
        (with("locationName", Value::Null), SetupStatus::NotReady),
        ((200, "{}".to_owned()), SetupStatus::NotReady),
        ((401, error.clone()), SetupStatus::NotReady),
        ((403, error.clone()), SetupStatus::NotReady),
        ((404, error), SetupStatus::NotReady),
        ((200, "<html>hello</html>".to_owned()), SetupStatus::Unknown),
        ((302, String::new()), SetupStatus::Unknown),
        ((403, "<html>blocked</html>".to_owned()), SetupStatus::Unknown),
        ((404, "<html>not found</html>".to_owned()), SetupStatus::Unknown),
    ] {
        let (found, text) = check(kiyoh(), &Played::always(status, &body)).await;
        assert_eq!(found, expected, "{status} {body}: {text}");
    }
    let error = provider(kiyoh(), &Played::always(502, &"")).check_setup().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Transient);
}

#[tokio::test]
async fn check_reads_the_catalogue_that_the_settings_name() {
    let statistics = || (200, sample!("statistics.assembled-response.json").to_owned());
    let product: Value = serde_json::from_str(sample!("product.response.json")).unwrap();
    let mut inactive = product.clone();
    inactive["active"] = false.into();
    for (products, text) in [
        (json!([product, inactive]), "1 active products"),
        (product, "1 active products"),
        (inactive, "no active product"),
        (json!([]), "no active product"),
    ] {
        let played = Played::new([statistics(), (200, products.to_string())]);
        let (status, found) = check(kiyoh().with_products_from_catalogue(), &played).await;
        assert!(status == SetupStatus::Ready && found.contains(text), "{found}");
        let url = "https://www.kiyoh.com/v1/location/product/external?locationId=1234567";
        assert_eq!(played.requests()[1].uri().to_string(), url);
    }
}
