//! Channels.

use axum::extract::State;
use axum::http::StatusCode;
use serde_json::{Value, json};

use super::open;
use crate::account::{self, CHANNELS};
use crate::call::Call;
use crate::reply::{Outcome, Reply};
use crate::state::App;

/// `GET /channels`
pub(super) async fn list(State(app): State<App>, call: Call) -> Outcome {
    open(&app, &call, &[])?;
    let channels = CHANNELS.iter().map(|channel| {
        json!({
            "id": channel.id,
            "createdAt": "2018-02-01T17:09:41.790Z",
            "updatedAt": "2018-02-01T17:09:41.790Z",
            "name": channel.name,
            "address": "Anystr. 17, 12345, Anycity, Anystate 12345",
            "url": channel.url,
            "logoUrl": format!("{}/logo.png", channel.url),
            "accountRef": account::ACCOUNT_ID,
            "locale": channel.locale,
        })
    });
    Ok(Reply::json(StatusCode::OK, Value::Array(channels.collect())))
}
