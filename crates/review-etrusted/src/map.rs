//! From the words of the contract to eTrusted's. No I/O.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use review_core::{Customer, CustomerName, Error, InviteKind, InviteRequest, Product, TemplateId, Warning};
use review_http::Personal;

use crate::config::{EtrustedConfig, PRODUCT_ONLY, STANDARD};
use crate::options::EtrustedOptions;
use crate::wire::{
    Channel, Event, EventCustomer, EventProduct, Invitee, LinkCustomer, NewInvite, NewInvites,
    NewQuestionnaireLink, Transaction,
};

/// A body, and what was left out of it.
pub(crate) struct Mapped<T> {
    pub(crate) body: T,
    pub(crate) warnings: Vec<Warning>,
}

pub(crate) fn event(request: &InviteRequest, config: &EtrustedConfig, channel: Channel) -> Mapped<Event> {
    let mut warnings = Vec::new();
    let mut event = Event::new(
        config.event_type.as_str(),
        customer(request.customer()),
        channel,
        transaction(request),
        config.system.clone(),
    );
    event.default_locale = locale(request.customer(), &mut warnings);
    event.estimated_delivery_date = request.order().estimated_delivery();
    event.metadata = metadata(request);
    event.created_at = request.options::<EtrustedOptions>().and_then(|options| options.happened_at);
    event.products = products(request);
    Mapped { body: event, warnings }
}

/// A mail that is ordered directly, with the templates of the mail and of the questionnaire.
pub(crate) fn direct(
    request: &InviteRequest,
    config: &EtrustedConfig,
    (invite_template, questionnaire_template): (&TemplateId, &TemplateId),
    channel: Channel,
    now: DateTime<Utc>,
) -> Result<Mapped<NewInvites>, Error> {
    let mut warnings = Vec::new();
    let send_time = request.send_at().moment(request.order(), now);
    let send_time = send_time.map_err(|fault| Error::invalid(vec![fault]))?;
    let name = request.customer().name();
    let mut invitee = Invitee::new(request.customer().email().as_str());
    invitee.first_name = name.and_then(first_name);
    invitee.last_name = name.and_then(last_name);
    let invite_template = request.template().unwrap_or(invite_template);
    let mut invite = NewInvite::new(
        questionnaire_template.as_str(),
        invite_template.as_str(),
        invitee,
        transaction(request),
    );
    invite.locale = locale(request.customer(), &mut warnings);
    invite.products = products(request);
    invite.metadata = metadata(request);
    // What a time in the past does is not documented. It means "as soon as possible" here.
    invite.preferred_send_time = send_time.map(|time| time.max(now));
    if request.options::<EtrustedOptions>().is_some_and(|options| options.happened_at.is_some()) {
        let message = "left out: a mail that is ordered directly has no event that happened";
        warnings.push(Warning::new("options.happened_at", message));
    }
    let body = NewInvites::new(channel, config.system.clone(), vec![invite]);
    Ok(Mapped { body, warnings })
}

/// A link. Its event type is left out, so that it is `link_generation`: the vendor notes an event for
/// each link, and one of a type with invite settings might lead to a mail.
pub(crate) fn link(
    request: &InviteRequest,
    config: &EtrustedConfig,
    channel: Channel,
) -> Mapped<NewQuestionnaireLink> {
    let EventCustomer { first_name, last_name, email, address, mobile, .. } = customer(request.customer());
    let mut link_customer = LinkCustomer::new(email);
    link_customer.first_name = first_name;
    link_customer.last_name = last_name;
    link_customer.address = address;
    link_customer.mobile = mobile;
    let template = questionnaire(request.kind(), config);
    let mut link = NewQuestionnaireLink::new(
        template,
        link_customer,
        channel,
        transaction(request),
        config.system.clone(),
    );
    link.products = products(request);
    link.metadata = metadata(request);
    let language = request.customer().locale().map(|wanted| {
        let message =
            format!("left out: a link has no language ({wanted} was wished for); the channel's decides");
        Warning::new("customer.locale", message)
    });
    Mapped { body: link, warnings: language.into_iter().collect() }
}

/// The questionnaire of a link. The documentation names five that every account has. That "Standard"
/// asks about the products too, where a link has some, is inferred from there being a "Product only".
fn questionnaire(kind: InviteKind, config: &EtrustedConfig) -> &str {
    match (&config.questionnaire_template, kind) {
        (Some(template), _) => template.as_str(),
        (None, InviteKind::Product) => PRODUCT_ONLY,
        (None, _) => STANDARD,
    }
}

fn transaction(request: &InviteRequest) -> Transaction {
    let order = request.order();
    Transaction { reference: order.reference().as_str().to_owned(), date: order.placed_at() }
}

fn metadata(request: &InviteRequest) -> BTreeMap<String, Personal> {
    let metadata = request.order().metadata().iter();
    metadata.map(|(key, value)| (key.clone(), Personal::new(value))).collect()
}

/// Without products nothing leads to a product invitation, whatever settings and templates say.
fn products(request: &InviteRequest) -> Vec<EventProduct> {
    let products = request.order().products().iter();
    products.filter(|_| request.kind().asks_for_products()).map(product).collect()
}

fn customer(customer: &Customer) -> EventCustomer {
    let personal = |text: &str| Personal::new(text);
    let mut mapped = EventCustomer::new(customer.email().as_str());
    mapped.first_name = customer.name().and_then(first_name);
    mapped.last_name = customer.name().and_then(last_name);
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

fn last_name(name: &CustomerName) -> Option<Personal> {
    name.last().map(Personal::new)
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
