//! What is said of a customer besides the address. All of it is decoration: what is missing or wrong
//! is left out, and no order fails for it. Postal addresses are not read: nobody needs them here.

use html_escape::decode_html_entities;
use review_core::{CountryCode, Customer, CustomerName, CustomerReference, Locale, PersonName, PhoneNumber};

use crate::value::Fields;

/// The decorations of a customer.
pub(crate) struct Details {
    pub(crate) name: Option<CustomerName>,
    pub(crate) phone: Option<PhoneNumber>,
    pub(crate) locale: Option<Locale>,
    pub(crate) country: Option<CountryCode>,
    pub(crate) reference: Option<CustomerReference>,
}

impl Details {
    /// Adds them to a customer.
    pub(crate) fn of(self, mut customer: Customer) -> Customer {
        if let Some(name) = self.name {
            customer = customer.with_name(name);
        }
        if let Some(phone) = self.phone {
            customer = customer.with_phone(phone);
        }
        if let Some(locale) = self.locale {
            customer = customer.with_locale(locale);
        }
        if let Some(country) = self.country {
            customer = customer.with_country(country);
        }
        if let Some(reference) = self.reference {
            customer = customer.with_reference(reference);
        }
        customer
    }
}

/// The name in the first place that knows any part of it. Parts of different places are not mixed:
/// who pays and who receives may be two people. A name in one piece is the last resort.
pub(crate) fn name(order: &Fields<'_>, parts: &[(&str, &str)], whole: &[&str]) -> Option<CustomerName> {
    // Shops have been seen to store names as they stand in HTML: `Tom &amp; Jerry`.
    let person = |place: &str| PersonName::new(decode_html_entities(order.optional_text(place)?)).ok();
    let in_parts = |(first, last): &(&str, &str)| match (person(first), person(last)) {
        (Some(first), Some(last)) => Some(CustomerName::FirstAndLast(first, last)),
        (Some(first), None) => Some(CustomerName::First(first)),
        (None, Some(last)) => Some(CustomerName::Last(last)),
        (None, None) => None,
    };
    parts.iter().find_map(in_parts).or_else(|| {
        let name = whole.iter().find_map(|place| person(place))?;
        Some(CustomerName::Full(name))
    })
}

/// The first number with its country code. Without one nobody can say whose number it is.
pub(crate) fn phone(order: &Fields<'_>, places: &[&str]) -> Option<PhoneNumber> {
    let usable = |place: &&str| PhoneNumber::new(order.optional_text(place)?).ok();
    places.iter().find_map(usable)
}

/// The first country given by its two letters.
pub(crate) fn country(order: &Fields<'_>, places: &[&str]) -> Option<CountryCode> {
    let usable = |place: &&str| CountryCode::new(order.optional_text(place)?).ok();
    places.iter().find_map(usable)
}

/// The shop's key of the customer. 0 is WooCommerce's word for a guest.
pub(crate) fn reference(order: &Fields<'_>, places: &[&str]) -> Option<CustomerReference> {
    let key = |place: &&str| order.identifier(place).ok().flatten();
    let usable = |key: String| CustomerReference::new(key).ok();
    places.iter().filter_map(key).filter(|key| key != "0").find_map(usable)
}
