//! What a shop system's file reads of an order, and how an outcome is made of it.

use chrono::{DateTime, Utc};
use review_core::{Consent, Customer, EmailAddress, Order, OrderReference, Product};

use crate::customer::Details;
use crate::value::Fields;
use crate::{Invitee, NotInvited, Reason};

/// An order as read: each part on its own, so that every fault is found and not only the first.
pub(crate) struct Draft {
    pub(crate) reference: Reference,
    /// The rules that keep a customer from being invited: `Err` where one does.
    pub(crate) rules: Vec<Result<(), Reason>>,
    pub(crate) email: Result<EmailAddress, Reason>,
    pub(crate) consent: Result<Consent, Reason>,
    pub(crate) products: Result<Vec<Product>, Reason>,
    pub(crate) details: Details,
    pub(crate) placed_at: Option<DateTime<Utc>>,
    pub(crate) delivered_at: Option<DateTime<Utc>>,
}

impl Draft {
    /// Whom to invite, or every reason why not.
    pub(crate) fn outcome(self) -> Result<Invitee, NotInvited> {
        let mut reasons = Vec::new();
        for rule in self.rules {
            keep(rule, &mut reasons);
        }
        let email = keep(self.email, &mut reasons);
        let reference = keep(self.reference.checked(), &mut reasons);
        let consent = keep(self.consent, &mut reasons);
        let products = keep(self.products, &mut reasons);

        let mut reasons = reasons.into_iter();
        match (reasons.next(), email, reference, consent, products) {
            (None, Some(email), Some(reference), Some(consent), Some(products)) => {
                let mut order = Order::new(reference);
                if let Some(at) = self.placed_at {
                    order = order.with_placed_at(at);
                }
                if let Some(at) = self.delivered_at {
                    order = order.with_delivered_at(at);
                }
                Ok(Invitee {
                    customer: self.details.of(Customer::new(email)),
                    order: products.into_iter().fold(order, Order::with_product),
                    consent,
                })
            }
            // A missing part always left its reason.
            (first, ..) => Err(NotInvited::new(first.unwrap_or(Reason::NoReference), reasons)),
        }
    }
}

fn keep<T>(part: Result<T, Reason>, reasons: &mut Vec<Reason>) -> Option<T> {
    part.map_err(|reason| reasons.push(reason)).ok()
}

/// The order number: what can be used, and what is wrong with a better place for it.
pub(crate) struct Reference {
    usable: Option<OrderReference>,
    wrong: Option<Reason>,
}

impl Reference {
    /// The first candidate that can be used. A wrong one in front of it is remembered: the same
    /// order read again, then rightly, would have another number and be invited twice.
    pub(crate) fn first_of(candidates: impl IntoIterator<Item = Result<Option<String>, Reason>>) -> Self {
        let mut wrong = None;
        for candidate in candidates {
            match candidate {
                Ok(Some(number)) if !number.trim().is_empty() => match OrderReference::new(number) {
                    Ok(number) => return Self { usable: Some(number), wrong },
                    Err(fault) => {
                        let (at, problem) = ("order number".to_owned(), fault.problem().to_owned());
                        wrong = wrong.or(Some(Reason::Malformed { at, problem }));
                    }
                },
                Ok(_) => {}
                Err(reason) => wrong = wrong.or(Some(reason)),
            }
        }
        Self { usable: None, wrong }
    }

    /// The number for the record, even if it cannot be relied on.
    pub(crate) fn shown(&self) -> Option<String> {
        Some(self.usable.as_ref()?.as_str().to_owned())
    }

    fn checked(self) -> Result<OrderReference, Reason> {
        match (self.wrong, self.usable) {
            (Some(wrong), _) => Err(wrong),
            (None, usable) => usable.ok_or(Reason::NoReference),
        }
    }
}

/// The first usable address. Those before it may be missing, or relics such as a hash or `user@shop`.
pub(crate) fn first_email(order: &Fields<'_>, places: &[&str]) -> Result<EmailAddress, Reason> {
    let mut looked = Vec::new();
    for place in places {
        match order.text(place)? {
            None => looked.push(format!("{place} is missing or empty")),
            Some(text) => match EmailAddress::new(text) {
                Ok(address) => return Ok(address),
                Err(_) => looked.push(format!("{place} holds no address one can write to")),
            },
        }
    }
    Err(Reason::NoUsableEmail(looked.join(", ")))
}
