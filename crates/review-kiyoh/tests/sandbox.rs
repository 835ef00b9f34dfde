//! The provider against the sandbox, over real sockets.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

use std::time::Duration;

use futures_util::TryStreamExt;
use review_core::config::{ConfigErrors, ConfigReader, Entries};
use review_core::model::{InviteRequestBuilder, SendAt};
use review_core::provider::{ReviewInviteProvider, SetupStatus};
use review_core::reviews::{Review, ReviewQuery, ReviewReaderExt};
use review_core::{
    Consent, ErrorKind, ErrorScope, InviteKind, InviteRequest, InviteState, Product, SendState,
};
use review_http::RetryPolicy;
use review_kiyoh::{CatalogueProduct, Kiyoh, KiyohClient, KiyohProvider};
use review_sandbox::{EmailKind, Sandbox};

fn provider(sandbox: &Sandbox, more: &[(&'static str, &str)]) -> KiyohProvider {
    let more = more.iter().map(|(name, value)| (*name, (*value).to_owned()));
    let entries = Entries::from_env("KIYOH_", sandbox.env_vars().into_iter().chain(more));
    let kiyoh: Kiyoh = ConfigReader::read(&entries).map_err(ConfigErrors::into_vec).unwrap();
    let retry = RetryPolicy::default().with_backoff(Duration::ZERO, Duration::ZERO);
    KiyohProvider::new(kiyoh, "shop-nl", retry).unwrap()
}

fn request(reference: &str) -> InviteRequestBuilder {
    let email = format!("zoe+{}@example.com", reference.replace(' ', ""));
    let product = |sku: &str| {
        Product::builder(sku, "Metal Toy Car")
            .url("https://shop.example/car?a=1&b=2")
            .image_url("https://shop.example/car.jpg")
    };
    InviteRequest::builder(email, reference, Consent::granted("checkbox"))
        .name("Zoë Müller & Söhne")
        .locale("de-AT")
        .products([product("A 1/2"), product("B,ü")])
}

#[tokio::test]
async fn invitation_of_each_kind_leads_to_one_email() {
    let sandbox = Sandbox::start().await.unwrap();
    let provider = provider(&sandbox, &[]);
    for (kind, expected, skus) in [
        (InviteKind::Service, EmailKind::Service, 0),
        (InviteKind::Product, EmailKind::Product, 2),
        (InviteKind::ServiceAndProduct, EmailKind::ServiceAndProduct, 2),
    ] {
        let request = request(kind.as_str()).kind(kind).build().unwrap();
        assert_eq!(provider.send_invite(&request).await.unwrap().state, InviteState::Accepted);
        let emails = sandbox.emails_for(kind.as_str());
        assert_eq!((emails.len(), emails[0].kind, emails[0].skus.len()), (1, expected, skus), "{kind}");
        assert_eq!(emails[0].locale.as_deref(), Some("de"), "{kind}");
    }
}

#[tokio::test]
async fn email_is_not_sent_before_the_time() {
    let sandbox = Sandbox::start().await.unwrap();
    let at = sandbox.now() + chrono::TimeDelta::hours(30);
    let request = request("1").send_at(SendAt::At(at)).build().unwrap();
    let receipt = provider(&sandbox, &[]).send_invite(&request).await.unwrap();
    let send_at = sandbox.emails_for("1")[0].send_at.unwrap();
    assert!(send_at >= at && send_at < at + chrono::TimeDelta::days(1), "{send_at} for {at}");
    let InviteState::ScheduledOn(day) = receipt.state else { unreachable!("{receipt:?}") };
    assert!(day <= send_at.date_naive(), "{day} for {send_at}");
}

#[tokio::test]
async fn second_order_of_a_customer_is_skipped_for_30_days() {
    let sandbox = Sandbox::start().await.unwrap();
    let provider = provider(&sandbox, &[]);
    let send = async |reference: &str| {
        let request = InviteRequest::builder("zoe@example.com", reference, Consent::granted("checkbox"));
        provider.send_invite(&request.build().unwrap()).await.unwrap().state
    };
    let before = sandbox.now();
    assert_eq!(send("1").await, InviteState::Accepted);
    let InviteState::Skipped { reason, retry_at } = send("2").await else { unreachable!() };
    assert!(!reason.contains("zoe"), "{reason}");
    let days = (retry_at.unwrap() - before).num_days();
    assert!((29..=30).contains(&days), "{days}");
    sandbox.advance(Duration::from_secs(31 * 86_400));
    assert_eq!(send("2").await, InviteState::Accepted);
    assert_eq!(sandbox.emails().len(), 2);
}

#[tokio::test]
async fn unknown_product_is_an_error_of_its_order() {
    let sandbox = Sandbox::start().await.unwrap();
    let provider = provider(&sandbox, &[("KIYOH_PRODUCTS_FROM_CATALOGUE", "true")]);
    let order = |reference: &str| request(reference).kind(InviteKind::Product).build().unwrap();
    let error = provider.send_invite(&order("1")).await.unwrap_err();
    assert_eq!((error.kind(), error.scope()), (ErrorKind::InvalidRequest, ErrorScope::Request), "{error}");
    let client = KiyohClient::new(&provider);
    let products: Vec<_> = order("1").order().products().iter().map(CatalogueProduct::from).collect();
    client.upsert_products(&products).await.unwrap();
    let mut listed = client.products().await.unwrap();
    listed.sort_by(|one, two| one.code.cmp(&two.code));
    assert_eq!(listed, products);
    provider.send_invite(&order("2")).await.unwrap();
    assert_eq!(sandbox.emails().len(), 1);
}

#[tokio::test]
async fn revoked_token_concerns_the_account_before_and_at_the_invitation() {
    let sandbox = Sandbox::start().await.unwrap();
    sandbox.set_kiyoh_token_revoked(true);
    let provider = provider(&sandbox, &[]);
    for (kind, state) in
        [(InviteKind::Service, SendState::Responded), (InviteKind::Product, SendState::NotSent)]
    {
        let error = provider.send_invite(&request("1").kind(kind).build().unwrap()).await.unwrap_err();
        assert_eq!((error.kind(), error.scope()), (ErrorKind::Unauthorized, ErrorScope::Account), "{error}");
        assert_eq!(error.send_state(), state, "{error}");
    }
    assert_eq!(sandbox.emails().len(), 0);
}

#[tokio::test]
async fn setup_check_follows_the_location() {
    let sandbox = Sandbox::start().await.unwrap();
    let status = async || provider(&sandbox, &[]).check_setup().await.unwrap().status();
    assert_eq!(status().await, SetupStatus::Ready);
    sandbox.set_kiyoh_location_active(false);
    assert_eq!(status().await, SetupStatus::NotReady);
    sandbox.set_kiyoh_location_active(true);
    sandbox.set_kiyoh_token_revoked(true);
    assert_eq!(status().await, SetupStatus::NotReady);
}

#[tokio::test]
async fn reviews_of_shop_and_products_are_read() {
    let sandbox = Sandbox::start().await.unwrap();
    let provider = provider(&sandbox, &[]);
    for (reference, rating) in [("1", 7), ("2", 10)] {
        let request = request(reference).kind(InviteKind::ServiceAndProduct).build().unwrap();
        provider.send_invite(&request).await.unwrap();
        assert!(sandbox.submit_kiyoh_review(reference, rating, "Well packed").is_some());
    }
    let shop: Vec<Review> = provider.reviews(ReviewQuery::service()).try_collect().await.unwrap();
    let found: Vec<_> = shop.iter().map(|review| (review.stars, review.text.as_deref())).collect();
    assert_eq!(found, [(4, Some("Well packed")), (5, Some("Well packed"))]);
    let since = shop[1].written_at.unwrap();
    let new: Vec<Review> = provider.reviews(ReviewQuery::service().since(since)).try_collect().await.unwrap();
    assert!(new.iter().any(|review| review.id == shop[1].id), "the time itself is included");
    let products: Vec<Review> = provider.reviews(ReviewQuery::products()).try_collect().await.unwrap();
    let mut found: Vec<_> =
        products.iter().map(|review| (review.sku.as_deref().unwrap(), review.stars)).collect();
    found.sort_unstable();
    assert_eq!(found, [("A 1/2", 4), ("A 1/2", 5), ("B,ü", 4), ("B,ü", 5)]);
}
