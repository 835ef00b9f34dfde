//! The control calls for the inbox, under `/sandbox`.

use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use serde_json::{Map, Value, json};

use super::entry::{InboxEntry, InboxProduct};
use super::exchange::RawExchange;
use super::review;
use crate::clock;
use crate::control_call::{checked, no_query, not_found, rating, rejected, vendor_name};
use crate::email::EmailKind;
use crate::formats::any;
use crate::json_schema::{Member, Schema, must, text};
use crate::request::ApiRequest;
use crate::response::{ApiResponse, ApiResult};
use crate::state::App;

/// How many entries a list has without `limit`.
const DEFAULT_LIMIT: usize = 1000;

const FILTERS: [&str; 7] = ["vendor", "shop", "state", "reference", "recipient", "after", "limit"];

static REVIEW: [Member; 2] = [must("rating", Schema::Whole), must("comment", Schema::Text(any))];

pub(crate) fn calls() -> Router<App> {
    Router::new()
        .route("/inbox", get(list))
        .route("/inbox/{id}", get(read))
        .route("/inbox/{id}/review", post(write_review))
}

/// `GET /sandbox/inbox[?vendor=][&shop=][&state=][&reference=][&recipient=][&after=][&limit=]`: the newest entries that
/// match, oldest first. `total` counts all entries so far, `last` is the number of the newest.
async fn list(State(app): State<App>, request: ApiRequest) -> ApiResult {
    let query = request.query(&FILTERS).map_err(|error| rejected(&error.to_string()))?;
    let number = |name: &str| match query.get(name) {
        None => Ok(None),
        Some(text) => match text.parse::<u64>() {
            Ok(number) => Ok(Some(number)),
            Err(_) => Err(rejected(&format!("parameter `{name}` must be a number"))),
        },
    };
    let after = number("after")?.unwrap_or_default();
    let limit = number("limit")?.map_or(DEFAULT_LIMIT, |limit| usize::try_from(limit).unwrap_or(usize::MAX));
    let fits = |name: &str, value: &str| query.get(name).is_none_or(|wanted| wanted == value);
    let matches = |entry: &InboxEntry| {
        fits("vendor", vendor_name(entry.vendor))
            && fits("shop", &entry.shop)
            && fits("state", entry.state.as_str())
            && fits("reference", &entry.reference)
            && query.get("recipient").is_none_or(|wanted| wanted.eq_ignore_ascii_case(&entry.recipient))
    };
    let now = app.clock().now();
    let state = app.state();
    let mut entries: Vec<_> =
        state.inbox.after(after, now).rev().filter(matches).take(limit).map(|entry| print(&entry)).collect();
    entries.reverse();
    let body = json!({
        "now": clock::print(now),
        "total": state.inbox.total(),
        "entries": entries,
    });
    Ok(ApiResponse::json(StatusCode::OK, body))
}

/// `GET /sandbox/inbox/{id}`: one entry, with the raw request and response.
async fn read(State(app): State<App>, Path(id): Path<String>, request: ApiRequest) -> ApiResult {
    no_query(&request)?;
    let entry = entry(&app, &id)?;
    let mut printed = print(&entry);
    if let Some(members) = printed.as_object_mut() {
        members.insert("exchange".to_owned(), print_exchange(&entry.exchange));
    }
    Ok(ApiResponse::json(StatusCode::OK, printed))
}

/// `POST /sandbox/inbox/{id}/review`: submits a review as the recipient of an entry. `readWith` is the vendor's call that
/// lists it.
async fn write_review(State(app): State<App>, Path(id): Path<String>, request: ApiRequest) -> ApiResult {
    let body = checked(&request, &REVIEW)?;
    let entry = entry(&app, &id)?;
    let best = review::best_rating(entry.vendor);
    let rating = rating(&body, best)?;
    let comment = text(&body, "/comment").unwrap_or_default();
    if !review::submit(&app, &entry, rating, comment) {
        return Err(rejected("this customer has no open invitation"));
    }
    Ok(ApiResponse::json(StatusCode::CREATED, json!({"readWith": review::read_call(&entry)})))
}

fn entry(app: &App, id: &str) -> Result<InboxEntry, ApiResponse> {
    let id = id.parse().map_err(|_| rejected("the id in the path must be a number"))?;
    let entry = app.state().inbox.get(id, app.clock().now());
    entry.ok_or_else(|| not_found("there is no entry with the id in the path"))
}

fn print(entry: &InboxEntry) -> Value {
    let product = |product: &InboxProduct| {
        json!({
            "sku": product.sku,
            "name": product.name,
            "url": product.url,
            "imageUrl": product.image_url,
        })
    };
    json!({
        "id": entry.id,
        "vendor": vendor_name(entry.vendor),
        "kind": entry.kind.map(EmailKind::as_str),
        "recipient": entry.recipient,
        "name": entry.name,
        "shop": entry.shop,
        "shopName": entry.shop_name,
        "reference": entry.reference,
        "products": entry.products.iter().map(product).collect::<Vec<_>>(),
        "locale": entry.locale,
        "template": entry.template,
        "receivedAt": clock::print(entry.received_at),
        "sendAt": entry.send_at.map(clock::print),
        "reviewLink": entry.review_link,
        "setup": entry.setup.iter().map(|(name, value)| json!([name, value])).collect::<Vec<_>>(),
        "state": entry.state.as_str(),
        "reason": entry.state.reason(),
        "status": entry.exchange.status,
        "faults": entry.exchange.faults,
    })
}

fn print_exchange(exchange: &RawExchange) -> Value {
    let headers = |list: &[(String, String)]| -> Vec<_> {
        list.iter().map(|(name, value)| json!([name, value])).collect()
    };
    let members = [
        ("method", exchange.method.clone().into()),
        ("target", exchange.target.clone().into()),
        ("requestHeaders", headers(&exchange.request_headers).into()),
        ("requestBody", String::from_utf8_lossy(&exchange.request_body).into()),
        ("status", exchange.status.into()),
        ("responseHeaders", headers(&exchange.response_headers).into()),
        ("responseBody", String::from_utf8_lossy(&exchange.response_body).into()),
        ("isCut", exchange.is_cut.into()),
        ("faults", exchange.faults.clone().into()),
    ];
    Value::Object(
        members
            .map(|(name, value): (&str, Value)| (name.to_owned(), value))
            .into_iter()
            .collect::<Map<_, _>>(),
    )
}
