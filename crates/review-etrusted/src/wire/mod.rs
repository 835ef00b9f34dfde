//! What goes over the wire, in eTrusted's words.

mod channel;
mod event;
mod invite;
mod link;
mod page;
mod raw;
mod review;
mod setup;
mod template;

pub use channel::{ChannelDetails, ChannelUpdate};
pub use event::{Channel, Event, EventCustomer, EventProduct, PostedEvent, StoredEvent, Transaction};
pub use invite::{
    Invite, InviteConsent, InviteCustomer, InviteTransaction, Invitee, Mailbox, NewInvite, NewInvites,
    PostedInvites, TemplateRef,
};
pub use link::{LinkCustomer, NewQuestionnaireLink, QuestionnaireLink};
pub use page::Page;
pub use raw::Raw;
pub use review::{
    AggregateRating, EtrustedReview, NewVeto, RatingDistribution, RatingPeriod, RatingSpan, ReviewCount,
    ReviewCustomer, ReviewEvent, ReviewQuestionnaire, ReviewedProduct, VetoReason,
};
pub use setup::{EventType, InviteConfiguration, InviteSetting, InviteSettingChange};
pub(crate) use setup::{Rows, TokenAnswer};
pub use template::Template;
pub(crate) use template::Templates;

use chrono::{DateTime, Utc};
use review_http::Personal;
use serde::{Deserialize, Deserializer, Serializer};
use serde_json::Value;

/// The form of date-times. The documentation names `yyyy-MM-dd'T'HH:mm:ss.SSSZ`, and its samples vary
/// in the fraction; UTC with three digits and a literal `Z` is the one form that all of it allows.
pub(crate) const TIME_FORM: &str = "%Y-%m-%dT%H:%M:%S%.3fZ";

pub(crate) fn time<S: Serializer>(time: &Option<DateTime<Utc>>, serializer: S) -> Result<S::Ok, S::Error> {
    match time {
        Some(time) => serializer.collect_str(&time.format(TIME_FORM)),
        None => serializer.serialize_none(),
    }
}

/// Reads a personal text that may be a JSON number: telephone numbers are in the documentation's samples.
pub(crate) fn text_or_number<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Personal>, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::String(text) => Some(Personal::new(text)),
        Value::Number(number) => Some(Personal::new(number.to_string())),
        _ => None,
    })
}
