//! The control calls for faults, under `/sandbox`.

use std::time::Duration;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::{delete, get, post};
use serde_json::{Map, Value, json};

use super::FaultCount;
use super::kind::Fault;
use super::rule::{FaultRule, When};
use super::rules::{Active, FaultId};
use crate::call::Call;
use crate::check::{Member, Shape, may, must, text};
use crate::control::{VENDORS, checked, no_query, not_found, refused, vendor, vendor_name};
use crate::forms::{any, line};
use crate::host::Host;
use crate::reply::{Outcome, Reply};
use crate::state::App;

static HOSTS: [&str; 4] = ["/trustpilot/api", "/trustpilot/invitations", "/etrusted/api", "/etrusted/login"];
static RULE: [Member; 15] = [
    must("fault", Shape::Text(line)),
    may("vendor", Shape::OneOf(&VENDORS)),
    may("host", Shape::OneOf(&HOSTS)),
    may("method", Shape::Text(line)),
    may("pathPrefix", Shape::Text(line)),
    may("pathContains", Shape::Text(line)),
    may("recipient", Shape::Text(any)),
    may("reference", Shape::Text(any)),
    may("oncePerReference", Shape::Flag),
    may("nth", Shape::Whole),
    may("first", Shape::Whole),
    may("every", Shape::Whole),
    may("probability", Shape::Number),
    may("seed", Shape::Whole),
    may("atMost", Shape::Whole),
];
static REFUSE: [Member; 1] = [must("milliseconds", Shape::Whole)];

/// The members of which a rule has one at most.
const WHEN: [&str; 4] = ["nth", "first", "every", "probability"];

pub(crate) fn calls() -> Router<App> {
    Router::new()
        .route("/faults", get(list).post(add).delete(clear))
        .route("/faults/{id}", delete(remove))
        .route("/refuse", post(refuse))
}

/// `POST /sandbox/faults`: adds a rule.
async fn add(State(app): State<App>, call: Call) -> Outcome {
    let rule = rule(&checked(&call, &RULE)?)?;
    let id = app.state().faults.add(rule).map_err(|error| refused(&error.to_string()))?;
    Ok(Reply::json(StatusCode::CREATED, json!({"id": id.0})))
}

/// `GET /sandbox/faults`: the rules, and how often each fault was injected.
async fn list(State(app): State<App>, call: Call) -> Outcome {
    no_query(&call)?;
    let state = app.state();
    let rules: Vec<_> = state.faults.active.iter().map(print).collect();
    let counts = state.faults.account.counts().iter();
    let counts: Map<_, _> = counts.map(|(name, count)| (name.clone(), print_count(count))).collect();
    Ok(Reply::json(StatusCode::OK, json!({"rules": rules, "counts": counts})))
}

/// `DELETE /sandbox/faults`: removes all rules. The counts stay.
async fn clear(State(app): State<App>, call: Call) -> Outcome {
    no_query(&call)?;
    app.state().faults.clear();
    Ok(Reply::empty(StatusCode::NO_CONTENT))
}

/// `DELETE /sandbox/faults/{id}`: removes one rule.
async fn remove(State(app): State<App>, Path(id): Path<String>, call: Call) -> Outcome {
    no_query(&call)?;
    let id = id.parse().map(FaultId).map_err(|_| refused("the id in the path is no number"))?;
    if app.state().faults.remove(id) {
        Ok(Reply::empty(StatusCode::NO_CONTENT))
    } else {
        Err(not_found("there is no rule with the id in the path"))
    }
}

/// `POST /sandbox/refuse`: the system refuses connections for a while. The answer comes when it does.
async fn refuse(State(app): State<App>, call: Call) -> Outcome {
    let body = checked(&call, &REFUSE)?;
    let millis = whole(&body, "milliseconds").and_then(|millis| u32::try_from(millis).ok());
    let millis = millis.ok_or_else(|| refused("member `milliseconds` is not a number up to 4294967295"))?;
    app.shut(Duration::from_millis(millis.into())).await;
    Ok(Reply::empty(StatusCode::NO_CONTENT))
}

fn rule(body: &Value) -> Result<FaultRule, Reply> {
    let fault: Fault = text(body, "/fault")
        .unwrap_or_default()
        .parse()
        .map_err(|error| refused(&format!("member `fault` is {error}")))?;
    let string = |name: &str| body.get(name).and_then(Value::as_str).map(str::to_owned);
    let mut rule = FaultRule::new(fault).when(when(body)?);
    rule.vendor = text(body, "/vendor").and_then(vendor);
    rule.host = text(body, "/host").and_then(|name| Host::ALL.into_iter().find(|host| host.prefix() == name));
    rule.method = string("method");
    rule.path_prefix = string("pathPrefix");
    rule.path_contains = string("pathContains");
    rule.recipient = string("recipient");
    rule.reference = string("reference");
    rule.once_per_reference = body.get("oncePerReference") == Some(&Value::Bool(true));
    rule.at_most = whole(body, "atMost");
    Ok(rule)
}

fn when(body: &Value) -> Result<When, Reply> {
    let given: Vec<_> = WHEN.into_iter().filter(|name| body.get(name).is_some()).collect();
    if let [one, other, ..] = given.as_slice() {
        return Err(refused(&format!("members `{one}` and `{other}` exclude each other")));
    }
    let seed = whole(body, "seed");
    if seed.is_some() && body.get("probability").is_none() {
        return Err(refused("member `seed` is of use with `probability` only"));
    }
    let number = |name| whole(body, name);
    let share = body.get("probability").and_then(Value::as_f64);
    let found = number("nth").map(When::Nth).or_else(|| number("first").map(When::First));
    let found = found.or_else(|| number("every").map(When::Every));
    let chance = share.map(|share| When::Probability { share, seed: seed.unwrap_or_default() });
    Ok(found.or(chance).unwrap_or(When::Always))
}

fn whole(body: &Value, name: &str) -> Option<u64> {
    body.get(name).and_then(Value::as_u64)
}

/// As it would be sent, with its id and counts.
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
    put("atMost", rule.at_most.map(Value::from));
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
    match rule.when {
        When::Always => {}
        When::Nth(number) => put("nth", Some(number.into())),
        When::First(number) => put("first", Some(number.into())),
        When::Every(number) => put("every", Some(number.into())),
        When::Probability { share, seed } => {
            put("probability", Some(share.into()));
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
        "answered": count.answered,
        "unknown": count.unknown,
    })
}
