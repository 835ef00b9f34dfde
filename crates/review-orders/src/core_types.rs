//! The only file that names the types of `review-core`: checks single values with them, and converts an
//! eligible order into them.

use review_core::model::{
    CountryCode, CustomerReference, EmailAddress, Gtin, InviteRequestBuilder, Locale, OrderReference,
    ParseField, PhoneNumber, ProductBuilder, ProductName, Sku,
};
use review_core::{Consent, FieldError, InviteRequest, Product};
use url::Url;

use crate::eligible_order::{EligibleOrder, OrderName, OrderProduct};

/// Checks an email address and returns it, or a description of the error without the address.
pub(crate) fn check_email(text: &str) -> Result<String, String> {
    EmailAddress::new(text).map(|address| address.as_str().to_owned()).map_err(|error| problem(&error))
}

pub(crate) fn check_reference(text: &str) -> Result<String, String> {
    OrderReference::new(text).map(|number| number.as_str().to_owned()).map_err(|error| problem(&error))
}

pub(crate) fn check_locale(text: &str) -> Result<String, String> {
    Locale::new(text).map(|locale| locale.to_string()).map_err(|error| problem(&error))
}

pub(crate) fn check_phone(text: &str) -> Option<String> {
    PhoneNumber::new(text).ok().map(|phone| phone.as_str().to_owned())
}

pub(crate) fn check_country(text: &str) -> Option<String> {
    CountryCode::new(text).ok().map(|country| country.as_str().to_owned())
}

pub(crate) fn check_customer_reference(text: &str) -> Option<String> {
    CustomerReference::new(text).ok().map(|key| key.as_str().to_owned())
}

pub(crate) fn check_gtin(text: &str) -> Result<String, String> {
    Gtin::new(text).map(|gtin| gtin.as_str().to_owned()).map_err(|error| problem(&error))
}

pub(crate) fn check_sku(text: &str) -> Result<String, String> {
    Sku::new(text).map(|sku| sku.as_str().to_owned()).map_err(|error| problem(&error))
}

pub(crate) fn check_product_text(text: &str) -> Result<String, String> {
    ProductName::new(text).map(|text| text.as_str().to_owned()).map_err(|error| problem(&error))
}

pub(crate) fn check_url(text: &str) -> Result<String, String> {
    Url::parse_field(text).map(String::from).map_err(|error| problem(&error))
}

/// Returns the form of a valid address by which a customer is recognised.
pub(crate) fn comparison_form(email: &str) -> String {
    EmailAddress::new(email).map_or_else(|_| email.to_lowercase(), |email| email.comparison_form())
}

fn problem(error: &FieldError) -> String {
    error.message().to_owned()
}

impl EligibleOrder {
    /// Converts the order into a builder of an [`InviteRequest`], to which the kind, the send time and
    /// further values are added. Products without an SKU are left out, because a [`Product`] requires
    /// one.
    ///
    /// The values of the parser are valid. Invalid values that were set afterwards are reported by
    /// [`InviteRequestBuilder::build`].
    pub fn into_builder(self) -> InviteRequestBuilder {
        let consent = match self.consent.at {
            Some(at) => Consent::granted_at(self.consent.how, at),
            None => Consent::granted(self.consent.how),
        };
        let builder = InviteRequest::builder(self.email, self.order_reference, consent)
            .phone(self.phone)
            .locale(self.locale)
            .country(self.country)
            .customer_reference(self.customer_reference)
            .placed_at(self.placed_at)
            .paid_at(self.paid_at)
            .shipped_at(self.shipped_at)
            .delivered_at(self.delivered_at)
            .products(self.products.into_iter().filter_map(convert_product));
        match self.name {
            None => builder,
            Some(OrderName::First(first)) => builder.first_name(first),
            Some(OrderName::Last(last)) => builder.last_name(last),
            Some(OrderName::FirstAndLast(first, last)) => builder.first_name(first).last_name(last),
            Some(OrderName::Full(name)) => builder.name(name),
        }
    }
}

fn convert_product(from: OrderProduct) -> Option<ProductBuilder> {
    let product = Product::builder(from.sku?, from.name)
        .gtin(from.gtin)
        .mpn(from.mpn)
        .brand(from.brand)
        .url(from.url)
        .image_url(from.image_url);
    Some(product)
}
