//! Checks a request against capabilities.

use chrono::{DateTime, Utc};

use crate::error::{Error, ErrorKind, FieldError, Result};
use crate::model::field::Field;
use crate::model::product::Product;
use crate::model::request::InviteRequest;
use crate::model::send_at::SendAt;
use crate::provider::capability::{Capabilities, Requirement, Scheduling};
use crate::provider::receipt::Warning;

/// A request that a provider can map without another look at its capabilities.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ValidatedRequest {
    /// The request, without the fields that were left out.
    pub request: InviteRequest,
    /// What was left out. It belongs in the receipt.
    pub warnings: Vec<Warning>,
}

impl Capabilities {
    /// Checks a request: the first step of every provider's `validate` and `send_invite`. Pure.
    ///
    /// A kind or field that is not supported is an error, unless the request
    /// [allows to omit](crate::model::InviteRequestBuilder::allow_omitting) the field. The locale
    /// becomes one that the vendor accepts, or is left out with a warning.
    ///
    /// # Errors
    /// With every kind and field that is not supported, and every fact that the vendor requires and that is missing:
    /// [`ErrorKind::InvalidRequest`] if something is missing, [`ErrorKind::Unsupported`] otherwise.
    pub fn check_request(&self, request: &InviteRequest, now: DateTime<Utc>) -> Result<ValidatedRequest> {
        let mut unsupported = Vec::new();
        if !self.supports_kind(request.kind()) {
            unsupported.push(FieldError::new("kind", self.unsupported_kind(request)));
        }
        let (omitted, rejected): (Vec<Field>, Vec<Field>) = request
            .used_fields()
            .into_iter()
            .filter(|field| !self.supports_field(*field))
            .partition(|field| request.omittable_fields().contains(field));
        unsupported.extend(rejected.iter().map(|field| {
            let setting = self.setting_for(field.path());
            let alternative = setting.map(|setting| format!(", or set {setting}")).unwrap_or_default();
            let message =
                format!("this vendor does not support it; remove it, allow omitting it{alternative}");
            FieldError::new(field.path(), message)
        }));
        if request.send_at() == SendAt::AccountDefault && !self.has_account_schedule() {
            let message = "this vendor has no schedule of its own; choose a time";
            unsupported.push(FieldError::new("send_at", message));
        }
        let mut validated =
            ValidatedRequest { request: request.clone(), warnings: request.warnings().to_vec() };
        for field in omitted {
            validated.request.omit_field(field);
            validated.warnings.push(Warning::new(field.path(), "left out: this vendor does not support it"));
        }
        if let Some(locale) = request.customer().locale() {
            let (resolved, warning) = self.locales().resolve(locale, request.customer().country());
            if resolved.as_ref() != Some(locale) {
                validated.request.set_locale(resolved);
            }
            validated.warnings.extend(warning);
        }
        let mut invalid = self.missing(&validated.request, now);
        if self.scheduling() != Scheduling::None
            && let Err(error) = validated.request.send_at().resolve(validated.request.order(), now)
        {
            invalid.push(error);
        }
        match (unsupported.is_empty(), invalid.is_empty()) {
            (true, true) => Ok(validated),
            (false, true) => Err(Error::new(ErrorKind::Unsupported, "").with_field_errors(unsupported)),
            (_, false) => Err(Error::invalid(unsupported.into_iter().chain(invalid))),
        }
    }

    fn unsupported_kind(&self, request: &InviteRequest) -> String {
        let kinds: Vec<_> = self.kinds().map(|kind| kind.to_string()).collect();
        let setting = self.setting_for("kind");
        let alternative = setting.map(|setting| format!("; or set {setting}")).unwrap_or_default();
        format!("must be one of: {}; got: {}{alternative}", kinds.join(", "), request.kind())
    }

    fn missing(&self, request: &InviteRequest, now: DateTime<Utc>) -> Vec<FieldError> {
        let (customer, order) = (request.customer(), request.order());
        let mut missing = Vec::new();
        for requirement in self.requirements() {
            let simple = |is_set: bool, path: &'static str, what: &str| {
                (!is_set).then(|| FieldError::new(path, format!("expected {what}: this vendor requires it")))
            };
            let products = |is_valid: &dyn Fn(&Product) -> bool, part: &str, what: &str| {
                let products = order.products().iter().enumerate();
                let mut invalid = products
                    .filter(|(_, product)| request.kind().includes_products() && !is_valid(product))
                    .peekable();
                if invalid.peek().is_none() {
                    return Vec::new();
                }
                let setting = self.setting_for(&format!("order.products[].{part}"));
                let alternative = setting.map(|setting| format!("; or set {setting}")).unwrap_or_default();
                let errors = invalid.map(|(index, _)| {
                    let message = format!("expected {what}: this vendor requires it{alternative}");
                    FieldError::new(format!("order.products[{index}].{part}"), message)
                });
                errors.collect::<Vec<_>>()
            };
            match requirement {
                Requirement::CustomerName => {
                    missing.extend(simple(customer.name().is_some(), "customer.name", "a name"));
                }
                Requirement::Locale => {
                    missing.extend(simple(customer.locale().is_some(), "customer.locale", "a locale"));
                }
                Requirement::Country => {
                    missing.extend(simple(customer.country().is_some(), "customer.country", "a country"));
                }
                Requirement::Phone => {
                    missing.extend(simple(customer.phone().is_some(), "customer.phone", "a phone number"));
                }
                Requirement::PlacedAt => {
                    missing.extend(simple(order.placed_at().is_some(), "order.placed_at", "a date"));
                }
                Requirement::ShippedAt => {
                    missing.extend(simple(order.shipped_at().is_some(), "order.shipped_at", "a date"));
                }
                Requirement::ProductUrl => {
                    let what = "the URL of the product's page";
                    missing.extend(products(&|product| product.url().is_some(), "url", what));
                }
                Requirement::ProductImage => {
                    let what = "the URL of an image";
                    missing.extend(products(&|product| product.image_url().is_some(), "image_url", what));
                }
                Requirement::SkuCharacters(allowed) => {
                    let is_valid = |product: &Product| is_ascii_or(product.sku().as_str(), allowed);
                    let what = format!("only ASCII letters, digits and the characters {allowed}");
                    missing.extend(products(&is_valid, "sku", &what));
                }
                Requirement::ReferenceWithout(excluded) => {
                    let found = order.reference().as_str().chars().find(|c| excluded.contains(*c));
                    missing.extend(found.map(|found| {
                        let message = format!("must not contain any of {excluded}; found {found}");
                        FieldError::new("order.reference", message)
                    }));
                }
                Requirement::TagCharacters(allowed) => {
                    let tags = request.tags().iter().enumerate();
                    let invalid = tags.filter(|(_, tag)| !is_ascii_or(tag.as_str(), allowed));
                    missing.extend(invalid.map(|(index, _)| {
                        let message =
                            format!("must be only ASCII letters, digits and the characters {allowed}");
                        FieldError::new(format!("tags[{index}]"), message)
                    }));
                }
                Requirement::MaxOrderAgeDays(days) => {
                    let oldest = now - chrono::TimeDelta::days(i64::from(*days));
                    if order.placed_at().is_some_and(|placed_at| placed_at < oldest) {
                        let message = format!("must be at most {days} days ago: this vendor requires it");
                        missing.push(FieldError::new("order.placed_at", message));
                    }
                }
            }
        }
        missing
    }
}

/// Whether a text consists of ASCII letters, digits and other characters.
fn is_ascii_or(text: &str, others: &str) -> bool {
    text.chars().all(|c| c.is_ascii_alphanumeric() || others.contains(c))
}
