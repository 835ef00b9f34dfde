//! Rules that concern more than one field.

use chrono::{DateTime, Utc};
use review_core::model::{Field, InviteRequest, Tag};
use review_core::provider::Warning;
use review_http::vendor::FieldErrors;

/// Returns the tags, which only service reviews have.
pub(crate) fn tags<'a>(
    request: &'a InviteRequest,
    errors: &mut FieldErrors,
    warnings: &mut Vec<Warning>,
) -> Option<Vec<&'a str>> {
    const MESSAGE: &str = "only service reviews have tags";
    if request.tags().is_empty() || request.kind().includes_service() {
        return Some(request.tags().iter().map(Tag::as_str).collect())
            .filter(|tags: &Vec<_>| !tags.is_empty());
    }
    match request.omittable_fields().contains(&Field::Tags) {
        true => warnings.push(Warning::new("tags", format!("left out: {MESSAGE}"))),
        false => errors.add_unsupported("tags", MESSAGE),
    }
    None
}

/// Checks that the product email is certain to be sent after the service email. The times are compared as sent, in whole
/// seconds.
pub(crate) fn check_order(
    service: Option<DateTime<Utc>>,
    product: Option<DateTime<Utc>>,
    errors: &mut FieldErrors,
) {
    match (service, product) {
        (Some(service), Some(product)) if product.timestamp() <= service.timestamp() => {
            let message = "must be after the service email, which Trustpilot sends first";
            errors.add_invalid("options.trustpilot.product_send_at", message);
        }
        (None, Some(_)) => {
            let message = "expected a time for the service email as well, so that it is certain to be first";
            errors.add_invalid("send_at", message);
        }
        _ => {}
    }
}
