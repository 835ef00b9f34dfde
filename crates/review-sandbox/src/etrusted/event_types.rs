//! Event types.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde_json::Value;

use super::schema::{EVENT_TYPE, EVENT_TYPE_UPDATE};
use super::store::EventType;
use super::{body, errors, open};
use crate::json_schema::text;
use crate::request::ApiRequest;
use crate::response::{ApiResponse, ApiResult};
use crate::state::App;

/// UNK: the statuses of a successful update and deletion; here 200 with the event type, and 204.
const UPDATED: StatusCode = StatusCode::OK;
const DELETED: StatusCode = StatusCode::NO_CONTENT;

/// `GET /event-types[?name=]`
///
/// DIS: the documentation prints one object as the response; two official clients read an array.
pub(super) async fn list(State(app): State<App>, request: ApiRequest) -> ApiResult {
    let query = open(&app, &request, &["name"])?;
    let name = query.get("name");
    if name == Some("") {
        return Err(errors::invalid("parameter `name` is empty; leave it out instead"));
    }
    let state = app.state();
    let found = state.etrusted.types.iter().filter(|known| name.is_none_or(|name| known.name == name));
    Ok(ApiResponse::json(StatusCode::OK, Value::Array(found.map(EventType::print).collect())))
}

/// `POST /event-types`
pub(super) async fn create(State(app): State<App>, request: ApiRequest) -> ApiResult {
    open(&app, &request, &[])?;
    let body = checked(&request, &EVENT_TYPE)?;
    let name = text(&body, "/name").unwrap_or_default();
    let active = body.get("active").and_then(Value::as_bool).unwrap_or(true);
    let account = &mut app.state().etrusted;
    if account.type_by_name(name).is_some() {
        let description = "An event type with this \"name\" exists already";
        return Err(errors::client_error(StatusCode::CONFLICT, "Conflict", description));
    }
    Ok(ApiResponse::json(
        StatusCode::CREATED,
        account.add_event_type(name, active, app.options().settings_delay),
    ))
}

/// `GET /event-types/{id}`
pub(super) async fn read(State(app): State<App>, Path(id): Path<String>, request: ApiRequest) -> ApiResult {
    open(&app, &request, &[])?;
    let found = app.state().etrusted.type_by_id(&id).map(|known| known.print());
    Ok(ApiResponse::json(StatusCode::OK, found.ok_or_else(unknown)?))
}

/// `PUT /event-types/{id}`: only `active` is documented as changeable. UNK: renaming; rejected here as an unknown
/// member.
pub(super) async fn update(State(app): State<App>, Path(id): Path<String>, request: ApiRequest) -> ApiResult {
    open(&app, &request, &[])?;
    let body = checked(&request, &EVENT_TYPE_UPDATE)?;
    let mut state = app.state();
    let known = state.etrusted.type_by_id(&id).ok_or_else(unknown)?;
    known.active = body.get("active").and_then(Value::as_bool).unwrap_or(known.active);
    known.updated = app.clock().now();
    Ok(ApiResponse::json(UPDATED, known.print()))
}

/// `DELETE /event-types/{id}`
pub(super) async fn delete(State(app): State<App>, Path(id): Path<String>, request: ApiRequest) -> ApiResult {
    open(&app, &request, &[])?;
    if app.state().etrusted.delete_event_type(&id) { Ok(ApiResponse::empty(DELETED)) } else { Err(unknown()) }
}

fn checked(request: &ApiRequest, members: &[crate::json_schema::Member]) -> Result<Value, ApiResponse> {
    body(request, members, '"').map_err(|text| errors::invalid(&format!("Invalid event: {text}")))
}

fn unknown() -> ApiResponse {
    errors::client_error(StatusCode::NOT_FOUND, "Not found", "There is no event type of this id")
}
