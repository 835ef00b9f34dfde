//! The list of invitations.

use chrono::{DateTime, Utc};
use review_http::lenient::or_default;
use serde::{Deserialize, Deserializer};

use super::text;
use super::time::amsterdam;

/// A page of the list. A list that is missing is not an empty one.
#[derive(Debug, Deserialize)]
pub(crate) struct Invitations {
    pub(crate) invitations: Vec<Invitation>,
}

/// An invitation of any customer. The address is not even parsed: nothing needs it.
#[derive(Debug, Deserialize)]
pub(crate) struct Invitation {
    /// INF: a text, as in the sample. A number is accepted as well.
    #[serde(default, deserialize_with = "text")]
    pub(crate) order: Option<String>,
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) datetimes: Moments,
}

#[derive(Debug, Default, Deserialize)]
pub(crate) struct Moments {
    #[serde(default, deserialize_with = "moment")]
    pub(crate) scheduled: Option<DateTime<Utc>>,
    /// `false` until it is sent.
    #[serde(default, deserialize_with = "moment")]
    pub(crate) sent: Option<DateTime<Utc>>,
}

fn moment<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<DateTime<Utc>>, D::Error> {
    Ok(or_default::<D, Option<String>>(deserializer)?.and_then(|text| amsterdam(&text)))
}
