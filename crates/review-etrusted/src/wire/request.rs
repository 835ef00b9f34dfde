//! The parts of a request.

use std::collections::BTreeMap;

use chrono::{DateTime, SecondsFormat, Utc};
use review_core::model::{Customer, CustomerName, CustomerReference, InviteRequest, MetadataValue, Product};
use serde::Serialize;

use crate::config::{Channel, Etrusted, InviteTemplateId, QuestionnaireTemplateId};

/// Members of an event that a preview shows: none of them contains personal data.
pub(crate) const SHOWN_EVENT: &[&str] = &[
    "type",
    "defaultLocale",
    "channel.id",
    "channel.type",
    "transaction.reference",
    "transaction.date",
    "estimatedDeliveryDate",
    "system",
    "systemVersion",
    "createdAt",
    "products.sku",
    "products.name",
    "products.url",
    "products.imageUrl",
    "products.brand",
    "products.mpn",
    "products.gtin",
];
/// The same of an email that is ordered directly.
pub(crate) const SHOWN_INVITES: &[&str] = &[
    "channel.id",
    "channel.type",
    "system",
    "systemVersion",
    "invites.questionnaireTemplate.id",
    "invites.template.id",
    "invites.locale",
    "invites.transaction.reference",
    "invites.transaction.date",
    "invites.preferredSendTime",
    "invites.products.sku",
    "invites.products.name",
    "invites.products.url",
    "invites.products.imageUrl",
    "invites.products.brand",
    "invites.products.mpn",
    "invites.products.gtin",
];

/// The order.
#[derive(Serialize)]
pub(crate) struct Transaction<'a> {
    reference: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    date: Option<String>,
}

pub(crate) fn transaction(request: &InviteRequest) -> Transaction<'_> {
    let order = request.order();
    Transaction { reference: order.reference().as_str(), date: order.placed_at().map(date_time) }
}

/// Without products nothing leads to a product invitation, whatever settings and templates say.
pub(crate) fn products(request: &InviteRequest) -> Option<Vec<OrderedProduct<'_>>> {
    let products = request.order().products();
    (request.kind().includes_products() && !products.is_empty())
        .then(|| products.iter().map(product).collect())
}

/// UNK: the limits of number, length and nesting. INF: the metadata is shown with the review.
pub(crate) fn metadata(request: &InviteRequest) -> Option<BTreeMap<&str, String>> {
    let metadata = request.order().metadata();
    let texts = metadata.iter().map(|(key, value)| (key.as_str(), metadata_text(value)));
    (!metadata.is_empty()).then(|| texts.collect())
}

/// DIS: the documentation names `yyyy-MM-dd'T'HH:mm:ss.SSSZ`, and its samples vary in the fraction. UTC with three
/// digits and a literal `Z` is the one form that all of it allows.
pub(crate) fn date_time(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// INF: all samples map texts to texts.
fn metadata_text(value: &MetadataValue) -> String {
    match value {
        MetadataValue::Boolean(value) => value.to_string(),
        MetadataValue::Integer(number) => number.to_string(),
        MetadataValue::Decimal(number) => number.to_string(),
        MetadataValue::Text(text) => text.clone(),
        _ => String::new(),
    }
}

/// `ll_CC`. Capabilities leave out a locale without a country: a made-up one such as `en_EN` has been seen to lose
/// invitations.
fn locale(customer: &Customer) -> Option<String> {
    let locale = customer.locale()?;
    Some([locale.language(), "_", locale.region()?].concat())
}

/// The customer of an event or a link. UNK: a link has no documented member for the shop's own id of the customer.
/// INF: an event accepts any text as that id, although the documentation calls it a UUID.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Recipient<'a> {
    email: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    first_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mobile: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reference: Option<&'a str>,
}

pub(crate) fn customer<'a>(
    customer: &'a Customer,
    reference: Option<&'a CustomerReference>,
) -> Recipient<'a> {
    Recipient {
        address: customer.address().map(AsRef::as_ref),
        mobile: customer.phone().map(AsRef::as_ref),
        reference: reference.map(AsRef::as_ref),
        ..names_and_email(customer)
    }
}

/// UNK: whether a direct invite accepts more of the customer; the one sample has names and email address.
fn names_and_email(customer: &Customer) -> Recipient<'_> {
    let (first_name, last_name) = names(customer);
    let email = customer.email().as_str();
    Recipient { email, first_name, last_name, address: None, mobile: None, reference: None }
}

/// INF: an absent name is left out rather than sent empty, as documented for links.
///
/// A name in one piece goes into the first name: a greeting then reads right, and splitting it would guess.
fn names(customer: &Customer) -> (Option<&str>, Option<&str>) {
    match customer.name() {
        Some(CustomerName::Full(full)) => (Some(full.as_str()), None),
        Some(name) => (name.first(), name.last()),
        None => (None, None),
    }
}

/// A product of the order.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct OrderedProduct<'a> {
    sku: &'a str,
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    image_url: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    gtin: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mpn: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    brand: Option<&'a str>,
}

fn product(product: &Product) -> OrderedProduct<'_> {
    OrderedProduct {
        sku: product.sku().as_str(),
        name: product.name().as_str(),
        url: product.url().map(AsRef::as_ref),
        image_url: product.image_url().map(AsRef::as_ref),
        gtin: product.gtin().map(AsRef::as_ref),
        mpn: product.mpn().map(AsRef::as_ref),
        brand: product.brand().map(AsRef::as_ref),
    }
}

/// The body of an event. INF: the members without a value can be left out. UNK: the maximum lengths, and the maximum
/// number of products.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Event<'a> {
    #[serde(rename = "type")]
    event_type: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    default_locale: Option<String>,
    customer: Recipient<'a>,
    channel: &'a Channel,
    transaction: Transaction<'a>,
    /// INF: a day in the zone of the shop. Without "Apply trigger date" in the Control Centre it has no effect.
    #[serde(skip_serializing_if = "Option::is_none")]
    estimated_delivery_date: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    products: Option<Vec<OrderedProduct<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    metadata: Option<BTreeMap<&'a str, String>>,
    system: &'a str,
    system_version: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    created_at: Option<String>,
}

pub(crate) fn event<'a>(
    etrusted: &'a Etrusted,
    channel: &'a Channel,
    request: &'a InviteRequest,
    event_time: Option<DateTime<Utc>>,
) -> Event<'a> {
    Event {
        event_type: etrusted.event_type.as_str(),
        default_locale: locale(request.customer()),
        customer: customer(request.customer(), request.customer().reference()),
        channel,
        transaction: transaction(request),
        estimated_delivery_date: request.order().estimated_delivery().map(|day| day.to_string()),
        products: products(request),
        metadata: metadata(request),
        system: &etrusted.system.0,
        system_version: &etrusted.system.1,
        created_at: event_time.map(date_time),
    }
}

/// The body of emails that are ordered directly.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Invites<'a> {
    channel: &'a Channel,
    system: &'a str,
    system_version: &'a str,
    invites: [Invite<'a>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Invite<'a> {
    questionnaire_template: Template<'a>,
    template: Template<'a>,
    customer: Recipient<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    locale: Option<String>,
    transaction: Transaction<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    products: Option<Vec<OrderedProduct<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    preferred_send_time: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    metadata: Option<BTreeMap<&'a str, String>>,
}

#[derive(Serialize)]
struct Template<'a> {
    id: &'a str,
}

pub(crate) fn invites<'a>(
    etrusted: &'a Etrusted,
    channel: &'a Channel,
    request: &'a InviteRequest,
    (template, questionnaire): (&'a InviteTemplateId, &'a QuestionnaireTemplateId),
    send_at: Option<DateTime<Utc>>,
) -> Invites<'a> {
    let invite = Invite {
        questionnaire_template: Template { id: questionnaire.as_str() },
        template: Template { id: template.as_str() },
        customer: names_and_email(request.customer()),
        locale: locale(request.customer()),
        transaction: transaction(request),
        products: products(request),
        preferred_send_time: send_at.map(date_time),
        metadata: metadata(request),
    };
    Invites { channel, system: &etrusted.system.0, system_version: &etrusted.system.1, invites: [invite] }
}
