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
use review_trustpilot::{Trustpilot, TrustpilotProvider};

fn provider(sandbox: &Sandbox) -> TrustpilotProvider {
    let entries = Entries::from_env("TRUSTPILOT_", sandbox.env_vars());
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
