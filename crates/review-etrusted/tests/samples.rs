//! The documented samples of setup, lists and errors.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

mod common;

use common::{Played, golden, played};
use review_core::provider::{InviteLookup, InviteRef, ReviewInviteProvider};
use review_core::reviews::{ReviewQuery, ReviewReader};
use review_core::{Consent, ErrorKind, InviteRequest};
use review_etrusted::{
    ApiClient, ChannelRef, Etrusted, EtrustedClient, EventTypeName, InviteConfiguration, InviteSettingUpdate,
};
use serde_json::{Value, json};

fn account(channel: ChannelRef) -> Etrusted {
    let event_type = EventTypeName::new("submitted").unwrap();
    let client = ApiClient { client_id: "<client id>".into(), client_secret: "<client secret>".into() };
    Etrusted::new(client, channel, event_type).unwrap()
}

fn client(status: u16, body: &Value) -> (EtrustedClient, std::sync::Arc<Played>) {
    let transport = Played::new(status, body);
    let channel = ChannelRef::id("chl-xxxxxxxx-yyyy-xxxx-yyyy-xxxxxxxxxxxx").unwrap();
    (EtrustedClient::new(&played(account(channel), &transport)), transport)
}

#[tokio::test]
async fn lists_of_the_samples_are_read() {
    let channels = client(200, &golden("channels_list_response_200")).0.channels().await.unwrap();
    assert_eq!(channels[0].id, golden("channels_list_response_200")[0]["id"].as_str().unwrap());
    let types = client(200, &golden("event_types_list_response")).0.event_types().await.unwrap();
    assert_eq!((types[0].name.as_str(), types[0].active), ("after_sales", true));
    let settings =
        client(200, &golden("invite_settings_list_response")).0.invite_settings(None).await.unwrap();
    let setting = &settings[0];
    assert_eq!(setting.event_type_id.as_deref(), Some("ety-dff2efe0-3903-47e0-bc35-501fd10a5509"));
    // Every member of both halves, as the sample has it.
    let sample = &golden("invite_settings_list_response")[0];
    for (half, name) in [
        (&setting.service_invite_configuration, "serviceInviteConfiguration"),
        (&setting.product_invite_configuration, "productInviteConfiguration"),
    ] {
        assert_eq!(serde_json::to_value(half).unwrap(), sample[name]);
    }
}

#[tokio::test]
async fn changes_equal_the_samples() {
    let name = EventTypeName::new("submitted").unwrap();
    let (client, transport) = client(201, &golden("event_type_create_response_201"));
    let created = client.create_event_type(&name).await.unwrap().unwrap();
    assert_eq!(created.id, golden("event_type_create_response_201")["id"].as_str().unwrap());
    assert_eq!(transport.last(), ("POST /event-types".to_owned(), golden("event_type_create_request")));
    client.update_event_type("ety-1", false).await.unwrap();
    assert_eq!(transport.last(), ("PUT /event-types/ety-1".to_owned(), golden("event_type_update_request")));
    let enabled: InviteConfiguration = serde_json::from_value(json!({ "enabled": true })).unwrap();
    let mut update = InviteSettingUpdate::default();
    update.enabled = Some(true);
    update.service_invite_configuration = Some(enabled.clone());
    update.product_invite_configuration = Some(enabled);
    client.update_invite_setting("set-1", &update).await.unwrap();
    let expected = golden("invite_settings_patch_one_request");
    assert_eq!(transport.last(), ("PATCH /invite-settings/set-1".to_owned(), expected.clone()));
    client.update_invite_settings_of("ety-1", &update).await.unwrap();
    assert_eq!(transport.last(), ("PATCH /invite-settings?event-type-id=ety-1".to_owned(), expected));
}

#[tokio::test]
async fn invite_of_the_sample_is_found() {
    let sample = golden("invites_list_response_200");
    let reference = sample["items"][0]["transaction"]["reference"].as_str().unwrap();
    let channel = ChannelRef::id("chl-xxxxxxxx-yyyy-xxxx-yyyy-xxxxxxxxxxxx").unwrap();
    let provider = played(account(channel), &Played::new(200, &sample));
    let request = InviteRequest::builder("john.doe@example.com", reference, Consent::granted("checkbox"));
    let invite = InviteRef::from(request.build().unwrap().key(ReviewInviteProvider::info(&provider)));
    let found = provider.find_invite(&invite).await.unwrap();
    assert!(matches!(found, InviteLookup::Found(_)), "{found:?}");
}

#[tokio::test]
async fn reviews_of_the_sample_are_read() {
    let sample = golden("reviews_list_response_200");
    let channel = ChannelRef::id("chl-xxxxxxxx-yyyy-xxxx-yyyy-xxxxxxxxxxxx").unwrap();
    let provider = played(account(channel), &Played::new(200, &sample));
    let page = provider.read_reviews(&ReviewQuery::service(), None).await.unwrap();
    let products = provider.read_reviews(&ReviewQuery::products(), None).await.unwrap();
    let (read, listed) = (page.items.len() + products.items.len(), sample["items"].as_array().unwrap().len());
    assert_eq!(read, listed);
}

#[tokio::test]
async fn error_bodies_of_the_samples_are_read() {
    for (name, text) in
        [("event_types_error_400", "instance requires property"), ("invite_settings_error_400", "<text>")]
    {
        let (client, _) = client(400, &golden(name));
        let error = client.event_types().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest);
        assert!(error.to_string().contains(text), "{error}");
    }
}

/// Rejects every token request as in the sample.
#[derive(Debug)]
struct NoToken;

#[async_trait::async_trait]
impl review_http::HttpTransport for NoToken {
    async fn send(
        &self,
        _: http::Request<bytes::Bytes>,
        _: std::time::Duration,
    ) -> Result<review_http::HttpResponse, review_http::TransportError> {
        Ok(review_http::HttpResponse {
            status: http::StatusCode::BAD_REQUEST,
            headers: http::HeaderMap::new(),
            body: golden("oauth_token_error_400").to_string().into(),
            body_status: review_http::BodyStatus::Complete,
        })
    }
}

#[tokio::test]
async fn rejected_credentials_of_the_sample_concern_the_account() {
    let channel = ChannelRef::id("chl-xxxxxxxx-yyyy-xxxx-yyyy-xxxxxxxxxxxx").unwrap();
    let info = review_core::provider::ProviderInfo::new("etrusted", "shop-de");
    let retry = review_http::RetryPolicy::no_retries();
    let provider = review_etrusted::EtrustedProvider::with_transport(
        account(channel),
        info,
        retry,
        std::sync::Arc::new(NoToken),
    );
    let request = InviteRequest::builder("john.doe@example.com", "1", Consent::granted("checkbox"));
    let error = provider.send_invite(&request.build().unwrap()).await.unwrap_err();
    assert_eq!((error.kind(), error.vendor_code()), (ErrorKind::Unauthorized, Some("invalid_request")));
    assert_eq!(error.retry_advice(), review_core::RetryAdvice::Hold);
}
