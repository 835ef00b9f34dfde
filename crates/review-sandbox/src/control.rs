//! The control calls under `/sandbox`: for clients that do not hold a [`Sandbox`](crate::Sandbox). They belong to no
//! vendor and are not in the record.

use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{get, post};
use serde_json::{Value, json};

use crate::call::Call;
use crate::check::{self, Member, Problem, Shape, may, must, text};
use crate::clock;
use crate::fault;
use crate::forms::line;
use crate::host::Vendor;
use crate::json;
use crate::mail::{Mail, MailKind};
use crate::reply::{Outcome, Reply};
use crate::state::App;

/// The path all control calls begin with.
pub(crate) const PREFIX: &str = "/sandbox";

pub(crate) static VENDORS: [&str; 2] = ["trustpilot", "etrusted"];
static ADVANCE: [Member; 1] = [must("seconds", Shape::Whole)];
static EXPIRE: [Member; 1] = [may("vendor", Shape::OneOf(&VENDORS))];
static GATEWAY: [Member; 2] = [must("vendor", Shape::OneOf(&VENDORS)), must("down", Shape::Flag)];
static REVIEW: [Member; 3] = [
    must("reference", Shape::Text(line)),
    must("rating", Shape::Whole),
    must("comment", Shape::Text(crate::forms::any)),
];

pub(crate) fn calls() -> Router<App> {
    Router::new()
        .route("/advance", post(advance))
        .route("/mails", get(mails))
        .route("/requests", get(requests))
        .route("/expire-tokens", post(expire_tokens))
        .route("/gateway", post(gateway))
        .route("/etrusted-reviews", post(etrusted_review))
        .merge(fault::control::calls())
}

/// `POST /sandbox/advance`: puts the sandbox's time forward, and tells the new one.
async fn advance(State(app): State<App>, call: Call) -> Outcome {
    let body = checked(&call, &ADVANCE)?;
    let seconds = body.get("seconds").and_then(Value::as_u64).unwrap_or_default();
    app.clock().advance(Duration::from_secs(seconds));
    Ok(Reply::json(StatusCode::OK, json!({"now": clock::print(app.clock().now())})))
}

/// `GET /sandbox/mails[?reference=]`: the mails that would go out, in order of acceptance.
async fn mails(State(app): State<App>, call: Call) -> Outcome {
    let query = call.query(&["reference"]).map_err(|fault| refused(&fault.to_string()))?;
    let wanted = query.get("reference");
    let now = app.clock().now();
    let state = app.state();
    let found: Vec<_> = match wanted {
        Some(reference) => state.mails.of(reference).collect(),
        None => state.mails.all().iter().collect(),
    };
    let printed = found.into_iter().map(|mail| {
        let mut printed = print(mail);
        if let Some(members) = printed.as_object_mut() {
            members.insert("due".to_owned(), mail.send_at.is_some_and(|at| at <= now).into());
        }
        printed
    });
    Ok(Reply::json(StatusCode::OK, Value::Array(printed.collect())))
}

fn print(mail: &Mail) -> Value {
    json!({
        "vendor": vendor_name(mail.vendor),
        "kind": match mail.kind {
            MailKind::Service => "service",
            MailKind::Product => "product",
        },
        "address": mail.address,
        "name": mail.name,
        "reference": mail.reference,
        "shop": mail.shop,
        "event": mail.event,
        "locale": mail.locale,
        "skus": mail.skus,
        "template": mail.template,
        "sendAt": mail.send_at.map(clock::print),
    })
}

/// `GET /sandbox/requests`: how often each call was made and how it ended. No header, query or body is told.
async fn requests(State(app): State<App>, call: Call) -> Outcome {
    no_query(&call)?;
    let state = app.state();
    let printed = state.log.counts().iter().map(|(call, count)| {
        json!({
            "host": call.host,
            "path": call.path,
            "method": call.method,
            "status": call.status,
            "count": count,
        })
    });
    let printed: Vec<_> = printed.collect();
    Ok(Reply::json(StatusCode::OK, json!({"total": state.log.total(), "requests": printed})))
}

/// `POST /sandbox/expire-tokens`: of one vendor, or of both.
async fn expire_tokens(State(app): State<App>, call: Call) -> Outcome {
    let body = checked(&call, &EXPIRE)?;
    match text(&body, "/vendor").and_then(vendor) {
        Some(vendor) => app.state().expire_tokens(vendor),
        None => {
            for vendor in [Vendor::Trustpilot, Vendor::Etrusted] {
                app.state().expire_tokens(vendor);
            }
        }
    }
    Ok(Reply::empty(StatusCode::NO_CONTENT))
}

/// `POST /sandbox/gateway`: puts a vendor's gateway down, or up again.
async fn gateway(State(app): State<App>, call: Call) -> Outcome {
    let body = checked(&call, &GATEWAY)?;
    if let Some(vendor) = text(&body, "/vendor").and_then(vendor) {
        app.state().gateway_down(vendor, body.get("down") == Some(&Value::Bool(true)));
    }
    Ok(Reply::empty(StatusCode::NO_CONTENT))
}

/// `POST /sandbox/etrusted-reviews`: writes a review as a customer would.
async fn etrusted_review(State(app): State<App>, call: Call) -> Outcome {
    let body = checked(&call, &REVIEW)?;
    let rating = body.get("rating").and_then(Value::as_u64).and_then(|rating| u8::try_from(rating).ok());
    let rating = rating.filter(|rating| (1..=5).contains(rating));
    let rating = rating.ok_or_else(|| refused("rating is not a number from 1 to 5"))?;
    let reference = text(&body, "/reference").unwrap_or_default();
    let comment = text(&body, "/comment").unwrap_or_default();
    let written = app.state().etrusted.write_review(reference, rating, comment);
    let id = written.ok_or_else(|| refused("nobody was asked for a review under this reference"))?;
    Ok(Reply::json(StatusCode::CREATED, json!({"id": id})))
}

pub(crate) fn vendor(name: &str) -> Option<Vendor> {
    [Vendor::Trustpilot, Vendor::Etrusted].into_iter().find(|vendor| vendor_name(*vendor) == name)
}

pub(crate) fn vendor_name(vendor: Vendor) -> &'static str {
    match vendor {
        Vendor::Trustpilot => "trustpilot",
        Vendor::Etrusted => "etrusted",
    }
}

pub(crate) fn no_query(call: &Call) -> Result<(), Reply> {
    call.query(&[]).map(drop).map_err(|fault| refused(&fault.to_string()))
}

/// No body at all stands for an empty object: `curl -X POST` sends none.
pub(crate) fn checked(call: &Call, members: &[Member]) -> Result<Value, Reply> {
    no_query(call)?;
    let body: &[u8] = if call.body.is_empty() { b"{}" } else { &call.body };
    let body = json::parse(body).map_err(|error| refused(&format!("body is no JSON: {error}")))?;
    let Some(fault) = check::object(members, &body).into_iter().next() else {
        return Ok(body);
    };
    let what = match fault.problem {
        Problem::Missing => "is missing".to_owned(),
        Problem::Unknown => "is not known here".to_owned(),
        Problem::Empty => "is empty".to_owned(),
        Problem::Type(wanted) => format!("is not of type {wanted}"),
        Problem::Form(wanted) => format!("is not {wanted}"),
    };
    Err(refused(&format!("member `{}` {what}", fault.path())))
}

pub(crate) fn refused(error: &str) -> Reply {
    Reply::json(StatusCode::BAD_REQUEST, json!({"error": error}))
}

pub(crate) fn not_found(error: &str) -> Reply {
    Reply::json(StatusCode::NOT_FOUND, json!({"error": error}))
}
