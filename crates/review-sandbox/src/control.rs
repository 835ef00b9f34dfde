//! The control calls under `/sandbox`, for clients that do not have a [`Sandbox`](crate::Sandbox). They are not part
//! of a vendor's API and are not recorded.

use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{get, post};
use serde_json::{Value, json};

use crate::clock;
use crate::control_call::{VENDORS, checked, no_query, rating, rejected, vendor, vendor_name};
use crate::email::Email;
use crate::fault;
use crate::formats::line;
use crate::host::Vendor;
use crate::inbox;
use crate::invited::Invited;
use crate::json_schema::{Member, Schema, may, must, text};
use crate::request::ApiRequest;
use crate::response::{ApiResponse, ApiResult};
use crate::state::App;

/// The prefix of all control calls.
pub(crate) const PREFIX: &str = "/sandbox";

static ADVANCE: [Member; 1] = [must("seconds", Schema::Whole)];
static EXPIRE: [Member; 1] = [may("vendor", Schema::OneOf(&VENDORS))];
static GATEWAY: [Member; 2] = [must("vendor", Schema::OneOf(&VENDORS)), must("down", Schema::Flag)];
static REVIEW: [Member; 3] = [
    must("reference", Schema::Text(line)),
    must("rating", Schema::Whole),
    must("comment", Schema::Text(crate::formats::any)),
];

pub(crate) fn calls() -> Router<App> {
    Router::new()
        .route("/advance", post(advance))
        .route("/emails", get(emails))
        .route("/requests", get(requests))
        .route("/expire-tokens", post(expire_tokens))
        .route("/gateway", post(gateway))
        .route("/etrusted-reviews", post(etrusted_review))
        .route("/kiyoh-reviews", post(kiyoh_review))
        .route("/webwinkelkeur-reviews", post(webwinkelkeur_review))
        .merge(fault::control::calls())
        .merge(inbox::control::calls())
}

/// `POST /sandbox/advance`: moves the sandbox's time forward, and returns it.
async fn advance(State(app): State<App>, request: ApiRequest) -> ApiResult {
    let body = checked(&request, &ADVANCE)?;
    let seconds = body.get("seconds").and_then(Value::as_u64).unwrap_or_default();
    app.clock().advance(Duration::from_secs(seconds));
    Ok(ApiResponse::json(StatusCode::OK, json!({"now": clock::print(app.clock().now())})))
}

/// `GET /sandbox/emails[?reference=]`: the emails that would be sent, in order of acceptance.
async fn emails(State(app): State<App>, request: ApiRequest) -> ApiResult {
    let query = request.query(&["reference"]).map_err(|error| rejected(&error.to_string()))?;
    let wanted = query.get("reference");
    let now = app.clock().now();
    let state = app.state();
    let found: Vec<_> = match wanted {
        Some(reference) => state.emails.of(reference).collect(),
        None => state.emails.all().iter().collect(),
    };
    let printed = found.into_iter().map(|email| {
        let mut printed = print(email);
        if let Some(members) = printed.as_object_mut() {
            members.insert("due".to_owned(), email.send_at.is_some_and(|at| at <= now).into());
        }
        printed
    });
    Ok(ApiResponse::json(StatusCode::OK, Value::Array(printed.collect())))
}

fn print(email: &Email) -> Value {
    json!({
        "vendor": vendor_name(email.vendor),
        "kind": email.kind.as_str(),
        "address": email.address,
        "name": email.name,
        "reference": email.reference,
        "shop": email.shop,
        "event": email.event,
        "locale": email.locale,
        "skus": email.skus,
        "template": email.template,
        "sendAt": email.send_at.map(clock::print),
    })
}

/// `GET /sandbox/requests`: how often each call was made and how it ended. Without headers, queries and bodies.
async fn requests(State(app): State<App>, request: ApiRequest) -> ApiResult {
    no_query(&request)?;
    let state = app.state();
    let printed = state.log.counts().iter().map(|(kind, count)| {
        json!({
            "host": kind.host,
            "path": kind.path,
            "method": kind.method,
            "status": kind.status,
            "count": count,
        })
    });
    let printed: Vec<_> = printed.collect();
    Ok(ApiResponse::json(StatusCode::OK, json!({"total": state.log.total(), "requests": printed})))
}

/// `POST /sandbox/expire-tokens`: of one vendor, or of all that issue tokens.
async fn expire_tokens(State(app): State<App>, request: ApiRequest) -> ApiResult {
    let body = checked(&request, &EXPIRE)?;
    match text(&body, "/vendor").and_then(vendor) {
        Some(vendor) => app.state().expire_tokens(vendor),
        None => {
            for vendor in [Vendor::Trustpilot, Vendor::Etrusted] {
                app.state().expire_tokens(vendor);
            }
        }
    }
    Ok(ApiResponse::empty(StatusCode::NO_CONTENT))
}

/// `POST /sandbox/gateway`: takes a vendor's gateway down, or brings it up again.
async fn gateway(State(app): State<App>, request: ApiRequest) -> ApiResult {
    let body = checked(&request, &GATEWAY)?;
    if let Some(vendor) = text(&body, "/vendor").and_then(vendor) {
        app.state().set_gateway_down(vendor, body.get("down") == Some(&Value::Bool(true)));
    }
    Ok(ApiResponse::empty(StatusCode::NO_CONTENT))
}

/// `POST /sandbox/etrusted-reviews`: submits a review as a customer would.
async fn etrusted_review(State(app): State<App>, request: ApiRequest) -> ApiResult {
    let body = checked(&request, &REVIEW)?;
    let [reference, comment] = review(&body);
    let rating = rating(&body, 5)?;
    let id = app
        .state()
        .etrusted
        .submit_review(&Invited::for_order(reference), rating, comment)
        .ok_or_else(not_invited)?;
    Ok(ApiResponse::json(StatusCode::CREATED, json!({"id": id})))
}

/// `POST /sandbox/kiyoh-reviews`: submits a review as a customer would.
async fn kiyoh_review(State(app): State<App>, request: ApiRequest) -> ApiResult {
    let body = checked(&request, &REVIEW)?;
    let [reference, comment] = review(&body);
    let rating = rating(&body, 10)?;
    let id = app
        .state()
        .kiyoh
        .submit_review(&Invited::for_order(reference), rating, comment)
        .ok_or_else(not_invited)?;
    Ok(ApiResponse::json(StatusCode::CREATED, json!({"id": id})))
}

/// `POST /sandbox/webwinkelkeur-reviews`: submits a review as a customer would. It has no id.
async fn webwinkelkeur_review(State(app): State<App>, request: ApiRequest) -> ApiResult {
    let body = checked(&request, &REVIEW)?;
    let [reference, comment] = review(&body);
    let rating = rating(&body, 5)?;
    if app.state().webwinkelkeur.submit_review(&Invited::for_order(reference), rating, comment) {
        Ok(ApiResponse::empty(StatusCode::NO_CONTENT))
    } else {
        Err(not_invited())
    }
}

fn review(body: &Value) -> [&str; 2] {
    ["/reference", "/comment"].map(|pointer| text(body, pointer).unwrap_or_default())
}

fn not_invited() -> ApiResponse {
    rejected("no customer was invited under this reference")
}
