//! Looks up the business unit and invitations.

use http::Method;
use review_core::Result;
use review_core::provider::{InviteLookup, InviteRef, InviteStatus};
use review_http::vendor::{Api, Step};

use crate::config::{Domain, Trustpilot};
use crate::operations::{FIND_BUSINESS_UNIT, LIST_SERVICE_REVIEWS, unit_path};
use crate::wire::review::ServiceReviews;

/// Trustpilot's API does not show an invitation until the customer has written a review.
const NO_REVIEW_FOUND: &str = "no service review has this reference yet; Trustpilot's API does not show an invitation \
                               before its review, so check \"Invitation status\" in the business application";
/// Private product reviews have the reference and no filter for it.
const NO_PRODUCT_LOOKUP: &str = "Trustpilot's API cannot find product reviews by reference; read the product reviews, \
                                 or check \"Invitation status\" in the business application";

/// A public endpoint: the API key alone gives access.
pub(crate) fn find_business_unit(trustpilot: &Trustpilot, domain: &Domain) -> Step {
    let path = ["v1", "business-units", "find"];
    Step::idempotent(FIND_BUSINESS_UNIT, Method::GET, &trustpilot.api_url, &path)
        .query("name", domain.as_str())
        .secret_header("apikey", &trustpilot.api_key)
        .without_token()
        .made_of_settings()
}

/// Looks up the service review with this reference. INF: it counts as the result of the invitation, whatever its
/// `source`.
pub(crate) async fn find_invite(
    trustpilot: &Trustpilot,
    api: &Api<Trustpilot>,
    invite: &InviteRef,
) -> Result<InviteLookup> {
    if !invite.key.kind.includes_service() {
        return Ok(InviteLookup::inconclusive(NO_PRODUCT_LOOKUP));
    }
    let reference = invite.key.reference.as_str();
    let unit = api.account().await?;
    let path = unit_path(&unit, &["reviews"]);
    let step = Step::idempotent(LIST_SERVICE_REVIEWS, Method::GET, &trustpilot.api_url, &path)
        .query("referenceId", reference);
    let page: ServiceReviews = api.send_json(&step).await?;
    // The response is searched again: a filter that is ignored must not find another customer's review.
    let found = page.reviews.iter().find(|review| review.reference_id.as_deref() == Some(reference));
    Ok(match found {
        Some(review) => InviteLookup::Found(InviteStatus::new().with_responded_at(review.created_at)),
        None => InviteLookup::inconclusive(NO_REVIEW_FOUND),
    })
}
