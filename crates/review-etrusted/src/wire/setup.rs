//! Event types and invite settings.

use review_http::lenient::{number, or_default};
use serde::{Deserialize, Deserializer, Serialize};

/// A type of event. Events of an inactive type are not processed.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct EventType {
    /// `ety-…`.
    pub id: String,
    /// The name, as events contain it.
    pub name: String,
    /// Whether events of this type are processed; true for new ones.
    #[serde(default = "is_active", deserialize_with = "true_by_default")]
    pub active: bool,
}

fn is_active() -> bool {
    true
}

fn true_by_default<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    or_default(deserializer).map(|active: Option<bool>| active.unwrap_or(true))
}

/// UNK: the longest delay. A longer one than this counts as unknown when it is read, so none is set.
pub(crate) const MAX_DELAY_IN_DAYS: u32 = 36_500;

/// UNK: the documentation says "number": `5`, and perhaps `5.0`.
fn whole_days<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u32>, D::Error> {
    let days = number(deserializer)?.filter(|days| (0.0..=f64::from(MAX_DELAY_IN_DAYS)).contains(days));
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked above")]
    Ok(days.map(|days| days as u32))
}

/// The setting of one channel for one event type. eTrusted creates it a few seconds after the event type; it can be
/// changed, and not created.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct InviteSetting {
    /// The id.
    pub id: String,
    /// `chl-…`.
    #[serde(default, deserialize_with = "or_default")]
    pub channel_id: Option<String>,
    /// `ety-…`.
    #[serde(default, deserialize_with = "or_default")]
    pub event_type_id: Option<String>,
    /// Whether anything is sent at all. DIS: whether this member still exists.
    #[serde(default, deserialize_with = "or_default")]
    pub enabled: Option<bool>,
    /// Invitations to review the shop.
    #[serde(default, deserialize_with = "or_default")]
    pub service_invite_configuration: Option<InviteConfiguration>,
    /// Invitations to review products.
    #[serde(default, deserialize_with = "or_default")]
    pub product_invite_configuration: Option<InviteConfiguration>,
}

/// One half of an invite setting. Members that are `None` are not changed by an update.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct InviteConfiguration {
    /// Whether these invitations are sent.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "or_default")]
    pub enabled: Option<bool>,
    /// Days from the event to the email.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "whole_days")]
    pub sending_delay_in_days: Option<u32>,
    /// UNK: the form of the time of day. Set only what was read.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "or_default")]
    pub sending_time_of_day: Option<String>,
    /// The template of the email, `tpl-inv-…`.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "or_default")]
    pub invite_template_id: Option<String>,
    /// The template of the questionnaire, `tpl-qst-…`.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "or_default")]
    pub questionnaire_template_id: Option<String>,
}

/// The body of a `PATCH` of invite settings.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct InviteSettingUpdate {
    /// DIS: set it only to `true`, and only if the setting has `false`: `false` has been seen to
    /// switch off everything, and newer clients no longer send it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
    /// Invitations to review the shop.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service_invite_configuration: Option<InviteConfiguration>,
    /// Invitations to review products.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub product_invite_configuration: Option<InviteConfiguration>,
}

#[cfg(test)]
mod tests {
    use super::super::page::Rows;
    use super::*;

    #[test]
    fn invalid_row_does_not_hide_the_others() {
        let json = r#"[{"name":"no id"}, 7, {"id":"ety-1","name":"a","active":null,"updatedAt":5}, {"id":"ety-2","name":"b","active":false}]"#;
        let Rows(rows) = serde_json::from_str::<Rows<EventType>>(json).unwrap();
        let read: Vec<_> = rows.iter().map(|row| (row.id.as_str(), row.active)).collect();
        assert_eq!(read, [("ety-1", true), ("ety-2", false)]);
        let Rows(one) = serde_json::from_str::<Rows<EventType>>(r#"{"id":"ety-1","name":"a"}"#).unwrap();
        assert_eq!(one.len(), 1);
        assert!(serde_json::from_str::<Rows<EventType>>("\"no\"").is_err());
    }

    #[test]
    fn delay_is_parsed_from_every_form_of_number() {
        for (days, expected) in [
            ("5", Some(5)),
            ("5.0", Some(5)),
            ("\"5\"", Some(5)),
            ("-1", None),
            ("1e99", None),
            ("null", None),
            ("[]", None),
        ] {
            let json = format!(r#"{{"enabled":true,"sendingDelayInDays":{days},"sendingTimeOfDay":{{}}}}"#);
            let read: InviteConfiguration = serde_json::from_str(&json).unwrap();
            assert_eq!(
                (read.enabled, read.sending_delay_in_days, read.sending_time_of_day),
                (Some(true), expected, None),
                "{days}"
            );
        }
    }
}
