//! The only file that names the types of `review-core`: checks single values with them, and converts an
//! eligible order into them.

use review_core::{
    Consent, CountryCode, Customer, CustomerName, CustomerReference, EmailAddress, FieldError, Gtin, Locale,
    Order, OrderReference, PersonName, PhoneNumber, Product, ProductText, Sku,
};
use url::Url;

use crate::eligible_order::{EligibleOrder, OrderName, OrderProduct};

/// Checks an e-mail address and returns it, or a description of the error without the address.
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
    ProductText::new(text).map(|text| text.as_str().to_owned()).map_err(|error| problem(&error))
}

/// Checks a web address: absolute, http or https, with a host.
pub(crate) fn check_url(text: &str) -> Result<String, String> {
    match Url::parse(text) {
        Ok(url) if matches!(url.scheme(), "http" | "https") => Ok(url.into()),
        _ => Err("expected an absolute http or https URL, found another text".to_owned()),
    }
}

fn problem(error: &FieldError) -> String {
    error.problem().to_owned()
}

impl EligibleOrder {
    /// Converts the order into the values of [`InviteRequest::builder`](review_core::InviteRequest::builder).
    ///
    /// Products without an SKU are left out, because [`Product`] requires one.
    ///
    /// # Errors
    /// A [`FieldError`] if a public field was set to an invalid value. The values of the parser are
    /// valid.
    pub fn into_parts(self) -> Result<(Customer, Order, Consent), FieldError> {
        let mut customer = Customer::new(EmailAddress::new(&self.email)?);
        if let Some(name) = self.name {
            customer = customer.with_name(customer_name(name)?);
        }
        if let Some(phone) = self.phone {
            customer = customer.with_phone(PhoneNumber::new(phone)?);
        }
        if let Some(locale) = self.locale {
            customer = customer.with_locale(Locale::new(locale)?);
        }
        if let Some(country) = self.country {
            customer = customer.with_country(CountryCode::new(country)?);
        }
        if let Some(reference) = self.customer_reference {
            customer = customer.with_reference(CustomerReference::new(reference)?);
        }
        let mut order = Order::new(OrderReference::new(&self.order_reference)?);
        if let Some(at) = self.placed_at {
            order = order.with_placed_at(at);
        }
        if let Some(at) = self.delivered_at {
            order = order.with_delivered_at(at);
        }
        for product in self.products {
            if let Some(product) = convert_product(product)? {
                order = order.with_product(product);
            }
        }
        let consent = match self.consent.at {
            Some(at) => Consent::granted_at(self.consent.how, at),
            None => Consent::granted(self.consent.how),
        };
        Ok((customer, order, consent))
    }
}

fn customer_name(name: OrderName) -> Result<CustomerName, FieldError> {
    Ok(match name {
        OrderName::First(first) => CustomerName::First(PersonName::new(first)?),
        OrderName::Last(last) => CustomerName::Last(PersonName::new(last)?),
        OrderName::FirstAndLast(first, last) => {
            CustomerName::FirstAndLast(PersonName::new(first)?, PersonName::new(last)?)
        }
        OrderName::Full(name) => CustomerName::Full(PersonName::new(name)?),
    })
}

fn convert_product(from: OrderProduct) -> Result<Option<Product>, FieldError> {
    let Some(sku) = from.sku else { return Ok(None) };
    let mut product = Product::new(Sku::new(sku)?, ProductText::new(from.name)?);
    if let Some(gtin) = from.gtin {
        product = product.with_gtin(Gtin::new(gtin)?);
    }
    if let Some(mpn) = from.mpn {
        product = product.with_mpn(ProductText::new(mpn)?);
    }
    if let Some(brand) = from.brand {
        product = product.with_brand(ProductText::new(brand)?);
    }
    let parse = |field: &str, url: String| {
        Url::parse(&url).map_err(|_| FieldError::new(field, "expected an absolute URL"))
    };
    if let Some(url) = from.url {
        product = product.with_url(parse("product.url", url)?);
    }
    if let Some(url) = from.image_url {
        product = product.with_image_url(parse("product.image_url", url)?);
    }
    Ok(Some(product))
}
