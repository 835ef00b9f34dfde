//! Trustpilot: `api.trustpilot.com` and `invitations-api.trustpilot.com`.

mod business_units;
mod errors;
mod invitations;
mod oauth;
mod shape;
mod tokens;

use axum::Router;
use axum::routing::{get, post};

use crate::call::Call;
use crate::reply::Reply;
use crate::state::App;

pub(crate) use tokens::REFRESH_TOKEN_LIFETIME;
use tokens::{Holder, Tokens};

/// What Trustpilot remembers.
#[derive(Default)]
pub(crate) struct Trustpilot {
    pub(crate) tokens: Tokens,
    pub(crate) token_requests: usize,
}

/// `https://api.trustpilot.com`
pub(crate) fn api() -> Router<App> {
    const OAUTH: &str = "/v1/oauth/oauth-business-users-for-applications";
    Router::new()
        .route(&format!("{OAUTH}/accesstoken"), post(oauth::access_token))
        .route(&format!("{OAUTH}/refresh"), post(oauth::refresh))
        .route(&format!("{OAUTH}/revoke"), post(oauth::revoke))
        .route("/v1/business-units/find", get(business_units::find))
        .method_not_allowed_fallback(nothing_here)
        .fallback(nothing_here)
}

/// `https://invitations-api.trustpilot.com`
pub(crate) fn invitations_host() -> Router<App> {
    Router::new()
        .route("/v1/private/business-units/{id}/email-invitations", post(invitations::create))
        .method_not_allowed_fallback(nothing_here)
        .fallback(nothing_here)
}

/// A path of the other host, or of none; and a method the path does not have, as 405 is not among the statuses
/// Trustpilot documents.
async fn nothing_here() -> Reply {
    errors::wrong_url()
}

/// Who holds the access token of a private call.
fn authorize(app: &App, call: &Call) -> Result<Holder, Reply> {
    call.bearer()
        .and_then(|token| app.state().trustpilot.tokens.holder(token))
        .ok_or_else(errors::invalid_access_token)
}
