//! Sets up the account so that events lead to emails.

use std::time::Duration;

use http::StatusCode;
use review_core::provider::{Finding, SetupReport, Severity};
use review_core::{Error, ErrorKind, FieldError, InviteKind, Result, RetryAdvice, SendState};
use review_http::ResourceId;
use review_http::vendor::{Api, is_response};

use crate::client::EtrustedClient;
use crate::config::{ChannelRef, Etrusted, InviteMode};
use crate::lookup::channel_id;
use crate::wire::setup::{
    EventType, InviteConfiguration, InviteSetting, InviteSettingUpdate, MAX_DELAY_IN_DAYS,
};

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

    /// Sets the days from the event to the email, at most 36,500.
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
    /// The ids of the invite settings: one, or one for each channel if the channel is configured by an id of the shop's
    /// own.
    pub invite_setting_ids: Vec<String>,
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
    /// The invite setting was updated, or those of all channels.
    InviteSettingUpdated,
}

/// Sets up the account, and describes the result for an operator.
pub(crate) async fn report(api: &Api<Etrusted>, delay_in_days: Option<u32>) -> Result<SetupReport> {
    let name = api.vendor().event_type.clone();
    let result = EtrustedClient(api.clone()).ensure_setup(SetupOptions { delay_in_days }).await?;
    let change = |change: &SetupChange| match change {
        SetupChange::EventTypeCreated => format!("the event type {name} was created"),
        SetupChange::EventTypeActivated => format!("the event type {name} was activated"),
        SetupChange::InviteSettingUpdated => format!("the invite setting of {name} was updated"),
    };
    let info = |message: String| Finding::new(Severity::Info, message, "");
    let mut findings: Vec<Finding> = result.changes.iter().map(change).map(info).collect();
    if findings.is_empty() {
        findings.push(info("the account was already set up; nothing was changed".to_owned()));
    }
    if result.competing_event_types > 0 {
        let message = format!(
            "{} other active event types lead to the same invitations: an order that passes through several of them \
             leads to several emails",
            result.competing_event_types
        );
        findings.push(Finding::new(Severity::Warning, message, "deactivate those that you do not use"));
    }
    Ok(SetupReport::new(findings))
}

impl EtrustedClient {
    /// Sets up event type and invite setting, so that an event leads to an email. It sends no email, and is
    /// idempotent: you can run it again at any time, also from several processes concurrently.
    ///
    /// A channel that is configured by an id of the shop's own cannot be distinguished from the others: the settings of
    /// **all** channels are then set up for the event type.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidRequest`] for a delay that is out of range, and [`ErrorKind::InvalidConfig`] for a new event
    /// type whose name eTrusted does not accept: then nothing was changed.
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
        if options.delay_in_days.is_some_and(|days| days > MAX_DELAY_IN_DAYS) {
            let message = format!("must be at most {MAX_DELAY_IN_DAYS}");
            return Err(Error::invalid([FieldError::new("delay_in_days", message)]));
        }
        let channel = match etrusted.channel {
            ChannelRef::UserDefined(_) => None,
            _ => Some(channel_id(&self.0).await?),
        };
        let channel = channel.as_ref();
        let mut changes = Vec::new();
        for _ in 0..MAX_ROUNDS {
            if let Some((event_type, setting_ids)) = self.ensure_once(options, channel, &mut changes).await? {
                let event_types = self.event_types().await?;
                if event_types.iter().any(|other| other.id == event_type.id) {
                    let settings = self.invite_settings(channel).await?;
                    let kind = etrusted.review_kind;
                    let competing =
                        competing_event_types(&event_types, &settings, &event_type, channel, kind).count();
                    return Ok(SetupResult {
                        event_type_id: event_type.id,
                        invite_setting_ids: setting_ids,
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
        channel: Option<&ResourceId>,
        changes: &mut Vec<SetupChange>,
    ) -> Result<Option<(EventType, Vec<String>)>> {
        let Some(event_type) = self.ensure_event_type(changes).await? else {
            return Ok(None);
        };
        let found = self.wait_for_settings(channel, &event_type, |_| true, "has not appeared").await?;
        let Some(settings) = found else {
            return Ok(None);
        };
        let updates = settings.iter().filter_map(|setting| {
            self.update_for(options, setting).map(|update| (setting.id.as_str(), update))
        });
        let updates: Vec<_> = updates.collect();
        if !updates.is_empty() {
            match self.update_all(channel, &event_type, &updates).await {
                Err(error) if is_response(&error, StatusCode::NOT_FOUND) => return Ok(None),
                result => result?,
            }
            changes.push(SetupChange::InviteSettingUpdated);
            let is_done = |setting: &InviteSetting| self.update_for(options, setting).is_none();
            let done = self.wait_for_settings(channel, &event_type, is_done, "does not show the update");
            if done.await?.is_none() {
                return Ok(None);
            }
        }
        Ok(Some((event_type, settings.into_iter().map(|setting| setting.id).collect())))
    }

    /// Updates the settings of one channel, or of all with one request.
    async fn update_all(
        &self,
        channel: Option<&ResourceId>,
        event_type: &EventType,
        updates: &[(&str, InviteSettingUpdate)],
    ) -> Result<()> {
        if channel.is_none() {
            let all =
                updates.iter().cloned().map(|(_, update)| update).reduce(|one, other| InviteSettingUpdate {
                    enabled: one.enabled.or(other.enabled),
                    service_invite_configuration: one
                        .service_invite_configuration
                        .or(other.service_invite_configuration),
                    product_invite_configuration: one
                        .product_invite_configuration
                        .or(other.product_invite_configuration),
                });
            return self.update_invite_settings_of(&event_type.id, &all.unwrap_or_default()).await;
        }
        for (id, update) in updates {
            self.update_invite_setting(id, update).await?;
        }
        Ok(())
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

    /// Waits until there are settings, and all of them are ready.
    async fn wait_for_settings(
        &self,
        channel: Option<&ResourceId>,
        event_type: &EventType,
        is_ready: impl Fn(&InviteSetting) -> bool,
        otherwise: &str,
    ) -> Result<Option<Vec<InviteSetting>>> {
        let mut waits = WAITS.into_iter();
        loop {
            let mut settings = self.invite_settings(channel).await?;
            settings.retain(|setting| belongs_to(setting, event_type, channel));
            if !settings.is_empty() && settings.iter().all(&is_ready) {
                return Ok(Some(settings));
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

/// Returns whether a setting is of this event type and channel, or of any channel.
pub(crate) fn belongs_to(
    setting: &InviteSetting,
    event_type: &EventType,
    channel: Option<&ResourceId>,
) -> bool {
    setting.event_type_id.as_deref() == Some(event_type.id.as_str()) && is_of_channel(setting, channel)
}

fn is_of_channel(setting: &InviteSetting, channel: Option<&ResourceId>) -> bool {
    channel.is_none_or(|channel| setting.channel_id.as_deref().is_none_or(|id| id == channel.as_str()))
}

pub(crate) fn is_enabled(half: Option<&InviteConfiguration>) -> bool {
    half.is_some_and(|half| half.enabled == Some(true))
}

/// Returns the other active event types of the channel that lead to the same invitations. INF: an order that passes
/// through two of them leads to two emails.
pub(crate) fn competing_event_types<'a>(
    event_types: &'a [EventType],
    settings: &'a [InviteSetting],
    ours: &'a EventType,
    channel: Option<&'a ResourceId>,
    kind: InviteKind,
) -> impl Iterator<Item = &'a EventType> {
    let competes = move |setting: &InviteSetting| {
        is_of_channel(setting, channel)
            && setting.enabled != Some(false)
            && ((kind.includes_service() && is_enabled(setting.service_invite_configuration.as_ref()))
                || (kind.includes_products() && is_enabled(setting.product_invite_configuration.as_ref())))
    };
    event_types.iter().filter(move |other| {
        let mut own = settings.iter().filter(|setting| belongs_to(setting, other, channel));
        other.active && other.id != ours.id && own.any(competes)
    })
}

fn not_ready(what: &str) -> Error {
    let message =
        format!("{what}; run ensure_setup again, and check the channel's settings in the Control Centre");
    Error::new(ErrorKind::Transient, message)
        .with_send_state(SendState::Responded)
        .with_retry_advice(RetryAdvice::After(Duration::from_secs(30)))
}
