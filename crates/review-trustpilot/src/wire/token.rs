//! Access tokens.

use std::time::Duration;

use review_http::lenient::{or_default, seconds};
use serde::Deserialize;

/// The answer of the token end point. All but the access token is optional, numbers come as text, and
/// `issued_at` is not read: sources disagree on its unit.
#[derive(Deserialize)]
pub(crate) struct TokenAnswer {
    pub(crate) access_token: String,
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) refresh_token: Option<String>,
    #[serde(default, deserialize_with = "seconds")]
    pub(crate) expires_in: Option<Duration>,
}
