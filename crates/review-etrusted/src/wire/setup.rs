//! Channels, event types and invite settings, and the token that opens them.

use std::time::Duration;

use review_http::lenient_seconds;
use serde::{Deserialize, Serialize};

/// A shop. Every member but the id is optional.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ChannelDetails {
    /// `chl-…`.
    pub id: String,
    /// The name.
    #[serde(default)]
    pub name: Option<String>,
    /// `en_US`.
    #[serde(default)]
    pub locale: Option<String>,
    /// The address of the shop.
    #[serde(default)]
    pub url: Option<String>,
    /// `acc-…`.
    #[serde(default)]
    pub account_ref: Option<String>,
}

/// A kind of event. An inactive one takes no events.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct EventType {
    /// `ety-…`.
    pub id: String,
    /// The name that events carry.
    pub name: String,
    /// Whether events of this type are taken; new ones are.
    #[serde(default = "yes")]
    pub active: bool,
}

fn yes() -> bool {
    true
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
    #[serde(default)]
    pub channel_id: Option<String>,
    /// `ety-…`.
    #[serde(default)]
    pub event_type_id: Option<String>,
    /// Whether anything goes out at all. Sources disagree on whether this member still exists.
    #[serde(default)]
    pub enabled: Option<bool>,
    /// Invitations to review the shop.
    #[serde(default)]
    pub service_invite_configuration: Option<InviteConfiguration>,
    /// Invitations to review products.
    #[serde(default)]
    pub product_invite_configuration: Option<InviteConfiguration>,
}

/// One half of an invite setting. Members that are `None` are left as they are in a change.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct InviteConfiguration {
    /// Whether these invitations go out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
    /// Days from the event to the mail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sending_delay_in_days: Option<u32>,
    /// The hour of the mail; its form is not established, so leave it unless it was read back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sending_time_of_day: Option<String>,
    /// The template of the mail, `tpl-inv-…`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invite_template_id: Option<String>,
    /// The template of the questionnaire, `tpl-qst-…`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
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

/// One thing or a list of them: for two calls the documentation prints the one and clients read the
/// other.
#[derive(Deserialize)]
#[serde(untagged)]
pub(crate) enum OneOrMany<T> {
    Many(Vec<T>),
    One(T),
}

impl<T> OneOrMany<T> {
    pub(crate) fn into_vec(self) -> Vec<T> {
        match self {
            Self::Many(many) => many,
            Self::One(one) => vec![one],
        }
    }
}

/// The answer of the token end point. There is no refresh token.
#[derive(Deserialize)]
pub(crate) struct TokenAnswer {
    pub(crate) access_token: String,
    #[serde(default, deserialize_with = "lenient_seconds")]
    pub(crate) expires_in: Option<Duration>,
}
