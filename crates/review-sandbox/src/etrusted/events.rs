//! Events.

use std::time::Duration;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use uuid::Uuid;

use super::channels::Channel;
use super::compact_json::{Body, CompactJson};
use super::review_request::{Invite, MODE_AUTOMATIC, ReviewRequest, skus};
use super::schema::{EVENT, USER_DEFINED};
use super::settings::{Plan, Setting};
use super::store::Etrusted;
use super::{body, errors, is_authorized};
use crate::account;
use crate::clock;
use crate::email::EmailKind;
use crate::json_schema::text;
use crate::request::ApiRequest;
use crate::response::{ApiResponse, ApiResult};
use crate::state::App;

/// `POST /events`
///
/// 202 means queued and no more: a channel that is unknown, or a setting that is missing or off, gives 202 as well,
/// and no mail.
pub(super) async fn create(State(app): State<App>, request: ApiRequest) -> ApiResult {
    open(&app, &request)?;
    let event = body(&request, &EVENT, '`').map_err(|text| errors::invalid_event(&text))?;
    channel_id(&event)?;
    let mut state = app.state();
    event_type(text(&event, "/type").unwrap_or_default())?;
    let reference = format!("evt-{}", Uuid::new_v4());
    let now = app.clock().now();
    let requests = requests(&state.etrusted, &event, &reference, now, app.options().invite_delay);
    state.emails.extend(requests.iter().filter_map(ReviewRequest::email));
    state.etrusted.requests.extend(requests);
    // INF: the event may not be there at once. It is here, as the documentation says nothing of a delay.
    state.etrusted.events.insert(reference.clone(), stored(event, &reference, now));
    let message = format!("Your event (`{reference}`) was accepted for processing.");
    Ok(ApiResponse::json(StatusCode::ACCEPTED, json!({"Message": message, "EventRef": reference})))
}

/// `GET /events/{ref}`
pub(super) async fn read(
    State(app): State<App>,
    Path(reference): Path<String>,
    request: ApiRequest,
) -> ApiResult {
    open(&app, &request)?;
    match app.state().etrusted.events.get(&reference) {
        Some(event) => Ok(ApiResponse::json(StatusCode::OK, event.read())),
        None => Err(ApiResponse::empty(StatusCode::NOT_FOUND)),
    }
}

/// The text says forbidden, the status is 401: as documented.
fn open(app: &App, request: &ApiRequest) -> Result<(), ApiResponse> {
    if !is_authorized(app, request) {
        return Err(errors::message(StatusCode::UNAUTHORIZED, "Access to this resource is forbidden"));
    }
    request.query(&[]).map(drop).map_err(|fault| errors::invalid_event(&fault.to_string()))
}

/// Which event types may be posted.
///
/// DIS: `checkout` stands in older samples; the newest page reserves it for the Trustbadge. Refused: a shop with a
/// Trustbadge would send two invites per order.
///
/// DIS: the documentation says that events of an inactive type are "no longer accepted"; the help centre lists an
/// inactive or misspelt type among the reasons why an event was accepted and no invite came. Accepted, and nothing is
/// sent: a sandbox that rejects them would hide the one case in which invitations vanish without a sign.
fn event_type(name: &str) -> Result<(), ApiResponse> {
    if name == "checkout" {
        return Err(errors::invalid_event("instance.type `checkout` is a reserved type"));
    }
    Ok(())
}

/// INF: ids made by eTrusted begin with `chl-`. Without this check a shop's Trusted Shops id in its place, a known
/// trap, would pass as an unknown channel.
fn channel_id(event: &Value) -> Result<(), ApiResponse> {
    let id = text(event, "/channel/id").unwrap_or_default();
    if text(event, "/channel/type") == Some(USER_DEFINED) || id.starts_with("chl-") {
        Ok(())
    } else {
        Err(errors::invalid_event("instance.channel.id is not an id made by eTrusted, chl-..."))
    }
}

/// The channel a body names, if it is one of the account's.
pub(super) fn channel<'a>(account: &'a Etrusted, body: &Value) -> Option<&'a Channel> {
    let id = text(body, "/channel/id")?;
    let own = text(body, "/channel/type") == Some(USER_DEFINED);
    account.channels.iter().find(|channel| if own { channel.own_id == Some(id) } else { channel.id == id })
}

/// What an accepted event leads to: all depends on the setting for its channel and type.
fn requests(
    account: &Etrusted,
    event: &Value,
    reference: &str,
    now: DateTime<Utc>,
    delay: Duration,
) -> Vec<ReviewRequest> {
    let found = || -> Option<(&Channel, &Setting)> {
        let channel = channel(account, event)?;
        let event_type = account.type_by_name(text(event, "/type")?).filter(|known| known.active)?;
        let setting = account.settings().find(|setting| {
            setting.channel == channel.id && setting.event_type == event_type.id && setting.is_on()
        })?;
        Some((channel, setting))
    };
    let Some((channel, setting)) = found() else {
        return Vec::new();
    };
    let request = |kind: EmailKind, plan: &Plan| ReviewRequest {
        channel: channel.id.to_owned(),
        kind,
        locale: text(event, "/defaultLocale").unwrap_or(&channel.locale).to_owned(),
        questionnaire: format!("qre-{}", Uuid::new_v4()),
        questionnaire_template: plan.questionnaire.clone(),
        event: Some(reference.to_owned()),
        body: Body::new(event),
        invite: Some(Invite::new(MODE_AUTOMATIC, &plan.invite_template, now, delay, send_at(plan, now))),
    };
    let mut requests = Vec::new();
    if setting.service.enabled {
        requests.push(request(EmailKind::Service, &setting.service));
    }
    if setting.product.enabled && !skus(event).is_empty() {
        requests.push(request(EmailKind::Product, &setting.product));
    }
    requests
}

/// The delay counts from the event: `estimatedDeliveryDate` moves it only with "Apply trigger date" switched on in
/// the Control Centre, which it is not here. UNK: how `sendingTimeOfDay` and the delay go together; only the delay
/// counts.
fn send_at(plan: &Plan, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let delay = i64::try_from(plan.delay_days).ok().and_then(TimeDelta::try_days)?;
    now.checked_add_signed(delay)
}

/// The event as a GET prints it.
pub(super) fn stored(mut event: Value, reference: &str, now: DateTime<Utc>) -> CompactJson {
    if let Some(members) = event.as_object_mut() {
        members.insert("id".to_owned(), reference.into());
        members.insert("accountRef".to_owned(), account::ACCOUNT_ID.into());
        members.insert("tracking".to_owned(), json!({"client": "PUBLIC_EVENTS_API", "medium": "API"}));
        members.entry("createdAt").or_insert_with(|| clock::print(now).into());
    }
    CompactJson::new(&event)
}
