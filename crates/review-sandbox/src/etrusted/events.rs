//! Events.

use std::time::Duration;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use uuid::Uuid;

use super::channel::Channel;
use super::compact_json::{Body, CompactJson};
use super::review_request::{Invite, MODE_AUTOMATIC, ReviewRequest, skus};
use super::schema::{EVENT, USER_DEFINED};
use super::settings::{Plan, Setting};
use super::store::Etrusted;
use super::{body, errors, inbox, is_authorized};
use crate::account;
use crate::clock;
use crate::email::EmailKind;
use crate::inbox::draft::setting;
use crate::json_schema::text;
use crate::request::ApiRequest;
use crate::response::{ApiResponse, ApiResult};
use crate::state::App;

/// `POST /events`
///
/// 202 means that the event is queued. If the channel is unknown, or the setting is missing or off, the response is
/// 202 as well, and no email goes out.
pub(super) async fn create(State(app): State<App>, request: ApiRequest) -> ApiResult {
    open(&app, &request)?;
    let event = body(&request, &EVENT, '`').map_err(|text| errors::invalid_event(&text))?;
    channel_id(&event)?;
    let mut state = app.state();
    event_type(text(&event, "/type").unwrap_or_default())?;
    let reference = format!("evt-{}", Uuid::new_v4());
    let now = app.clock().now();
    let channel = channel(&state.etrusted, &event);
    let setup = setup(&state.etrusted, channel, &event);
    let requests =
        match requests(&state.etrusted, channel, &event, &reference, now, app.options().invite_delay) {
            Ok(requests) => requests,
            Err(reason) => {
                request.trace.invitation(inbox::no_email(&event, channel, setup.clone(), reason));
                Vec::new()
            }
        };
    for sent in &requests {
        let name = channel.map_or("", |channel| &channel.name);
        request.trace.invitation(inbox::request(sent, name, setup.clone()));
    }
    state.emails.extend(requests.iter().filter_map(ReviewRequest::email));
    state.etrusted.requests.extend(requests);
    // INF: a GET may not find the event immediately. Here it does, as the documentation does not mention a delay.
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

/// The text says forbidden, and the status is 401, as documented.
fn open(app: &App, request: &ApiRequest) -> Result<(), ApiResponse> {
    if !is_authorized(app, request) {
        return Err(errors::message(StatusCode::UNAUTHORIZED, "Access to this resource is forbidden"));
    }
    request.query(&[]).map(drop).map_err(|error| errors::invalid_event(&error.to_string()))
}

/// Checks which event types can be posted.
///
/// DIS: `checkout` is in older samples; the newest page reserves it for the Trustbadge. Rejected: a shop with a
/// Trustbadge would send two invites per order.
///
/// DIS: the documentation says that events of an inactive type are "no longer accepted"; the help centre lists an
/// inactive or misspelled type among the reasons why an event was accepted and no invite was sent. Accepted, and
/// nothing is sent: otherwise the sandbox would hide the one case in which invitations get lost without an error.
fn event_type(name: &str) -> Result<(), ApiResponse> {
    if name == "checkout" {
        return Err(errors::invalid_event("instance.type `checkout` is a reserved type"));
    }
    Ok(())
}

/// INF: ids created by eTrusted begin with `chl-`. Without this check, a shop's Trusted Shops id (a known mistake)
/// would count as an unknown channel.
fn channel_id(event: &Value) -> Result<(), ApiResponse> {
    let id = text(event, "/channel/id").unwrap_or_default();
    if text(event, "/channel/type") == Some(USER_DEFINED) || id.starts_with("chl-") {
        Ok(())
    } else {
        Err(errors::invalid_event("instance.channel.id is not an id made by eTrusted, chl-..."))
    }
}

/// Returns the channel that a body names, if the account has it.
pub(super) fn channel<'a>(account: &'a Etrusted, body: &Value) -> Option<&'a Channel> {
    let id = text(body, "/channel/id")?;
    let own = text(body, "/channel/type") == Some(USER_DEFINED);
    account.channels.iter().find(|channel| if own { channel.own_id == Some(id) } else { channel.id == id })
}

/// Returns the invites of an accepted event, which depend on the setting for its channel and type. An error is the
/// reason why no email goes out.
fn requests(
    account: &Etrusted,
    channel: Option<&Channel>,
    event: &Value,
    reference: &str,
    now: DateTime<Utc>,
    delay: Duration,
) -> Result<Vec<ReviewRequest>, &'static str> {
    let channel = channel.ok_or("the account has no channel with this id")?;
    let setting = plan_of(account, channel, text(event, "/type").unwrap_or_default())?;
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
    let has_products = !skus(event).is_empty();
    if setting.product.enabled && has_products {
        requests.push(request(EmailKind::Product, &setting.product));
    }
    match (requests.is_empty(), setting.product.enabled) {
        (false, _) => Ok(requests),
        (true, true) => Err("only product reviews are enabled, and the event has no products"),
        (true, false) => Err("service and product reviews are disabled in the invite settings"),
    }
}

/// Describes the channel, the event type and the invite settings, as far as the account has them.
fn setup(account: &Etrusted, channel: Option<&Channel>, event: &Value) -> Vec<(String, String)> {
    let name = text(event, "/type").unwrap_or_default();
    let event_type = account.type_by_name(name);
    let state =
        event_type.map_or("unknown to the account", |known| if known.active { "active" } else { "inactive" });
    let mut setup = vec![
        setting("channel", channel.map_or("unknown to the account", |channel| &channel.name)),
        setting("event type", format!("{name}: {state}")),
    ];
    let (Some(channel), Some(event_type)) = (channel, event_type) else { return setup };
    let Some(found) = account.setting_of(channel, event_type) else {
        setup.push(setting("invite settings", "do not exist yet"));
        return setup;
    };
    let plan = |plan: &Plan| match plan.enabled {
        true => format!("enabled, {} days after the event", plan.delay_days),
        false => "disabled".to_owned(),
    };
    setup.push(setting("invite settings", if found.is_on() { "switched on" } else { "switched off" }));
    setup.push(setting("service reviews", plan(&found.service)));
    setup.push(setting("product reviews", plan(&found.product)));
    setup
}

/// Returns the setting for a channel and an event type, or the reason why nothing is sent.
fn plan_of<'a>(account: &'a Etrusted, channel: &Channel, name: &str) -> Result<&'a Setting, &'static str> {
    let event_type = account.type_by_name(name).ok_or("the account has no event type of this name")?;
    if !event_type.active {
        return Err("event type inactive");
    }
    let setting = account
        .setting_of(channel, event_type)
        .ok_or("the invite settings of the event type do not exist yet")?;
    if setting.is_on() { Ok(setting) } else { Err("the invite settings are switched off") }
}

/// The delay counts from the event. `estimatedDeliveryDate` moves it only if "Apply trigger date" is switched on in
/// the Control Centre, which it is not here. UNK: how `sendingTimeOfDay` changes the delay; it is ignored.
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
