//! An order that is eligible for an invitation, as validated values.

use std::fmt;

use chrono::{DateTime, Utc};
use review_core::model::{
    CountryCode, CustomerReference, EmailAddress, Gtin, Locale, OrderReference, PersonName, PhoneNumber,
    ProductName, Sku,
};
use url::Url;

/// An eligible order: every value that an invitation is built from, validated and cleaned.
///
/// [`EligibleOrder::into_builder`] converts it into an invitation. `Debug` contains no personal data.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct EligibleOrder {
    /// The customer's email address. The spelling is that of the record; compare
    /// [`EligibleOrder::customer_key`].
    pub email: EmailAddress,
    /// The order number that the customer knows.
    pub order_reference: OrderReference,
    /// The basis on which the customer may be asked.
    pub consent: OrderConsent,
    /// The customer's name.
    pub name: Option<OrderName>,
    /// The phone number in E.164 form.
    pub phone: Option<PhoneNumber>,
    /// The language, such as `en-GB`.
    pub locale: Option<Locale>,
    /// The country, two letters.
    pub country: Option<CountryCode>,
    /// The shop's key of the customer.
    pub customer_reference: Option<CustomerReference>,
    /// When the customer placed the order.
    pub placed_at: Option<DateTime<Utc>>,
    /// When the order was paid.
    pub paid_at: Option<DateTime<Utc>>,
    /// When the last parcel was shipped, or the shop completed the order.
    pub shipped_at: Option<DateTime<Utc>>,
    /// When the last parcel was delivered, if all were.
    pub delivered_at: Option<DateTime<Utc>>,
    /// The products that the customer kept, each once.
    pub products: Vec<OrderProduct>,
    /// Optional values that were left out or cleaned.
    pub warnings: Vec<OrderWarning>,
}

impl EligibleOrder {
    /// Returns the key by which a customer is recognised: the
    /// [comparison form](EmailAddress::comparison_form) of the address. Two records of one
    /// order with `jane@example.com` and `Jane@Example.com` are of one customer.
    #[must_use]
    pub fn customer_key(&self) -> String {
        self.email.comparison_form()
    }
}

impl fmt::Debug for EligibleOrder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EligibleOrder")
            .field("order_reference", &self.order_reference)
            .field("consent", &self.consent)
            .field("locale", &self.locale)
            .field("country", &self.country)
            .field("placed_at", &self.placed_at)
            .field("paid_at", &self.paid_at)
            .field("shipped_at", &self.shipped_at)
            .field("delivered_at", &self.delivered_at)
            .field("products", &self.products)
            .field("warnings", &self.warnings)
            .finish_non_exhaustive()
    }
}

/// The basis on which a customer may be asked for a review.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct OrderConsent {
    /// The member that holds the consent, or the operator's text. Not personal.
    pub source: String,
    /// When it was given, if the record contains that.
    pub at: Option<DateTime<Utc>>,
}

/// A customer's name, in the parts that the record contains.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum OrderName {
    /// Only the first name.
    First(PersonName),
    /// Only the last name.
    Last(PersonName),
    /// First and last name.
    FirstAndLast(PersonName, PersonName),
    /// The name in one piece. It is not split, because the parts cannot be recognised reliably.
    Full(PersonName),
}

impl fmt::Debug for OrderName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OrderName([redacted])")
    }
}

/// A product that can be reviewed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct OrderProduct {
    /// The name, as plain text.
    pub name: ProductName,
    /// The shop's article number.
    pub sku: Option<Sku>,
    /// The global trade item number.
    pub gtin: Option<Gtin>,
    /// The manufacturer's part number.
    pub mpn: Option<ProductName>,
    /// The brand.
    pub brand: Option<ProductName>,
    /// The address of the product page: an absolute http or https URL.
    pub url: Option<Url>,
    /// The address of an image: an absolute http or https URL.
    pub image_url: Option<Url>,
}

/// An optional value that was left out or cleaned. Contains no personal data.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct OrderWarning {
    /// The path of the member in the record.
    pub path: String,
    /// What was expected, what was found and what was done.
    pub problem: String,
}

impl fmt::Display for OrderWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path, self.problem)
    }
}
