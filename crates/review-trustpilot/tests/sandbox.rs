//! The provider against the sandbox, over real sockets.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

use std::time::Duration;

use futures_util::TryStreamExt;
use review_core::config::{ConfigErrors, ConfigReader, Entries};
use review_core::model::{EmailAddress, InviteRequestBuilder};
use review_core::provider::{ErasureStatus, InviteLookup, ReviewInviteProvider};
use review_core::reviews::{ReviewQuery, ReviewReaderExt};
use review_core::{Consent, InviteKind, InviteRequest, Product};
use review_http::RetryPolicy;
use review_sandbox::{Sandbox, Vendor};
use review_trustpilot::{
    CatalogueProduct, ProductBatch, Trustpilot, TrustpilotClient, TrustpilotOptions, TrustpilotProvider,
};

fn provider(sandbox: &Sandbox) -> TrustpilotProvider {
    provider_with(sandbox, &[])
}

/// The account of the sandbox with other settings; an empty one is removed.
fn provider_with(sandbox: &Sandbox, settings: &[(&'static str, &str)]) -> TrustpilotProvider {
    let is_set =
        |name: &str| settings.iter().any(|(key, _)| name == format!("TRUSTPILOT_{}", key.to_uppercase()));
    let variables = sandbox.env_vars().into_iter().filter(|(name, _)| !is_set(name));
    let own = settings.iter().filter(|(_, value)| !value.is_empty()).map(|(key, value)| (*key, *value));
    let entries = Entries::from_code(own).or(Entries::from_env("TRUSTPILOT_", variables));
    let trustpilot: Trustpilot = ConfigReader::read(&entries).map_err(ConfigErrors::into_vec).unwrap();
    let retry = RetryPolicy::default().with_backoff(Duration::ZERO, Duration::ZERO);
    TrustpilotProvider::new(trustpilot, "shop-de", retry).unwrap()
}

fn request(reference: &str) -> InviteRequestBuilder {
    InviteRequest::builder("zoe+shop@example.com", reference, Consent::granted("checkbox"))
        .name("Zoë Müller & Söhne")
        .locale("de-AT")
        .products([Product::builder("A 1/2", "Metal Toy Car").url("https://shop.example/car?a=1&b=2")])
}

#[tokio::test]
async fn invitation_leads_to_one_email() {
    let sandbox = Sandbox::start().await.unwrap();
    let provider = provider(&sandbox);
    provider.send_invite(&request("1001").build().unwrap()).await.unwrap();
    assert_eq!(sandbox.emails_for("1001").len(), 1);
    sandbox.expire_tokens(Vendor::Trustpilot);
    provider.send_invite(&request("1002").build().unwrap()).await.unwrap();
    assert_eq!(sandbox.emails_for("1002").len(), 1);
    assert_eq!(sandbox.token_requests(Vendor::Trustpilot), 2);
}

#[tokio::test]
async fn links_of_every_kind_send_no_email() {
    let sandbox = Sandbox::start().await.unwrap();
    for kind in [InviteKind::Service, InviteKind::Product, InviteKind::ServiceAndProduct] {
        let link =
            provider(&sandbox).create_link(&request("1001").kind(kind).build().unwrap()).await.unwrap();
        assert_eq!(link.url.scheme(), "https", "{kind}");
    }
    assert_eq!(sandbox.emails_for("1001").len(), 0);
}

#[tokio::test]
async fn invitation_is_found_by_its_review() {
    let sandbox = Sandbox::start().await.unwrap();
    let provider = provider(&sandbox);
    let request = request("1001").build().unwrap();
    provider.send_invite(&request).await.unwrap();
    let invite = request.key(provider.info()).into();
    let before = provider.find_invite(&invite).await.unwrap();
    assert!(matches!(before, InviteLookup::Inconclusive { .. }), "{before:?}");
    sandbox.submit_trustpilot_review("1001", 5, "Fast");
    let after = provider.find_invite(&invite).await.unwrap();
    assert!(matches!(after, InviteLookup::Found(_)), "{after:?}");
    let reviews: Vec<_> = provider.reviews(ReviewQuery::service()).try_collect().await.unwrap();
    assert!(reviews.iter().any(|review| review.reference.as_ref() == Some(request.order().reference())));
}

#[tokio::test]
async fn reference_like_an_email_never_reaches_a_url() {
    let sandbox = Sandbox::start().await.unwrap();
    let provider = provider(&sandbox);
    let request = request("jane@example.com").build().unwrap();
    let found = provider.find_invite(&request.key(provider.info()).into()).await.unwrap();
    assert!(matches!(found, InviteLookup::Inconclusive { retry_after: None, .. }), "{found:?}");
    let query = ReviewQuery::service().for_order(request.order().reference().clone());
    let _: Vec<_> = provider.reviews(query).try_collect().await.unwrap();
    assert!(sandbox.requests().iter().all(|request| !format!("{request:?}").contains("jane")));
}

#[tokio::test]
async fn customer_is_erased() {
    let sandbox = Sandbox::start().await.unwrap();
    let email = EmailAddress::new("zoe+shop@example.com").unwrap();
    assert_eq!(provider(&sandbox).erase_customer(&email).await.unwrap(), ErasureStatus::Accepted);
    assert_eq!(sandbox.deleted_invitation_data().len(), 1);
}

#[tokio::test]
async fn setup_of_the_sandbox_is_ready() {
    let sandbox = Sandbox::start().await.unwrap();
    let report = provider(&sandbox).check_setup().await.unwrap();
    assert!(report.is_ready(), "{report:?}");
}

#[tokio::test]
async fn unknown_template_is_found_before_it_is_lost() {
    let sandbox = Sandbox::start().await.unwrap();
    let provider = provider_with(&sandbox, &[("templates", "vip=507f191e810c19729de860ff")]);
    let vip = |reference: &str| request(reference).template("vip").build().unwrap();
    // Nothing is known of the account's templates: the vendor accepts, and sends no email.
    provider.send_invite(&vip("1001")).await.unwrap();
    assert_eq!(sandbox.emails_for("1001").len(), 0);
    let report = provider.check_setup().await.unwrap();
    assert!(!report.is_ready(), "{report:?}");
    let error = provider.send_invite(&vip("1002")).await.unwrap_err();
    assert_eq!(error.field_errors()[0].field(), "template", "{error}");
    let known = request("1003").template("529c0abfefb96008b894ad02").build().unwrap();
    provider.send_invite(&known).await.unwrap();
    assert_eq!(sandbox.emails_for("1003").len(), 1);
    let options = TrustpilotOptions::new().with_product_template("507f191e810c19729de860ff").unwrap();
    let both = request("1004").kind(InviteKind::ServiceAndProduct).options(&options).build().unwrap();
    let error = provider.validate(&both).unwrap_err();
    assert_eq!(error.field_errors()[0].field(), "options.trustpilot.product_template");
}

#[tokio::test]
async fn check_finds_that_client_credentials_cannot_send() {
    let sandbox = Sandbox::start().await.unwrap();
    let without = [("username", ""), ("password", ""), ("business_user_id", "")];
    let provider = provider_with(&sandbox, &without);
    let report = provider.check_setup().await.unwrap();
    assert!(!report.is_ready() && report.findings[0].to_string().contains("business_user_id"), "{report:?}");
    provider.create_link(&request("1001").build().unwrap()).await.unwrap();
    let reviews: Result<Vec<_>, _> = provider.reviews(ReviewQuery::service()).try_collect().await;
    reviews.unwrap();
}

#[tokio::test]
async fn filter_without_a_parameter_is_applied_to_the_reviews() {
    let sandbox = Sandbox::start().await.unwrap();
    let provider = provider(&sandbox);
    for reference in ["1001", "1002"] {
        let request = request(reference).kind(InviteKind::ServiceAndProduct).build().unwrap();
        provider.send_invite(&request).await.unwrap();
        sandbox.submit_trustpilot_review(reference, 5, "Fast");
    }
    use review_core::reviews::ReviewReader as _;
    // The private list of product reviews has no parameter for the reference.
    let wanted = review_core::model::OrderReference::new("1002").unwrap();
    for query in [ReviewQuery::service(), ReviewQuery::products()] {
        let all = provider.read_reviews(&query, None).await.unwrap().items;
        let one = provider.read_reviews(&query.for_order(wanted.clone()), None).await.unwrap().items;
        assert!(all.len() > one.len() && !one.is_empty(), "{all:?} {one:?}");
        assert!(one.iter().all(|review| review.reference.as_ref() == Some(&wanted)), "{one:?}");
    }
}

#[tokio::test]
async fn catalogue_needs_a_sku_only() {
    let sandbox = Sandbox::start().await.unwrap();
    let provider = provider_with(&sandbox, &[("products_from_catalogue", "true")]);
    let mut lamp = CatalogueProduct::new("A1", "A lamp");
    lamp.title = None;
    let uploaded =
        TrustpilotClient::new(&provider).upsert_products(&ProductBatch::new(vec![lamp])).await.unwrap();
    assert_eq!((uploaded[0].sku.as_str(), uploaded[0].title.as_deref()), ("A1", None));
    let request = InviteRequest::builder("zoe@example.com", "1001", Consent::granted("checkbox"))
        .name("Zoë")
        .kind(InviteKind::Product)
        .products([Product::builder("A1", "A lamp")])
        .build()
        .unwrap();
    provider.send_invite(&request).await.unwrap();
    assert_eq!(sandbox.emails_for("1001")[0].skus, ["A1"]);
}

#[tokio::test]
async fn rejection_of_the_vendor_names_the_field() {
    let sandbox = Sandbox::start().await.unwrap();
    let options = TrustpilotOptions::new().with_product_template("507f191e810c19729de860ec").unwrap();
    let request = request("1001").kind(InviteKind::ServiceAndProduct).options(&options).build().unwrap();
    // The vendor has not seen this SKU; no rule of ours can know.
    let provider = provider_with(&sandbox, &[("products_from_catalogue", "true")]);
    let error = provider.send_invite(&request).await.unwrap_err();
    assert_eq!(error.http_status(), Some(400));
    assert_eq!(error.field_errors()[0].field(), "order.products", "{error}");
}
