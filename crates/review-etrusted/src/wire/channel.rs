//! Channels.

use review_http::lenient::or_default;
use serde::{Deserialize, Serialize};

/// A shop. Every member but the id is optional.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ChannelDetails {
    /// `chl-…`.
    pub id: String,
    /// The name.
    #[serde(default, deserialize_with = "or_default")]
    pub name: Option<String>,
    /// The postal address of the shop.
    #[serde(default, deserialize_with = "or_default")]
    pub address: Option<String>,
    /// `en_US`.
    #[serde(default, deserialize_with = "or_default")]
    pub locale: Option<String>,
    /// The address of the shop.
    #[serde(default, deserialize_with = "or_default")]
    pub url: Option<String>,
    /// The address of its logo.
    #[serde(default, deserialize_with = "or_default")]
    pub logo_url: Option<String>,
    /// `acc-…`.
    #[serde(default, deserialize_with = "or_default")]
    pub account_ref: Option<String>,
    /// Only the vendor's own connector knows it.
    #[serde(default, deserialize_with = "or_default")]
    pub state: Option<String>,
}

/// The body of `PUT /channels/{id}`. What a member that is left out does is not documented: send all
/// that are to stay.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ChannelUpdate {
    /// The name; required.
    pub name: String,
    /// The postal address of the shop.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// The address of the shop.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The address of its logo.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logo_url: Option<String>,
    /// `en_US`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub locale: Option<String>,
}

impl ChannelUpdate {
    /// An update that says the name and nothing else.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), address: None, url: None, logo_url: None, locale: None }
    }
}
