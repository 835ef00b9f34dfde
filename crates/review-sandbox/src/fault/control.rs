//! The control calls for faults, under `/sandbox`.

use std::time::Duration;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::{delete, get, post};
use serde_json::{Map, Value, json};

use super::kind::Fault;
use super::log::FaultCount;
use super::rule::{FaultRule, Trigger};
use super::rules::{Active, FaultId, Faults};
use crate::control_call::{VENDORS, checked, no_query, not_found, rejected, vendor, vendor_name};
use crate::formats::{any, line};
use crate::host::Host;
use crate::json_schema::{Member, Schema, may, must, text};
use crate::request::ApiRequest;
use crate::response::{ApiResponse, ApiResult};
use crate::state::App;

static HOSTS: [&str; 6] = [
    "/trustpilot/api",
    "/trustpilot/invitations",
    "/etrusted/api",
    "/etrusted/login",
    "/kiyoh",
    "/webwinkelkeur/api",
];
static RULE: [Member; 15] = [
    must("fault", Schema::Text(line)),
    may("vendor", Schema::OneOf(&VENDORS)),
    may("host", Schema::OneOf(&HOSTS)),
    may("method", Schema::Text(line)),
    may("pathPrefix", Schema::Text(line)),
    may("pathContains", Schema::Text(line)),
    may("recipient", Schema::Text(any)),
    may("reference", Schema::Text(any)),
    may("oncePerReference", Schema::Flag),
    may("nth", Schema::Whole),
    may("first", Schema::Whole),
    may("every", Schema::Whole),
    may("probability", Schema::Number),
    may("seed", Schema::Whole),
    may("maxHits", Schema::Whole),
];
static REFUSE: [Member; 1] = [must("milliseconds", Schema::Whole)];

/// The members that exclude each other in a rule.
const WHEN: [&str; 4] = ["nth", "first", "every", "probability"];

pub(crate) fn calls() -> Router<App> {
    Router::new()
        .route("/faults", get(list).post(add).delete(clear))
        .route("/faults/{id}", delete(remove))
        .route("/refuse", post(refuse))
}

/// `POST /sandbox/faults`: adds a rule.
async fn add(State(app): State<App>, request: ApiRequest) -> ApiResult {
    let rule = rule(&checked(&request, &RULE)?)?;
    let id = app.state().faults.add(rule).map_err(|error| rejected(&error.to_string()))?;
    Ok(ApiResponse::json(StatusCode::CREATED, json!({"id": id.0})))
}

/// `GET /sandbox/faults`: the rules, and how often each fault was injected.
async fn list(State(app): State<App>, request: ApiRequest) -> ApiResult {
    no_query(&request)?;
    let state = app.state();
    let rules = rules(&state.faults);
    let counts = state.faults.log.counts().iter();
    let counts: Map<_, _> = counts.map(|(name, count)| (name.clone(), print_count(count))).collect();
    Ok(ApiResponse::json(StatusCode::OK, json!({"rules": rules, "counts": counts})))
}

/// `DELETE /sandbox/faults`: removes all rules. The counts stay.
async fn clear(State(app): State<App>, request: ApiRequest) -> ApiResult {
    no_query(&request)?;
    app.state().faults.clear();
    Ok(ApiResponse::empty(StatusCode::NO_CONTENT))
}

/// `DELETE /sandbox/faults/{id}`: removes one rule.
async fn remove(State(app): State<App>, Path(id): Path<String>, request: ApiRequest) -> ApiResult {
    no_query(&request)?;
    let id = id.parse().map(FaultId).map_err(|_| rejected("the id in the path must be a number"))?;
    if app.state().faults.remove(id) {
        Ok(ApiResponse::empty(StatusCode::NO_CONTENT))
    } else {
        Err(not_found("there is no rule with the id in the path"))
    }
}

/// `POST /sandbox/refuse`: lets the system refuse connections for a while. The response comes when it does.
async fn refuse(State(app): State<App>, request: ApiRequest) -> ApiResult {
    let body = checked(&request, &REFUSE)?;
    let millis = whole(&body, "milliseconds").and_then(|millis| u32::try_from(millis).ok());
    let millis = millis.ok_or_else(|| rejected("member `milliseconds` must be a number up to 4294967295"))?;
    app.refuse_connections(Duration::from_millis(millis.into())).await;
    Ok(ApiResponse::empty(StatusCode::NO_CONTENT))
}

/// The rules in force, as [`list`] prints them.
pub(crate) fn rules(faults: &Faults) -> Vec<Value> {
    faults.active.iter().map(print).collect()
}

fn rule(body: &Value) -> Result<FaultRule, ApiResponse> {
    let fault: Fault = text(body, "/fault")
        .unwrap_or_default()
        .parse()
        .map_err(|error| rejected(&format!("member `fault` {error}")))?;
    let string = |name: &str| body.get(name).and_then(Value::as_str).map(str::to_owned);
    let mut rule = FaultRule::new(fault).with_trigger(trigger(body)?);
    rule.vendor = text(body, "/vendor").and_then(vendor);
    rule.host = text(body, "/host").and_then(|name| Host::ALL.into_iter().find(|host| host.prefix() == name));
    rule.method = string("method");
    rule.path_prefix = string("pathPrefix");
    rule.path_contains = string("pathContains");
    rule.recipient = string("recipient");
    rule.reference = string("reference");
    rule.once_per_reference = body.get("oncePerReference") == Some(&Value::Bool(true));
    rule.max_hits = whole(body, "maxHits");
    Ok(rule)
}

fn trigger(body: &Value) -> Result<Trigger, ApiResponse> {
    let given: Vec<_> = WHEN.into_iter().filter(|name| body.get(name).is_some()).collect();
    if let [one, other, ..] = given.as_slice() {
        return Err(rejected(&format!("members `{one}` and `{other}` exclude each other")));
    }
    let seed = whole(body, "seed");
    if seed.is_some() && body.get("probability").is_none() {
        return Err(rejected("member `seed` needs `probability`"));
    }
    let number = |name| whole(body, name);
    let probability = body.get("probability").and_then(Value::as_f64);
    let found = number("nth").map(Trigger::Nth).or_else(|| number("first").map(Trigger::First));
    let found = found.or_else(|| number("every").map(Trigger::Every));
    let chance =
        probability.map(|probability| Trigger::Probability { probability, seed: seed.unwrap_or_default() });
    Ok(found.or(chance).unwrap_or(Trigger::Always))
}

fn whole(body: &Value, name: &str) -> Option<u64> {
    body.get(name).and_then(Value::as_u64)
}

/// Prints a rule as it would be sent, with its id and counts.
fn print(active: &Active) -> Value {
    let rule = &active.rule;
    let mut printed = Map::new();
    let mut put = |name: &str, value: Option<Value>| {
        if let Some(value) = value {
            printed.insert(name.to_owned(), value);
        }
    };
    put("id", Some(active.id.0.into()));
    put("matched", Some(active.matched.into()));
    put("hit", Some(active.hit.into()));
    put("fault", Some(rule.fault.to_string().into()));
    put("vendor", rule.vendor.map(|vendor| vendor_name(vendor).into()));
    put("host", rule.host.map(|host| host.prefix().into()));
    put("oncePerReference", rule.once_per_reference.then_some(true.into()));
    put("maxHits", rule.max_hits.map(Value::from));
    let texts = [
        ("method", &rule.method),
        ("pathPrefix", &rule.path_prefix),
        ("pathContains", &rule.path_contains),
        ("recipient", &rule.recipient),
        ("reference", &rule.reference),
    ];
    for (name, text) in texts {
        put(name, text.clone().map(Value::from));
    }
    match rule.trigger {
        Trigger::Always => {}
        Trigger::Nth(number) => put("nth", Some(number.into())),
        Trigger::First(number) => put("first", Some(number.into())),
        Trigger::Every(number) => put("every", Some(number.into())),
        Trigger::Probability { probability, seed } => {
            put("probability", Some(probability.into()));
            put("seed", Some(seed.into()));
        }
    }
    printed.into()
}

fn print_count(count: &FaultCount) -> Value {
    json!({
        "injected": count.injected,
        "read": count.read,
        "committed": count.committed,
        "responded": count.responded,
        "unknown": count.unknown,
    })
}
