//! Sets up the account so that events lead to emails.

use std::time::Duration;

use http::StatusCode;
use review_core::{Error, ErrorKind, InviteKind, Result, RetryAdvice, SendState};
use review_http::ResourceId;
use review_http::vendor::is_response;

use crate::client::EtrustedClient;
use crate::config::InviteMode;
use crate::lookup::channel_id;
use crate::wire::setup::{EventType, InviteConfiguration, InviteSetting, InviteSettingUpdate};

/// The waits for an invite setting to appear: those of the vendor's own connector come first. 31 seconds in all.
const WAITS: [Duration; 6] = [
    Duration::from_millis(500),
    Duration::from_millis(1500),
    Duration::from_secs(3),
    Duration::from_secs(6),
    Duration::from_secs(8),
    Duration::from_secs(12),
];

/// The number of times the setup starts again if another process deletes the event type meanwhile.
const MAX_ROUNDS: usize = 5;
const ROUND_DELAY: Duration = Duration::from_millis(500);

/// The desired result of a setup.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct SetupOptions {
    /// Days from the event to the email. `None`: not changed.
    pub delay_in_days: Option<u32>,
}

impl SetupOptions {
    /// Creates options that do not change the delay.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the days from the event to the email.
    #[must_use]
    pub fn with_delay_in_days(mut self, days: u32) -> Self {
        self.delay_in_days = Some(days);
        self
    }
}

/// The result of a setup.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SetupResult {
    /// The id of the event type.
    pub event_type_id: String,
    /// The id of the invite setting.
    pub invite_setting_id: String,
    /// The changes, in order. Empty if everything was already set up.
    pub changes: Vec<SetupChange>,
    /// The number of other active event types that lead to the same invitations. An order that passes through several of them
    /// leads to several emails.
    pub competing_event_types: usize,
}

/// A change of a setup.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SetupChange {
    /// The event type was created.
    EventTypeCreated,
    /// The event type was activated.
    EventTypeActivated,
    /// The invite setting was updated.
    InviteSettingUpdated,
}

impl EtrustedClient {
    /// Sets up event type and invite setting, so that an event leads to an email. It sends no email, and is
    /// idempotent: you can run it again at any time, also from several processes concurrently.
    ///
    /// # Errors
    /// [`ErrorKind::Transient`] if eTrusted does not show the result in time: run it again.
    /// [`ErrorKind::Unsupported`] for emails that are ordered directly, which need no setup.
    pub async fn ensure_setup(&self, options: SetupOptions) -> Result<SetupResult> {
        let client = Self(self.0.clone().for_operation("ensure_setup"));
        client.set_up(options).await.map_err(|error| client.0.named(error))
    }

    async fn set_up(&self, options: SetupOptions) -> Result<SetupResult> {
        let etrusted = self.0.vendor();
        if matches!(etrusted.mode, InviteMode::Direct { .. }) {
            let help =
                "emails that are ordered directly need no event type and no invite setting; run check_setup";
            return Err(self.0.unsupported(help));
        }
        let channel = &channel_id(&self.0).await?;
        let mut changes = Vec::new();
        for _ in 0..MAX_ROUNDS {
            if let Some((event_type, setting)) = self.ensure_once(options, channel, &mut changes).await? {
                let event_types = self.event_types().await?;
                if event_types.iter().any(|other| other.id == event_type.id) {
                    let settings = self.invite_settings(channel).await?;
                    let kind = etrusted.review_kind;
                    let competing =
                        competing_event_types(&event_types, &settings, &event_type, channel, kind).count();
                    return Ok(SetupResult {
                        event_type_id: event_type.id,
                        invite_setting_id: setting.id,
                        changes,
                        competing_event_types: competing,
                    });
                }
            }
            tokio::time::sleep(ROUND_DELAY).await;
        }
        let name = &etrusted.event_type;
        Err(not_ready(&format!("the event type {name} exists and is not listed, or is deleted repeatedly")))
    }

    /// Runs the setup once. Returns `None` if another process deleted something meanwhile.
    async fn ensure_once(
        &self,
        options: SetupOptions,
        channel: &ResourceId,
        changes: &mut Vec<SetupChange>,
    ) -> Result<Option<(EventType, InviteSetting)>> {
        let Some(event_type) = self.ensure_event_type(changes).await? else {
            return Ok(None);
        };
        let found = self.wait_for_setting(channel, &event_type, |_| true, "has not appeared").await?;
        let Some(setting) = found else {
            return Ok(None);
        };
        if let Some(update) = self.update_for(options, &setting) {
            match self.update_invite_setting(&setting.id, &update).await {
                Err(error) if is_response(&error, StatusCode::NOT_FOUND) => return Ok(None),
                result => result?,
            }
            changes.push(SetupChange::InviteSettingUpdated);
            let is_done = |setting: &InviteSetting| self.update_for(options, setting).is_none();
            let done = self.wait_for_setting(channel, &event_type, is_done, "does not show the update");
            if done.await?.is_none() {
                return Ok(None);
            }
        }
        Ok(Some((event_type, setting)))
    }

    async fn ensure_event_type(&self, changes: &mut Vec<SetupChange>) -> Result<Option<EventType>> {
        let name = &self.0.vendor().event_type;
        let mut found = self.find_event_type(name).await?;
        if found.is_none() {
            found = match self.create_event_type(name).await? {
                // Another process created it a moment ago; it may also be deleted again.
                None => self.find_event_type(name).await?,
                created => {
                    changes.push(SetupChange::EventTypeCreated);
                    created
                }
            };
        }
        let Some(event_type) = found else {
            return Ok(None);
        };
        if event_type.active {
            return Ok(Some(event_type));
        }
        match self.update_event_type(&event_type.id, true).await {
            Err(error) if is_response(&error, StatusCode::NOT_FOUND) => return Ok(None),
            result => result?,
        }
        changes.push(SetupChange::EventTypeActivated);
        match self.find_event_type(name).await? {
            Some(event_type) if !event_type.active => {
                Err(not_ready(&format!("the event type {name} is not active yet")))
            }
            found => Ok(found),
        }
    }

    async fn wait_for_setting(
        &self,
        channel: &ResourceId,
        event_type: &EventType,
        is_ready: impl Fn(&InviteSetting) -> bool,
        otherwise: &str,
    ) -> Result<Option<InviteSetting>> {
        let mut waits = WAITS.into_iter();
        loop {
            let settings = self.invite_settings(channel).await?;
            let is_ours = |setting: &InviteSetting| belongs_to(setting, event_type, channel);
            if let Some(setting) = settings.into_iter().find(|setting| is_ours(setting) && is_ready(setting))
            {
                return Ok(Some(setting));
            }
            if self.event_type(&event_type.id).await?.is_none() {
                return Ok(None);
            }
            let Some(wait) = waits.next() else {
                let name = &event_type.name;
                return Err(not_ready(&format!("the invite setting of event type {name} {otherwise}")));
            };
            tokio::time::sleep(wait).await;
        }
    }

    fn update_for(&self, options: SetupOptions, setting: &InviteSetting) -> Option<InviteSettingUpdate> {
        let kind = self.0.vendor().review_kind;
        let half = |wanted: bool, found: Option<&InviteConfiguration>| {
            let found = found.cloned().unwrap_or_default();
            let is_right = found.enabled == Some(true)
                && options.delay_in_days.is_none_or(|days| found.sending_delay_in_days == Some(days));
            (wanted && !is_right).then(|| InviteConfiguration {
                enabled: Some(true),
                sending_delay_in_days: options.delay_in_days,
                ..InviteConfiguration::default()
            })
        };
        let update = InviteSettingUpdate {
            enabled: (setting.enabled == Some(false)).then_some(true),
            service_invite_configuration: half(
                kind.includes_service(),
                setting.service_invite_configuration.as_ref(),
            ),
            product_invite_configuration: half(
                kind.includes_products(),
                setting.product_invite_configuration.as_ref(),
            ),
        };
        (update != InviteSettingUpdate::default()).then_some(update)
    }
}

pub(crate) fn belongs_to(setting: &InviteSetting, event_type: &EventType, channel: &ResourceId) -> bool {
    setting.event_type_id.as_deref() == Some(event_type.id.as_str())
        && setting.channel_id.as_deref().is_none_or(|id| id == channel.as_str())
}

pub(crate) fn is_enabled(half: Option<&InviteConfiguration>) -> bool {
    half.is_some_and(|half| half.enabled == Some(true))
}

/// Returns the other active event types of the channel that lead to the same invitations.
pub(crate) fn competing_event_types<'a>(
    event_types: &'a [EventType],
    settings: &'a [InviteSetting],
    ours: &'a EventType,
    channel: &'a ResourceId,
    kind: InviteKind,
) -> impl Iterator<Item = &'a EventType> {
    let others = settings.iter().filter(move |other| {
        other.event_type_id.as_deref() != Some(ours.id.as_str())
            && other.channel_id.as_deref().is_none_or(|id| id == channel.as_str())
            && other.enabled != Some(false)
            && ((kind.includes_service() && is_enabled(other.service_invite_configuration.as_ref()))
                || (kind.includes_products() && is_enabled(other.product_invite_configuration.as_ref())))
    });
    others.filter_map(|other| {
        let mut event_types = event_types.iter();
        event_types.find(|found| found.active && other.event_type_id.as_deref() == Some(&found.id))
    })
}

fn not_ready(what: &str) -> Error {
    let message =
        format!("{what}; run ensure_setup again, and check the channel's settings in the Control Centre");
    Error::new(ErrorKind::Transient, message)
        .with_send_state(SendState::Responded)
        .with_retry_advice(RetryAdvice::After(Duration::from_secs(30)))
}
