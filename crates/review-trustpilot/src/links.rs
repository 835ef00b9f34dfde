//! Review links, which the shop sends itself.

use http::Method;
use review_core::model::{InviteRequest, ParseField};
use review_core::provider::ReviewLink;
use review_core::{Error, ErrorKind, Result};
use review_http::vendor::{Api, FieldErrors, Step};
use serde_json::json;

use crate::config::Trustpilot;
use crate::operations::{CREATE_PRODUCT_LINK, CREATE_SERVICE_LINK, unit_path};
use crate::options::TrustpilotOptions;
use crate::rules;
use crate::wire::request::{locale, name, reviewable_product};

/// Creates a link. INF: address, name and reference are required. For service and products, the service link leads on to the product link.
pub(crate) async fn create(
    trustpilot: &Trustpilot,
    api: &Api<Trustpilot>,
    request: &InviteRequest,
) -> Result<ReviewLink> {
    let (mut errors, mut warnings) = (FieldErrors::default(), Vec::new());
    TrustpilotOptions::of(
        request,
        Some("does not apply to a link, which the shop sends itself"),
        &mut errors,
    );
    let tags = rules::tags(request, &mut errors, &mut warnings);
    errors.into_result()?;
    let unit = api.account().await?;
    let reference = request.order().reference().as_str();
    let email = request.customer().email().as_str();
    let mut redirect = request.redirect_url().map(ToString::to_string);
    if request.kind().includes_products() {
        let path = ["v1", "private", "product-reviews", "business-units", unit.as_str(), "invitation-links"];
        let body = json!({
            "consumer": { "email": email, "name": name(request) },
            "referenceId": reference,
            "locale": locale(request.customer()),
            "redirectUri": redirect,
            // DIS: older docs call products in full obsolete, newer ones do not, and `productIds` are Trustpilot's own.
            // UNK: no sample of a link has a category.
            "products": request.order().products().iter().map(|product| reviewable_product(product, None)).collect::<Vec<_>>(),
        });
        let step = Step::idempotent(CREATE_PRODUCT_LINK, Method::POST, &trustpilot.api_url, &path);
        redirect = api.send(&step.json(body, &[])).await?.text_at(&["/reviewUrl"]);
    }
    if request.kind().includes_service() {
        let body = json!({
            "locationId": request.location().map(AsRef::<str>::as_ref),
            "referenceId": reference,
            "email": email,
            "name": name(request),
            "locale": locale(request.customer()),
            "tags": tags,
            "redirectUri": redirect,
        });
        let path = unit_path(&unit, &["invitation-links"]);
        let step = Step::idempotent(CREATE_SERVICE_LINK, Method::POST, &trustpilot.invitations_url, &path);
        redirect = api.send(&step.json(body, &[])).await?.text_at(&["/url"]);
    }
    let url = redirect.and_then(|link| ParseField::parse_field(&link).ok());
    let url = url.ok_or_else(|| Error::new(ErrorKind::Unexpected, "the response contains no usable link"))?;
    Ok(ReviewLink::new(api.info().clone(), url).add_warnings(warnings))
}
