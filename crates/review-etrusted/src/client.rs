//! eTrusted's calls, typed. Usable without the rest.

use std::sync::Arc;

use http::{Method, StatusCode};
use review_core::{Error, ErrorKind, ProviderInfo, Sent};
use review_http::{Call, Client, DynTransport, Id, TokenCache, default_transport};
use serde::de::DeserializeOwned;

use crate::VENDOR;
use crate::auth::Tokens;
use crate::classify::classify;
use crate::config::{EtrustedConfig, EventTypeName};
use crate::wire::{
    ChannelDetails, Event, EventType, InviteSetting, InviteSettingChange, PostedEvent, Rows, StoredEvent,
};

/// The name under which the call that sends appears in errors and spans.
pub(crate) const SEND_INVITE: &str = "send_invite";

/// A client of eTrusted's API. Cheap to clone; clones share connections and the access token.
#[derive(Clone, Debug)]
pub struct EtrustedClient {
    client: Client,
    config: EtrustedConfig,
}

impl EtrustedClient {
    /// A client with the transport this crate was built with.
    ///
    /// # Errors
    /// Those of [`default_transport`].
    pub fn new(config: EtrustedConfig) -> Result<Self, Error> {
        let transport = default_transport(config.transport)?;
        Ok(Self::with_transport(config, transport))
    }

    /// A client with a transport of the caller's.
    #[must_use]
    pub fn with_transport(config: EtrustedConfig, transport: DynTransport) -> Self {
        let info = ProviderInfo::new(VENDOR, &config.instance);
        let client = Client::new(info, transport, config.retry, classify);
        let tokens = TokenCache::new(Tokens::new(client.clone(), config.clone()));
        Self { client: client.with_tokens(Arc::new(tokens)), config }
    }

    /// Lists the channels of the account: `GET /channels`. A good check of the credentials.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn channels(&self) -> Result<Vec<ChannelDetails>, Error> {
        let call = self.repeatable("channels", Method::GET, &["channels"])?;
        self.rows(call).await
    }

    /// Lists the event types: `GET /event-types`.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn event_types(&self) -> Result<Vec<EventType>, Error> {
        let call = self.repeatable("event_types", Method::GET, &["event-types"])?;
        self.rows(call).await
    }

    /// Finds an event type by its name: `GET /event-types?name=`.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn find_event_type(&self, name: &EventTypeName) -> Result<Option<EventType>, Error> {
        let call =
            self.repeatable("find_event_type", Method::GET, &["event-types"])?.query("name", name.as_str());
        let found: Vec<EventType> = self.rows(call).await?;
        // How the filter compares is not documented.
        Ok(found.into_iter().find(|event_type| event_type.name == name.as_str()))
    }

    /// Makes an event type: `POST /event-types`. `None` where one of this name exists, or where the
    /// answer does not show the new one: find it and use it.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn create_event_type(&self, name: &EventTypeName) -> Result<Option<EventType>, Error> {
        let body = serde_json::json!({ "name": name.as_str(), "active": true });
        // Repeatable: the name is unique, so a second one is refused with 409.
        let call = self.repeatable("create_event_type", Method::POST, &["event-types"])?.json(&body)?;
        match self.client.call(call).await {
            Ok(answer) => Ok(answer.json().ok()),
            Err(error) if answered(&error, StatusCode::CONFLICT) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Switches an event type on or off: `PUT /event-types/{id}`.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn set_event_type_active(&self, id: &str, active: bool) -> Result<(), Error> {
        let id = vendor_id(id)?;
        let call = self.repeatable("set_event_type_active", Method::PUT, &["event-types", id.as_str()])?;
        // The answer's body is not documented, and nothing in it is needed.
        self.client.call(call.json(&serde_json::json!({ "active": active }))?).await.map(|_| ())
    }

    /// Deletes an event type: `DELETE /event-types/{id}`. One that is gone already is no error.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn delete_event_type(&self, id: &str) -> Result<(), Error> {
        let id = vendor_id(id)?;
        let call = self.repeatable("delete_event_type", Method::DELETE, &["event-types", id.as_str()])?;
        match self.client.call(call).await {
            Err(error) if !answered(&error, StatusCode::NOT_FOUND) => Err(error),
            _ => Ok(()),
        }
    }

    /// Lists the invite settings of a channel: `GET /invite-settings?channel-id=`.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn invite_settings(&self, channel: &Id) -> Result<Vec<InviteSetting>, Error> {
        let call = self.repeatable("invite_settings", Method::GET, &["invite-settings"])?;
        self.rows(call.query("channel-id", channel.as_str())).await
    }

    /// Changes an invite setting: `PATCH /invite-settings/{id}`. The answer's shape is disputed, so
    /// read the setting again to see what came of it.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn change_invite_setting(&self, id: &str, change: &InviteSettingChange) -> Result<(), Error> {
        let id = vendor_id(id)?;
        let call =
            self.repeatable("change_invite_setting", Method::PATCH, &["invite-settings", id.as_str()])?;
        self.client.call(call.json(change)?).await.map(|_| ())
    }

    /// Posts an event: `POST /events`. Made at most once. `None` where the event was accepted but the
    /// answer shows no id.
    ///
    /// # Errors
    /// [`ErrorKind::OutcomeUnknown`] where no answer came.
    pub async fn post_event(&self, event: &Event) -> Result<Option<PostedEvent>, Error> {
        let url = self.config.api_url.join(&["events"])?;
        let call =
            Call::at_most_once(SEND_INVITE, Method::POST, url).json(event)?.hide(event.personal_values());
        let posted: Option<PostedEvent> = self.client.call(call).await?.json().ok();
        Ok(posted.filter(|posted| Id::new(&posted.event_ref).is_ok()))
    }

    /// Reads an event back: `GET /events/{id}`. `None` where eTrusted knows none, which may be so for a
    /// moment after it was posted.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn event(&self, event_ref: &str) -> Result<Option<StoredEvent>, Error> {
        let id = vendor_id(event_ref)?;
        let call = self.repeatable("event", Method::GET, &["events", id.as_str()])?;
        match self.client.json(call).await {
            Err(error) if answered(&error, StatusCode::NOT_FOUND) => Ok(None),
            result => result.map(Some),
        }
    }

    pub(crate) fn events_url(&self) -> Result<String, Error> {
        self.config.api_url.join(&["events"]).map(|url| url.to_string())
    }

    pub(crate) fn config(&self) -> &EtrustedConfig {
        &self.config
    }

    pub(crate) fn info(&self) -> &ProviderInfo {
        self.client.provider()
    }

    async fn rows<T: DeserializeOwned>(&self, call: Call) -> Result<Vec<T>, Error> {
        self.client.json::<Rows<T>>(call).await.map(|Rows(rows)| rows)
    }

    fn repeatable(&self, operation: &'static str, method: Method, path: &[&str]) -> Result<Call, Error> {
        Ok(Call::repeatable(operation, method, self.config.api_url.join(path)?))
    }
}

/// An id that came from the vendor, before it goes into a path.
fn vendor_id(id: &str) -> Result<Id, Error> {
    Id::new(id).map_err(|_| Error::new(ErrorKind::InvalidRequest, "this is no id of eTrusted"))
}

/// Whether the vendor answered the call itself with this status; a token that could not be had may
/// carry the status of its own call.
fn answered(error: &Error, status: StatusCode) -> bool {
    error.sent() == Sent::Answered && error.http_status() == Some(status.as_u16())
}
