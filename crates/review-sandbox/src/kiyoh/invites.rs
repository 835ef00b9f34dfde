//! Invitations by email.

use axum::extract::State;
use axum::http::StatusCode;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use super::account::{KIYOH_LOCATION_NAME, LOCATION_ID, LOCATION_NAME, WEB};
use super::errors;
use super::request::{body, location, no_findings, open};
use super::schema::INVITATION;
use super::store::Invitation;
use crate::email::{Email, EmailKind};
use crate::host::Vendor;
use crate::inbox::draft::{Delivery, Draft, setting};
use crate::json_schema::text;
use crate::request::ApiRequest;
use crate::response::{ApiResponse, ApiResult};
use crate::state::App;

/// How many products one invitation may name.
const MAX_PRODUCTS: usize = 10;

/// `POST /v1/invite/external`
pub(super) async fn create(State(app): State<App>, request: ApiRequest) -> ApiResult {
    open(&app, &request, &[])?;
    let (body, mut findings) = body(&request, &INVITATION)?;
    let now = app.clock().now();
    findings.extend(contradictions(&body, now));
    no_findings(&findings)?;
    location(text(&body, "/location_id"))?;
    let state = &mut *app.state();
    let unknown = state.kiyoh.catalogue.not_reviewable(products(&body));
    if !unknown.is_empty() {
        return Err(errors::unknown_products(&unknown));
    }
    let address = text(&body, "/invite_email").unwrap_or_default();
    if !state.kiyoh.place(address, now) {
        return Err(errors::already_placed(address));
    }
    let email = email(&body, now);
    let items = state.kiyoh.catalogue.inbox_products(products(&body));
    let result = if sends(state.kiyoh.location_active) {
        state.emails.extend([email.clone()]);
        state.kiyoh.invitations.push(invitation(&body));
        Delivery::Email(email.send_at)
    } else {
        Delivery::NoEmail("the location is not active".to_owned())
    };
    let active = if state.kiyoh.location_active { "active" } else { "not active" };
    let setup = vec![
        setting("location", active),
        setting("earlier invitation of the address", "none within 30 days"),
        setting("delay", delay(&body).map_or("none".to_owned(), |days| format!("{days} days"))),
    ];
    request.trace.invitation(Draft::of(&email, LOCATION_NAME, items, review_link(), setup, result));
    // INF: the message. There is no id of the invitation in any source.
    Ok(ApiResponse::json(StatusCode::OK, json!({"code": "OK", "message": "Invite scheduled"})))
}

/// The GET form of the call, which puts token and address into the URL. Not simulated: no client should use it.
pub(super) async fn old_form() -> ApiResponse {
    errors::invalid("invitations by GET are not simulated; send a POST with the token in a header")
}

/// The page that the email leads to. UNK: its address; this is the page for reviews without an invitation.
fn review_link() -> String {
    format!("{WEB}/add-review/{LOCATION_ID}/{KIYOH_LOCATION_NAME}")
}

/// Whether an accepted invitation leads to an email.
///
/// UNK: what the vendor does for an inactive location. INF: it accepts the invitation and sends nothing. That is the case
/// a client cannot see in the response, so the simulation must have it.
fn sends(location_active: bool) -> bool {
    location_active
}

/// The rules that concern more than the form of one field.
fn contradictions(body: &Value, now: DateTime<Utc>) -> Vec<String> {
    let mut findings = Vec::new();
    // Nothing is known about a request with both: no source sends both.
    if body.get("ref_code").is_some() && body.get("reference_code").is_some() {
        findings.push("ref_code and reference_code exclude each other".to_owned());
    }
    let codes: Vec<_> = products(body).collect();
    if codes.len() > MAX_PRODUCTS {
        findings.push(format!("product_code must hold at most {MAX_PRODUCTS} codes"));
    }
    // UNK: what the vendor does with a repeated code.
    if codes.iter().enumerate().any(|(index, code)| codes.iter().take(index).any(|other| other == code)) {
        findings.push("product_code must not repeat a code".to_owned());
    }
    if products_only(body) && codes.is_empty() {
        findings.push("product_code is mandatory if product_invite is true".to_owned());
    }
    if delay(body).is_some_and(|days| send_at(days, now).is_none()) {
        findings.push("delay is out of range".to_owned());
    }
    findings
}

fn delay(body: &Value) -> Option<u64> {
    body.get("delay").and_then(Value::as_u64)
}

/// When the email goes out.
///
/// UNK: the time of day, and whether a day is 24 hours or a calendar day. INF: 24 hours each. UNK: the largest delay; here
/// it is what a date can express.
fn send_at(days: u64, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let days = i64::try_from(days).ok().and_then(TimeDelta::try_days)?;
    now.checked_add_signed(days)
}

fn products_only(body: &Value) -> bool {
    body.get("product_invite") == Some(&Value::Bool(true))
}

fn products(body: &Value) -> impl Iterator<Item = &str> {
    body.get("product_code").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str)
}

fn reference(body: &Value) -> String {
    let either = text(body, "/ref_code").or_else(|| text(body, "/reference_code"));
    either.unwrap_or_default().to_owned()
}

fn name(body: &Value) -> Option<String> {
    let parts = ["/first_name", "/last_name"].map(|pointer| text(body, pointer));
    let name = parts.into_iter().flatten().collect::<Vec<_>>().join(" ");
    (!name.is_empty()).then_some(name)
}

fn email(body: &Value, now: DateTime<Utc>) -> Email {
    let skus: Vec<_> = products(body).map(str::to_owned).collect();
    Email {
        vendor: Vendor::Kiyoh,
        kind: match (products_only(body), skus.is_empty()) {
            (true, _) => EmailKind::Product,
            (false, false) => EmailKind::ServiceAndProduct,
            (false, true) => EmailKind::Service,
        },
        address: text(body, "/invite_email").unwrap_or_default().to_owned(),
        name: name(body),
        reference: reference(body),
        shop: text(body, "/location_id").unwrap_or_default().to_owned(),
        event: None,
        locale: text(body, "/language").map(str::to_owned),
        skus,
        template: None,
        send_at: delay(body).and_then(|days| send_at(days, now)),
    }
}

fn invitation(body: &Value) -> Invitation {
    let string = |pointer| text(body, pointer).unwrap_or_default().to_owned();
    Invitation {
        email: string("/invite_email"),
        reference: reference(body),
        author: name(body).unwrap_or_default(),
        city: string("/city"),
        language: string("/language"),
        shop: !products_only(body),
        products: products(body).map(str::to_owned).collect(),
    }
}
