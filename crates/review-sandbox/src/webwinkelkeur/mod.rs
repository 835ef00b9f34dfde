//! WebwinkelKeur, which is also TrustProfile: `dashboard.webwinkelkeur.nl/api`.

pub(crate) mod account;
mod consent;
pub(crate) mod errors;
mod invitations;
mod request;
mod review;
mod reviews;
mod schema;
pub(crate) mod store;
mod test_api;
mod time;
mod webshop;

use axum::Router;
use axum::routing::get;

use crate::response::ApiResponse;
use crate::state::App;

const INVITATIONS: &str = "/1.0/invitations.json";

/// Whether a POST to this path asks for an invitation.
pub(crate) fn invites(path: &str) -> bool {
    path == INVITATIONS
}

/// `https://dashboard.webwinkelkeur.nl/api`
pub(crate) fn api() -> Router<App> {
    Router::new()
        .route(INVITATIONS, get(invitations::list).post(invitations::add))
        .route("/1.0/ratings.json", get(reviews::ratings))
        .route("/1.0/ratings_summary.json", get(reviews::summary))
        .route("/1.0/product_reviews.json", get(reviews::product_reviews))
        .route("/1.0/webshop.json", get(webshop::read))
        .route("/2.0/order_permissions.json", get(consent::has_consent))
        .method_not_allowed_fallback(nothing_here)
        .fallback(nothing_here)
}

/// A path or method that does not exist, or is not simulated.
async fn nothing_here() -> ApiResponse {
    errors::not_found()
}
