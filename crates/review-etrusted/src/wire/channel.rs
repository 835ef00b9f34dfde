//! Channels.

use review_http::lenient::or_default;
use serde::Deserialize;

/// A channel (shop).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct ChannelDetails {
    /// `chl-…`.
    pub id: String,
    /// The name.
    #[serde(default, deserialize_with = "or_default")]
    pub name: Option<String>,
}
