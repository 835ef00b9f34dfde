//! What goes over the wire, in eTrusted's words.

mod event;
mod setup;

pub use event::{Channel, Event, EventCustomer, EventProduct, PostedEvent, StoredEvent, Transaction};
pub use setup::{ChannelDetails, EventType, InviteConfiguration, InviteSetting, InviteSettingChange};
pub(crate) use setup::{Rows, TokenAnswer};

use chrono::{DateTime, Utc};
use serde::Serializer;

/// The form of date-times. The documentation names `yyyy-MM-dd'T'HH:mm:ss.SSSZ`, and its samples vary
/// in the fraction; UTC with three digits and a literal `Z` is the one form that all of it allows.
pub(crate) const TIME_FORM: &str = "%Y-%m-%dT%H:%M:%S%.3fZ";

pub(crate) fn time<S: Serializer>(time: &Option<DateTime<Utc>>, serializer: S) -> Result<S::Ok, S::Error> {
    match time {
        Some(time) => serializer.collect_str(&time.format(TIME_FORM)),
        None => serializer.serialize_none(),
    }
}
