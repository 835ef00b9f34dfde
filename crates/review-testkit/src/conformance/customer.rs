//! The customer and the products of the suite's requests.

use review_core::InviteRequest;
use review_core::model::{Consent, Field, InviteKind, InviteRequestBuilder, Product, ProductBuilder};

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
pub(super) const SKU: &str = "SKU-CONFORM-1";
pub(super) const PRODUCT_NAME: &str = "Hummingbird feeder";
pub(super) const PRODUCT_URL: &str = "https://shop.example/hummingbird-feeder";
pub(super) const IMAGE_URL: &str = "https://shop.example/images/hummingbird-feeder.jpg";
pub(super) const GTIN: &str = "4006381333931";
pub(super) const MPN: &str = "MPN-CONFORM-7";
pub(super) const BRAND: &str = "Kolibri Works";

/// The name of the customer.
#[derive(Clone, Copy)]
pub(super) enum Name {
    None,
    Parts,
    Full(&'static str),
}

/// The parts of a request before it is built.
pub(super) struct Draft {
    pub(super) reference: String,
    pub(super) kind: InviteKind,
    pub(super) name: Name,
    pub(super) products: Vec<ProductBuilder>,
    pub(super) omittable: Vec<Field>,
}

impl Draft {
    /// Creates a draft with all customer fields. Each order has a separate email address.
    pub(super) fn new(reference: &str, kind: InviteKind) -> Self {
        let products = if kind.includes_products() { vec![product()] } else { Vec::new() };
        Self { reference: reference.to_owned(), kind, name: Name::Parts, products, omittable: Vec::new() }
    }

    pub(super) fn builder(self) -> InviteRequestBuilder {
        let email = format!("{MAILBOX}.{}@example.com", self.reference);
        let consent = Consent::granted("conformance suite");
        let builder = InviteRequest::builder(email, self.reference, consent)
            .locale(LOCALE)
            .country("DE")
            .phone(PHONE)
            .address(ADDRESS)
            .customer_reference(CUSTOMER_REFERENCE)
            .kind(self.kind)
            .products(self.products)
            .allow_omitting(self.omittable);
        match self.name {
            Name::None => builder,
            Name::Parts => builder.first_name(FIRST_NAME).last_name(LAST_NAME),
            Name::Full(name) => builder.name(name),
        }
    }
}

/// Returns a product with all fields.
fn product() -> ProductBuilder {
    plain_product().url(PRODUCT_URL).image_url(IMAGE_URL).gtin(GTIN).mpn(MPN).brand(BRAND)
}

/// Returns a product without a URL.
pub(super) fn plain_product() -> ProductBuilder {
    Product::builder(SKU, PRODUCT_NAME)
}

/// Returns the personal data in the requests of the suite. It must not appear in any output.
pub(super) fn personal_values() -> Vec<String> {
    let values = [FIRST_NAME, LAST_NAME, PHONE, ADDRESS, CUSTOMER_REFERENCE, MAILBOX, LONG_NAME];
    values.into_iter().map(str::to_owned).collect()
}
