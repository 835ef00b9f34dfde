//! Reviews.
//!
//! UNK: all refusals, as none is documented for these calls: 400 with the body of event types, 404 without one.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde_json::{Value, json};
use uuid::Uuid;

use super::page::{self, Paging};
use super::review::{FILTERS, Filter, Review};
use super::shape::{REPLY, VETO};
use super::{body, errors, open};
use crate::account;
use crate::call::Call;
use crate::clock;
use crate::reply::{Outcome, Reply};
use crate::state::App;

/// UNK: the statuses of a successful reply, of its deletion, and of a veto.
const REPLIED: StatusCode = StatusCode::OK;
const DELETED: StatusCode = StatusCode::NO_CONTENT;
const VETOED: StatusCode = StatusCode::CREATED;

/// `GET /reviews`
pub(super) async fn list(State(app): State<App>, call: Call) -> Outcome {
    print_list(&app, &call, "/reviews", Review::print)
}

/// `GET /reviews-minimal`
pub(super) async fn list_minimal(State(app): State<App>, call: Call) -> Outcome {
    print_list(&app, &call, "/reviews-minimal", Review::print_minimal)
}

fn print_list(app: &App, call: &Call, path: &str, print: fn(&Review) -> Value) -> Outcome {
    let query = open(app, call, &FILTERS)?;
    let (filter, paging) = (Filter::read(&query)?, Paging::read(&query)?);
    let state = app.state();
    let found = filter.find(&state.etrusted.reviews);
    let found: Vec<_> = found.into_iter().map(|review| (review.id.as_str(), review)).collect();
    Ok(Reply::json(StatusCode::OK, paging.page(&found, print, &page::address(call, path))?))
}

/// `GET /reviews/count`: the same parameters; those of paging do not change the answer.
pub(super) async fn count(State(app): State<App>, call: Call) -> Outcome {
    let query = open(&app, &call, &FILTERS)?;
    let filter = Filter::read(&query)?;
    Paging::read(&query)?;
    let found = filter.find(&app.state().etrusted.reviews).len();
    let mut answer = json!({"accountId": account::ACCOUNT_ID, "totalElements": found});
    if let (Some(channels), Some(members)) = (filter.channels(), answer.as_object_mut()) {
        members.insert("channelList".to_owned(), channels.into());
    }
    Ok(Reply::json(StatusCode::OK, answer))
}

/// `GET /reviews/{id}`
pub(super) async fn read(State(app): State<App>, Path(id): Path<String>, call: Call) -> Outcome {
    open(&app, &call, &[])?;
    with(&app, &id, |review| Ok(Reply::json(StatusCode::OK, review.print())))
}

/// `POST /reviews/{id}/reply`
///
/// UNK: the answer, here the reply as the review then shows it; and a second reply, which takes the first one's place.
/// The mail of `sendNotification` asks for no review, so it is not counted.
pub(super) async fn reply(State(app): State<App>, Path(id): Path<String>, call: Call) -> Outcome {
    open(&app, &call, &[])?;
    let sent = checked(&call, &REPLY)?;
    let now = app.clock().now();
    with(&app, &id, |review| {
        let at = clock::print(now);
        let reply = json!({"comment": sent.get("comment"), "createdAt": at, "updatedAt": at});
        review.reply = Some(reply.clone());
        review.updated = now;
        Ok(Reply::json(REPLIED, reply))
    })
}

/// `DELETE /reviews/{id}/reply`
pub(super) async fn delete_reply(State(app): State<App>, Path(id): Path<String>, call: Call) -> Outcome {
    open(&app, &call, &[])?;
    let now = app.clock().now();
    with(&app, &id, |review| {
        review.reply.take().ok_or_else(unknown)?;
        review.updated = now;
        Ok(Reply::empty(DELETED))
    })
}

/// `GET /reviews/{id}/vetos`
///
/// UNK: the shape. An array of what was posted, each with id and time.
pub(super) async fn vetos(State(app): State<App>, Path(id): Path<String>, call: Call) -> Outcome {
    open(&app, &call, &[])?;
    with(&app, &id, |review| Ok(Reply::json(StatusCode::OK, Value::Array(review.vetos.clone()))))
}

/// `POST /reviews/{id}/vetos`
pub(super) async fn veto(State(app): State<App>, Path(id): Path<String>, call: Call) -> Outcome {
    open(&app, &call, &[])?;
    let mut veto = checked(&call, &VETO)?;
    let now = app.clock().now();
    if let Some(members) = veto.as_object_mut() {
        members.insert("id".to_owned(), format!("vet-{}", Uuid::new_v4()).into());
        members.insert("createdAt".to_owned(), clock::print(now).into());
    }
    with(&app, &id, |review| {
        review.vetos.push(veto.clone());
        review.updated = now;
        Ok(Reply::json(VETOED, veto))
    })
}

fn with(app: &App, id: &str, act: impl FnOnce(&mut Review) -> Outcome) -> Outcome {
    let mut state = app.state();
    let review = state.etrusted.reviews.iter_mut().find(|review| review.id == id);
    act(review.ok_or_else(unknown)?)
}

fn checked(call: &Call, members: &[crate::check::Member]) -> Result<Value, Reply> {
    body(call, members, '"').map_err(|text| errors::invalid(&text))
}

fn unknown() -> Reply {
    Reply::empty(StatusCode::NOT_FOUND)
}
