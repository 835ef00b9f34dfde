//! Invite settings. eTrusted creates them; there is no call to create or delete one.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde_json::Value;

use super::schema::INVITE_SETTING;
use super::settings::Setting;
use super::{body, errors, open};
use crate::request::ApiRequest;
use crate::response::{ApiResponse, ApiResult};
use crate::state::App;

/// `GET /invite-settings[?id=][&channel-id=]`
pub(super) async fn list(State(app): State<App>, request: ApiRequest) -> ApiResult {
    let query = open(&app, &request, &["id", "channel-id"])?;
    let fits = |name: &str, value: &str| query.get(name).is_none_or(|wanted| wanted == value);
    let state = app.state();
    let found = state
        .etrusted
        .settings()
        .filter(|setting| fits("id", &setting.id) && fits("channel-id", &setting.channel));
    Ok(ApiResponse::json(StatusCode::OK, Value::Array(found.map(Setting::print).collect())))
}

/// `GET /invite-settings/{id}`
pub(super) async fn read(State(app): State<App>, Path(id): Path<String>, request: ApiRequest) -> ApiResult {
    open(&app, &request, &[])?;
    let state = app.state();
    let setting = state.etrusted.settings().find(|setting| setting.id == id).ok_or_else(unknown)?;
    Ok(ApiResponse::json(StatusCode::OK, setting.print()))
}

/// `PATCH /invite-settings/{id}`
///
/// DIS: the vendor's connector reads the response as an array; the documentation names one setting. Here it is one
/// object.
pub(super) async fn update(State(app): State<App>, Path(id): Path<String>, request: ApiRequest) -> ApiResult {
    open(&app, &request, &[])?;
    let body = checked(&request)?;
    let mut state = app.state();
    let setting = state.etrusted.settings_mut().find(|setting| setting.id == id).ok_or_else(unknown)?;
    setting.patch(&body);
    Ok(ApiResponse::json(StatusCode::OK, setting.print()))
}

/// `PATCH /invite-settings?event-type-id=`: the settings of all channels for that event type.
///
/// Before the settings have appeared, the response is an empty array. The vendor's PrestaShop module retries for that
/// reason.
pub(super) async fn update_by_event_type(State(app): State<App>, request: ApiRequest) -> ApiResult {
    let query = open(&app, &request, &["event-type-id"])?;
    let Some(event_type) = query.get("event-type-id").filter(|id| !id.is_empty()) else {
        return Err(errors::invalid("parameter `event-type-id` is missing"));
    };
    let body = checked(&request)?;
    let mut state = app.state();
    let changed = state.etrusted.settings_mut().filter(|setting| setting.event_type == event_type);
    let printed = changed.map(|setting| {
        setting.patch(&body);
        setting.print()
    });
    Ok(ApiResponse::json(StatusCode::OK, Value::Array(printed.collect())))
}

fn checked(request: &ApiRequest) -> Result<Value, ApiResponse> {
    body(request, &INVITE_SETTING, '"').map_err(|text| errors::invalid(&text))
}

/// 404 without a body is documented for GET; UNK for PATCH, where it is the same.
fn unknown() -> ApiResponse {
    ApiResponse::empty(StatusCode::NOT_FOUND)
}
