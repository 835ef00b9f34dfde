//! Events.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use uuid::Uuid;

use super::settings::{Plan, Setting};
use super::shape::{EVENT, USER_DEFINED};
use super::store::Etrusted;
use super::{body, errors, is_authorized};
use crate::account::{self, CHANNELS, Channel};
use crate::call::Call;
use crate::check::text;
use crate::clock;
use crate::host::Vendor;
use crate::mail::{Mail, MailKind};
use crate::reply::{Outcome, Reply};
use crate::state::App;

/// `POST /events`
///
/// 202 means queued and no more: a channel that is unknown, or a setting that is missing or off, gives 202 as well,
/// and no mail.
pub(super) async fn create(State(app): State<App>, call: Call) -> Outcome {
    open(&app, &call)?;
    let event = body(&call, &EVENT, '`').map_err(|text| errors::invalid_event(&text))?;
    channel_id(&event)?;
    let mut state = app.state();
    event_type(&state.etrusted, text(&event, "/type").unwrap_or_default())?;
    let reference = format!("evt-{}", Uuid::new_v4());
    let now = Utc::now();
    let mails = mails(&state.etrusted, &event, &reference, now);
    state.mails.extend(mails);
    // INF: the event may not be there at once. It is here, as the documentation says nothing of a delay.
    state.etrusted.events.insert(reference.clone(), stored(event, &reference, now));
    let message = format!("Your event (`{reference}`) was accepted for processing.");
    Ok(Reply::json(StatusCode::ACCEPTED, json!({"Message": message, "EventRef": reference})))
}

/// `GET /events/{ref}`
pub(super) async fn read(State(app): State<App>, Path(reference): Path<String>, call: Call) -> Outcome {
    open(&app, &call)?;
    match app.state().etrusted.events.get(&reference) {
        Some(event) => Ok(Reply::json(StatusCode::OK, event.clone())),
        None => Err(Reply::empty(StatusCode::NOT_FOUND)),
    }
}

/// The text says forbidden, the status is 401: as documented.
fn open(app: &App, call: &Call) -> Result<(), Reply> {
    if !is_authorized(app, call) {
        return Err(errors::message(StatusCode::UNAUTHORIZED, "Access to this resource is forbidden"));
    }
    call.query(&[]).map(drop).map_err(|fault| errors::invalid_event(&fault.to_string()))
}

/// Which event types may be posted.
///
/// DIS: `checkout` stands in older samples; the newest page reserves it for the Trustbadge. Refused: a shop with a
/// Trustbadge would send two invites per order.
///
/// INF: an inactive type is refused, because its events are "no longer accepted".
///
/// UNK: an unknown type. Accepted, and nothing is sent: 202 "does not mean that the event type fits", and a double
/// that refused would hide from its users the one case in which invitations vanish without a sign.
fn event_type(account: &Etrusted, name: &str) -> Result<(), Reply> {
    if name == "checkout" {
        return Err(errors::invalid_event("instance.type `checkout` is a reserved type"));
    }
    match account.type_by_name(name) {
        Some(known) if !known.active => Err(errors::invalid_event("instance.type is an inactive event type")),
        _ => Ok(()),
    }
}

/// INF: ids made by eTrusted begin with `chl-`. Without this check a shop's Trusted Shops id in its place, a known
/// trap, would pass as an unknown channel.
fn channel_id(event: &Value) -> Result<(), Reply> {
    let id = text(event, "/channel/id").unwrap_or_default();
    if text(event, "/channel/type") == Some(USER_DEFINED) || id.starts_with("chl-") {
        Ok(())
    } else {
        Err(errors::invalid_event("instance.channel.id is not an id made by eTrusted, chl-..."))
    }
}

fn channel(event: &Value) -> Option<&'static Channel> {
    let id = text(event, "/channel/id")?;
    if text(event, "/channel/type") == Some(USER_DEFINED) {
        CHANNELS.iter().find(|channel| channel.own_id == Some(id))
    } else {
        CHANNELS.iter().find(|channel| channel.id == id)
    }
}

/// What an accepted event sends: all depends on the setting for its channel and type.
fn mails(account: &Etrusted, event: &Value, reference: &str, now: DateTime<Utc>) -> Vec<Mail> {
    let found = || -> Option<(&'static Channel, &Setting)> {
        let channel = channel(event)?;
        let event_type = account.type_by_name(text(event, "/type")?)?;
        let setting = account.settings().find(|setting| {
            setting.channel == channel.id && setting.event_type == event_type.id && setting.is_on()
        })?;
        Some((channel, setting))
    };
    let Some((channel, setting)) = found() else {
        return Vec::new();
    };
    let skus = skus(event);
    let mut mails = Vec::new();
    if setting.service.enabled {
        mails.push(mail(MailKind::Service, channel, &setting.service, event, reference, now));
    }
    if setting.product.enabled && !skus.is_empty() {
        let mail = mail(MailKind::Product, channel, &setting.product, event, reference, now);
        mails.push(Mail { skus, ..mail });
    }
    mails
}

/// The delay counts from the event: `estimatedDeliveryDate` moves it only with "Apply trigger date" switched on in
/// the Control Centre, which it is not here.
fn mail(
    kind: MailKind,
    channel: &Channel,
    plan: &Plan,
    event: &Value,
    reference: &str,
    now: DateTime<Utc>,
) -> Mail {
    let names = ["/customer/firstName", "/customer/lastName"];
    let name = names.into_iter().filter_map(|part| text(event, part)).collect::<Vec<_>>().join(" ");
    let delay = i64::try_from(plan.delay_days).ok().and_then(TimeDelta::try_days);
    Mail {
        vendor: Vendor::Etrusted,
        kind,
        address: text(event, "/customer/email").unwrap_or_default().to_owned(),
        name: (!name.is_empty()).then_some(name),
        reference: text(event, "/transaction/reference").unwrap_or_default().to_owned(),
        shop: channel.id.to_owned(),
        event: Some(reference.to_owned()),
        locale: Some(text(event, "/defaultLocale").unwrap_or(channel.locale).to_owned()),
        skus: Vec::new(),
        template: Some(plan.invite_template.clone()),
        send_at: delay.and_then(|delay| now.checked_add_signed(delay)),
    }
}

fn skus(event: &Value) -> Vec<String> {
    let products = event.get("products").and_then(Value::as_array).into_iter().flatten();
    products.filter_map(|product| text(product, "/sku")).map(str::to_owned).collect()
}

/// The event as a GET prints it.
fn stored(mut event: Value, reference: &str, now: DateTime<Utc>) -> Value {
    if let Some(members) = event.as_object_mut() {
        members.insert("id".to_owned(), reference.into());
        members.insert("accountRef".to_owned(), account::ACCOUNT_ID.into());
        members.insert("tracking".to_owned(), json!({"client": "PUBLIC_EVENTS_API", "medium": "API"}));
        members.entry("createdAt").or_insert_with(|| clock::print(now).into());
    }
    event
}
