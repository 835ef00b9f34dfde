//! Makes eTrusted send an invitation for an event.

use std::time::Duration;

use review_core::{Error, ErrorKind, Result, RetryAdvice, ReviewInviteProvider, Sent};
use review_http::Id;

use crate::EtrustedProvider;
use crate::wire::{EventType, InviteConfiguration, InviteSetting, InviteSettingChange};

/// The waits for an invite setting to appear: those of the vendor's own connector come first. They
/// add up to 31 seconds.
const WAITS: [Duration; 6] = [
    Duration::from_millis(500),
    Duration::from_millis(1500),
    Duration::from_secs(3),
    Duration::from_secs(6),
    Duration::from_secs(8),
    Duration::from_secs(12),
];

/// What a set-up should come to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Setup {
    /// Days from the event to the mail; as they are where missing.
    pub delay_in_days: Option<u32>,
}

impl Setup {
    /// A set-up that leaves the delay as it is.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the days from the event to the mail.
    #[must_use]
    pub fn with_delay_in_days(mut self, days: u32) -> Self {
        self.delay_in_days = Some(days);
        self
    }
}

/// What a set-up found and did.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SetupOutcome {
    /// The id of the event type.
    pub event_type_id: String,
    /// The id of the invite setting.
    pub invite_setting_id: String,
    /// What was changed, in order; nothing where all was well.
    pub changes: Vec<SetupChange>,
    /// How many other active event types of the channel lead to invitations of the same kind: an order
    /// that passes through more than one of them leads to more than one mail.
    pub rivals: usize,
}

/// One thing that a set-up changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SetupChange {
    /// The event type was made.
    EventTypeCreated,
    /// The event type was switched on.
    EventTypeActivated,
    /// The invite setting was switched on, or its delay changed.
    InviteSettingChanged,
}

impl EtrustedProvider {
    /// Sees to it that events lead to mails: the event type exists and is active, and the invite
    /// setting of the channel asks for what the configuration says, with the wanted delay. It sends no
    /// mail, changes nothing that is right already, and may be run any number of times.
    ///
    /// An invite setting appears some seconds after its event type; this waits up to half a minute for it
    /// to appear, and as long for it to show the change.
    ///
    /// # Errors
    /// [`ErrorKind::Transient`] where the setting has not appeared or does not show the change yet: run
    /// it again. See [`Error`] for the others.
    pub async fn ensure_setup(&self, setup: Setup) -> Result<SetupOutcome> {
        let result = self.set_up(setup).await;
        result.map_err(|error| error.with_provider(self.info()).with_context("set-up"))
    }

    async fn set_up(&self, setup: Setup) -> Result<SetupOutcome> {
        let channel = &self.channel_id().await?;
        let mut changes = Vec::new();
        let event_type = self.event_type(&mut changes).await?;
        let setting = self.wait_for_setting(channel, &event_type, |_| true, "has not appeared").await?;
        if let Some(change) = self.difference(setup, &setting) {
            self.client().change_invite_setting(&setting.id, &change).await?;
            changes.push(SetupChange::InviteSettingChanged);
            let done = |setting: &InviteSetting| self.difference(setup, setting).is_none();
            self.wait_for_setting(channel, &event_type, done, "does not show the change").await?;
        }
        let rivals = self.rivals(channel, &setting).await?;
        Ok(SetupOutcome { event_type_id: event_type.id, invite_setting_id: setting.id, changes, rivals })
    }

    async fn event_type(&self, changes: &mut Vec<SetupChange>) -> Result<EventType> {
        let name = &self.client().config().event_type;
        let mut found = self.client().find_event_type(name).await?;
        if found.is_none() {
            found = match self.client().create_event_type(name).await? {
                None => self.client().find_event_type(name).await?,
                created => {
                    changes.push(SetupChange::EventTypeCreated);
                    created
                }
            };
        }
        let missing =
            || Error::new(ErrorKind::Unexpected, "an event type of this name exists, but is not listed");
        let event_type = found.ok_or_else(missing)?;
        if event_type.active {
            return Ok(event_type);
        }
        self.client().set_event_type_active(&event_type.id, true).await?;
        changes.push(SetupChange::EventTypeActivated);
        match self.client().find_event_type(name).await? {
            Some(event_type) if event_type.active => Ok(event_type),
            _ => Err(not_yet(&format!("the event type {name} is not active yet"))),
        }
    }

    async fn wait_for_setting(
        &self,
        channel: &Id,
        event_type: &EventType,
        ready: impl Fn(&InviteSetting) -> bool,
        otherwise: &str,
    ) -> Result<InviteSetting> {
        let mut waits = WAITS.into_iter();
        loop {
            let settings = self.client().invite_settings(channel).await?;
            let ours = |setting: &InviteSetting| {
                setting.event_type_id.as_deref() == Some(event_type.id.as_str())
                    && setting.channel_id.as_deref().is_none_or(|id| id == channel.as_str())
            };
            if let Some(setting) = settings.into_iter().find(|setting| ours(setting) && ready(setting)) {
                return Ok(setting);
            }
            let Some(wait) = waits.next() else {
                return Err(not_yet(&format!(
                    "the invite setting of event type {} {otherwise}",
                    event_type.name
                )));
            };
            tokio::time::sleep(wait).await;
        }
    }

    /// What has to be changed about a setting; nothing where it is as wanted.
    fn difference(&self, setup: Setup, setting: &InviteSetting) -> Option<InviteSettingChange> {
        let kind = self.client().config().asks_for;
        let part = |wanted: bool, found: Option<&InviteConfiguration>| {
            let found = found.cloned().unwrap_or_default();
            let right = found.enabled == Some(true)
                && setup.delay_in_days.is_none_or(|days| found.sending_delay_in_days == Some(days));
            (wanted && !right).then(|| InviteConfiguration {
                enabled: Some(true),
                sending_delay_in_days: setup.delay_in_days,
                ..InviteConfiguration::default()
            })
        };
        let change = InviteSettingChange {
            enabled: (setting.enabled == Some(false)).then_some(true),
            service_invite_configuration: part(
                kind.asks_for_service(),
                setting.service_invite_configuration.as_ref(),
            ),
            product_invite_configuration: part(
                kind.asks_for_products(),
                setting.product_invite_configuration.as_ref(),
            ),
        };
        (change != InviteSettingChange::default()).then_some(change)
    }

    /// How many other active event types lead to the same invitations in this channel.
    async fn rivals(&self, channel: &Id, setting: &InviteSetting) -> Result<usize> {
        let event_types = self.client().event_types().await?;
        let settings = self.client().invite_settings(channel).await?;
        let is_live = |other: &&InviteSetting| {
            let event_type =
                event_types.iter().find(|event_type| other.event_type_id.as_deref() == Some(&event_type.id));
            event_type.is_some_and(|event_type| event_type.active)
        };
        let others = settings.iter().filter(|other| other.id != setting.id && self.asks_for_the_same(other));
        Ok(others.filter(is_live).count())
    }

    fn asks_for_the_same(&self, setting: &InviteSetting) -> bool {
        let kind = self.client().config().asks_for;
        let on = |part: Option<&InviteConfiguration>| part.is_some_and(|part| part.enabled == Some(true));
        setting.enabled != Some(false)
            && ((kind.asks_for_service() && on(setting.service_invite_configuration.as_ref()))
                || (kind.asks_for_products() && on(setting.product_invite_configuration.as_ref())))
    }
}

/// Something the vendor does by itself, after a while.
fn not_yet(what: &str) -> Error {
    let message =
        format!("{what}; run the set-up again, and look at the channel's settings in the Control Centre");
    Error::new(ErrorKind::Transient, message)
        .with_sent(Sent::Answered)
        .with_retry_advice(RetryAdvice::After(Duration::from_secs(30)))
}
