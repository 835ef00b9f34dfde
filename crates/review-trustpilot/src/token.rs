//! Access tokens. The token endpoint is on the API host, never on that of invitations.

use http::Method;
use review_core::config::Secret;
use review_http::vendor::Step;

use crate::config::{Grant, Trustpilot};
use crate::operations::{FETCH_TOKEN, REFRESH_TOKEN};

/// Refresh tokens and authorization codes are valid for one use, so those requests are never repeated.
///
/// DIS: the host. One old source names that of the login page. DIS: the unit of `issued_at`, which is not read. DIS: the
/// lifetime of a refresh token, 30 or 90 days: one that is rejected is replaced by the grant.
pub(crate) fn step(trustpilot: &Trustpilot, refresh_token: Option<&Secret>) -> Step {
    let path = |endpoint| ["v1", "oauth", "oauth-business-users-for-applications", endpoint];
    let base = &trustpilot.api_url;
    let grant = path("accesstoken");
    let step = match (refresh_token, &trustpilot.grant) {
        (Some(token), _) => Step::single_use(REFRESH_TOKEN, Method::POST, base, &path("refresh"))
            .form([("grant_type", "refresh_token".into()), ("refresh_token", token.clone())]),
        (None, Grant::Password { username, password }) => {
            Step::idempotent(FETCH_TOKEN, Method::POST, base, &grant).form([
                ("grant_type", "password".into()),
                ("username", username.clone()),
                ("password", password.clone()),
            ])
        }
        (None, Grant::ClientCredentials { .. }) => Step::idempotent(FETCH_TOKEN, Method::POST, base, &grant)
            .form([("grant_type", "client_credentials".into())]),
        (None, Grant::AuthorizationCode { code, redirect_uri }) => {
            Step::single_use(FETCH_TOKEN, Method::POST, base, &grant).form([
                ("grant_type", "authorization_code".into()),
                ("code", code.clone()),
                ("redirect_uri", redirect_uri.as_str().into()),
            ])
        }
    };
    step.basic_auth(&trustpilot.api_key, &trustpilot.api_secret)
}
