//! The builder of a request.
//!
//! It keeps one result for each field, so that setting a field again replaces its error too, and so that
//! `build` reports all errors in the order of the fields.

use std::collections::BTreeSet;
use std::fmt;

use chrono::{DateTime, NaiveDate, Utc};
use url::Url;

use super::collector::{Collector, Deferred};
use super::consent::Consent;
use super::customer::{Customer, CustomerName, CustomerReference, PersonName, PostalAddress};
use super::email::EmailAddress;
use super::field::Field;
use super::into_field::{IntoField, IntoOptionalField};
use super::kind::InviteKind;
use super::locale::{CountryCode, Locale};
use super::metadata::{MetadataValue, check_metadata};
use super::order::{Order, OrderReference, ShopId};
use super::phone::PhoneNumber;
use super::product::ProductBuilder;
use super::request::{InviteRequest, LocationId, RequestData, Sender, Tag, TemplateId, contradictions};
use super::send_at::{SendAt, check_date};
use super::url::check_http_url;
use super::vendor_options::{OptionSet, VendorOptions};
use crate::error::{Error, FieldError, Result};

impl InviteRequest {
    /// Starts a request. The three required values are the arguments; nothing fails before
    /// [`build`](InviteRequestBuilder::build), which reports all invalid fields together.
    pub fn builder(
        email: impl IntoField<EmailAddress>,
        order_reference: impl IntoField<OrderReference>,
        consent: Consent,
    ) -> InviteRequestBuilder {
        InviteRequestBuilder::new(email.into_field(), order_reference.into_field(), consent)
    }
}

/// Builds an [`InviteRequest`]. Every setter of an optional value accepts a text, the validated type, or
/// an `Option` of either; a blank text counts as absent.
#[derive(Clone)]
#[must_use = "call `build()` to get the request"]
pub struct InviteRequestBuilder {
    email: Result<EmailAddress, FieldError>,
    reference: Result<OrderReference, FieldError>,
    consent: Consent,
    kind: Result<InviteKind, FieldError>,
    send_at: SendAt,
    products: Vec<ProductBuilder>,
    metadata: Vec<(String, MetadataValue)>,
    tags: Vec<Result<Tag, FieldError>>,
    omittable: BTreeSet<Field>,
    options: OptionSet,
    optional: Optional,
}

macro_rules! optional_fields {
    ($($(#[$doc:meta])* $name:ident: $type:ty;)*) => {
        #[derive(Clone)]
        struct Optional {
            $($name: Deferred<$type>,)*
        }

        impl Default for Optional {
            fn default() -> Self {
                Self { $($name: Ok(None),)* }
            }
        }

        impl InviteRequestBuilder {
            $(
                $(#[$doc])*
                pub fn $name(mut self, $name: impl IntoOptionalField<$type>) -> Self {
                    self.optional.$name = $name.into_optional_field();
                    self
                }
            )*
        }
    };
}

optional_fields! {
    /// Sets the whole name. Use either this or [`first_name`](Self::first_name) and
    /// [`last_name`](Self::last_name).
    name: PersonName;
    /// Sets the first name. First and last name are independent of each other.
    first_name: PersonName;
    /// Sets the last name.
    last_name: PersonName;
    /// Sets the shop's own id of the customer.
    customer_reference: CustomerReference;
    /// Sets the phone number, in E.164 form.
    phone: PhoneNumber;
    /// Sets the postal address, in one line.
    address: PostalAddress;
    /// Sets the language of the invitation, such as `de-DE`. An invalid one is left out with a warning.
    locale: Locale;
    /// Sets the customer's country, such as `DE`.
    country: CountryCode;
    /// Sets when the customer placed the order (RFC 3339).
    placed_at: DateTime<Utc>;
    /// Sets when the order was paid (RFC 3339).
    paid_at: DateTime<Utc>;
    /// Sets when the goods were shipped (RFC 3339).
    shipped_at: DateTime<Utc>;
    /// Sets when the goods arrived (RFC 3339).
    delivered_at: DateTime<Utc>;
    /// Sets the day the goods are expected to arrive, in the shop's own time zone (ISO 8601).
    estimated_delivery: NaiveDate;
    /// Sets the shop or store view the order belongs to. It is part of the identity of the invitation,
    /// so set it for all orders or for none.
    shop: ShopId;
    /// Sets the template: a role of the configuration or a vendor's id.
    template: TemplateId;
    /// Sets the page to which the customer is sent after the review: `http` or `https`.
    redirect_url: Url;
    /// Sets the branch.
    location: LocationId;
    /// Sets the address for replies to the invitation.
    reply_to: EmailAddress;
    /// Sets the name the email is sent under.
    sender_name: PersonName;
    /// Sets the address the email is sent from.
    sender_email: EmailAddress;
}

impl InviteRequestBuilder {
    fn new(
        email: Result<EmailAddress, FieldError>,
        reference: Result<OrderReference, FieldError>,
        consent: Consent,
    ) -> Self {
        Self {
            email,
            reference,
            consent,
            kind: Ok(InviteKind::default()),
            send_at: SendAt::default(),
            products: Vec::new(),
            metadata: Vec::new(),
            tags: Vec::new(),
            omittable: BTreeSet::new(),
            options: OptionSet::default(),
            optional: Optional::default(),
        }
    }

    /// Sets what the customer is asked to review. Default: the service.
    pub fn kind(mut self, kind: impl IntoField<InviteKind>) -> Self {
        self.kind = kind.into_field();
        self
    }

    /// Sets when the invitation is sent. Default: the vendor's account decides.
    pub fn send_at(mut self, send_at: SendAt) -> Self {
        self.send_at = send_at;
        self
    }

    /// Adds one product: a [`Product`](super::product::Product) or a [`ProductBuilder`].
    pub fn product(self, product: impl Into<ProductBuilder>) -> Self {
        self.products([product])
    }

    /// Adds products: [`Product`](super::product::Product)s or [`ProductBuilder`]s.
    pub fn products(mut self, products: impl IntoIterator<Item: Into<ProductBuilder>>) -> Self {
        self.products.extend(products.into_iter().map(Into::into));
        self
    }

    /// Adds tags to be put on the review.
    pub fn tags(mut self, tags: impl IntoIterator<Item: IntoField<Tag>>) -> Self {
        self.tags.extend(tags.into_iter().map(IntoField::into_field));
        self
    }

    /// Adds keys and values that are returned with the review. They are stored at the vendor and may be
    /// shown with the review: do not add internal or personal data.
    pub fn metadata<K: Into<String>, V: Into<MetadataValue>>(
        mut self,
        entries: impl IntoIterator<Item = (K, V)>,
    ) -> Self {
        self.metadata.extend(entries.into_iter().map(|(key, value)| (key.into(), value.into())));
        self
    }

    /// Adds fields that may be left out, with a warning in the receipt, if the vendor does not support
    /// them. Without it, an unsupported field is an error.
    pub fn allow_omitting(mut self, fields: impl IntoIterator<Item = Field>) -> Self {
        self.omittable.extend(fields);
        self
    }

    /// Sets the options for one vendor; other vendors ignore them.
    pub fn options(mut self, options: &impl VendorOptions) -> Self {
        self.options.insert(options);
        self
    }

    /// Builds the request.
    ///
    /// # Errors
    /// One [`ErrorKind::InvalidRequest`](crate::ErrorKind::InvalidRequest) with every invalid field and
    /// its path, such as `order.products[2].url`. An invalid locale, image or GTIN is left out instead
    /// and is in [`InviteRequest::warnings`].
    pub fn build(self) -> Result<InviteRequest> {
        let mut check = Collector::default();
        let optional = self.optional;
        let email = check.required("customer.email", self.email);
        let name = customer_name(&mut check, optional.name, optional.first_name, optional.last_name);
        let customer_reference = check.optional("customer.reference", optional.customer_reference);
        let phone = check.optional("customer.phone", optional.phone);
        let address = check.optional("customer.address", optional.address);
        let locale = check.omittable("customer.locale", optional.locale);
        let country = check.optional("customer.country", optional.country);
        let reference = check.required("order.reference", self.reference);
        let placed_at = check.optional("order.placed_at", optional.placed_at.and_then(check_date));
        let paid_at = check.optional("order.paid_at", optional.paid_at.and_then(check_date));
        let shipped_at = check.optional("order.shipped_at", optional.shipped_at.and_then(check_date));
        let delivered_at = check.optional("order.delivered_at", optional.delivered_at.and_then(check_date));
        let estimated_delivery =
            check.optional("order.estimated_delivery", optional.estimated_delivery.and_then(check_date));
        let given_products = self.products.len();
        let products =
            self.products.into_iter().enumerate().filter_map(|(index, product)| {
                product.finish(&format!("order.products[{index}]"), &mut check)
            });
        let products: Vec<_> = products.collect();
        for (key, value) in &self.metadata {
            check.errors.extend(check_metadata(key, value).err());
        }
        let shop = check.optional("order.shop", optional.shop);
        let kind = check.required("kind", self.kind).unwrap_or_default();
        let template = check.optional("template", optional.template);
        let tags = self.tags.into_iter().enumerate();
        let tags = tags.filter_map(|(index, tag)| check.required(format!("tags[{index}]"), tag)).collect();
        let redirect_url = check.optional("redirect_url", optional.redirect_url.and_then(check_http_url));
        let location = check.optional("location", optional.location);
        let reply_to = check.optional("reply_to", optional.reply_to);
        let sender_name = check.optional("sender.name", optional.sender_name);
        let sender_email = check.optional("sender.email", optional.sender_email);
        // Invalid products have been reported; that none is left is not a second error.
        check.errors.extend(contradictions(&self.consent, kind, given_products));
        let (Some(email), Some(reference), true) = (email, reference, check.errors.is_empty()) else {
            return Err(Error::invalid(check.errors));
        };
        let sender = Sender { name: sender_name, email: sender_email };
        let data = RequestData {
            customer: Customer {
                email,
                name,
                reference: customer_reference,
                phone,
                address,
                locale,
                country,
            },
            order: Order {
                placed_at,
                paid_at,
                shipped_at,
                delivered_at,
                estimated_delivery,
                products,
                metadata: self.metadata.into_iter().collect(),
                shop,
                ..Order::new(reference)
            },
            consent: self.consent,
            kind,
            send_at: self.send_at,
            template,
            tags,
            redirect_url,
            location,
            reply_to,
            sender: (sender.name.is_some() || sender.email.is_some()).then_some(sender),
            omittable: self.omittable,
            warnings: check.warnings,
            options: self.options,
        };
        Ok(InviteRequest::from_data(data))
    }
}

fn customer_name(
    check: &mut Collector,
    full: Deferred<PersonName>,
    first: Deferred<PersonName>,
    last: Deferred<PersonName>,
) -> Option<CustomerName> {
    let full = check.optional("customer.name", full);
    let first = check.optional("customer.first_name", first);
    let last = check.optional("customer.last_name", last);
    if full.is_some() && (first.is_some() || last.is_some()) {
        let message = "must be either the whole name, or first and last name; got both";
        check.errors.push(FieldError::new("customer.name", message));
    }
    match (full, first, last) {
        (Some(name), ..) => Some(CustomerName::Full(name)),
        (None, Some(first), Some(last)) => Some(CustomerName::FirstAndLast(first, last)),
        (None, Some(first), None) => Some(CustomerName::First(first)),
        (None, None, Some(last)) => Some(CustomerName::Last(last)),
        (None, None, None) => None,
    }
}

/// Shows the order only: most other values are personal.
impl fmt::Debug for InviteRequestBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InviteRequestBuilder")
            .field("reference", &self.reference)
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}
