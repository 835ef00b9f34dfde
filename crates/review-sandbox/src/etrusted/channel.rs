//! Channels. They are created in the Control Centre, not by API.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::account::{self, CHANNELS};
use crate::clock;
use crate::json_schema::text;

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

    pub(super) fn print(&self) -> Value {
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
    pub(super) fn update(&mut self, body: &Value, now: DateTime<Utc>) {
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
