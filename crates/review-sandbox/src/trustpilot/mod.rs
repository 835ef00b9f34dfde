//! Trustpilot: `api.trustpilot.com` and `invitations-api.trustpilot.com`.

mod access;
mod body;
mod business_units;
mod catalogue;
pub(crate) mod cdn;
pub(crate) mod errors;
mod findings;
mod ids;
mod inbox;
mod invitation_data;
mod invitations;
mod invitations_log;
mod links;
mod locales;
mod oauth;
mod product_reviews;
mod products;
pub(crate) mod reviews;
mod schema;
mod service_reviews;
pub(crate) mod store;
mod templates;
mod test_api;
mod time;
pub(crate) mod tokens;

use axum::Router;
use axum::routing::{get, post};

use crate::response::ApiResponse;
use crate::state::App;

/// `https://api.trustpilot.com`
pub(crate) fn api() -> Router<App> {
    const OAUTH: &str = "/v1/oauth/oauth-business-users-for-applications";
    const PRODUCTS: &str = "/product-reviews/business-units/{id}";
    Router::new()
        .route(&format!("{OAUTH}/accesstoken"), post(oauth::access_token))
        .route(&format!("{OAUTH}/refresh"), post(oauth::refresh))
        .route(&format!("{OAUTH}/revoke"), post(oauth::revoke))
        .route("/v1/resources/metadata/locales", get(locales::list))
        .route("/v1/business-units/find", get(business_units::find))
        .route("/v1/business-units/search", get(business_units::search))
        .route("/v1/business-units/{id}", get(business_units::one))
        .route("/v1/business-units/{id}/web-links", get(business_units::web_links))
        .route("/v1/business-units/{id}/reviews", get(service_reviews::public))
        .route("/v1/business-units/{id}/all-reviews", get(service_reviews::all))
        .route("/v1/reviews/{id}", get(service_reviews::public_one))
        .route("/v1/private/business-units/{id}/reviews", get(service_reviews::private))
        .route("/v1/private/reviews/{id}", get(service_reviews::private_one))
        .route("/v1/private/business-units/{id}/products", get(products::all).post(products::upsert))
        .route(&format!("/v1{PRODUCTS}"), get(product_reviews::public_summary))
        .route(&format!("/v1{PRODUCTS}/reviews"), get(product_reviews::public))
        .route(&format!("/v1{PRODUCTS}/batch-summaries"), post(product_reviews::batch_summaries))
        .route(&format!("/v1/private{PRODUCTS}/reviews"), get(product_reviews::private))
        .route(&format!("/v1/private{PRODUCTS}/summaries"), get(product_reviews::summaries))
        .route(&format!("/v1/private{PRODUCTS}/invitation-links"), post(links::product))
        .route("/v1/private/product-reviews/{id}", get(product_reviews::private_one))
        .method_not_allowed_fallback(nothing_here)
        .fallback(nothing_here)
}

/// Returns whether a POST to this path asks for an invitation.
pub(crate) fn invites(path: &str) -> bool {
    path.ends_with("/email-invitations") || path.ends_with("/invitation-links")
}

/// `https://invitations-api.trustpilot.com`
pub(crate) fn invitations_host() -> Router<App> {
    const UNIT: &str = "/v1/private/business-units/{id}";
    Router::new()
        .route(&format!("{UNIT}/email-invitations"), post(invitations::create))
        .route(&format!("{UNIT}/invitation-links"), post(links::service))
        .route(&format!("{UNIT}/templates"), get(templates::list))
        .route(&format!("{UNIT}/invitation-data/delete"), post(invitation_data::delete))
        .method_not_allowed_fallback(nothing_here)
        .fallback(nothing_here)
}

/// A path of the other host, or an unknown one; and a method that the path does not have, because Trustpilot does not
/// document 405.
async fn nothing_here() -> ApiResponse {
    errors::wrong_url()
}
