//! From a request to a link.

use review_core::{
    Capabilities, CustomerName, Error, Feature, FieldError, InviteKind, InviteRequest, ProviderInfo,
    Requirement, Warning,
};

use super::{check_options, check_reference, check_tags, inline_product, locale};
use crate::wire::{LinkedProducts, ProductReviewLinkRequest, ServiceReviewLinkRequest};

/// The calls that make a link, and what was left out of them.
pub(crate) struct Link {
    pub(crate) calls: LinkCalls,
    pub(crate) warnings: Vec<Warning>,
}

pub(crate) enum LinkCalls {
    Service(ServiceReviewLinkRequest),
    Products(ProductReviewLinkRequest),
    /// The link to the service review leads on to the product reviews.
    Chain(ServiceReviewLinkRequest, ProductReviewLinkRequest),
}

/// What a link can carry. The shop sends it itself, so no link has a time, a template, a sender or an
/// address for answers; and only a link to a service review has tags and a location.
fn capabilities(kind: InviteKind) -> Capabilities {
    let both = Capabilities::new()
        .with_kind(kind)
        .with_feature(Feature::RedirectUrl)
        .with_requirement(Requirement::CustomerName)
        .with_requirement(Requirement::ProductUrl);
    if kind.asks_for_service() {
        both.with_feature(Feature::Tags).with_feature(Feature::Location)
    } else {
        both
    }
}

pub(crate) fn link(request: &InviteRequest, provider: &ProviderInfo) -> Result<Link, Error> {
    let admitted = capabilities(request.kind()).admit(provider, request)?;
    let (request, mut warnings) = (&*admitted.request, admitted.warnings);
    check_options(
        request,
        "a link has neither a template nor a time: the shop sends it itself",
        &mut warnings,
    )?;
    let mut wrong = Vec::new();
    check_reference(request, &mut wrong);
    check_tags(request, &mut wrong, &mut warnings)?;
    let locale = locale(request, &mut warnings);
    if locale.is_none() && needs_locale(request.kind()) {
        let problem =
            "expected a language and a country, which Trustpilot wants for a link to product reviews";
        wrong.push(FieldError::new("customer.locale", problem));
    }
    if !wrong.is_empty() {
        return Err(Error::invalid(wrong));
    }
    let calls = match request.kind() {
        InviteKind::Service => LinkCalls::Service(service_link(request, locale)),
        InviteKind::Product => LinkCalls::Products(product_link(request, locale)),
        InviteKind::ServiceAndProduct => {
            LinkCalls::Chain(service_link(request, locale.clone()), product_link(request, locale))
        }
    };
    Ok(Link { calls, warnings })
}

/// Every sample of a link to product reviews has a locale, and no source says that it may be missing. (A
/// link to a service review has been seen without one in no client, but in no rule either.)
fn needs_locale(kind: InviteKind) -> bool {
    kind.asks_for_products()
}

fn service_link(request: &InviteRequest, locale: Option<String>) -> ServiceReviewLinkRequest {
    let mut link = ServiceReviewLinkRequest::new(request.customer().email().as_str(), name(request));
    link.reference_id = Some(request.order().reference().as_str().to_owned());
    link.locale = locale;
    link.location_id = request.location().map(|location| location.as_str().to_owned());
    link.tags = request.tags().iter().map(|tag| tag.as_str().to_owned()).collect();
    link.redirect_uri = request.redirect_url().map(|url| url.as_str().into());
    link
}

/// Products are told in full even where they are in the catalogue: a link names those by Trustpilot's own
/// ids, which the shop's order does not hold.
fn product_link(request: &InviteRequest, locale: Option<String>) -> ProductReviewLinkRequest {
    let products = request.order().products().iter().map(inline_product);
    // No sample of a link has a category.
    let products = products.map(|mut product| {
        product.product_category_google_id = None;
        product
    });
    let mut link = ProductReviewLinkRequest::new(
        request.customer().email().as_str(),
        name(request),
        request.order().reference().as_str(),
        locale.unwrap_or_default(),
        LinkedProducts::Inline(products.collect()),
    );
    link.redirect_uri = request.redirect_url().map(|url| url.as_str().into());
    link
}

fn name(request: &InviteRequest) -> String {
    request.customer().name().map(CustomerName::full).unwrap_or_default()
}
