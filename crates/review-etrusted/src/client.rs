//! The API for setting up an account, typed.

use http::{Method, StatusCode};
use review_core::{Error, ErrorKind, Result};
use review_http::ResourceId;
use review_http::vendor::{Api, HttpProvider, Step, is_response};
use serde_json::json;

use crate::config::{Channel, Etrusted, EventTypeName};
use crate::lookup::{list_channels, list_invites};
use crate::operations::{
    CREATE_EVENT_TYPE, GET_EVENT, GET_EVENT_TYPE, GET_TEMPLATE, LIST_EVENT_TYPES, LIST_INVITE_SETTINGS,
    UPDATE_EVENT_TYPE, UPDATE_INVITE_SETTING, UPDATE_INVITE_SETTINGS,
};
use crate::wire::channel::ChannelDetails;
use crate::wire::event::StoredEvent;
use crate::wire::page::Rows;
use crate::wire::setup::{EventType, InviteSetting, InviteSettingUpdate};

/// eTrusted's API for setting up an account. It shares tokens and limits with the provider.
///
/// ```
/// use review_core::Result;
/// use review_etrusted::{EtrustedClient, EtrustedProvider, SetupOptions};
///
/// async fn set_up(provider: &EtrustedProvider) -> Result<()> {
///     let result = EtrustedClient::new(provider).ensure_setup(SetupOptions::new()).await?;
///     println!("{} changes", result.changes.len());
///     Ok(())
/// }
/// ```
#[derive(Clone, Debug)]
pub struct EtrustedClient(pub(crate) Api<Etrusted>);

impl EtrustedClient {
    /// Creates a client for the account of a provider.
    #[must_use]
    pub fn new(provider: &HttpProvider<Etrusted>) -> Self {
        Self(provider.api())
    }

    fn step(&self, operation: &'static str, method: Method, path: &[&str]) -> Step {
        Step::idempotent(operation, method, &self.0.vendor().api_url, path)
    }

    /// Lists the channels of the account.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn channels(&self) -> Result<Vec<ChannelDetails>> {
        self.0.send_json(&list_channels(self.0.vendor())).await.map(|Rows(channels)| channels)
    }

    /// Returns an event by the id in the receipt, `evt-…`. `None` if there is none of this id: an event that was just
    /// accepted may not show yet (INF: eTrusted processes events asynchronously).
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn event(&self, id: &str) -> Result<Option<StoredEvent>> {
        let id = resource_id(id)?;
        self.0.find_json(&self.step(GET_EVENT, Method::GET, &["events", id.as_str()])).await
    }

    /// Lists the event types.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn event_types(&self) -> Result<Vec<EventType>> {
        let step = self.step(LIST_EVENT_TYPES, Method::GET, &["event-types"]);
        self.0.send_json(&step).await.map(|Rows(event_types)| event_types)
    }

    /// Returns an event type by its id. `None` if there is none of this id.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn event_type(&self, id: &str) -> Result<Option<EventType>> {
        let id = resource_id(id)?;
        self.0.find_json(&self.step(GET_EVENT_TYPE, Method::GET, &["event-types", id.as_str()])).await
    }

    /// Finds an event type by its name.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn find_event_type(&self, name: &EventTypeName) -> Result<Option<EventType>> {
        let step = self.step(LIST_EVENT_TYPES, Method::GET, &["event-types"]).query("name", name.as_str());
        let Rows(found) = self.0.send_json::<Rows<EventType>>(&step).await?;
        // UNK: how the filter compares.
        Ok(found.into_iter().find(|event_type| event_type.name == name.as_str()))
    }

    /// Creates an event type. `None` if one of this name exists, or if the response does not contain the new one: find
    /// it and use it.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidConfig`] for a name that eTrusted does not accept for a new event type. See [`Error`].
    pub async fn create_event_type(&self, name: &EventTypeName) -> Result<Option<EventType>> {
        name.check_new().map_err(|error| Error::invalid_config([error]))?;
        let body = json!({ "name": name.as_str(), "active": true });
        // Idempotent: the name is unique, so a second one is rejected with 409.
        let step = self.step(CREATE_EVENT_TYPE, Method::POST, &["event-types"]).json(body, &[]);
        match self.0.send(&step).await {
            Ok(response) => Ok(response.json().ok()),
            Err(error) if is_response(&error, StatusCode::CONFLICT) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Activates or deactivates an event type.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn update_event_type(&self, id: &str, active: bool) -> Result<()> {
        let id = resource_id(id)?;
        let step = self.step(UPDATE_EVENT_TYPE, Method::PUT, &["event-types", id.as_str()]);
        // UNK: the body of the response. Nothing in it is needed.
        self.0.send(&step.json(json!({ "active": active }), &[])).await.map(drop)
    }

    /// Lists the invite settings of one channel, or of all.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn invite_settings(&self, channel: Option<&ResourceId>) -> Result<Vec<InviteSetting>> {
        let step = self.step(LIST_INVITE_SETTINGS, Method::GET, &["invite-settings"]);
        let step = step.optional_query("channel-id", channel.map(ResourceId::as_str));
        self.0.send_json(&step).await.map(|Rows(settings)| settings)
    }

    /// Updates an invite setting.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn update_invite_setting(&self, id: &str, update: &InviteSettingUpdate) -> Result<()> {
        let id = resource_id(id)?;
        self.update(
            self.step(UPDATE_INVITE_SETTING, Method::PATCH, &["invite-settings", id.as_str()]),
            update,
        )
        .await
    }

    /// Updates the invite settings of one event type in **all** channels.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn update_invite_settings_of(
        &self,
        event_type_id: &str,
        update: &InviteSettingUpdate,
    ) -> Result<()> {
        let step = self.step(UPDATE_INVITE_SETTINGS, Method::PATCH, &["invite-settings"]);
        self.update(step.query("event-type-id", resource_id(event_type_id)?.as_str()), update).await
    }

    async fn update(&self, step: Step, update: &InviteSettingUpdate) -> Result<()> {
        let body = serde_json::to_value(update)
            .map_err(|_| Error::new(ErrorKind::InvalidRequest, "the update has no JSON form"))?;
        // DIS: the shape of the response. Read the setting again instead.
        self.0.send(&step.json(body, &[])).await.map(drop)
    }

    /// Returns whether the account has a channel, by the list of its invites: it also exists by an id of the shop's own,
    /// which the list of channels does not contain.
    pub(crate) async fn has_channel(&self, channel: &Channel) -> Result<bool> {
        let step = list_invites(self.0.vendor(), channel).query("count", "1");
        self.0.find_json::<serde_json::Value>(&step).await.map(|found| found.is_some())
    }

    /// Returns whether a template of this id exists.
    pub(crate) async fn has_template(&self, id: &str) -> Result<bool> {
        let id = resource_id(id)?;
        let step = self.step(GET_TEMPLATE, Method::GET, &["templates", id.as_str()]);
        self.0.find_json::<serde_json::Value>(&step).await.map(|found| found.is_some())
    }
}

/// Checks an id before it becomes part of a path.
fn resource_id(id: &str) -> Result<ResourceId> {
    ResourceId::new(id).map_err(Error::from)
}
