//! eTrusted: `api.etrusted.com` and `login.etrusted.com`.

mod channel;
mod channels;
mod compact_json;
pub(crate) mod errors;
mod event_types;
mod events;
mod inbox;
mod invite_settings;
mod invites;
mod links;
mod oauth;
mod page;
mod rating;
mod review;
mod review_request;
mod reviews;
mod schema;
mod settings;
pub(crate) mod store;
mod template;
mod templates;
mod test_api;

use axum::Router;
use axum::http::StatusCode;
use axum::routing::{get, post, put};
use serde_json::Value;

use crate::form_fields::FormFields;
use crate::json;
use crate::json_schema::{self, Member};
use crate::request::ApiRequest;
use crate::response::ApiResponse;
use crate::state::App;

/// `https://api.etrusted.com`
pub(crate) fn api() -> Router<App> {
    Router::new()
        .route("/channels", get(channels::list))
        .route("/channels/{id}", put(channels::update))
        .route("/channels/{id}/invites", get(invites::list))
        .route("/event-types", get(event_types::list).post(event_types::create))
        .route(
            "/event-types/{id}",
            get(event_types::read).put(event_types::update).delete(event_types::delete),
        )
        .route("/invite-settings", get(invite_settings::list).patch(invite_settings::update_by_event_type))
        .route("/invite-settings/{id}", get(invite_settings::read).patch(invite_settings::update))
        .route("/channels/{id}/service-reviews/aggregate-rating", get(rating::read))
        .route("/reviews", get(reviews::list))
        .route("/reviews-minimal", get(reviews::list_minimal))
        .route("/reviews/count", get(reviews::count))
        .route("/reviews/{id}", get(reviews::read))
        .route("/reviews/{id}/reply", post(reviews::reply).delete(reviews::delete_reply))
        .route("/reviews/{id}/vetos", get(reviews::vetos).post(reviews::veto))
        .route("/templates", get(templates::list))
        .route("/templates/{id}", get(templates::read))
        .route("/templates/{id}/locales/{locale}", get(templates::read_locale))
        .route("/invites", post(invites::create))
        .route("/questionnaire-links", post(links::create))
        .route("/events", post(events::create))
        .route("/events/{reference}", get(events::read))
        .method_not_allowed_fallback(nothing_here)
        .fallback(nothing_here)
}

/// Returns whether a POST to this path asks for an invitation.
pub(crate) fn invites(path: &str) -> bool {
    matches!(path, "/events" | "/invites" | "/questionnaire-links")
}

/// `https://login.etrusted.com`
pub(crate) fn login() -> Router<App> {
    Router::new()
        .route("/oauth/token", post(oauth::token))
        .method_not_allowed_fallback(nothing_here)
        .fallback(nothing_here)
}

/// A path of the other host, or an unknown one; and a method that the path does not have, because eTrusted does not
/// document 405. Its 404 responses have no body unless documented otherwise.
async fn nothing_here() -> ApiResponse {
    ApiResponse::empty(StatusCode::NOT_FOUND)
}

/// Returns whether the request has a valid token. The error response differs from API to API.
fn is_authorized(app: &App, request: &ApiRequest) -> bool {
    request
        .bearer()
        .is_some_and(|token| app.state().etrusted.tokens.get(token).is_some_and(|until| !until.passed()))
}

/// Checks authorization and query, for every API except `/events`, whose 401 has a body, and `/questionnaire-links`,
/// whose 400 has none.
fn open(app: &App, request: &ApiRequest, known: &[&str]) -> Result<FormFields, ApiResponse> {
    if !is_authorized(app, request) {
        return Err(ApiResponse::empty(StatusCode::UNAUTHORIZED));
    }
    request.query(known).map_err(|error| errors::invalid(&error.to_string()))
}

/// Returns the JSON body, or the first violation of its table as text.
///
/// UNK: the response to a wrong `Content-Type`, because 415 is not documented: 400, like for every other invalid
/// request.
fn body(request: &ApiRequest, members: &[Member], quote: char) -> Result<Value, String> {
    if !request.is_of_type("application/json") {
        return Err("Content-Type must be application/json".to_owned());
    }
    let body = json::parse(&request.body).map_err(|error| format!("body must be JSON: {error}"))?;
    match json_schema::object(members, &body).first() {
        None => Ok(body),
        Some(violation) => Err(errors::describe(violation, quote)),
    }
}
