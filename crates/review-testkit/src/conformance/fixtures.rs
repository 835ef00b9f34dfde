//! The customer, the products and the dates of the suite's requests.

use chrono::{DateTime, NaiveTime, SubsecRound, TimeDelta, Utc};
use review_core::InviteRequest;
use review_core::model::{Consent, DelayFrom, InviteKind, InviteRequestBuilder, Product, ProductBuilder};

use super::WireField;

pub(super) const FIRST_NAME: &str = "Quetzalina";
pub(super) const LAST_NAME: &str = "Fitzcarraldo";
pub(super) const LOCALE: &str = "de-DE";
pub(super) const PHONE: &str = "+4917655500011";
pub(super) const ADDRESS: &str = "Kolibriweg 17, 12345 Vogelstadt";
pub(super) const CUSTOMER_REFERENCE: &str = "cus-4711-quetzal";
/// Part of every email address, so that any shown address is detected.
pub(super) const MAILBOX: &str = "quetzalina.fitzcarraldo";
/// A very long name with letters of several scripts, diacritics, an apostrophe, quotes and an emoji.
pub(super) const LONG_NAME: &str = "Zoë Ångström-O’Neil \"Nuñez\" 石川 Дарья Ağaoğlu 💐 van der Hummingbird-Featherstonehaugh \
                         zu Kolibri auf Blütenstaub und Nektar, née Fitzcarraldo";

/// The values of the product that has all of them.
pub(super) const PRODUCT: [(WireField, &str); 8] = [
    (WireField::Sku, "SKUCONFORM1"),
    (WireField::ProductName, "Hummingbird feeder"),
    (WireField::ProductUrl, "https://shop.example/hummingbird-feeder"),
    (WireField::ImageUrl, "https://shop.example/images/hummingbird-feeder.jpg"),
    (WireField::Gtin, "4006381333931"),
    (WireField::Mpn, "MPN-CONFORM-7"),
    (WireField::Brand, "Kolibri Works"),
    (WireField::Category, "Garden birds"),
];

/// Absent values, to remove a default of [`draft`].
pub(super) const NO_TEXT: Option<&str> = None;

/// Creates a draft with all customer fields. Each order has a separate email address.
pub(super) fn draft(reference: &str, kind: InviteKind) -> InviteRequestBuilder {
    let email = format!("{MAILBOX}.{reference}@example.com");
    InviteRequest::builder(email, reference, Consent::granted("conformance suite"))
        .first_name(FIRST_NAME)
        .last_name(LAST_NAME)
        .locale(LOCALE)
        .country("DE")
        .phone(PHONE)
        .address(ADDRESS)
        .customer_reference(CUSTOMER_REFERENCE)
        .kind(kind)
        .products(kind.includes_products().then(product))
}

/// Returns a product with all values.
pub(super) fn product() -> ProductBuilder {
    let [sku, name, url, image_url, gtin, mpn, brand, category] = PRODUCT.map(|(_, value)| value);
    let product = Product::builder(sku, name).url(url).image_url(image_url);
    product.gtin(gtin).mpn(mpn).brand(brand).category(category)
}

/// Returns a second product, without a URL.
pub(super) fn product_without_url() -> ProductBuilder {
    Product::builder("SKUCONFORM2", "Nectar").image_url("https://shop.example/images/nectar.jpg")
}

/// The dates of an order, in order. All are different days in the past.
pub(super) struct OrderDates(pub(super) [(WireField, DelayFrom, DateTime<Utc>); 5]);

impl OrderDates {
    pub(super) fn before(now: DateTime<Utc>) -> Self {
        let ago = |days| now.trunc_subsecs(0) - TimeDelta::days(days);
        // The model takes an estimated day as noon UTC.
        let noon = (ago(3).date_naive().and_time(NaiveTime::MIN) + TimeDelta::hours(12)).and_utc();
        Self([
            (WireField::PlacedAt, DelayFrom::Placed, ago(11)),
            (WireField::PaidAt, DelayFrom::Paid, ago(9)),
            (WireField::ShippedAt, DelayFrom::Shipped, ago(7)),
            (WireField::DeliveredAt, DelayFrom::Delivered, ago(5)),
            (WireField::EstimatedDelivery, DelayFrom::EstimatedDelivery, noon),
        ])
    }

    pub(super) fn add_to(&self, draft: InviteRequestBuilder) -> InviteRequestBuilder {
        let [placed, paid, shipped, delivered, estimated] = self.0.map(|(_, _, date)| date);
        let draft = draft.placed_at(placed).paid_at(paid).shipped_at(shipped).delivered_at(delivered);
        draft.estimated_delivery(estimated.date_naive())
    }

    /// Returns the values that must arrive.
    pub(super) fn values(&self) -> [(WireField, String); 5] {
        self.0.map(|(field, _, date)| match field {
            WireField::EstimatedDelivery => (field, date.date_naive().to_string()),
            _ => (field, instant(date)),
        })
    }
}

/// Formats an instant as harnesses receive it.
pub(super) fn instant(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%dT%H:%M:%S").to_string()
}

/// Returns the personal data in the requests of the suite. It must not appear in any output.
pub(super) fn personal_values() -> Vec<String> {
    let values = [FIRST_NAME, LAST_NAME, PHONE, ADDRESS, CUSTOMER_REFERENCE, MAILBOX, LONG_NAME];
    values.map(str::to_owned).to_vec()
}
