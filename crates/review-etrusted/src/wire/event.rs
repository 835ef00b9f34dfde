//! Events as eTrusted stores them.

use std::collections::BTreeMap;
use std::fmt;

use chrono::{DateTime, NaiveDate, Utc};
use review_http::Personal;
use review_http::lenient::or_default;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::request::date_time;

/// Defines a type of the response: members that are missing or of another type are `None` or empty.
macro_rules! stored {
    ($(#[$doc:meta])* $name:ident { $($(#[$member:meta])* $field:ident: $type:ty,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
        #[serde(rename_all = "camelCase", default)]
        #[non_exhaustive]
        pub struct $name {
            $($(#[$member])* #[serde(deserialize_with = "or_default")] pub $field: $type,)*
        }
    };
}

stored! {
    /// An event, with everything that eTrusted returns about it. `Debug` does not show the customer.
    StoredEvent {
        /// `evt-…`.
        id: Option<String>,
        /// `acc-…`.
        account_ref: Option<String>,
        /// The name of the event type.
        #[serde(rename = "type")]
        event_type: Option<String>,
        /// The locale of email and questionnaire, as `de_DE`. Without it the channel's applies.
        default_locale: Option<String>,
        /// The customer.
        customer: StoredCustomer,
        /// The channel, as the event named it.
        channel: EventChannel,
        /// The way the event took.
        tracking: EventTracking,
        /// The order.
        transaction: StoredTransaction,
        /// The day the goods are expected to arrive.
        estimated_delivery_date: Option<NaiveDate>,
        /// The products.
        products: Vec<StoredProduct>,
        /// The name of the calling system.
        system: Option<String>,
        /// Its version.
        system_version: Option<String>,
        /// The metadata. UNK: the types of its values.
        metadata: BTreeMap<String, StoredValue>,
        /// When the event happened.
        #[serde(serialize_with = "write_time")]
        created_at: Option<DateTime<Utc>>,
    }
}

stored! {
    /// The customer of an event.
    StoredCustomer {
        /// The address.
        email: Option<Personal>,
        /// The first name.
        first_name: Option<Personal>,
        /// The last name.
        last_name: Option<Personal>,
        /// The postal address.
        address: Option<Personal>,
        /// The phone number.
        mobile: Option<Personal>,
        /// The shop's own id of the customer.
        reference: Option<Personal>,
    }
}

stored! {
    /// The channel of an event.
    EventChannel {
        /// `chl-…`, or an id of the shop's own.
        id: Option<String>,
        /// `etrusted` or `user_defined`.
        #[serde(rename = "type")]
        kind: Option<String>,
    }
}

stored! {
    /// The way an event took to eTrusted.
    EventTracking {
        /// For example `PUBLIC_EVENTS_API`.
        client: Option<String>,
        /// `API`, `WIDGET`, `WEB_APP` or `MOBILE_APP`.
        medium: Option<String>,
    }
}

stored! {
    /// The order of an event.
    StoredTransaction {
        /// The order reference.
        reference: Option<String>,
        /// When the order was placed.
        #[serde(serialize_with = "write_time")]
        date: Option<DateTime<Utc>>,
    }
}

stored! {
    /// A product of an event.
    StoredProduct {
        /// The shop's id.
        sku: Option<String>,
        /// The name.
        name: Option<String>,
        /// The page.
        url: Option<String>,
        /// An image.
        image_url: Option<String>,
        /// EAN, UPC or ISBN.
        gtin: Option<String>,
        /// The manufacturer's part number.
        mpn: Option<String>,
        /// The brand.
        brand: Option<String>,
    }
}

/// A value of metadata. `Debug` does not show it: shops have been seen to put customers' notes there.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct StoredValue(pub Value);

impl fmt::Debug for StoredValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StoredValue([redacted])")
    }
}

fn write_time<S: serde::Serializer>(time: &Option<DateTime<Utc>>, serializer: S) -> Result<S::Ok, S::Error> {
    time.map(date_time).serialize(serializer)
}
