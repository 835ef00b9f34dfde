//! The token endpoint.

use std::time::Duration;

use axum::extract::State;
use axum::http::{StatusCode, header};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use serde_json::json;
use uuid::Uuid;

use super::errors;
use crate::account;
use crate::request::ApiRequest;
use crate::response::{ApiResponse, ApiResult};
use crate::state::App;

/// DIS: 300 s in sample tokens, 3600 s in a recorded response, a day in older samples. As in the recorded response.
const TOKEN_LIFETIME: Duration = Duration::from_secs(3600);

const FIELDS: [&str; 4] = ["grant_type", "client_id", "client_secret", "audience"];

/// `POST /oauth/token`
pub(super) async fn token(State(app): State<App>, request: ApiRequest) -> ApiResult {
    app.state().etrusted.token_requests += 1;
    // No source sends a header here; published clients have sent their expired token, which only leaks it.
    if request.has_header(header::AUTHORIZATION.as_str()) {
        return Err(invalid_request(
            "Authorization header is not used here; send client_id and client_secret",
        ));
    }
    request.query(&[]).map_err(|error| invalid_request(&error.to_string()))?;
    if !request.is_of_type("application/x-www-form-urlencoded") {
        return Err(invalid_request("Content-Type must be application/x-www-form-urlencoded"));
    }
    let form = request.form(&FIELDS).map_err(|error| invalid_request(&error.to_string()))?;
    if let Some(missing) = FIELDS.into_iter().find(|name| form.get(name).is_none_or(str::is_empty)) {
        return Err(invalid_request(&format!("Missing form parameter: {missing}")));
    }
    if form.get("grant_type") != Some("client_credentials") {
        return Err(errors::token(
            StatusCode::BAD_REQUEST,
            "unsupported_grant_type",
            "Unsupported grant_type",
        ));
    }
    check_audience(form.get("audience"))?;
    if form.get("client_id") != Some(account::ETRUSTED_CLIENT_ID)
        || form.get("client_secret") != Some(account::ETRUSTED_CLIENT_SECRET)
    {
        return Err(wrong_credentials());
    }
    Ok(issue(&app))
}

fn invalid_request(description: &str) -> ApiResponse {
    errors::token(StatusCode::BAD_REQUEST, "invalid_request", description)
}

/// DIS: published clients leave it out or misspell it. Enforced, because the documentation always sends it.
fn check_audience(audience: Option<&str>) -> Result<(), ApiResponse> {
    match audience {
        Some(account::ETRUSTED_AUDIENCE) => Ok(()),
        _ => Err(invalid_request("audience must be https://api.etrusted.com")),
    }
}

/// UNK: the body for a wrong id or secret. INF: the standard response of the software behind the endpoint.
fn wrong_credentials() -> ApiResponse {
    errors::token(
        StatusCode::UNAUTHORIZED,
        "unauthorized_client",
        "Invalid client or Invalid client credentials",
    )
}

/// All members of the recorded response, numbers as numbers.
fn issue(app: &App) -> ApiResponse {
    let lifetime = app.options().token_lifetime.unwrap_or(TOKEN_LIFETIME);
    let token = access_token(app.clock().now(), lifetime);
    app.state().etrusted.tokens.insert(token.clone(), app.clock().after(lifetime));
    ApiResponse::json(
        StatusCode::OK,
        json!({
            "access_token": token,
            "expires_in": lifetime.as_secs(),
            "refresh_expires_in": 0,
            "token_type": "Bearer",
            "not-before-policy": 1_651_869_373,
            "scope": "email profile",
        }),
    )
}

/// Three parts like a JWT, with its claims, but without a valid signature: a client must not look inside.
fn access_token(now: DateTime<Utc>, lifetime: Duration) -> String {
    let now = now.timestamp();
    let expires = now.saturating_add_unsigned(lifetime.as_secs());
    let claims = json!({
        "exp": expires,
        "iat": now,
        "jti": Uuid::new_v4().to_string(),
        "typ": "Bearer",
        "azp": account::ETRUSTED_CLIENT_ID,
        "aud": account::ETRUSTED_AUDIENCE,
        "scope": "email profile",
    });
    let part = |value: &serde_json::Value| URL_SAFE_NO_PAD.encode(value.to_string());
    format!(
        "{}.{}.{}",
        part(&json!({"alg": "RS256", "typ": "JWT"})),
        part(&claims),
        URL_SAFE_NO_PAD.encode([0x5a; 256]),
    )
}
