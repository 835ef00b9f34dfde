//! Event types and invite settings, and the token that opens them.

use std::time::Duration;

use review_http::lenient::{number, or_default, seconds};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize};

/// A kind of event. An inactive one takes no events.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct EventType {
    /// `ety-…`.
    pub id: String,
    /// The name that events carry.
    pub name: String,
    /// Whether events of this type are taken; new ones are.
    #[serde(default = "yes", deserialize_with = "yes_unless_said")]
    pub active: bool,
}

fn yes() -> bool {
    true
}

fn yes_unless_said<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    or_default(deserializer).map(|said: Option<bool>| said.unwrap_or(true))
}

/// "Number", says the documentation: `5`, and perhaps `5.0`.
fn whole_days<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u32>, D::Error> {
    let days = number(deserializer)?.filter(|days| (0.0..=36_500.0).contains(days));
    // The range leaves nothing to cut off but a fraction.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked above")]
    Ok(days.map(|days| days as u32))
}

/// What one channel does about one event type. eTrusted makes it a few seconds after the event type;
/// it can be changed and not made.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct InviteSetting {
    /// The id; its form is not established.
    pub id: String,
    /// `chl-…`.
    #[serde(default, deserialize_with = "or_default")]
    pub channel_id: Option<String>,
    /// `ety-…`.
    #[serde(default, deserialize_with = "or_default")]
    pub event_type_id: Option<String>,
    /// Whether anything goes out at all. Sources disagree on whether this member still exists.
    #[serde(default, deserialize_with = "or_default")]
    pub enabled: Option<bool>,
    /// Invitations to review the shop.
    #[serde(default, deserialize_with = "or_default")]
    pub service_invite_configuration: Option<InviteConfiguration>,
    /// Invitations to review products.
    #[serde(default, deserialize_with = "or_default")]
    pub product_invite_configuration: Option<InviteConfiguration>,
}

/// One half of an invite setting. Members that are `None` are left as they are in a change.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct InviteConfiguration {
    /// Whether these invitations go out.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "or_default")]
    pub enabled: Option<bool>,
    /// Days from the event to the mail.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "whole_days")]
    pub sending_delay_in_days: Option<u32>,
    /// The hour of the mail; its form is not established, so leave it unless it was read back.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "or_default")]
    pub sending_time_of_day: Option<String>,
    /// The template of the mail, `tpl-inv-…`.
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
pub struct InviteSettingChange {
    /// Set it only to `true`, and only where the setting shows it as `false`: `false` has been seen to
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

/// A list of things, of which those that cannot be read are left out: one odd row must not hide the
/// others. For two calls the documentation prints one thing where clients read a list.
pub(crate) struct Rows<T>(pub(crate) Vec<T>);

impl<'de, T: DeserializeOwned> Deserialize<'de> for Rows<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let rows = match serde_json::Value::deserialize(deserializer)? {
            serde_json::Value::Array(rows) => rows,
            row @ serde_json::Value::Object(_) => vec![row],
            _ => return Err(serde::de::Error::custom("neither a list nor an object")),
        };
        Ok(Self(rows.into_iter().filter_map(|row| serde_json::from_value(row).ok()).collect()))
    }
}

/// The answer of the token end point. There is no refresh token.
#[derive(Deserialize)]
pub(crate) struct TokenAnswer {
    pub(crate) access_token: String,
    #[serde(default, deserialize_with = "seconds")]
    pub(crate) expires_in: Option<Duration>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_odd_row_does_not_hide_the_others() {
        let json = r#"[{"name":"no id"}, 7, {"id":"ety-1","name":"a","active":null,"updatedAt":5}, {"id":"ety-2","name":"b","active":false}]"#;
        let Rows(rows) = serde_json::from_str::<Rows<EventType>>(json).unwrap();
        let read: Vec<_> = rows.iter().map(|row| (row.id.as_str(), row.active)).collect();
        assert_eq!(read, [("ety-1", true), ("ety-2", false)]);
        let Rows(one) = serde_json::from_str::<Rows<EventType>>(r#"{"id":"ety-1","name":"a"}"#).unwrap();
        assert_eq!(one.len(), 1);
        assert!(serde_json::from_str::<Rows<EventType>>("\"no\"").is_err());
    }

    #[test]
    fn days_are_read_in_every_form_of_a_number() {
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
