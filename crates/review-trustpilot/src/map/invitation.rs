//! From a request to an e-mail invitation.

use chrono::{DateTime, TimeDelta, Utc};
use review_core::{CustomerName, Error, FieldError, InviteKind, InviteRequest, Warning};

use super::{check_options, check_reference, check_tags, inline_product, locale};
use crate::config::TrustpilotConfig;
use crate::options::TrustpilotOptions;
use crate::wire::time::SEND_TIME_FORM;
use crate::wire::{EmailInvitation, InvitedProducts, ProductReviewInvitation, ServiceReviewInvitation};

/// An invitation, and what was left out of it.
pub(crate) struct Mapped {
    pub(crate) invitation: EmailInvitation,
    pub(crate) warnings: Vec<Warning>,
}

impl Mapped {
    /// When the first mail goes out, where a time was asked for.
    pub(crate) fn send_time(&self) -> Option<DateTime<Utc>> {
        let service = self.invitation.service_review_invitation.as_ref();
        let product = self.invitation.product_review_invitation.as_ref();
        let times = [
            service.and_then(|part| part.preferred_send_time),
            product.and_then(|part| part.preferred_send_time),
        ];
        times.into_iter().flatten().min()
    }
}

pub(crate) fn email_invitation(
    request: &InviteRequest,
    config: &TrustpilotConfig,
    now: DateTime<Utc>,
) -> Result<Mapped, Error> {
    let mut warnings = Vec::new();
    let mut wrong = Vec::new();
    check_reference(request, &mut wrong);
    check_tags(request, &mut wrong, &mut warnings)?;
    if !request.kind().asks_for_products() {
        check_options(request, "they speak of a product part, and none is asked for", &mut warnings)?;
    }
    let send_time = request.send_at().moment(request.order(), now).unwrap_or_else(|fault| {
        wrong.push(fault);
        None
    });
    let product = product_part(request, config, send_time, &mut wrong);
    if !wrong.is_empty() {
        return Err(Error::invalid(wrong));
    }
    let customer = request.customer();
    let name = customer.name().map(CustomerName::full).unwrap_or_default();
    let mut invitation =
        EmailInvitation::new(request.order().reference().as_str(), name, customer.email().as_str());
    invitation.locale = locale(request, &mut warnings);
    invitation.reply_to = request.reply_to().map(|address| address.as_str().into());
    invitation.sender_name =
        request.sender().and_then(|sender| sender.name.as_ref()).map(|name| name.as_str().into());
    invitation.sender_email =
        request.sender().and_then(|sender| sender.email.as_ref()).map(|email| email.as_str().into());
    invitation.location_id = request.location().map(|location| location.as_str().to_owned());
    invitation.service_review_invitation =
        request.kind().asks_for_service().then(|| service_part(request, send_time));
    invitation.product_review_invitation = product;
    Ok(Mapped { invitation, warnings })
}

fn service_part(request: &InviteRequest, send_time: Option<DateTime<Utc>>) -> ServiceReviewInvitation {
    ServiceReviewInvitation {
        template_id: request.template().map(|template| template.as_str().to_owned()),
        preferred_send_time: send_time,
        redirect_uri: request.redirect_url().map(|url| url.as_str().into()),
        tags: request.tags().iter().map(|tag| tag.as_str().to_owned()).collect(),
    }
}

fn product_part(
    request: &InviteRequest,
    config: &TrustpilotConfig,
    service_time: Option<DateTime<Utc>>,
    wrong: &mut Vec<FieldError>,
) -> Option<ProductReviewInvitation> {
    if !request.kind().asks_for_products() {
        return None;
    }
    let products = request.order().products();
    let products = if config.products_from_catalogue {
        InvitedProducts::Catalogue(products.iter().map(|product| product.sku().as_str().to_owned()).collect())
    } else {
        InvitedProducts::Inline(products.iter().map(inline_product).collect())
    };
    let options = request.options::<TrustpilotOptions>();
    let own_time = options.and_then(|options| options.product_send_at);
    let mut part = ProductReviewInvitation::new(products);
    part.redirect_uri = request.redirect_url().map(|url| url.as_str().into());
    let own_template = options.and_then(|options| options.product_template.as_ref());
    if request.kind() == InviteKind::Product {
        part.template_id = own_template.or(request.template()).map(|template| template.as_str().to_owned());
        part.preferred_send_time = own_time.or(service_time);
        return Some(part);
    }
    part.template_id = own_template.map(|template| template.as_str().to_owned());
    let gap = TimeDelta::from_std(config.product_after_service).unwrap_or(TimeDelta::MAX);
    part.preferred_send_time = own_time.or_else(|| service_time?.checked_add_signed(gap));
    match (service_time, part.preferred_send_time) {
        (Some(service), Some(product)) if whole_seconds(product) <= whole_seconds(service) => {
            let problem = "expected a time after that of the service part, which Trustpilot sends first";
            wrong.push(FieldError::new("options.product_send_at", problem));
        }
        (None, Some(_)) => {
            let problem =
                "expected a time for the service part too (send_at), so that it is known to come first";
            wrong.push(FieldError::new("send_at", problem));
        }
        _ => {}
    }
    Some(part)
}

/// Times are sent without fractions, so two within a second are one.
fn whole_seconds(time: DateTime<Utc>) -> String {
    time.format(SEND_TIME_FORM).to_string()
}
