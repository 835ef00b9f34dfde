//! The mails that would go out.

use std::collections::HashMap;
use std::fmt;

use chrono::{DateTime, Utc};

use crate::host::Vendor;

/// What a mail asks its reader to review.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EmailKind {
    /// The shop.
    Service,
    /// The products that were bought.
    Product,
    /// Both, in one e-mail (Kiyoh and WebwinkelKeur).
    ServiceAndProduct,
}

/// A mail the vendor would send. It is counted, never sent.
///
/// One accepted call may cause none, one or two. A call repeated causes the mail again at Trustpilot and eTrusted: neither
/// documents that it recognises a repeated order reference, so double sending shows here as two mails. Kiyoh recognises
/// the address, WebwinkelKeur the address and the order.
///
/// Holds the customer's address on purpose, for tests to compare; `Debug` leaves name and address out.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Email {
    /// Who would send it.
    pub vendor: Vendor,
    /// What it asks to review.
    pub kind: EmailKind,
    /// The customer's e-mail address, as it stood in the request.
    pub address: String,
    /// The customer's name: Trustpilot's `consumerName`, WebwinkelKeur's `customer_name`, or the first and last name of the
    /// others with a space between.
    pub name: Option<String>,
    /// The order reference: Trustpilot's `referenceNumber`, eTrusted's `transaction.reference`, Kiyoh's `ref_code`,
    /// WebwinkelKeur's `order`. Empty if the last two are missing.
    pub reference: String,
    /// The business unit id (Trustpilot), the channel id `chl-...` (eTrusted), the location id (Kiyoh), or the id of the web
    /// shop (WebwinkelKeur).
    pub shop: String,
    /// The event that caused it, `evt-...`; eTrusted only, and not for `POST /invites`.
    pub event: Option<String>,
    /// The language, in the vendor's own form; without one in the request, the channel's (eTrusted) or none.
    pub locale: Option<String>,
    /// The SKUs it asks about; empty for a service review.
    pub skus: Vec<String>,
    /// The template the mail is made from, if the request (Trustpilot, `POST /invites` of eTrusted) or the invite setting
    /// (eTrusted) names one.
    pub template: Option<String>,
    /// When it would go out, in UTC. `None`: the account's own settings decide (Trustpilot without a time).
    pub send_at: Option<DateTime<Utc>>,
}

impl fmt::Debug for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Email")
            .field("vendor", &self.vendor)
            .field("kind", &self.kind)
            .field("reference", &self.reference)
            .field("shop", &self.shop)
            .field("event", &self.event)
            .field("locale", &self.locale)
            .field("skus", &self.skus)
            .field("template", &self.template)
            .field("send_at", &self.send_at)
            .finish_non_exhaustive()
    }
}

/// All mails in order of acceptance, found by their order reference without a walk over all.
#[derive(Default)]
pub(crate) struct Emails {
    all: Vec<Email>,
    /// The places in `all`.
    by_reference: HashMap<String, Vec<usize>>,
}

impl Emails {
    pub(crate) fn all(&self) -> &[Email] {
        &self.all
    }

    pub(crate) fn of(&self, reference: &str) -> impl Iterator<Item = &Email> {
        let places = self.by_reference.get(reference).into_iter().flatten();
        places.filter_map(|place| self.all.get(*place))
    }

    pub(crate) fn counts(&self) -> HashMap<(Vendor, String), usize> {
        let mut counts = HashMap::new();
        for (reference, places) in &self.by_reference {
            for mail in places.iter().filter_map(|place| self.all.get(*place)) {
                *counts.entry((mail.vendor, reference.clone())).or_default() += 1;
            }
        }
        counts
    }
}

impl Extend<Email> for Emails {
    fn extend<I: IntoIterator<Item = Email>>(&mut self, mails: I) {
        for mail in mails {
            self.by_reference.entry(mail.reference.clone()).or_default().push(self.all.len());
            self.all.push(mail);
        }
    }
}
