//! Events.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use review_http::Personal;
use review_http::lenient::or_default;
use serde::{Deserialize, Serialize};

use super::time;

/// The body of `POST /events`: something happened to an order. Members that are `None` or empty are
/// left out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Event {
    /// The name of an existing, active event type.
    #[serde(rename = "type")]
    pub event_type: String,
    /// `ll_CC`, such as `de_DE`: the language of mail and questionnaire; the channel's where missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_locale: Option<String>,
    /// Who ordered.
    pub customer: EventCustomer,
    /// The channel it belongs to.
    pub channel: Channel,
    /// The order.
    pub transaction: Transaction,
    /// The day the goods are expected to arrive, in the shop's zone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub estimated_delivery_date: Option<NaiveDate>,
    /// What was ordered; needed for product reviews.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub products: Vec<EventProduct>,
    /// The name of the calling system.
    pub system: String,
    /// Its version.
    pub system_version: String,
    /// Keys and values that come back on the event and on the review. The values do not show in `Debug`.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub metadata: BTreeMap<String, Personal>,
    /// When it happened.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "time")]
    pub created_at: Option<DateTime<Utc>>,
}

impl Event {
    /// An event with what is required.
    pub fn new(
        event_type: impl Into<String>,
        customer: EventCustomer,
        channel: Channel,
        transaction: Transaction,
        (system, system_version): (String, String),
    ) -> Self {
        Self {
            event_type: event_type.into(),
            default_locale: None,
            customer,
            channel,
            transaction,
            estimated_delivery_date: None,
            products: Vec::new(),
            system,
            system_version,
            metadata: BTreeMap::new(),
            created_at: None,
        }
    }
}

impl Event {
    pub(crate) fn personal_values(&self) -> Vec<String> {
        let customer = &self.customer;
        [&customer.first_name, &customer.last_name, &customer.address, &customer.mobile, &customer.reference]
            .into_iter()
            .flatten()
            .chain([&customer.email])
            .chain(self.metadata.values())
            .map(|value| value.as_str().to_owned())
            .collect()
    }
}

/// The customer of an event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct EventCustomer {
    /// The first name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_name: Option<Personal>,
    /// The last name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_name: Option<Personal>,
    /// The address the invitation goes to.
    pub email: Personal,
    /// The postal address in one line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<Personal>,
    /// The telephone number, with `+` and country code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mobile: Option<Personal>,
    /// The shop's own id of the customer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference: Option<Personal>,
}

impl EventCustomer {
    /// A customer of whom only the address is known.
    pub fn new(email: impl Into<Personal>) -> Self {
        Self {
            first_name: None,
            last_name: None,
            email: email.into(),
            address: None,
            mobile: None,
            reference: None,
        }
    }
}

/// The channel of an event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Channel {
    /// The id.
    pub id: String,
    /// `etrusted` for an id that eTrusted made, `user_defined` for one of the shop's own.
    #[serde(
        rename = "type",
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "or_default"
    )]
    pub kind: Option<String>,
}

/// The order of an event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transaction {
    /// The order or invoice number.
    pub reference: String,
    /// When the customer ordered.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        serialize_with = "time",
        deserialize_with = "or_default"
    )]
    pub date: Option<DateTime<Utc>>,
}

/// A product of an event.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct EventProduct {
    /// The name.
    pub name: String,
    /// The shop's key, under which eTrusted collects reviews.
    pub sku: String,
    /// The page of the product.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// A picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_url: Option<String>,
    /// EAN, UPC or ISBN.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gtin: Option<String>,
    /// The manufacturer's part number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mpn: Option<String>,
    /// The brand.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub brand: Option<String>,
}

/// The answer of `POST /events`. It means "queued", not "sent".
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct PostedEvent {
    /// The id of the event, `evt-…`.
    #[serde(rename = "EventRef")]
    pub event_ref: String,
}

/// The answer of `GET /events/{id}`: what can be read of it without knowing a person.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct StoredEvent {
    /// `evt-…`.
    pub id: String,
    /// The account, `acc-…`.
    #[serde(default, deserialize_with = "or_default")]
    pub account_ref: Option<String>,
    /// The name of the event type.
    #[serde(rename = "type", default, deserialize_with = "or_default")]
    pub event_type: Option<String>,
    /// The channel.
    #[serde(default, deserialize_with = "or_default")]
    pub channel: Option<Channel>,
    /// The order.
    #[serde(default, deserialize_with = "or_default")]
    pub transaction: Option<Transaction>,
    /// When it was taken.
    #[serde(default, deserialize_with = "or_default")]
    pub created_at: Option<DateTime<Utc>>,
}
