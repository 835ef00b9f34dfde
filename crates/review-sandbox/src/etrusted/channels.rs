//! The calls that read and change channels.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde_json::{Value, json};

use super::channel::Channel;
use super::schema::CHANNEL_UPDATE;
use super::{body, errors, open};
use crate::request::ApiRequest;
use crate::response::{ApiResponse, ApiResult};
use crate::state::App;

/// `GET /channels`
pub(super) async fn list(State(app): State<App>, request: ApiRequest) -> ApiResult {
    open(&app, &request, &[])?;
    let state = app.state();
    let channels = state.etrusted.channels.iter().map(Channel::print);
    Ok(ApiResponse::json(StatusCode::OK, Value::Array(channels.collect())))
}

/// `PUT /channels/{id}`: the response contains only the id.
///
/// UNK: the error responses. 400 like that of event types, and 404 without a body as for the list.
pub(super) async fn update(State(app): State<App>, Path(id): Path<String>, request: ApiRequest) -> ApiResult {
    open(&app, &request, &[])?;
    let body = body(&request, &CHANNEL_UPDATE, '"').map_err(|text| errors::invalid(&text))?;
    let now = app.clock().now();
    let mut state = app.state();
    let found = state.etrusted.channels.iter_mut().find(|channel| channel.id == id);
    let channel = found.ok_or_else(|| ApiResponse::empty(StatusCode::NOT_FOUND))?;
    channel.update(&body, now);
    Ok(ApiResponse::json(StatusCode::OK, json!({"id": channel.id})))
}
