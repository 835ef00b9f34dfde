//! Requests for a review: invites, and questionnaire links.

use std::time::Duration;

use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::compact_json::Body;
use super::{schema, template};
use crate::account;
use crate::clock;
use crate::email::{Email, EmailKind};
use crate::host::Vendor;
use crate::json_schema::text;

/// UNK: the value for invites that the API caused; `TRUSTBADGE` in the sample. INF: the word that events have in
/// `tracking.medium`.
const INVITE_SOURCE: &str = "API";

/// UNK: its meaning. The only value seen.
const PLATFORM: &str = "GOOGLE";

/// INF: the Control Centre distinguishes automatic and manual invites; the API's word for manual ones is not
/// documented.
pub(super) const MODE_AUTOMATIC: &str = "AUTOMATIC";
pub(super) const MODE_MANUAL: &str = "MANUAL";

/// A request to a customer for a review.
pub(super) struct ReviewRequest {
    pub(super) channel: String,
    pub(super) kind: EmailKind,
    pub(super) locale: String,
    /// `qre-...`
    pub(super) questionnaire: String,
    pub(super) questionnaire_template: String,
    pub(super) event: Option<String>,
    /// The body of the event or link, or the element of `invites`. All three have the same names for customer,
    /// transaction, products and metadata.
    pub(super) body: Body,
    /// `None` for a questionnaire link.
    pub(super) invite: Option<Invite>,
}

/// The additional data of an invite.
pub(super) struct Invite {
    pub(super) id: String,
    mode: &'static str,
    pub(super) template: String,
    customer: String,
    transaction: String,
    /// When the invite rule has run. Before, it is not in the list.
    pub(super) created: DateTime<Utc>,
    /// `None`: never, because the date is out of range.
    pub(super) scheduled: Option<DateTime<Utc>>,
}

impl Invite {
    pub(super) fn new(
        mode: &'static str,
        template: &str,
        now: DateTime<Utc>,
        delay: Duration,
        scheduled: Option<DateTime<Utc>>,
    ) -> Self {
        Self {
            id: format!("inv-{}", Uuid::new_v4()),
            mode,
            template: template.to_owned(),
            customer: format!("cst-{}", Uuid::new_v4()),
            transaction: format!("txn-{}", Uuid::new_v4()),
            created: clock::after(now, delay).unwrap_or(DateTime::<Utc>::MAX_UTC),
            scheduled,
        }
    }
}

impl ReviewRequest {
    /// Returns a short link, of the length of the documented sample's.
    pub(super) fn link(&self) -> String {
        let id: String =
            self.questionnaire.chars().skip("qre-".len()).filter(|c| *c != '-').take(9).collect();
        format!("https://etru.st/{id}")
    }

    pub(super) fn reference(&self) -> &str {
        &self.body.reference
    }

    /// Returns whether a `query` matches.
    ///
    /// UNK: as a whole or in part. In part, ignoring case: tests then find a client that takes the first hit, if
    /// another order number has the same beginning.
    pub(super) fn matches(&self, query: &str) -> bool {
        let query = query.to_lowercase();
        [self.reference(), &self.body.email].iter().any(|known| known.to_lowercase().contains(&query))
    }

    /// Returns the email that would be sent; `None` for a questionnaire link, whose email the merchant sends.
    pub(super) fn email(&self) -> Option<Email> {
        let invite = self.invite.as_ref()?;
        let body = self.body.read();
        Some(Email {
            vendor: Vendor::Etrusted,
            kind: self.kind,
            address: self.body.email.to_string(),
            name: name(&body),
            reference: self.reference().to_owned(),
            shop: self.channel.clone(),
            event: self.event.clone(),
            locale: Some(self.locale.clone()),
            skus: if self.kind == EmailKind::Product { skus(&body) } else { Vec::new() },
            template: Some(invite.template.clone()),
            send_at: invite.scheduled,
        })
    }

    /// An item of the list of invites.
    pub(super) fn print_invite(&self, invite: &Invite, now: DateTime<Utc>) -> Value {
        let body = self.body.read();
        let sent = invite.scheduled.filter(|at| *at <= now).map(|at| at.max(invite.created));
        let mut item = json!({
            "id": invite.id,
            "_object": "Invite",
            "mode": invite.mode,
            "reviewType": review_type(self.kind),
            "accountRef": account::ACCOUNT_ID,
            "channelRef": self.channel,
            "locale": self.locale,
            "platform": PLATFORM,
            "customer": self.print_customer(&body, &invite.customer),
            "inviteSource": INVITE_SOURCE,
            "transaction": {"id": invite.transaction, "reference": self.reference()},
            "template": {"id": invite.template},
            "sender": {"name": "eTrusted", "email": "sender@example.com"},
            "replyTo": {"name": "eTrusted", "email": "reply@example.com"},
            "createdAt": clock::print(invite.created),
            "updatedAt": clock::print(sent.unwrap_or(invite.created)),
            "status": status(sent.is_some()),
        });
        let place = |parent: &mut Value, name: &str, value: Option<Value>| {
            if let (Some(members), Some(value)) = (parent.as_object_mut(), value) {
                members.insert(name.to_owned(), value);
            }
        };
        place(&mut item, "scheduledAt", invite.scheduled.map(|at| clock::print(at).into()));
        place(&mut item, "sentAt", sent_at(sent));
        place(&mut item, "event", self.event.clone().map(Value::from));
        place(&mut item, "estimatedDeliveryDate", body.get("estimatedDeliveryDate").cloned());
        if let Some(transaction) = item.get_mut("transaction") {
            place(transaction, "date", body.pointer("/transaction/date").cloned());
        }
        if let (Some(template), Some(name)) = (item.get_mut("template"), template::name(&invite.template)) {
            place(template, "name", Some(name.into()));
        }
        item
    }

    fn print_customer(&self, body: &Value, id: &str) -> Value {
        let mut customer = Map::new();
        customer.insert("id".to_owned(), id.into());
        for name in ["firstName", "lastName", "email"] {
            if let Some(value) = body.get("customer").and_then(|customer| customer.get(name)) {
                customer.insert(name.to_owned(), value.clone());
            }
        }
        // A number in the sample, although it is a string in the event.
        let digits = text(body, "/customer/mobile").and_then(|mobile| mobile.strip_prefix('+'));
        if let Some(number) = digits.and_then(|digits| digits.parse::<u64>().ok()) {
            customer.insert("phoneNumber".to_owned(), number.into());
        }
        customer.insert("preferredLocale".to_owned(), self.locale.clone().into());
        customer.insert("consents".to_owned(), json!([{"purpose": "DATA_FORWARDING", "given": false}]));
        customer.into()
    }
}

pub(super) fn review_type(kind: EmailKind) -> &'static str {
    match kind {
        EmailKind::Service => schema::SERVICE_REVIEW,
        EmailKind::Product | EmailKind::ServiceAndProduct => schema::PRODUCT_REVIEW,
    }
}

/// Returns first and last name, separated by a space.
pub(super) fn name(body: &Value) -> Option<String> {
    let names = ["/customer/firstName", "/customer/lastName"];
    let name = names.into_iter().filter_map(|part| text(body, part)).collect::<Vec<_>>().join(" ");
    (!name.is_empty()).then_some(name)
}

pub(super) fn skus(body: &Value) -> Vec<String> {
    let products = body.get("products").and_then(Value::as_array).into_iter().flatten();
    products.filter_map(|product| text(product, "/sku")).map(str::to_owned).collect()
}

/// UNK: the members of this object; the stored page ends before them. One member, named like that of reviews, with
/// the statuses of the glossary that a sandbox without a mail server can reach.
fn status(sent: bool) -> Value {
    json!({"state": if sent { "SENT" } else { "SCHEDULED" }})
}

/// UNK: whether "empty while scheduled" means absent, `null` or an empty string. Absent.
fn sent_at(sent: Option<DateTime<Utc>>) -> Option<Value> {
    sent.map(|at| clock::print(at).into())
}
