//! An invite setting: whether and when an event of one type in one channel leads to emails.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::template::{INVITE_TEMPLATE, PRODUCT_QUESTIONNAIRE, SERVICE_QUESTIONNAIRE};
use crate::clock::{self, Deadline};

/// UNK: the prefix of the ids of invite settings. An invented one, as ids are opaque.
const ID_PREFIX: &str = "set-";

/// The Control Centre's default, in days. DIS: the plugins set 5.
const DEFAULT_DELAY: u64 = 7;

/// UNK: the form. That of the deprecated invite rules.
const DEFAULT_TIME_OF_DAY: &str = "10:00:00Z";

pub(super) struct Setting {
    pub(super) id: String,
    pub(super) channel: String,
    pub(super) event_type: String,
    /// When the vendor has created it: not immediately.
    pub(super) visible: Deadline,
    created: DateTime<Utc>,
    /// DIS: documented, and seen to switch a setting off if `false`; removed from the vendor's own connector in 2026.
    /// So it is not in a response until a client has set it, and from then on it counts.
    enabled: Option<bool>,
    pub(super) service: Plan,
    pub(super) product: Plan,
}

/// One of the two sub-configurations.
pub(super) struct Plan {
    pub(super) enabled: bool,
    pub(super) delay_days: u64,
    time_of_day: String,
    pub(super) invite_template: String,
    pub(super) questionnaire: String,
}

impl Setting {
    pub(super) fn new(channel: &str, event_type: &str, visible: Deadline, created: DateTime<Utc>) -> Self {
        Self {
            id: format!("{ID_PREFIX}{}", Uuid::new_v4()),
            channel: channel.to_owned(),
            event_type: event_type.to_owned(),
            visible,
            created,
            enabled: None,
            service: Plan::new(SERVICE_QUESTIONNAIRE),
            product: Plan::new(PRODUCT_QUESTIONNAIRE),
        }
    }

    /// Returns whether the setting sends anything at all.
    pub(super) fn is_on(&self) -> bool {
        self.enabled != Some(false)
    }

    /// The documented InviteSettingsAllFields.
    pub(super) fn print(&self) -> Value {
        let mut printed = json!({
            "id": self.id,
            "channelId": self.channel,
            "eventTypeId": self.event_type,
            "createdAt": clock::print(self.created),
            "productInviteConfiguration": self.product.print(),
            "serviceInviteConfiguration": self.service.print(),
        });
        if let (Some(enabled), Some(members)) = (self.enabled, printed.as_object_mut()) {
            members.insert("enabled".to_owned(), enabled.into());
        }
        printed
    }

    /// Applies the members of a checked PATCH body.
    ///
    /// UNK: whether template ids have to exist. Only their form is checked, because no error is documented for it.
    pub(super) fn patch(&mut self, body: &Value) {
        if let Some(enabled) = body.get("enabled").and_then(Value::as_bool) {
            self.enabled = Some(enabled);
        }
        if let Some(members) = body.get("serviceInviteConfiguration").and_then(Value::as_object) {
            self.service.patch(members);
        }
        if let Some(members) = body.get("productInviteConfiguration").and_then(Value::as_object) {
            self.product.patch(members);
        }
    }
}

impl Plan {
    fn new(questionnaire: &str) -> Self {
        Self {
            enabled: false,
            delay_days: DEFAULT_DELAY,
            time_of_day: DEFAULT_TIME_OF_DAY.to_owned(),
            invite_template: INVITE_TEMPLATE.to_owned(),
            questionnaire: questionnaire.to_owned(),
        }
    }

    fn print(&self) -> Value {
        json!({
            "enabled": self.enabled,
            "sendingDelayInDays": self.delay_days,
            "sendingTimeOfDay": self.time_of_day,
            "inviteTemplateId": self.invite_template,
            "questionnaireTemplateId": self.questionnaire,
        })
    }

    fn patch(&mut self, members: &Map<String, Value>) {
        if let Some(enabled) = members.get("enabled").and_then(Value::as_bool) {
            self.enabled = enabled;
        }
        if let Some(days) = members.get("sendingDelayInDays").and_then(Value::as_u64) {
            self.delay_days = days;
        }
        let replace = |target: &mut String, name: &str| {
            if let Some(text) = members.get(name).and_then(Value::as_str) {
                text.clone_into(target);
            }
        };
        replace(&mut self.time_of_day, "sendingTimeOfDay");
        replace(&mut self.invite_template, "inviteTemplateId");
        replace(&mut self.questionnaire, "questionnaireTemplateId");
    }
}
