//! The parts of a request.

use chrono::{DateTime, Utc};
use review_core::model::{Customer, CustomerName, InviteRequest, Locale, Product, ProductName};
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
/// time in the past means "as soon as possible", as two public clients rely on.
pub(crate) fn send_time(time: DateTime<Utc>) -> String {
    time.format("%Y-%m-%dT%H:%M:%S").to_string()
}

pub(crate) fn name(request: &InviteRequest) -> Option<String> {
    request.customer().name().map(CustomerName::full)
}

pub(crate) fn locale(customer: &Customer) -> Option<String> {
    customer.locale().and_then(locale_name)
}

/// `ll-CC`.
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
