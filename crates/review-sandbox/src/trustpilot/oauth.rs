//! Token, refresh and revocation.

use axum::extract::State;
use axum::http::{StatusCode, header};
use serde_json::json;

use super::errors;
use super::tokens::{ACCESS_TOKEN_LIFETIME, Holder};
use crate::account;
use crate::form_fields::FormFields;
use crate::formats::web_url;
use crate::request::ApiRequest;
use crate::response::{ApiResponse, ApiResult};
use crate::state::App;

const FORM: &str = "application/x-www-form-urlencoded";

/// The fields of the grants, and the credentials of the application, which may be in the form instead of `Basic`.
const TOKEN_FIELDS: [&str; 8] =
    ["grant_type", "username", "password", "refresh_token", "code", "redirect_uri", CLIENT_ID, CLIENT_SECRET];

const CLIENT_ID: &str = "client_id";
const CLIENT_SECRET: &str = "client_secret";

/// `POST .../accesstoken`: all grants, the refresh included.
pub(super) async fn access_token(State(app): State<App>, request: ApiRequest) -> ApiResult {
    app.state().trustpilot.token_requests += 1;
    let form = form(&request, &TOKEN_FIELDS)?;
    client(&request, &form)?;
    match required(&form, "grant_type")? {
        "password" => password(&app, &form),
        "client_credentials" => {
            only(&form, &[])?;
            Ok(client_credentials(&app))
        }
        "authorization_code" => authorization_code(&app, &form),
        "refresh_token" => refreshed(&app, &form),
        _ => Err(errors::oauth("unsupported_grant_type", "grant_type is none of the documented ones")),
    }
}

/// `POST .../refresh`
pub(super) async fn refresh(State(app): State<App>, request: ApiRequest) -> ApiResult {
    app.state().trustpilot.token_requests += 1;
    let form = form(&request, &TOKEN_FIELDS)?;
    client(&request, &form)?;
    match required(&form, "grant_type")? {
        "refresh_token" => refreshed(&app, &form),
        _ => Err(errors::oauth("unsupported_grant_type", "grant_type must be refresh_token here")),
    }
}

/// `POST .../revoke`
///
/// DIS: four clients send no credentials here, one sends them in the form. So none are required; those that are sent
/// have to be right.
pub(super) async fn revoke(State(app): State<App>, request: ApiRequest) -> ApiResult {
    let form = form(&request, &["token", CLIENT_ID, CLIENT_SECRET])?;
    if has_basic(&request) || has_credentials(&form) {
        client(&request, &form)?;
    }
    if app.state().trustpilot.tokens.revoke(required(&form, "token")?) {
        Ok(ApiResponse::empty(REVOKED))
    } else {
        Err(errors::not_found("Unknown token"))
    }
}

/// UNK: no source states the status or body of a successful revocation.
const REVOKED: StatusCode = StatusCode::OK;

/// Checks the application, by `Basic` or by id and secret in the form.
///
/// INF: both together are rejected, because OAuth allows one method per request.
fn client(request: &ApiRequest, form: &FormFields) -> Result<(), ApiResponse> {
    if has_basic(request) && has_credentials(form) {
        return Err(errors::oauth("invalid_request", "credentials are in the header and in the form"));
    }
    let is_known =
        |key: &str, secret: &str| key == account::TRUSTPILOT_KEY && secret == account::TRUSTPILOT_SECRET;
    let known = if has_credentials(form) {
        let [key, secret] = [CLIENT_ID, CLIENT_SECRET].map(|name| form.get(name).unwrap_or_default());
        is_known(key, secret)
    } else {
        request.basic().is_some_and(|(key, secret)| is_known(&key, &secret))
    };
    if known { Ok(()) } else { Err(errors::invalid_client()) }
}

fn has_basic(request: &ApiRequest) -> bool {
    request.has_header(header::AUTHORIZATION.as_str())
}

fn has_credentials(form: &FormFields) -> bool {
    [CLIENT_ID, CLIENT_SECRET].iter().any(|name| form.get(name).is_some())
}

fn form(request: &ApiRequest, known: &[&str]) -> Result<FormFields, ApiResponse> {
    let invalid =
        |error: crate::form_fields::FormFieldError| errors::oauth("invalid_request", &error.to_string());
    request.query(&[]).map_err(invalid)?;
    if !request.is_of_type(FORM) {
        return Err(errors::unsupported_media_type(FORM));
    }
    request.form(known).map_err(invalid)
}

fn required<'a>(form: &'a FormFields, name: &str) -> Result<&'a str, ApiResponse> {
    match form.get(name) {
        Some(value) if !value.is_empty() => Ok(value),
        _ => Err(errors::oauth("invalid_request", &format!("{name} is missing"))),
    }
}

/// Rejects fields of another grant.
fn only(form: &FormFields, allowed: &[&str]) -> Result<(), ApiResponse> {
    let always = ["grant_type", CLIENT_ID, CLIENT_SECRET];
    let foreign = |name: &&str| !always.contains(name) && !allowed.contains(name) && form.get(name).is_some();
    match TOKEN_FIELDS.into_iter().find(|name| foreign(name)) {
        Some(name) => {
            Err(errors::oauth("invalid_request", &format!("{name} does not belong to this grant_type")))
        }
        None => Ok(()),
    }
}

fn password(app: &App, form: &FormFields) -> ApiResult {
    only(form, &["username", "password"])?;
    let name = required(form, "username")?;
    let password = required(form, "password")?;
    if name != account::TRUSTPILOT_USERNAME || password != account::TRUSTPILOT_PASSWORD {
        return Err(invalid_grant("username or password"));
    }
    Ok(logged_in(app, true))
}

fn authorization_code(app: &App, form: &FormFields) -> ApiResult {
    only(form, &["code", "redirect_uri"])?;
    let code = required(form, "code")?;
    let redirect_uri = required(form, "redirect_uri")?;
    if !redirect_uri.starts_with("https://") || web_url(redirect_uri).is_err() {
        return Err(errors::oauth("invalid_request", "redirect_uri must be an https URL"));
    }
    if !app.state().trustpilot.tokens.redeem_code(code, redirect_uri) {
        return Err(invalid_grant("code, or redirect_uri for it,"));
    }
    Ok(logged_in(app, true))
}

fn refreshed(app: &App, form: &FormFields) -> ApiResult {
    only(form, &["refresh_token"])?;
    let token = required(form, "refresh_token")?;
    if !app.state().trustpilot.tokens.redeem(token) {
        return Err(invalid_grant("refresh_token"));
    }
    Ok(logged_in(app, false))
}

/// 400 is what users of a public connector saw for a refresh token that was used twice (its body is UNK). UNK: a
/// wrong user name or password; the same here, as in the OAuth standard.
fn invalid_grant(what: &str) -> ApiResponse {
    errors::oauth("invalid_grant", &format!("{what} is not valid"))
}

/// All numbers are strings, as in the recorded response.
fn logged_in(app: &App, first: bool) -> ApiResponse {
    let lifetime = app.options().token_lifetime.unwrap_or(ACCESS_TOKEN_LIFETIME);
    let refresh_lifetime = app.options().refresh_token_lifetime;
    let tokens = &mut app.state().trustpilot.tokens;
    let access = tokens.issue(Holder::User, lifetime);
    let refresh = tokens.issue_refresh(&access, refresh_lifetime);
    let now = issued_at(app);
    let mut body = json!({
        "access_token": access,
        "refresh_token": refresh,
        "issued_at": now,
        "expires_in": lifetime.as_secs().to_string(),
        "token_type": "BearerToken",
        "refresh_token_issued_at": now,
        "refresh_token_expires_in": refresh_lifetime.as_secs().to_string(),
        "refresh_token_status": "approved",
    });
    if let (true, Some(body)) = (first, body.as_object_mut()) {
        body.insert("app_enduser".to_owned(), account::BUSINESS_USER_ID.into());
        body.insert("client_id".to_owned(), account::TRUSTPILOT_KEY.into());
    }
    ApiResponse::json(StatusCode::OK, body)
}

/// DIS: seconds in the recorded response of 2025, milliseconds in an older official client. As in the recorded
/// response.
fn issued_at(app: &App) -> String {
    app.clock().now().timestamp().to_string()
}

/// Two members only, as documented: no refresh token, no type.
fn client_credentials(app: &App) -> ApiResponse {
    let lifetime = app.options().token_lifetime.unwrap_or(ACCESS_TOKEN_LIFETIME);
    let access = app.state().trustpilot.tokens.issue(Holder::Application, lifetime);
    ApiResponse::json(
        StatusCode::OK,
        json!({"access_token": access, "expires_in": lifetime.as_secs().to_string()}),
    )
}
