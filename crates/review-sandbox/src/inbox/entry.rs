//! An entry of the inbox.

use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::exchange::RawExchange;
use crate::email::EmailKind;
use crate::host::Vendor;

/// An invitation that was asked for: an email to a customer, a review link, or a request for one that failed.
///
/// A request that asks for a service review and for product reviews leads to two entries if the vendor sends two emails
/// (Trustpilot, eTrusted).
///
/// Contains personal data on purpose, for tests and for people who look at the inbox; `Debug` leaves it out.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct InboxEntry {
    /// The number of the entry. Later entries have higher numbers.
    pub id: u64,
    /// The vendor that was called.
    pub vendor: Vendor,
    /// What the customer is asked to review; `None` if the request did not get far enough to decide it.
    pub kind: Option<EmailKind>,
    /// The customer's email address; empty if the request has none.
    pub recipient: String,
    /// The customer's name.
    pub name: Option<String>,
    /// The vendor's id of the shop: business unit (Trustpilot), channel (eTrusted), location (Kiyoh) or web shop
    /// (WebwinkelKeur). Empty if it is not known.
    pub shop: String,
    /// The name of the shop.
    pub shop_name: Option<String>,
    /// The order reference; empty if the request has none.
    pub reference: String,
    /// The products of the order, as far as the request names them.
    pub products: Vec<InboxProduct>,
    /// The language, in the vendor's own form.
    pub locale: Option<String>,
    /// The vendor's id of the email template.
    pub template: Option<String>,
    /// When the request arrived, in the sandbox's time.
    pub received_at: DateTime<Utc>,
    /// When the email goes out. `None`: there is none, or the account's own settings decide.
    pub send_at: Option<DateTime<Utc>>,
    /// The link in the email, or the link that was asked for.
    pub review_link: Option<String>,
    /// The settings of the account and the request that decided whether an email goes out, and when: pairs of name and
    /// value. Empty if the request was not accepted.
    pub setup: Vec<(String, String)>,
    /// Whether an email goes out, and why not. As of the time the entry was read.
    pub state: InboxState,
    /// The request and the response. Entries of one request share it.
    pub exchange: Arc<RawExchange>,
}

/// A product of an [`InboxEntry`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct InboxProduct {
    /// The shop's key of the product.
    pub sku: String,
    /// The name; empty if the catalogue has none.
    pub name: String,
    /// The page of the product; empty if the catalogue has none.
    pub url: String,
    /// The URL of an image.
    pub image_url: Option<String>,
}

/// The state of an [`InboxEntry`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum InboxState {
    /// An email goes out later.
    Scheduled,
    /// The email has gone out, by the sandbox's time.
    Sent,
    /// A review link was created. The vendor sends no email; the shop does.
    Link,
    /// The vendor accepted the request, and no email goes out, for this reason.
    NoEmail(String),
    /// The vendor did not accept the request, for this reason.
    NotAccepted(String),
}

impl InboxState {
    /// Returns the name of the state, as the control calls print it.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Scheduled => "scheduled",
            Self::Sent => "sent",
            Self::Link => "link",
            Self::NoEmail(_) => "no-email",
            Self::NotAccepted(_) => "not-accepted",
        }
    }

    /// Returns why no email goes out, as a sentence for people.
    #[must_use]
    pub fn reason(&self) -> Option<String> {
        match self {
            Self::Scheduled | Self::Sent => None,
            Self::Link => Some("link created; the shop sends the email".to_owned()),
            Self::NoEmail(reason) => Some(format!("accepted, but no email: {reason}")),
            Self::NotAccepted(reason) => Some(format!("not accepted: {reason}")),
        }
    }
}

impl fmt::Debug for InboxEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InboxEntry")
            .field("id", &self.id)
            .field("vendor", &self.vendor)
            .field("kind", &self.kind)
            .field("shop", &self.shop)
            .field("reference", &self.reference)
            .field("send_at", &self.send_at)
            .field("state", &self.state)
            .field("exchange", &self.exchange)
            .finish_non_exhaustive()
    }
}
