//! Channels. They are created in the Control Centre, not by API.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::schema::CHANNEL_UPDATE;
use super::{body, errors, open};
use crate::account::{self, CHANNELS};
use crate::clock;
use crate::json_schema::text;
use crate::request::ApiRequest;
use crate::response::{ApiResponse, ApiResult};
use crate::state::App;

const CREATED: &str = "2018-02-01T17:09:41.790Z";

/// A channel as it is now.
pub(super) struct Channel {
    pub(super) id: &'static str,
    pub(super) own_id: Option<&'static str>,
    pub(super) locale: String,
    pub(super) name: String,
    address: String,
    url: String,
    logo_url: String,
    updated: Option<DateTime<Utc>>,
}

impl Channel {
    /// Returns the account's channels at the start.
    pub(super) fn all() -> Vec<Self> {
        let channels = CHANNELS.iter().map(|channel| Self {
            id: channel.id,
            own_id: channel.own_id,
            locale: channel.locale.to_owned(),
            name: channel.name.to_owned(),
            address: "Anystr. 17, 12345, Anycity, Anystate 12345".to_owned(),
            url: channel.url.to_owned(),
            logo_url: format!("{}/logo.png", channel.url),
            updated: None,
        });
        channels.collect()
    }

    fn print(&self) -> Value {
        json!({
            "id": self.id,
            "createdAt": CREATED,
            "updatedAt": self.updated.map_or_else(|| CREATED.to_owned(), clock::print),
            "name": self.name,
            "address": self.address,
            "url": self.url,
            "logoUrl": self.logo_url,
            "accountRef": account::ACCOUNT_ID,
            "locale": self.locale,
        })
    }

    /// UNK: what a missing member means. The value stays: a client cannot remove it, because empty strings are
    /// rejected.
    fn update(&mut self, body: &Value, now: DateTime<Utc>) {
        let members = [
            ("/name", &mut self.name),
            ("/address", &mut self.address),
            ("/url", &mut self.url),
            ("/logoUrl", &mut self.logo_url),
            ("/locale", &mut self.locale),
        ];
        for (pointer, member) in members {
            if let Some(value) = text(body, pointer) {
                value.clone_into(member);
            }
        }
        self.updated = Some(now);
    }
}

/// `GET /channels`
pub(super) async fn list(State(app): State<App>, request: ApiRequest) -> ApiResult {
    open(&app, &request, &[])?;
    let state = app.state();
    let channels = state.etrusted.channels.iter().map(Channel::print);
    Ok(ApiResponse::json(StatusCode::OK, Value::Array(channels.collect())))
}

/// `PUT /channels/{id}`: the response contains only the id.
///
/// UNK: the error responses. 400 like that of event types, and 404 without a body as for the list.
pub(super) async fn update(State(app): State<App>, Path(id): Path<String>, request: ApiRequest) -> ApiResult {
    open(&app, &request, &[])?;
    let body = body(&request, &CHANNEL_UPDATE, '"').map_err(|text| errors::invalid(&text))?;
    let now = app.clock().now();
    let mut state = app.state();
    let found = state.etrusted.channels.iter_mut().find(|channel| channel.id == id);
    let channel = found.ok_or_else(|| ApiResponse::empty(StatusCode::NOT_FOUND))?;
    channel.update(&body, now);
    Ok(ApiResponse::json(StatusCode::OK, json!({"id": channel.id})))
}
