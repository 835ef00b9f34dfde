//! The parts of a request.

use chrono::{DateTime, Utc};
use review_core::model::{Customer, CustomerName, CustomerReference, InviteRequest, MetadataValue, Product};
use serde_json::{Map, Value, json};

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

pub(crate) fn transaction(request: &InviteRequest) -> Value {
    let order = request.order();
    json!({ "reference": order.reference().as_str(), "date": order.placed_at().map(date_time) })
}

/// Without products nothing leads to a product invitation, whatever settings and templates say.
pub(crate) fn products(request: &InviteRequest) -> Option<Vec<Value>> {
    let products = request.order().products();
    (request.kind().includes_products() && !products.is_empty())
        .then(|| products.iter().map(product).collect())
}

/// UNK: the limits of number, length and nesting. INF: the metadata is shown with the review.
pub(crate) fn metadata(request: &InviteRequest) -> Option<Map<String, Value>> {
    let metadata = request.order().metadata();
    let texts = metadata.iter().map(|(key, value)| (key.clone(), metadata_text(value).into()));
    (!metadata.is_empty()).then(|| texts.collect())
}

/// DIS: the documentation names `yyyy-MM-dd'T'HH:mm:ss.SSSZ`, and its samples vary in the fraction. UTC with three
/// digits and a literal `Z` is the one form that all of it allows.
pub(crate) fn date_time(time: DateTime<Utc>) -> String {
    time.format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
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
    Some(format!("{}_{}", locale.language(), locale.region()?))
}

/// The customer of an event or a link. UNK: a link has no documented member for the shop's own id of the customer.
/// INF: an event accepts any text as that id, although the documentation calls it a UUID.
pub(crate) fn customer(customer: &Customer, reference: Option<&CustomerReference>) -> Value {
    let (first, last) = names(customer);
    json!({
        "email": customer.email().as_str(),
        "firstName": first,
        "lastName": last,
        "address": customer.address().map(AsRef::<str>::as_ref),
        "mobile": customer.phone().map(AsRef::<str>::as_ref),
        "reference": reference.map(AsRef::<str>::as_ref),
    })
}

/// UNK: whether a direct invite accepts more of the customer; the one sample has names and email address.
fn names_and_email(customer: &Customer) -> Value {
    let (first, last) = names(customer);
    json!({ "email": customer.email().as_str(), "firstName": first, "lastName": last })
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

fn product(product: &Product) -> Value {
    json!({
        "sku": product.sku().as_str(),
        "name": product.name().as_str(),
        "url": product.url().map(AsRef::<str>::as_ref),
        "imageUrl": product.image_url().map(AsRef::<str>::as_ref),
        "gtin": product.gtin().map(AsRef::<str>::as_ref),
        "mpn": product.mpn().map(AsRef::<str>::as_ref),
        "brand": product.brand().map(AsRef::<str>::as_ref),
    })
}

/// An event. INF: the members without a value can be left out. UNK: the maximum lengths, and the maximum number of products.
pub(crate) fn event(
    etrusted: &Etrusted,
    channel: &Channel,
    request: &InviteRequest,
    event_time: Option<DateTime<Utc>>,
) -> Value {
    json!({
        "type": etrusted.event_type.as_str(),
        "defaultLocale": locale(request.customer()),
        "customer": customer(request.customer(), request.customer().reference()),
        "channel": channel.to_json(),
        "transaction": transaction(request),
        // INF: a day in the zone of the shop. Without "Apply trigger date" in the Control Centre it has no effect.
        "estimatedDeliveryDate": request.order().estimated_delivery().map(|day| day.to_string()),
        "products": products(request),
        "metadata": metadata(request),
        "system": etrusted.system.0,
        "systemVersion": etrusted.system.1,
        "createdAt": event_time.map(date_time),
    })
}

/// An email that is ordered directly.
pub(crate) fn invites(
    etrusted: &Etrusted,
    channel: &Channel,
    request: &InviteRequest,
    (template, questionnaire): (&InviteTemplateId, &QuestionnaireTemplateId),
    send_at: Option<DateTime<Utc>>,
) -> Value {
    json!({
        "channel": channel.to_json(),
        "system": etrusted.system.0,
        "systemVersion": etrusted.system.1,
        "invites": [{
            "questionnaireTemplate": { "id": questionnaire.as_str() },
            "template": { "id": template.as_str() },
            "customer": names_and_email(request.customer()),
            "locale": locale(request.customer()),
            "transaction": transaction(request),
            "products": products(request),
            "preferredSendTime": send_at.map(date_time),
            "metadata": metadata(request),
        }],
    })
}
