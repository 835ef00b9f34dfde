//! The provider against the sandbox, over real sockets.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

mod common;

use common::{provider, request};
use futures_util::TryStreamExt;
use review_core::InviteKind;
use review_core::provider::{InviteLookup, InviteRef, ReviewInviteProvider};
use review_core::reviews::{ReviewQuery, ReviewReaderExt};
use review_etrusted::{EtrustedClient, SetupChange, SetupOptions};
use review_sandbox::{Sandbox, Vendor};

#[tokio::test]
async fn event_leads_to_one_email() {
    let sandbox = Sandbox::start().await.unwrap();
    let receipt = provider(&sandbox, &[]).send_invite(&request("1001").build().unwrap()).await.unwrap();
    assert!(receipt.vendor_id.is_some_and(|id| id.starts_with("evt-")));
    assert_eq!(sandbox.emails_for("1001").len(), 1);
    assert_eq!(sandbox.token_requests(Vendor::Etrusted), 1);
}

#[tokio::test]
async fn channel_is_found_by_its_name_once() {
    let sandbox = Sandbox::start().await.unwrap();
    let by_id = provider(&sandbox, &[]);
    let channels = EtrustedClient::new(&by_id).channels().await.unwrap();
    let name = channels[0].name.clone().unwrap();
    let by_name = common::provider_by_channel_name(&sandbox, &name);
    for reference in ["1", "2"] {
        by_name.send_invite(&request(reference).build().unwrap()).await.unwrap();
    }
    let lookups = sandbox.requests().into_iter().filter(|request| request.path.ends_with("/channels"));
    assert_eq!(lookups.count(), 2, "one by the client, one by the provider");
}

#[tokio::test]
async fn expired_token_is_replaced_once() {
    let sandbox = Sandbox::start().await.unwrap();
    let provider = provider(&sandbox, &[]);
    provider.send_invite(&request("1").build().unwrap()).await.unwrap();
    sandbox.expire_tokens(Vendor::Etrusted);
    provider.send_invite(&request("2").build().unwrap()).await.unwrap();
    assert_eq!(sandbox.token_requests(Vendor::Etrusted), 2);
    assert_eq!(sandbox.emails_for("2").len(), 1);
}

#[tokio::test]
async fn link_sends_no_email() {
    let sandbox = Sandbox::start().await.unwrap();
    let request = request("1001").kind(InviteKind::ServiceAndProduct).build().unwrap();
    let link = provider(&sandbox, &[]).create_link(&request).await.unwrap();
    assert!(link.url.as_str().starts_with("https://"));
    assert_eq!(link.warnings.len(), 1, "a link has no language: {:?}", link.warnings);
    assert_eq!(sandbox.emails_for("1001").len(), 0);
}

#[tokio::test]
async fn invite_is_found_by_its_reference() {
    let sandbox = Sandbox::start().await.unwrap();
    let provider = provider(&sandbox, &[]);
    let request = request("1001").build().unwrap();
    let invite = InviteRef::from(request.key(provider.info()));
    let before = provider.find_invite(&invite).await.unwrap();
    assert!(matches!(before, InviteLookup::Inconclusive { .. }), "{before:?}");
    provider.send_invite(&request).await.unwrap();
    sandbox.advance(std::time::Duration::from_secs(60 * 24 * 3600));
    let after = provider.find_invite(&invite).await.unwrap();
    assert!(matches!(after, InviteLookup::Found(_)), "{after:?}");
}

#[tokio::test]
async fn reference_like_an_email_is_not_looked_up() {
    let sandbox = Sandbox::start().await.unwrap();
    let provider = provider(&sandbox, &[]);
    let request = request("jane@example.com").build().unwrap();
    let found = provider.find_invite(&request.key(provider.info()).into()).await.unwrap();
    assert!(matches!(found, InviteLookup::Inconclusive { retry_after: None, .. }), "{found:?}");
    assert_eq!(sandbox.request_count(), 0);
}

#[tokio::test]
async fn setup_is_completed_and_then_ready() {
    let sandbox = Sandbox::start().await.unwrap();
    let provider = provider(&sandbox, &[("event_type", "delivered")]);
    assert!(!provider.check_setup().await.unwrap().is_ready());
    let client = EtrustedClient::new(&provider);
    let name = review_etrusted::EventTypeName::new("delivered").unwrap();
    client.create_event_type(&name).await.unwrap().unwrap();
    sandbox.reveal_invite_settings();
    let options = SetupOptions::new().with_delay_in_days(3);
    let first = client.ensure_setup(options).await.unwrap();
    assert_eq!(first.changes, [SetupChange::InviteSettingUpdated]);
    assert!(client.ensure_setup(options).await.unwrap().changes.is_empty());
    let report = provider.check_setup().await.unwrap();
    assert!(report.is_ready(), "{report:?}");
}

#[tokio::test]
async fn reviews_are_read_with_their_orders() {
    let sandbox = Sandbox::start().await.unwrap();
    let provider = provider(&sandbox, &[]);
    provider.send_invite(&request("1001").build().unwrap()).await.unwrap();
    sandbox.submit_etrusted_review("1001", 4, "Fast").unwrap();
    let reviews: Vec<_> = provider.reviews(ReviewQuery::service()).try_collect().await.unwrap();
    assert_eq!(reviews.len(), 1);
    assert_eq!((reviews[0].stars, reviews[0].text.as_deref()), (4, Some("Fast")));
    assert_eq!(reviews[0].reference.as_ref().unwrap().as_str(), "1001");
}
