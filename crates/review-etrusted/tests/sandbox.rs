//! The provider against the sandbox, over real sockets.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

mod common;

use common::{provider, provider_by_channel, request};
use futures_util::TryStreamExt;
use review_core::provider::{InviteLookup, InviteRef, ReviewInviteProvider, SetupStatus};
use review_core::reviews::{ReviewQuery, ReviewReaderExt};
use review_core::{ErrorKind, InviteKind};
use review_etrusted::{EtrustedClient, SetupChange, SetupOptions};
use review_sandbox::{Fault, FaultRule, Sandbox, USER_DEFINED_CHANNEL, Vendor};

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
    let by_name = provider_by_channel(&sandbox, &[("channel_name", &name)]);
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
    let hour = Some(std::time::Duration::from_secs(3600));
    assert!(
        matches!(before, InviteLookup::Inconclusive { retry_after, .. } if retry_after == hour),
        "{before:?}"
    );
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
async fn setup_of_a_provider_reports_each_change() {
    let sandbox = Sandbox::start().await.unwrap();
    let provider = provider(&sandbox, &[("event_type", "delivered")]);
    let name = review_etrusted::EventTypeName::new("delivered").unwrap();
    EtrustedClient::new(&provider).create_event_type(&name).await.unwrap().unwrap();
    sandbox.reveal_invite_settings();
    let report = provider.ensure_setup(Some(3)).await.unwrap();
    assert!(report.findings.iter().any(|finding| finding.message.contains("was updated")), "{report:?}");
    let again = provider.ensure_setup(Some(3)).await.unwrap();
    assert!(
        again.findings.iter().any(|finding| finding.message.contains("nothing was changed")),
        "{again:?}"
    );
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

#[tokio::test]
async fn own_channel_id_is_set_up_checked_and_sent() {
    let sandbox = Sandbox::start().await.unwrap();
    let settings = [("own_channel_id", USER_DEFINED_CHANNEL), ("event_type", "delivered")];
    let provider = provider_by_channel(&sandbox, &settings);
    assert_eq!(provider.check_setup().await.unwrap().status(), SetupStatus::NotReady);
    let client = EtrustedClient::new(&provider);
    let name = review_etrusted::EventTypeName::new("delivered").unwrap();
    client.create_event_type(&name).await.unwrap().unwrap();
    sandbox.reveal_invite_settings();
    // Nothing is enabled: an event leads to no email.
    assert_eq!(provider.check_setup().await.unwrap().status(), SetupStatus::NotReady);
    let result = client.ensure_setup(SetupOptions::new().with_delay_in_days(2)).await.unwrap();
    assert_eq!((result.changes.len(), result.invite_setting_ids.len()), (1, 2));
    let again = client.ensure_setup(SetupOptions::new()).await.unwrap();
    assert!(again.changes.is_empty(), "{again:?}");
    let report = provider.check_setup().await.unwrap();
    assert!(report.is_ready(), "{report:?}");
    provider.send_invite(&request("1001").build().unwrap()).await.unwrap();
    assert_eq!(sandbox.emails_for("1001").len(), 1);
}

#[tokio::test]
async fn check_is_not_ready_while_events_lead_to_no_email() {
    let sandbox = Sandbox::start().await.unwrap();
    // The id is of no channel: every event is accepted and lost.
    let unknown = provider_by_channel(&sandbox, &[("own_channel_id", "shop-view-xx")]);
    unknown.send_invite(&request("1").build().unwrap()).await.unwrap();
    assert_eq!((sandbox.emails_for("1").len(), unknown.check_setup().await.unwrap().is_ready()), (0, false));
    // One of two channels is disabled, and the own id may be of this one.
    let own = provider_by_channel(&sandbox, &[("own_channel_id", USER_DEFINED_CHANNEL)]);
    assert!(own.check_setup().await.unwrap().is_ready());
    let client = EtrustedClient::new(&own);
    let settings = client.invite_settings(None).await.unwrap();
    let types = client.event_types().await.unwrap();
    let shipped = types.iter().find(|found| found.name == "shipped").unwrap();
    let ours = settings.iter().filter(|setting| setting.event_type_id.as_ref() == Some(&shipped.id));
    let mut update = review_etrusted::InviteSettingUpdate::default();
    update.service_invite_configuration =
        Some(serde_json::from_value(serde_json::json!({ "enabled": false })).unwrap());
    client.update_invite_setting(&ours.clone().next_back().unwrap().id, &update).await.unwrap();
    assert_eq!(own.check_setup().await.unwrap().status(), SetupStatus::Unknown);
    for setting in ours {
        client.update_invite_setting(&setting.id, &update).await.unwrap();
    }
    assert_eq!(own.check_setup().await.unwrap().status(), SetupStatus::NotReady);
    // A service event of an account that also asks for products.
    let both = provider(&sandbox, &[("review_kind", "both")]);
    update.product_invite_configuration =
        Some(serde_json::from_value(serde_json::json!({ "enabled": true })).unwrap());
    client.update_invite_settings_of(&shipped.id, &update).await.unwrap();
    both.send_invite(&request("2").build().unwrap()).await.unwrap();
    assert_eq!((sandbox.emails_for("2").len(), both.check_setup().await.unwrap().is_ready()), (0, false));
}

#[tokio::test]
async fn delay_out_of_range_changes_nothing() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = EtrustedClient::new(&provider(&sandbox, &[]));
    let error = client.ensure_setup(SetupOptions::new().with_delay_in_days(40_000)).await.unwrap_err();
    assert_eq!((error.kind(), error.field_errors()[0].field()), (ErrorKind::InvalidRequest, "delay_in_days"));
    assert_eq!(sandbox.request_count(), 0);
}

#[tokio::test]
async fn new_event_type_keeps_the_strict_name() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = EtrustedClient::new(&provider(&sandbox, &[("event_type", "After Sales")]));
    let error = client.ensure_setup(SetupOptions::new()).await.unwrap_err();
    assert_eq!((error.kind(), error.field_errors()[0].field()), (ErrorKind::InvalidConfig, "event_type"));
    assert!(sandbox.requests().iter().all(|seen| seen.method != "POST" || seen.path.ends_with("/token")));
}

#[tokio::test]
async fn setup_check_keeps_its_findings_after_an_outage() {
    let sandbox = Sandbox::start().await.unwrap();
    let provider = provider(&sandbox, &[("event_type", "shipd")]);
    let rule = FaultRule::new(Fault::status(503)).with_path_contains("/channels");
    sandbox.add_fault(rule).unwrap();
    let report = provider.check_setup().await.unwrap();
    assert_eq!(report.status(), SetupStatus::NotReady);
    let found = |text: &str| report.findings.iter().any(|finding| finding.to_string().contains(text));
    assert!(found("the channels: failed") && found("did you mean shipped"), "{report:?}");
}

#[tokio::test]
async fn event_can_be_read_back() {
    let sandbox = Sandbox::start().await.unwrap();
    let provider = provider(&sandbox, &[]);
    let receipt = provider.send_invite(&request("1001").build().unwrap()).await.unwrap();
    let client = EtrustedClient::new(&provider);
    let event = client.event(&receipt.vendor_id.unwrap()).await.unwrap().unwrap();
    assert_eq!(event.transaction.reference.as_deref(), Some("1001"));
    assert_eq!(
        (event.default_locale.as_deref(), event.tracking.medium.as_deref()),
        (Some("de_AT"), Some("API"))
    );
    assert!(client.event("evt-unknown").await.unwrap().is_none());
}

#[tokio::test]
async fn existing_event_type_of_any_name_is_set_up() {
    for (number, name) in ["Shipped", "order-shipped", "after.sales", "Ware versandt"].into_iter().enumerate()
    {
        let sandbox = Sandbox::builder().event_type(name).start().await.unwrap();
        let provider = provider(&sandbox, &[("event_type", name)]);
        let result = EtrustedClient::new(&provider).ensure_setup(SetupOptions::new()).await.unwrap();
        assert_eq!(result.changes, [SetupChange::InviteSettingUpdated], "{name}");
        assert!(provider.check_setup().await.unwrap().is_ready(), "{name}");
        let reference = number.to_string();
        provider.send_invite(&request(&reference).build().unwrap()).await.unwrap();
        assert_eq!(sandbox.emails_for(&reference).len(), 1, "{name}");
    }
}
