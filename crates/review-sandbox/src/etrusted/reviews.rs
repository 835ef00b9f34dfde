//! Reviews.
//!
//! UNK: all error responses, because none is documented for these calls: 400 with the body of event types, 404
//! without one.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde_json::{Value, json};
use uuid::Uuid;

use super::page::{self, Paging};
use super::review::{FILTERS, Filter, Review};
use super::schema::{REPLY, VETO};
use super::{body, errors, open};
use crate::account;
use crate::clock;
use crate::request::ApiRequest;
use crate::response::{ApiResponse, ApiResult};
use crate::state::App;

/// UNK: the statuses of a successful reply, of its deletion, and of a veto.
const REPLIED: StatusCode = StatusCode::OK;
const DELETED: StatusCode = StatusCode::NO_CONTENT;
const VETOED: StatusCode = StatusCode::CREATED;

/// `GET /reviews`
pub(super) async fn list(State(app): State<App>, request: ApiRequest) -> ApiResult {
    print_list(&app, &request, "/reviews", Review::print)
}

/// `GET /reviews-minimal`
pub(super) async fn list_minimal(State(app): State<App>, request: ApiRequest) -> ApiResult {
    print_list(&app, &request, "/reviews-minimal", Review::print_minimal)
}

fn print_list(app: &App, request: &ApiRequest, path: &str, print: fn(&Review) -> Value) -> ApiResult {
    let query = open(app, request, &FILTERS)?;
    let (filter, paging) = (Filter::read(&query)?, Paging::read(&query)?);
    let state = app.state();
    let found = filter.find(&state.etrusted.reviews);
    let found: Vec<_> = found.into_iter().map(|review| (review.id.as_str(), review)).collect();
    Ok(ApiResponse::json(StatusCode::OK, paging.page(&found, print, &page::address(request, path))?))
}

/// `GET /reviews/count`: the same parameters; those of paging have no effect.
pub(super) async fn count(State(app): State<App>, request: ApiRequest) -> ApiResult {
    let query = open(&app, &request, &FILTERS)?;
    let filter = Filter::read(&query)?;
    Paging::read(&query)?;
    let found = filter.find(&app.state().etrusted.reviews).len();
    let mut printed = json!({"accountId": account::ACCOUNT_ID, "totalElements": found});
    if let (Some(channels), Some(members)) = (filter.channels(), printed.as_object_mut()) {
        members.insert("channelList".to_owned(), channels.into());
    }
    Ok(ApiResponse::json(StatusCode::OK, printed))
}

/// `GET /reviews/{id}`
pub(super) async fn read(State(app): State<App>, Path(id): Path<String>, request: ApiRequest) -> ApiResult {
    open(&app, &request, &[])?;
    with(&app, &id, |review| Ok(ApiResponse::json(StatusCode::OK, review.print())))
}

/// `POST /reviews/{id}/reply`
///
/// UNK: the response, here the reply as the review then shows it; and a second reply, which replaces the first one.
/// The email of `sendNotification` does not ask for a review, so it is not counted.
pub(super) async fn reply(State(app): State<App>, Path(id): Path<String>, request: ApiRequest) -> ApiResult {
    open(&app, &request, &[])?;
    let sent = checked(&request, &REPLY)?;
    let now = app.clock().now();
    with(&app, &id, |review| {
        let at = clock::print(now);
        let reply = json!({"comment": sent.get("comment"), "createdAt": at, "updatedAt": at});
        review.reply = Some(reply.clone());
        review.updated = now;
        Ok(ApiResponse::json(REPLIED, reply))
    })
}

/// `DELETE /reviews/{id}/reply`
pub(super) async fn delete_reply(
    State(app): State<App>,
    Path(id): Path<String>,
    request: ApiRequest,
) -> ApiResult {
    open(&app, &request, &[])?;
    let now = app.clock().now();
    with(&app, &id, |review| {
        review.reply.take().ok_or_else(unknown)?;
        review.updated = now;
        Ok(ApiResponse::empty(DELETED))
    })
}

/// `GET /reviews/{id}/vetos`
///
/// UNK: the form. An array of the submitted objects, each with id and time.
pub(super) async fn vetos(State(app): State<App>, Path(id): Path<String>, request: ApiRequest) -> ApiResult {
    open(&app, &request, &[])?;
    with(&app, &id, |review| Ok(ApiResponse::json(StatusCode::OK, Value::Array(review.vetos.clone()))))
}

/// `POST /reviews/{id}/vetos`
pub(super) async fn veto(State(app): State<App>, Path(id): Path<String>, request: ApiRequest) -> ApiResult {
    open(&app, &request, &[])?;
    let mut veto = checked(&request, &VETO)?;
    let now = app.clock().now();
    if let Some(members) = veto.as_object_mut() {
        members.insert("id".to_owned(), format!("vet-{}", Uuid::new_v4()).into());
        members.insert("createdAt".to_owned(), clock::print(now).into());
    }
    with(&app, &id, |review| {
        review.vetos.push(veto.clone());
        review.updated = now;
        Ok(ApiResponse::json(VETOED, veto))
    })
}

fn with(app: &App, id: &str, act: impl FnOnce(&mut Review) -> ApiResult) -> ApiResult {
    let mut state = app.state();
    let review = state.etrusted.reviews.iter_mut().find(|review| review.id == id);
    act(review.ok_or_else(unknown)?)
}

fn checked(request: &ApiRequest, members: &[crate::json_schema::Member]) -> Result<Value, ApiResponse> {
    body(request, members, '"').map_err(|text| errors::invalid(&text))
}

fn unknown() -> ApiResponse {
    ApiResponse::empty(StatusCode::NOT_FOUND)
}
