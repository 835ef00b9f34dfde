//! The parts of a request.

use chrono::{DateTime, SecondsFormat, Utc};
use review_core::model::{Customer, CustomerName, EmailAddress, InviteRequest, Locale, Product, ProductName};
use serde::Serialize;

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
    time.to_rfc3339_opts(SecondsFormat::Secs, true).trim_end_matches('Z').to_owned()
}

pub(crate) fn name(request: &InviteRequest) -> Option<String> {
    request.customer().name().map(CustomerName::full)
}

pub(crate) fn locale(customer: &Customer) -> Option<String> {
    customer.locale().and_then(locale_name)
}

/// `ll-CC`. UNK: what Trustpilot does with a locale that it does not know; `check_setup` warns.
pub(crate) fn locale_name(locale: &Locale) -> Option<String> {
    Some([locale.language(), "-", locale.region()?].concat())
}

/// A product in full.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ReviewableProduct<'a> {
    sku: &'a str,
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    product_url: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    image_url: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    brand: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mpn: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    gtin: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    product_category_google_id: Option<&'a str>,
}

pub(crate) fn reviewable_product<'a>(
    product: &'a Product,
    category: Option<&'a ProductName>,
) -> ReviewableProduct<'a> {
    ReviewableProduct {
        sku: product.sku().as_str(),
        name: product.name().as_str(),
        product_url: product.url().map(AsRef::as_ref),
        image_url: product.image_url().map(AsRef::as_ref),
        brand: product.brand().map(AsRef::as_ref),
        mpn: product.mpn().map(AsRef::as_ref),
        gtin: product.gtin().map(AsRef::as_ref),
        product_category_google_id: category.map(AsRef::as_ref),
    }
}

/// An invitation of one or two parts. DIS: an overview lists locale and template as needed, minimal samples have neither.
/// UNK: the maximum lengths, and the maximum number of products and tags.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Invitation<'a> {
    consumer_email: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    consumer_name: Option<String>,
    reference_number: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    locale: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    location_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reply_to: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sender_name: Option<&'a str>,
    /// UNK: the rules for an address of the shop's own domain.
    #[serde(skip_serializing_if = "Option::is_none")]
    sender_email: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    service_review_invitation: Option<ServicePart<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    product_review_invitation: Option<ProductPart<'a>>,
}

pub(crate) fn invitation<'a>(
    request: &'a InviteRequest,
    service_review_invitation: Option<ServicePart<'a>>,
    product_review_invitation: Option<ProductPart<'a>>,
) -> Invitation<'a> {
    let sender = request.sender();
    Invitation {
        consumer_email: request.customer().email().as_str(),
        consumer_name: name(request),
        reference_number: request.order().reference().as_str(),
        locale: locale(request.customer()),
        location_id: request.location().map(AsRef::as_ref),
        reply_to: request.reply_to().map(EmailAddress::as_str),
        sender_name: sender.and_then(|sender| sender.name.as_ref()).map(AsRef::as_ref),
        sender_email: sender.and_then(|sender| sender.email.as_ref()).map(EmailAddress::as_str),
        service_review_invitation,
        product_review_invitation,
    }
}

/// INF: a service part without any member is sent as an empty object; the account's settings decide.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ServicePart<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    template_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    preferred_send_time: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    redirect_uri: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tags: Option<Vec<&'a str>>,
}

pub(crate) fn service_part<'a>(
    request: &'a InviteRequest,
    template_id: Option<&'a str>,
    send_at: Option<DateTime<Utc>>,
    tags: Option<Vec<&'a str>>,
) -> ServicePart<'a> {
    let redirect_uri = request.redirect_url().map(AsRef::as_ref);
    ServicePart { template_id, preferred_send_time: send_at.map(send_time), redirect_uri, tags }
}

/// A product part: with the SKUs of the catalogue, or with the products in full.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ProductPart<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    template_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    preferred_send_time: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    redirect_uri: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    product_skus: Option<Vec<&'a str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    products: Option<Vec<ReviewableProduct<'a>>>,
}

pub(crate) fn product_part<'a>(
    request: &'a InviteRequest,
    template_id: Option<&'a str>,
    send_at: Option<DateTime<Utc>>,
    from_catalogue: bool,
) -> ProductPart<'a> {
    let products = request.order().products();
    let skus = || products.iter().map(|product| product.sku().as_str()).collect();
    let full = || products.iter().map(|product| reviewable_product(product, product.category())).collect();
    ProductPart {
        template_id,
        preferred_send_time: send_at.map(send_time),
        redirect_uri: request.redirect_url().map(AsRef::as_ref),
        product_skus: from_catalogue.then(skus),
        products: (!from_catalogue).then(full),
    }
}
