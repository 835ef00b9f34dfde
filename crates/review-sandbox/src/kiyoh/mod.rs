//! Kiyoh, which is also Klantenvertellen: `www.kiyoh.com`.

pub(crate) mod account;
mod catalogue;
pub(crate) mod errors;
mod invites;
mod links;
mod product_reviews;
mod products;
mod request;
mod review;
mod reviews;
mod schema;
pub(crate) mod store;
mod test_api;

use axum::Router;
use axum::routing::{get, post, put};

use crate::response::ApiResponse;
use crate::state::App;

const INVITE: &str = "/v1/invite/external";

/// Whether a POST to this path asks for an invitation.
pub(crate) fn invites(path: &str) -> bool {
    path == INVITE
}

/// `https://www.kiyoh.com`
pub(crate) fn host() -> Router<App> {
    const REVIEWS: &str = "/v1/publication/review/external";
    const PRODUCT_REVIEWS: &str = "/v1/publication/product/review";
    const PRODUCTS: &str = "/v1/location/product/external";
    Router::new()
        .route(INVITE, post(invites::create).get(invites::old_form))
        .route(PRODUCTS, get(products::list).put(products::put))
        .route(&format!("{PRODUCTS}/bulk"), put(products::put_bulk))
        .route(REVIEWS, get(reviews::list))
        .route(&format!("{REVIEWS}/location/statistics"), get(reviews::statistics))
        .route("/v1/publication/product", get(product_reviews::updated))
        .route(PRODUCT_REVIEWS, get(product_reviews::list))
        .route(&format!("{PRODUCT_REVIEWS}/external"), get(product_reviews::list))
        .route("/invite-link/{location}/{name}", get(links::shop))
        .route("/product-review/invite-link/{location}/{name}/{code}", get(links::products))
        .method_not_allowed_fallback(nothing_here)
        .fallback(nothing_here)
}

/// A path or method that does not exist, or is not simulated.
async fn nothing_here() -> ApiResponse {
    errors::not_found()
}
