//! The parts of a request.

use chrono::{DateTime, Utc};
use review_core::model::{Customer, CustomerName, EmailAddress, InviteRequest, Locale, Product, ProductName};
use serde_json::{Value, json};

/// Members of the body that a preview shows: none of them contains personal data. A redirect may be a personal link.
pub(crate) const SHOWN: &[&str] = &[
    "locale",
    "locationId",
    "referenceNumber",
    "serviceReviewInvitation.templateId",
    "serviceReviewInvitation.preferredSendTime",
    "serviceReviewInvitation.tags",
    "productReviewInvitation.templateId",
    "productReviewInvitation.preferredSendTime",
    "productReviewInvitation.productSkus",
    "productReviewInvitation.products.sku",
    "productReviewInvitation.products.name",
    "productReviewInvitation.products.productUrl",
    "productReviewInvitation.products.imageUrl",
    "productReviewInvitation.products.brand",
    "productReviewInvitation.products.mpn",
    "productReviewInvitation.products.gtin",
    "productReviewInvitation.products.productCategoryGoogleId",
];

/// DIS: three forms are documented. UTC without a zone is that of the official support samples and of most clients. A
/// time in the past means "as soon as possible", as two public clients rely on. UNK: the latest time.
pub(crate) fn send_time(time: DateTime<Utc>) -> String {
    time.format("%Y-%m-%dT%H:%M:%S").to_string()
}

pub(crate) fn name(request: &InviteRequest) -> Option<String> {
    request.customer().name().map(CustomerName::full)
}

pub(crate) fn locale(customer: &Customer) -> Option<String> {
    customer.locale().and_then(locale_name)
}

/// `ll-CC`. UNK: what Trustpilot does with a locale that it does not know; `check_setup` warns.
pub(crate) fn locale_name(locale: &Locale) -> Option<String> {
    Some(format!("{}-{}", locale.language(), locale.region()?))
}

pub(crate) fn product_json(product: &Product, category: Option<&ProductName>) -> Value {
    json!({
        "sku": product.sku().as_str(),
        "name": product.name().as_str(),
        "productUrl": product.url().map(AsRef::<str>::as_ref),
        "imageUrl": product.image_url().map(AsRef::<str>::as_ref),
        "brand": product.brand().map(AsRef::<str>::as_ref),
        "mpn": product.mpn().map(AsRef::<str>::as_ref),
        "gtin": product.gtin().map(AsRef::<str>::as_ref),
        "productCategoryGoogleId": category.map(AsRef::<str>::as_ref),
    })
}

/// An invitation of one or two parts. DIS: an overview lists locale and template as needed, minimal samples have neither.
/// UNK: the maximum lengths, and the maximum number of products and tags.
pub(crate) fn invitation(request: &InviteRequest, service: Option<&Value>, product: Option<&Value>) -> Value {
    let sender = request.sender();
    json!({
        "consumerEmail": request.customer().email().as_str(),
        "consumerName": name(request),
        "referenceNumber": request.order().reference().as_str(),
        "locale": locale(request.customer()),
        "locationId": request.location().map(AsRef::<str>::as_ref),
        "replyTo": request.reply_to().map(EmailAddress::as_str),
        "senderName": sender.and_then(|sender| sender.name.as_ref()).map(AsRef::<str>::as_ref),
        // UNK: the rules for an address of the shop's own domain.
        "senderEmail": sender.and_then(|sender| sender.email.as_ref()).map(EmailAddress::as_str),
        "serviceReviewInvitation": service,
        "productReviewInvitation": product,
    })
}

/// INF: a service part without any member is sent as an empty object; the account's settings decide.
pub(crate) fn service_part(
    request: &InviteRequest,
    template: Option<&str>,
    send_at: Option<DateTime<Utc>>,
    tags: Option<&[&str]>,
) -> Value {
    json!({
        "templateId": template,
        "preferredSendTime": send_at.map(send_time),
        "redirectUri": request.redirect_url().map(AsRef::<str>::as_ref),
        "tags": tags,
    })
}

/// A product part: with the SKUs of the catalogue, or with the products in full.
pub(crate) fn product_part(
    request: &InviteRequest,
    template: Option<&str>,
    send_at: Option<DateTime<Utc>>,
    from_catalogue: bool,
) -> Value {
    let products = request.order().products();
    let skus = || products.iter().map(|product| product.sku().as_str()).collect::<Vec<_>>();
    let full =
        || products.iter().map(|product| product_json(product, product.category())).collect::<Vec<_>>();
    json!({
        "templateId": template,
        "preferredSendTime": send_at.map(send_time),
        "redirectUri": request.redirect_url().map(AsRef::<str>::as_ref),
        "productSkus": from_catalogue.then(skus),
        "products": (!from_catalogue).then(full),
    })
}
