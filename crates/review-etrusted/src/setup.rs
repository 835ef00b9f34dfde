//! Makes eTrusted send an invitation for an event.

use std::time::Duration;

use http::StatusCode;
use review_core::{Error, ErrorKind, InviteKind, Result, RetryAdvice, ReviewInviteProvider, Sent};
use review_http::ResourceId;

use crate::client::answered;
use crate::config::Route;
use crate::provider::EtrustedProvider;
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

/// How often the cycle is walked anew when another process takes the event type away meanwhile.
const ROUNDS: usize = 5;
const BETWEEN_ROUNDS: Duration = Duration::from_millis(500);

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
    /// mail, changes nothing that is right already, and may be run any number of times, by several
    /// processes at once: whoever comes second uses what the first made, and what is taken away meanwhile
    /// is made again.
    ///
    /// An invite setting appears some seconds after its event type; this waits up to half a minute for it
    /// to appear, and as long for it to show the change.
    ///
    /// # Errors
    /// [`ErrorKind::Transient`] where the setting has not appeared or does not show the change yet: run
    /// it again. [`ErrorKind::Unsupported`] where mails are ordered directly. See [`Error`] for the others.
    pub async fn ensure_setup(&self, setup: Setup) -> Result<SetupOutcome> {
        let result = self.set_up(setup).await;
        result.map_err(|error| error.with_provider(self.info()).with_context("set-up"))
    }

    async fn set_up(&self, setup: Setup) -> Result<SetupOutcome> {
        if matches!(self.client().config().route, Route::Direct { .. }) {
            let instead =
                "mails that are ordered directly need no event type and no invite setting; run check_setup";
            return Err(Error::unsupported(self.info(), "ensure_setup", instead));
        }
        let channel = &self.channel_id().await?;
        let mut changes = Vec::new();
        for _ in 0..ROUNDS {
            if let Some((event_type, setting)) = self.walk_the_cycle(setup, channel, &mut changes).await? {
                let event_types = self.client().event_types().await?;
                if event_types.iter().any(|other| other.id == event_type.id) {
                    let settings = self.client().invite_settings(channel).await?;
                    let kind = self.client().config().asks_for;
                    let rivals = rivals(&event_types, &settings, &event_type, channel, kind).count();
                    let (event_type_id, invite_setting_id) = (event_type.id, setting.id);
                    return Ok(SetupOutcome { event_type_id, invite_setting_id, changes, rivals });
                }
            }
            tokio::time::sleep(BETWEEN_ROUNDS).await;
        }
        let name = &self.client().config().event_type;
        Err(not_yet(&format!(
            "the event type {name} exists and is not listed, or is deleted again and again"
        )))
    }

    /// One round from the event type to its setting; nothing where another process took the event type
    /// away in between.
    async fn walk_the_cycle(
        &self,
        setup: Setup,
        channel: &ResourceId,
        changes: &mut Vec<SetupChange>,
    ) -> Result<Option<(EventType, InviteSetting)>> {
        let Some(event_type) = self.active_event_type(changes).await? else {
            return Ok(None);
        };
        let found = self.wait_for_setting(channel, &event_type, |_| true, "has not appeared").await?;
        let Some(setting) = found else {
            return Ok(None);
        };
        if let Some(change) = self.difference(setup, &setting) {
            match self.client().change_invite_setting(&setting.id, &change).await {
                Err(error) if answered(&error, StatusCode::NOT_FOUND) => return Ok(None),
                result => result?,
            }
            changes.push(SetupChange::InviteSettingChanged);
            let done = |setting: &InviteSetting| self.difference(setup, setting).is_none();
            if self.wait_for_setting(channel, &event_type, done, "does not show the change").await?.is_none()
            {
                return Ok(None);
            }
        }
        Ok(Some((event_type, setting)))
    }

    async fn active_event_type(&self, changes: &mut Vec<SetupChange>) -> Result<Option<EventType>> {
        let name = &self.client().config().event_type;
        let mut found = self.client().find_event_type(name).await?;
        if found.is_none() {
            found = match self.client().create_event_type(name).await? {
                // Another process made it a moment ago; it may also have gone again.
                None => self.client().find_event_type(name).await?,
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
        match self.client().set_event_type_active(&event_type.id, true).await {
            Err(error) if answered(&error, StatusCode::NOT_FOUND) => return Ok(None),
            result => result?,
        }
        changes.push(SetupChange::EventTypeActivated);
        match self.client().find_event_type(name).await? {
            Some(event_type) if !event_type.active => {
                Err(not_yet(&format!("the event type {name} is not active yet")))
            }
            found => Ok(found),
        }
    }

    /// The setting, once it is there and ready; nothing where its event type is gone.
    async fn wait_for_setting(
        &self,
        channel: &ResourceId,
        event_type: &EventType,
        ready: impl Fn(&InviteSetting) -> bool,
        otherwise: &str,
    ) -> Result<Option<InviteSetting>> {
        let mut waits = WAITS.into_iter();
        loop {
            let settings = self.client().invite_settings(channel).await?;
            let ours = |setting: &InviteSetting| belongs(setting, event_type, channel);
            if let Some(setting) = settings.into_iter().find(|setting| ours(setting) && ready(setting)) {
                return Ok(Some(setting));
            }
            if self.client().event_type(&event_type.id).await?.is_none() {
                return Ok(None);
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
}

/// Whether a setting is the one of this event type in this channel.
pub(crate) fn belongs(setting: &InviteSetting, event_type: &EventType, channel: &ResourceId) -> bool {
    setting.event_type_id.as_deref() == Some(event_type.id.as_str())
        && setting.channel_id.as_deref().is_none_or(|id| id == channel.as_str())
}

/// Whether half of a setting is switched on.
pub(crate) fn is_on(part: Option<&InviteConfiguration>) -> bool {
    part.is_some_and(|part| part.enabled == Some(true))
}

/// The other active event types that lead to invitations of the same kind in this channel.
pub(crate) fn rivals<'a>(
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
            && ((kind.asks_for_service() && is_on(other.service_invite_configuration.as_ref()))
                || (kind.asks_for_products() && is_on(other.product_invite_configuration.as_ref())))
    });
    others.filter_map(|other| {
        let mut event_types = event_types.iter();
        event_types.find(|found| found.active && other.event_type_id.as_deref() == Some(&found.id))
    })
}

/// Something the vendor does by itself, after a while.
fn not_yet(what: &str) -> Error {
    let message =
        format!("{what}; run the set-up again, and look at the channel's settings in the Control Centre");
    Error::new(ErrorKind::Transient, message)
        .with_sent(Sent::Answered)
        .with_retry_advice(RetryAdvice::After(Duration::from_secs(30)))
}
