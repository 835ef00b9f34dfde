//! A review, and the filters of the calls that read them.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::errors;
use super::page;
use super::review_request::{self, ReviewRequest, review_type};
use super::schema::{self, PRODUCT_REVIEW, SERVICE_REVIEW};
use crate::account;
use crate::clock;
use crate::email::EmailKind;
use crate::form_fields::FormFields;
use crate::json_schema::text;
use crate::response::ApiResponse;

/// UNK: how long moderation takes. A review is approved as soon as it is submitted, and stays approved: no source
/// says that a veto changes the state immediately.
const STATE: &str = "APPROVED";

/// Customers write a title too; the method that submits reviews has none.
const TITLE: &str = "My opinion";

pub(super) struct Review {
    pub(super) id: String,
    pub(super) channel: String,
    pub(super) kind: EmailKind,
    pub(super) rating: u8,
    pub(super) submitted: DateTime<Utc>,
    pub(super) updated: DateTime<Utc>,
    pub(super) reply: Option<Value>,
    pub(super) vetos: Vec<Value>,
    reference: String,
    email: String,
    sku: Option<String>,
    /// The members that never change, in the complete form.
    fixed: Map<String, Value>,
}

impl Review {
    pub(super) fn new(request: &ReviewRequest, rating: u8, comment: &str, now: DateTime<Utc>) -> Self {
        let body = &request.body.read();
        let product = body.pointer("/products/0").filter(|_| request.kind == EmailKind::Product);
        let mut fixed = Map::new();
        let mut put = |name: &str, value: Option<Value>| {
            if let Some(value) = value {
                fixed.insert(name.to_owned(), value);
            }
        };
        put("inviteRef", request.invite.as_ref().map(|invite| invite.id.clone().into()));
        put("comment", Some(comment.into()));
        put("customer", Some(customer(body)));
        put("transaction", body.get("transaction").cloned());
        // A direct invite has no event.
        let event = request.event.as_ref().map(|id| json!({"id": id, "type": text(body, "/type")}));
        put("event", event);
        put("metadata", body.get("metadata").cloned());
        let (id, template) = (&request.questionnaire, &request.questionnaire_template);
        put("questionnaire", Some(json!({"id": id, "locale": request.locale, "templateRef": template})));
        put("product", product.map(print_product));
        Self {
            id: format!("rev-{}", Uuid::new_v4()),
            channel: request.channel.clone(),
            kind: request.kind,
            rating,
            submitted: now,
            updated: now,
            reply: None,
            vetos: Vec::new(),
            reference: request.reference().to_owned(),
            email: text(body, "/customer/email").unwrap_or_default().to_owned(),
            sku: product.and_then(|product| text(product, "/sku")).map(str::to_owned),
            fixed,
        }
    }

    pub(super) fn print(&self) -> Value {
        let mut printed = json!({
            "id": self.id,
            "accountRef": account::ACCOUNT_ID,
            "channelRef": self.channel,
            "rating": self.rating,
            "title": TITLE,
            "createdAt": clock::print(self.submitted),
            "updatedAt": clock::print(self.updated),
            "submittedAt": clock::print(self.submitted),
            "feedbackType": "REVIEW",
            "state": STATE,
            "type": review_type(self.kind),
            "verificationType": "VERIFIED",
            "hasAttachments": false,
        });
        if let Some(members) = printed.as_object_mut() {
            members.extend(self.fixed.clone());
            if let Some(reply) = &self.reply {
                members.insert("reply".to_owned(), reply.clone());
            }
        }
        printed
    }

    /// INF: the shorter form has no personal data. Everything that could identify the customer is left out: the
    /// customer, the order, the invite, the event, and the metadata, which can contain anything.
    pub(super) fn print_minimal(&self) -> Value {
        let mut printed = self.print();
        if let Some(members) = printed.as_object_mut() {
            for name in ["customer", "transaction", "inviteRef", "event", "metadata", "questionnaire"] {
                members.remove(name);
            }
        }
        printed
    }
}

fn customer(body: &Value) -> Value {
    let mut customer = Map::new();
    for name in ["firstName", "lastName", "email", "mobile"] {
        if let Some(value) = body.get("customer").and_then(|customer| customer.get(name)) {
            customer.insert(name.to_owned(), value.clone());
        }
    }
    if let Some(name) = review_request::name(body) {
        customer.insert("fullName".to_owned(), name.into());
    }
    customer.into()
}

/// UNK: the form of the product's `id`.
fn print_product(product: &Value) -> Value {
    let mut printed = product.clone();
    if let Some(members) = printed.as_object_mut() {
        members.insert("id".to_owned(), format!("prd-{}", Uuid::new_v4()).into());
    }
    printed
}

/// The parameters of all calls that read reviews.
pub(super) const FILTERS: [&str; 15] = [
    "count",
    "after",
    "before",
    "channels",
    "submittedAfter",
    "submittedBefore",
    "rating",
    "status",
    "type",
    "hasReply",
    "additionalInformation",
    "ignoreStatements",
    "query",
    "sku",
    "orderBy",
];

/// The filters and the order of a list.
pub(super) struct Filter<'a> {
    channels: Option<Vec<&'a str>>,
    ratings: Option<Vec<&'a str>>,
    states: Option<Vec<&'a str>>,
    types: Option<Vec<&'a str>>,
    after: Option<DateTime<Utc>>,
    before: Option<DateTime<Utc>>,
    has_reply: Option<bool>,
    query: Option<String>,
    sku: Option<&'a str>,
    by_update: bool,
}

impl<'a> Filter<'a> {
    /// UNK: the values of `additionalInformation` and its effect; any value is accepted, without effect.
    /// `ignoreStatements` has no effect either, because all reviews here have a text.
    pub(super) fn read(query: &'a FormFields) -> Result<Self, ApiResponse> {
        page::no_empty(query, &FILTERS)?;
        page::flag(query, "ignoreStatements")?;
        let order = list(query, "orderBy", |text| {
            ["submittedAt", "updatedAt", "editedAt", "lastEditedAt"].contains(&text)
        })?;
        if order.as_ref().is_some_and(|order| order.len() > 1) {
            return Err(wrong("orderBy"));
        }
        Ok(Self {
            channels: list(query, "channels", |text| text.starts_with("chl-"))?,
            ratings: list(query, "rating", |text| ["1", "2", "3", "4", "5"].contains(&text))?,
            states: list(query, "status", |text| ["APPROVED", "MODERATION", "REJECTED"].contains(&text))?,
            types: list(query, "type", |text| [SERVICE_REVIEW, PRODUCT_REVIEW].contains(&text))?,
            after: instant(query, "submittedAfter")?,
            before: instant(query, "submittedBefore")?,
            has_reply: page::flag(query, "hasReply")?,
            query: query.get("query").map(str::to_lowercase),
            sku: query.get("sku"),
            // Reviews are never edited here, so both times of editing equal the time of submission.
            by_update: order.is_some_and(|order| order.contains(&"updatedAt")),
        })
    }

    pub(super) fn channels(&self) -> Option<&[&'a str]> {
        self.channels.as_deref()
    }

    /// Returns the matching reviews, newest first.
    ///
    /// UNK: whether the bounds of the time are included. They are not.
    pub(super) fn find<'r>(&self, reviews: &'r [Review]) -> Vec<&'r Review> {
        let among = |known: &Option<Vec<&str>>, value: &str| {
            known.as_ref().is_none_or(|known| known.contains(&value))
        };
        let fits = |review: &&Review| {
            among(&self.channels, &review.channel)
                && among(&self.ratings, &review.rating.to_string())
                && among(&self.states, STATE)
                && among(&self.types, review_type(review.kind))
                && self.after.is_none_or(|after| review.submitted > after)
                && self.before.is_none_or(|before| review.submitted < before)
                && self.has_reply.is_none_or(|wanted| wanted == review.reply.is_some())
                && self.sku.is_none_or(|sku| review.sku.as_deref() == Some(sku))
                && self.query.as_ref().is_none_or(|query| review.matches(query))
        };
        let mut found: Vec<_> = reviews.iter().rev().filter(fits).collect();
        if self.by_update {
            found.sort_by_key(|review| std::cmp::Reverse(review.updated));
        }
        found
    }
}

impl Review {
    /// UNK: whether reference and address match as a whole or in part. In part, as for invites.
    fn matches(&self, query: &str) -> bool {
        [&self.reference, &self.email].iter().any(|known| known.to_lowercase().contains(query))
    }
}

/// A comma-separated parameter of known values.
fn list<'a>(
    query: &'a FormFields,
    name: &str,
    known: impl Fn(&str) -> bool,
) -> Result<Option<Vec<&'a str>>, ApiResponse> {
    let Some(text) = query.get(name) else {
        return Ok(None);
    };
    let parts: Vec<_> = text.split(',').collect();
    if parts.iter().all(|part| known(part)) { Ok(Some(parts)) } else { Err(wrong(name)) }
}

/// UNK: the form of the times. Any of those in samples.
fn instant(query: &FormFields, name: &str) -> Result<Option<DateTime<Utc>>, ApiResponse> {
    let Some(text) = query.get(name) else {
        return Ok(None);
    };
    schema::instant(text)
        .map_err(|wanted| errors::invalid(&format!("parameter `{name}` is not {wanted}")))?;
    let parsed = DateTime::parse_from_rfc3339(text).map_err(|_| wrong(name))?;
    Ok(Some(parsed.with_timezone(&Utc)))
}

fn wrong(name: &str) -> ApiResponse {
    errors::invalid(&format!("parameter `{name}` has a value that is not documented"))
}
