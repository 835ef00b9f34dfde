//! The person and the goods of the suite's requests.

use review_core::{
    Consent, CountryCode, Customer, CustomerName, CustomerReference, EmailAddress, FieldError, Gtin,
    InviteKind, Locale, OnUnsupported, Order, OrderReference, PersonName, PhoneNumber, PostalAddress,
    Product, ProductText, Sku,
};

pub(super) const FIRST_NAME: &str = "Quetzalina";
pub(super) const LAST_NAME: &str = "Fitzcarraldo";
pub(super) const LOCALE: &str = "de-DE";
pub(super) const PHONE: &str = "+4917655500011";
pub(super) const ADDRESS: &str = "Kolibriweg 17, 12345 Vogelstadt";
pub(super) const CUSTOMER_REFERENCE: &str = "cus-4711-quetzal";
/// Stands in every address; whoever shows an address shows it.
pub(super) const MAILBOX: &str = "quetzalina.fitzcarraldo";

/// Letters of several scripts, marks, an apostrophe, quotes and a picture, as long as names get.
pub(super) const LONG_NAME: &str = "Zoë Ångström-O’Neil \"Nuñez\" 石川 Дарья Ağaoğlu 💐 van der Hummingbird-Featherstonehaugh \
                         zu Kolibri auf Blütenstaub und Nektar, née Fitzcarraldo";

pub(super) const SKU: &str = "SKU-CONFORM-1";
pub(super) const PRODUCT_NAME: &str = "Hummingbird feeder";
pub(super) const PRODUCT_URL: &str = "https://shop.example/hummingbird-feeder";
pub(super) const IMAGE_URL: &str = "https://shop.example/images/hummingbird-feeder.jpg";
pub(super) const GTIN: &str = "4006381333931";
pub(super) const MPN: &str = "MPN-CONFORM-7";
pub(super) const BRAND: &str = "Kolibri Works";

/// The parts of a request before they are put together.
pub(super) struct Draft {
    pub(super) customer: Customer,
    pub(super) order: Order,
    pub(super) consent: Consent,
    pub(super) kind: InviteKind,
    pub(super) rule: OnUnsupported,
}

impl Draft {
    /// Everything is known of the customer, and each order has an address of its own.
    pub(super) fn new(reference: &str, kind: InviteKind) -> Result<Self, FieldError> {
        let order = Order::new(OrderReference::new(reference)?);
        Ok(Self {
            customer: Self::nameless(reference)?.with_name(CustomerName::FirstAndLast(
                PersonName::new(FIRST_NAME)?,
                PersonName::new(LAST_NAME)?,
            )),
            order: if kind.asks_for_products() { order.with_product(product()?) } else { order },
            consent: Consent::granted("conformance suite"),
            kind,
            rule: OnUnsupported::Refuse,
        })
    }

    /// The same customer without a name.
    pub(super) fn nameless(reference: &str) -> Result<Customer, FieldError> {
        Ok(Customer::new(EmailAddress::new(format!("{MAILBOX}.{reference}@example.com"))?)
            .with_locale(Locale::new(LOCALE)?)
            .with_country(CountryCode::new("DE")?)
            .with_phone(PhoneNumber::new(PHONE)?)
            .with_address(PostalAddress::new(ADDRESS)?)
            .with_reference(CustomerReference::new(CUSTOMER_REFERENCE)?))
    }
}

/// All that can be known of a product.
fn product() -> Result<Product, FieldError> {
    let url = |text: &str| text.parse().map_err(|_| FieldError::new("order.products", "no address"));
    Ok(plain_product()?
        .with_url(url(PRODUCT_URL)?)
        .with_image_url(url(IMAGE_URL)?)
        .with_gtin(Gtin::new(GTIN)?)
        .with_mpn(ProductText::new(MPN)?)
        .with_brand(ProductText::new(BRAND)?))
}

/// A product without a page.
pub(super) fn plain_product() -> Result<Product, FieldError> {
    Ok(Product::new(Sku::new(SKU)?, ProductText::new(PRODUCT_NAME)?))
}

/// What must not show: of the customer, and what a request may hold besides that is personal.
pub(super) fn personal_values() -> Vec<String> {
    let values = [FIRST_NAME, LAST_NAME, PHONE, ADDRESS, CUSTOMER_REFERENCE, MAILBOX, LONG_NAME];
    values.into_iter().map(str::to_owned).collect()
}
