//! What an endpoint knows about an invitation.

use chrono::{DateTime, Utc};

use super::entry::InboxProduct;
use crate::email::{Email, EmailKind};
use crate::host::Vendor;

/// An invitation, before the response to its request is known. Members as in [`InboxEntry`](super::entry::InboxEntry).
#[derive(Clone)]
pub(crate) struct Draft {
    pub(crate) vendor: Vendor,
    pub(crate) kind: Option<EmailKind>,
    pub(crate) recipient: String,
    pub(crate) name: Option<String>,
    pub(crate) shop: String,
    pub(crate) shop_name: Option<String>,
    pub(crate) reference: String,
    pub(crate) products: Vec<InboxProduct>,
    pub(crate) locale: Option<String>,
    pub(crate) template: Option<String>,
    pub(crate) review_link: Option<String>,
    pub(crate) setup: Vec<(String, String)>,
    pub(crate) result: Delivery,
}

/// What an accepted request leads to.
#[derive(Clone)]
pub(crate) enum Delivery {
    /// An email; `None`: the account's settings decide when.
    Email(Option<DateTime<Utc>>),
    /// A link that the shop sends.
    Link,
    /// No email, for this reason.
    NoEmail(String),
    /// The request was not accepted, for this reason.
    NotAccepted(String),
}

/// A setting that decided whether an email goes out, and when: its name and what it was.
pub(crate) fn setting(name: &str, value: impl Into<String>) -> (String, String) {
    (name.to_owned(), value.into())
}

impl Draft {
    /// Describes an email that goes out, or would if `result` were another.
    pub(crate) fn of(
        email: &Email,
        shop_name: &str,
        products: Vec<InboxProduct>,
        review_link: String,
        setup: Vec<(String, String)>,
        result: Delivery,
    ) -> Self {
        Self {
            vendor: email.vendor,
            kind: Some(email.kind),
            recipient: email.address.clone(),
            name: email.name.clone(),
            shop: email.shop.clone(),
            shop_name: Some(shop_name.to_owned()),
            reference: email.reference.clone(),
            products,
            locale: email.locale.clone(),
            template: email.template.clone(),
            review_link: matches!(result, Delivery::Email(_)).then_some(review_link),
            setup,
            result,
        }
    }

    /// Returns the approximate size in memory, in bytes.
    pub(super) fn size(&self) -> usize {
        let optional = |text: &Option<String>| text.as_ref().map_or(0, String::len);
        let products: usize = self
            .products
            .iter()
            .map(|product| {
                let texts = product.sku.len() + product.name.len() + product.url.len();
                texts + optional(&product.image_url) + size_of::<InboxProduct>()
            })
            .sum();
        let setup: usize = self.setup.iter().map(|(name, value)| name.len() + value.len()).sum();
        let reason = match &self.result {
            Delivery::NoEmail(reason) | Delivery::NotAccepted(reason) => reason.len(),
            Delivery::Email(_) | Delivery::Link => 0,
        };
        let texts = [&self.name, &self.shop_name, &self.locale, &self.template, &self.review_link];
        size_of::<Self>()
            + self.recipient.len()
            + self.shop.len()
            + self.reference.len()
            + texts.into_iter().map(optional).sum::<usize>()
            + products
            + setup
            + self.setup.len() * size_of::<(String, String)>()
            + reason
    }
}
