//! From the words of the contract to eTrusted's. No I/O.

use review_core::{Customer, CustomerName, InviteRequest, Product, Warning};
use review_http::Personal;

use crate::config::EtrustedConfig;
use crate::options::EtrustedOptions;
use crate::wire::{Channel, Event, EventCustomer, EventProduct, Transaction};

/// An event, and what was left out of it.
pub(crate) struct Mapped {
    pub(crate) event: Event,
    pub(crate) warnings: Vec<Warning>,
}

pub(crate) fn event(request: &InviteRequest, config: &EtrustedConfig, channel: Channel) -> Mapped {
    let mut warnings = Vec::new();
    let order = request.order();
    let transaction =
        Transaction { reference: order.reference().as_str().to_owned(), date: order.placed_at() };
    let customer = customer(request.customer());
    let mut event =
        Event::new(config.event_type.as_str(), customer, channel, transaction, config.system.clone());
    event.default_locale = locale(request.customer(), &mut warnings);
    event.estimated_delivery_date = order.estimated_delivery();
    event.metadata =
        order.metadata().iter().map(|(key, value)| (key.clone(), Personal::new(value))).collect();
    event.created_at = request.options::<EtrustedOptions>().and_then(|options| options.happened_at);
    // Without products an event leads to no product invitation, whatever the settings say.
    if request.kind().asks_for_products() {
        event.products = order.products().iter().map(product).collect();
    }
    Mapped { event, warnings }
}

fn customer(customer: &Customer) -> EventCustomer {
    let personal = |text: &str| Personal::new(text);
    let mut mapped = EventCustomer::new(customer.email().as_str());
    mapped.first_name = customer.name().and_then(first_name);
    mapped.last_name = customer.name().and_then(CustomerName::last).map(personal);
    mapped.address = customer.address().map(|address| personal(address.as_str()));
    mapped.mobile = customer.phone().map(|phone| personal(phone.as_str()));
    mapped.reference = customer.reference().map(|reference| personal(reference.as_str()));
    mapped
}

/// A name in one piece goes into the first name, since a greeting of first and last name then reads
/// right; splitting it would guess.
fn first_name(name: &CustomerName) -> Option<Personal> {
    match name {
        CustomerName::Full(whole) => Some(Personal::new(whole.as_str())),
        name => name.first().map(Personal::new),
    }
}

/// `ll_CC`. A locale that names no country, and for which none is known, is left out, so that the
/// channel's decides: a made-up one such as `en_EN` has been seen to lose invitations.
fn locale(customer: &Customer, warnings: &mut Vec<Warning>) -> Option<String> {
    let wanted = customer.locale()?;
    let whole = wanted.with_country(customer.country());
    if let Some((language, region)) =
        whole.as_ref().and_then(|locale| Some((locale.language(), locale.region()?)))
    {
        return Some(format!("{language}_{region}"));
    }
    let message = format!(
        "left out: {wanted} names no country, and none is known for it; the channel's locale decides"
    );
    warnings.push(Warning::new("customer.locale", message));
    None
}

fn product(product: &Product) -> EventProduct {
    EventProduct {
        name: product.name().as_str().to_owned(),
        sku: product.sku().as_str().to_owned(),
        url: product.url().map(ToString::to_string),
        image_url: product.image_url().map(ToString::to_string),
        gtin: product.gtin().map(ToString::to_string),
        mpn: product.mpn().map(ToString::to_string),
        brand: product.brand().map(ToString::to_string),
    }
}
