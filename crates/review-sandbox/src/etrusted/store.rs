//! The state of the eTrusted account.

use std::collections::HashMap;
use std::time::Duration;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use uuid::Uuid;

use super::channel::Channel;
use super::compact_json::CompactJson;
use super::review::Review;
use super::review_request::ReviewRequest;
use super::settings::Setting;
use crate::account;
use crate::clock::{self, Clock, Deadline};
use crate::email::EmailKind;
use crate::invited::Invited;

/// The account's state.
pub(crate) struct Etrusted {
    pub(super) clock: Clock,
    pub(crate) tokens: HashMap<String, Deadline>,
    pub(crate) token_requests: usize,
    pub(super) channels: Vec<Channel>,
    pub(super) types: Vec<EventType>,
    settings: Vec<Setting>,
    /// As `GET /events/{ref}` prints them, by reference.
    pub(super) events: HashMap<String, CompactJson>,
    /// In order of acceptance.
    pub(super) requests: Vec<ReviewRequest>,
    /// In order of submission.
    pub(super) reviews: Vec<Review>,
}

/// A touchpoint.
pub(super) struct EventType {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) active: bool,
    created: DateTime<Utc>,
    pub(super) updated: DateTime<Utc>,
}

impl EventType {
    /// The documented EventTypeDto.
    pub(super) fn print(&self) -> Value {
        json!({
            "id": self.id,
            "createdAt": clock::print(self.created),
            "updatedAt": clock::print(self.updated),
            "active": self.active,
            "name": self.name,
        })
    }
}

impl Etrusted {
    /// Creates an account with `checkout`, which every account has, with one event type that is ready to use, so that
    /// the printed environment works without setup, and with others that are not enabled.
    pub(crate) fn new(clock: Clock, others: &[String]) -> Self {
        let mut account = Self {
            clock,
            tokens: HashMap::new(),
            token_requests: 0,
            channels: Channel::all(),
            types: Vec::new(),
            settings: Vec::new(),
            events: HashMap::new(),
            requests: Vec::new(),
            reviews: Vec::new(),
        };
        account.add_event_type("checkout", true, Duration::ZERO);
        account.add_event_type(account::EVENT_TYPE, true, Duration::ZERO);
        let ready = account.types.last().map(|found| found.id.clone()).unwrap_or_default();
        for setting in account.settings.iter_mut().filter(|setting| setting.event_type == ready) {
            setting.service.enabled = true;
        }
        for name in others {
            account.add_event_type(name, true, Duration::ZERO);
        }
        account
    }

    pub(super) fn type_by_id(&mut self, id: &str) -> Option<&mut EventType> {
        self.types.iter_mut().find(|known| known.id == id)
    }

    pub(super) fn type_by_name(&self, name: &str) -> Option<&EventType> {
        self.types.iter().find(|known| known.name == name)
    }

    /// Creates an event type; its settings, one per channel, appear after `delay`.
    pub(super) fn add_event_type(&mut self, name: &str, active: bool, delay: Duration) -> Value {
        let now = self.clock.now();
        let id = format!("ety-{}", Uuid::new_v4());
        let visible = self.clock.after(delay);
        let fresh = self.channels.iter().map(|channel| Setting::new(channel.id, &id, visible.clone(), now));
        self.settings.extend(fresh);
        let made = EventType { id, name: name.to_owned(), active, created: now, updated: now };
        let printed = made.print();
        self.types.push(made);
        printed
    }

    /// Deletes its settings too.
    pub(super) fn delete_event_type(&mut self, id: &str) -> bool {
        let before = self.types.len();
        self.types.retain(|known| known.id != id);
        self.settings.retain(|setting| setting.event_type != id);
        self.types.len() < before
    }

    /// Returns the settings that have appeared.
    pub(super) fn settings(&self) -> impl Iterator<Item = &Setting> {
        self.settings.iter().filter(|setting| setting.visible.passed())
    }

    /// Returns the setting of a channel and an event type, if it has appeared.
    pub(super) fn setting_of(&self, channel: &Channel, event_type: &EventType) -> Option<&Setting> {
        let fits = |setting: &&Setting| setting.channel == channel.id && setting.event_type == event_type.id;
        self.settings().find(fits)
    }

    /// Returns the settings that have appeared, to change them.
    pub(super) fn settings_mut(&mut self) -> impl Iterator<Item = &mut Setting> {
        self.settings.iter_mut().filter(|setting| setting.visible.passed())
    }

    pub(crate) fn reveal_settings(&mut self) {
        for setting in &mut self.settings {
            setting.visible = self.clock.after(Duration::ZERO);
        }
    }

    /// Submits a review for the last request with this reference, service reviews first.
    pub(crate) fn submit_review(
        &mut self,
        invited: &Invited<'_>,
        rating: u8,
        comment: &str,
    ) -> Option<String> {
        if !(1..=5).contains(&rating) {
            return None;
        }
        let fits = |request: &&ReviewRequest| {
            invited.fits(request.reference(), &request.body.email) && invited.reviews(request.kind)
        };
        let mut fitting = self.requests.iter().rev().filter(fits);
        let service = fitting.clone().find(|request| request.kind == EmailKind::Service);
        let request = service.or_else(|| fitting.next())?;
        let review = Review::new(request, rating, comment, self.clock.now());
        let id = review.id.clone();
        self.reviews.push(review);
        Some(id)
    }
}
