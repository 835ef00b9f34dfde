//! Channels, event types, invite settings and templates.

use http::{Method, StatusCode};
use review_core::{Error, FieldError};
use review_http::ResourceId;

use super::{EtrustedClient, answered, vendor_id};
use crate::config::EventTypeName;
use crate::wire::{
    ChannelDetails, ChannelUpdate, EventType, InviteSetting, InviteSettingChange, Raw, Template, Templates,
};

impl EtrustedClient {
    /// Lists the channels of the account: `GET /channels`. A good check of the credentials.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn channels(&self) -> Result<Vec<ChannelDetails>, Error> {
        let call = self.idempotent("channels", Method::GET, &["channels"])?;
        self.rows(call).await
    }

    /// Changes a channel: `PUT /channels/{id}`.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn update_channel(&self, id: &ResourceId, update: &ChannelUpdate) -> Result<(), Error> {
        let call = self.idempotent("update_channel", Method::PUT, &["channels", id.as_str()])?;
        // The answer repeats the id.
        self.client.send(call.json(update)?).await.map(|_| ())
    }

    /// Lists the event types: `GET /event-types`.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn event_types(&self) -> Result<Vec<EventType>, Error> {
        let call = self.idempotent("event_types", Method::GET, &["event-types"])?;
        self.rows(call).await
    }

    /// Reads an event type: `GET /event-types/{id}`. `None` where there is none of this id.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn event_type(&self, id: &str) -> Result<Option<EventType>, Error> {
        let id = vendor_id(id)?;
        self.one(self.idempotent("event_type", Method::GET, &["event-types", id.as_str()])?).await
    }

    /// Finds an event type by its name: `GET /event-types?name=`.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn find_event_type(&self, name: &EventTypeName) -> Result<Option<EventType>, Error> {
        let call =
            self.idempotent("find_event_type", Method::GET, &["event-types"])?.query("name", name.as_str());
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
        let call = self.idempotent("create_event_type", Method::POST, &["event-types"])?.json(&body)?;
        match self.client.send(call).await {
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
        let call = self.idempotent("set_event_type_active", Method::PUT, &["event-types", id.as_str()])?;
        // The answer's body is not documented, and nothing in it is needed.
        self.client.send(call.json(&serde_json::json!({ "active": active }))?).await.map(|_| ())
    }

    /// Deletes an event type: `DELETE /event-types/{id}`. One that is gone already is no error.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn delete_event_type(&self, id: &str) -> Result<(), Error> {
        let id = vendor_id(id)?;
        let call = self.idempotent("delete_event_type", Method::DELETE, &["event-types", id.as_str()])?;
        self.remove(call).await
    }

    /// Lists the invite settings of a channel: `GET /invite-settings?channel-id=`.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn invite_settings(&self, channel: &ResourceId) -> Result<Vec<InviteSetting>, Error> {
        let call = self.idempotent("invite_settings", Method::GET, &["invite-settings"])?;
        self.rows(call.query("channel-id", channel.as_str())).await
    }

    /// Reads an invite setting: `GET /invite-settings/{id}`. `None` where there is none of this id.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn invite_setting(&self, id: &str) -> Result<Option<InviteSetting>, Error> {
        let id = vendor_id(id)?;
        self.one(self.idempotent("invite_setting", Method::GET, &["invite-settings", id.as_str()])?).await
    }

    /// Changes an invite setting: `PATCH /invite-settings/{id}`. The answer's shape is disputed, so
    /// read the setting again to see what came of it.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn change_invite_setting(&self, id: &str, change: &InviteSettingChange) -> Result<(), Error> {
        let id = vendor_id(id)?;
        let call =
            self.idempotent("change_invite_setting", Method::PATCH, &["invite-settings", id.as_str()])?;
        self.client.send(call.json(change)?).await.map(|_| ())
    }

    /// Changes the invite settings of an event type in **all channels** of the account:
    /// `PATCH /invite-settings?event-type-id=`. Gives those that were changed: none, where eTrusted has
    /// not made them yet, which takes some seconds after the event type.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn change_invite_settings_everywhere(
        &self,
        event_type_id: &str,
        change: &InviteSettingChange,
    ) -> Result<Vec<InviteSetting>, Error> {
        let id = vendor_id(event_type_id)?;
        let call = self.idempotent("change_invite_settings", Method::PATCH, &["invite-settings"])?;
        self.rows(call.query("event-type-id", id.as_str()).json(change)?).await
    }

    /// Lists the templates of mails and questionnaires: `GET /templates`.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn templates(&self, filter: &TemplateFilter) -> Result<Vec<Template>, Error> {
        let mut call = self.idempotent("templates", Method::GET, &["templates"])?;
        for (name, value) in filter.query() {
            call = call.query(name, &value);
        }
        self.client.send_json::<Templates>(call).await.map(|Templates(templates)| templates)
    }

    /// Reads a template: `GET /templates/{id}`. `None` where there is none of this id.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn template(&self, id: &str) -> Result<Option<Template>, Error> {
        let id = vendor_id(id)?;
        self.one(self.idempotent("template", Method::GET, &["templates", id.as_str()])?).await
    }

    /// Reads a template in one language: `GET /templates/{id}/locales/{locale}`. `None` where there is
    /// none. The locale is of the form `nl_NL`; the answer is not documented.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn template_in(&self, id: &str, locale: &str) -> Result<Option<Raw>, Error> {
        let id = vendor_id(id)?;
        let locale = ResourceId::new(locale).map_err(|_| {
            Error::invalid(vec![FieldError::new("locale", "expected a language and a country, like nl_NL")])
        })?;
        let path = ["templates", id.as_str(), "locales", locale.as_str()];
        self.one(self.idempotent("template_in", Method::GET, &path)?).await
    }
}

/// Which templates are listed. Values of `type` and `transport` are not documented.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct TemplateFilter {
    /// `type`.
    pub kind: Option<String>,
    /// `transport`.
    pub transport: Option<String>,
    /// `version`, of the form `2.1`.
    pub version: Option<String>,
    /// Those that eTrusted made for all accounts, or those it did not.
    pub is_global: Option<bool>,
    /// Those that are taken where none is chosen, or the others.
    pub is_default: Option<bool>,
    /// Those in several languages, or the others.
    pub has_translations: Option<bool>,
}

impl TemplateFilter {
    /// All templates.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    fn query(&self) -> Vec<(&'static str, String)> {
        let texts = [("type", &self.kind), ("transport", &self.transport), ("version", &self.version)];
        let switches = [
            ("isGlobal", self.is_global),
            ("isDefault", self.is_default),
            ("hasTranslations", self.has_translations),
        ];
        let texts = texts.into_iter().filter_map(|(name, text)| Some((name, text.clone()?)));
        texts.chain(switches.into_iter().filter_map(|(name, on)| Some((name, on?.to_string())))).collect()
    }
}
