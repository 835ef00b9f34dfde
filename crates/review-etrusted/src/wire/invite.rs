//! Invites: those that eTrusted made, and those that are ordered directly.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use review_http::lenient::or_default;
use review_http::{Personal, ResourceId};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use super::{Channel, EventProduct, Raw, Transaction, text_or_number, time};

/// The body of `POST /invites`: mails to be sent, without event types and settings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct NewInvites {
    /// The channel; its type is required here.
    pub channel: Channel,
    /// The name of the calling system.
    pub system: String,
    /// Its version.
    pub system_version: String,
    /// 1 to 10,000.
    pub invites: Vec<NewInvite>,
}

impl NewInvites {
    /// Invites in one channel.
    pub fn new(
        channel: Channel,
        (system, system_version): (String, String),
        invites: Vec<NewInvite>,
    ) -> Self {
        Self { channel, system, system_version, invites }
    }

    pub(crate) fn personal_values(&self) -> Vec<String> {
        self.invites.iter().flat_map(NewInvite::personal_values).collect()
    }
}

/// One mail to be sent. Members that are `None` or empty are left out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct NewInvite {
    /// The template of the questionnaire, `tpl-qst-…`.
    pub questionnaire_template: TemplateRef,
    /// The template of the mail, `tpl-inv-…`.
    pub template: TemplateRef,
    /// Who is asked.
    pub customer: Invitee,
    /// `ll_CC`, such as `de_DE`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub locale: Option<String>,
    /// The order.
    pub transaction: Transaction,
    /// What was ordered; needed for product reviews.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub products: Vec<EventProduct>,
    /// When the mail should go out.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "time")]
    pub preferred_send_time: Option<DateTime<Utc>>,
    /// Keys and values that come back on the review. The values do not show in `Debug`.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub metadata: BTreeMap<String, Personal>,
}

impl NewInvite {
    /// An invite with what is required.
    pub fn new(
        questionnaire_template: impl Into<String>,
        template: impl Into<String>,
        customer: Invitee,
        transaction: Transaction,
    ) -> Self {
        Self {
            questionnaire_template: TemplateRef::new(questionnaire_template),
            template: TemplateRef::new(template),
            customer,
            locale: None,
            transaction,
            products: Vec::new(),
            preferred_send_time: None,
            metadata: BTreeMap::new(),
        }
    }

    fn personal_values(&self) -> Vec<String> {
        let Invitee { first_name, last_name, email } = &self.customer;
        [first_name, last_name]
            .into_iter()
            .flatten()
            .chain([email])
            .chain(self.metadata.values())
            .map(|value| value.as_str().to_owned())
            .collect()
    }
}

/// A template by its id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TemplateRef {
    /// The id.
    pub id: String,
    /// The name, in answers.
    #[serde(default, skip_serializing, deserialize_with = "or_default")]
    pub name: Option<String>,
}

impl TemplateRef {
    /// A template by its id.
    pub fn new(id: impl Into<String>) -> Self {
        Self { id: id.into(), name: None }
    }
}

/// The customer of an invite that is ordered directly.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Invitee {
    /// The first name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_name: Option<Personal>,
    /// The last name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_name: Option<Personal>,
    /// The address the mail goes to.
    pub email: Personal,
}

impl Invitee {
    /// A customer of whom only the address is known.
    pub fn new(email: impl Into<Personal>) -> Self {
        Self { first_name: None, last_name: None, email: email.into() }
    }
}

/// The answer of `POST /invites`. Nothing of it is documented: every 2xx is an acceptance.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct PostedInvites {
    /// The ids of the invites that were found in it, `inv-…`.
    pub ids: Vec<String>,
}

/// Where ids of invites are looked for in an answer of unknown shape. An order's reference may begin
/// with `inv-` too, so the member's name has to say that it is an id.
const NAMES_OF_IDS: [&str; 4] = ["id", "inviteRef", "InviteRef", "inviteId"];

fn ids_of_invites(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| ids_of_invites(item, found)),
        Value::Object(members) => {
            for (name, member) in members {
                match member.as_str() {
                    Some(id) if NAMES_OF_IDS.contains(&name.as_str()) => {
                        if id.starts_with("inv-") && ResourceId::new(id).is_ok() {
                            found.push(id.to_owned());
                        }
                    }
                    _ => ids_of_invites(member, found),
                }
            }
        }
        _ => {}
    }
}

impl<'de> Deserialize<'de> for PostedInvites {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut ids = Vec::new();
        ids_of_invites(&Value::deserialize(deserializer)?, &mut ids);
        Ok(Self { ids })
    }
}

/// An invite that eTrusted made. Every member but the id is optional.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Invite {
    /// `inv-…`.
    pub id: String,
    /// `AUTOMATIC`; other values are not documented.
    #[serde(default, deserialize_with = "or_default")]
    pub mode: Option<String>,
    /// `SERVICE_REVIEW`, and `PRODUCT_REVIEW` as in reviews.
    #[serde(default, deserialize_with = "or_default")]
    pub review_type: Option<String>,
    /// `acc-…`.
    #[serde(default, deserialize_with = "or_default")]
    pub account_ref: Option<String>,
    /// `chl-…`.
    #[serde(default, deserialize_with = "or_default")]
    pub channel_ref: Option<String>,
    /// The event that led to it, `evt-…`.
    #[serde(default, deserialize_with = "or_default")]
    pub event: Option<String>,
    /// `en_GB`.
    #[serde(default, deserialize_with = "or_default")]
    pub locale: Option<String>,
    /// Where the review goes, such as `GOOGLE`.
    #[serde(default, deserialize_with = "or_default")]
    pub platform: Option<String>,
    /// What brought it about, such as `TRUSTBADGE`.
    #[serde(default, deserialize_with = "or_default")]
    pub invite_source: Option<String>,
    /// Who is asked.
    #[serde(default, deserialize_with = "or_default")]
    pub customer: Option<InviteCustomer>,
    /// The order.
    #[serde(default, deserialize_with = "or_default")]
    pub transaction: Option<InviteTransaction>,
    /// The template.
    #[serde(default, deserialize_with = "or_default")]
    pub template: Option<TemplateRef>,
    /// From whom the mail comes.
    #[serde(default, deserialize_with = "or_default")]
    pub sender: Option<Mailbox>,
    /// Where answers to it go.
    #[serde(default, deserialize_with = "or_default")]
    pub reply_to: Option<Mailbox>,
    /// When it is to go out.
    #[serde(default, deserialize_with = "or_default")]
    pub scheduled_at: Option<DateTime<Utc>>,
    /// When it went out; `None` while it is scheduled.
    #[serde(default, deserialize_with = "or_default")]
    pub sent_at: Option<DateTime<Utc>>,
    /// When it was made.
    #[serde(default, deserialize_with = "or_default")]
    pub created_at: Option<DateTime<Utc>>,
    /// When it was changed.
    #[serde(default, deserialize_with = "or_default")]
    pub updated_at: Option<DateTime<Utc>>,
    /// The day the goods are expected to arrive.
    #[serde(default, deserialize_with = "or_default")]
    pub estimated_delivery_date: Option<NaiveDate>,
    /// What became of it. An object whose members are not documented; the glossary names `SCHEDULED`,
    /// `CANCELED`, `SENT` and `DELIVERED` among others.
    #[serde(default, deserialize_with = "or_default")]
    pub status: Option<Raw>,
}

impl Invite {
    /// Whether it was cancelled. The members of the status are not documented, so its words are looked
    /// at wherever they stand.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.status.as_ref().is_some_and(|status| status.as_json().to_ascii_uppercase().contains("CANCEL"))
    }
}

/// The customer of an invite.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct InviteCustomer {
    /// `cst-…`.
    #[serde(default, deserialize_with = "or_default")]
    pub id: Option<Personal>,
    /// The first name.
    #[serde(default, deserialize_with = "or_default")]
    pub first_name: Option<Personal>,
    /// The last name.
    #[serde(default, deserialize_with = "or_default")]
    pub last_name: Option<Personal>,
    /// The e-mail address.
    #[serde(default, deserialize_with = "or_default")]
    pub email: Option<Personal>,
    /// The telephone number; a JSON number in the documentation's sample.
    #[serde(default, deserialize_with = "text_or_number")]
    pub phone_number: Option<Personal>,
    /// `en_GB`.
    #[serde(default, deserialize_with = "or_default")]
    pub preferred_locale: Option<String>,
    /// What the customer agreed to.
    #[serde(default, deserialize_with = "or_default")]
    pub consents: Vec<InviteConsent>,
}

/// What a customer did or did not agree to.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct InviteConsent {
    /// Such as `DATA_FORWARDING`.
    pub purpose: String,
    /// Whether they agreed.
    pub given: bool,
}

/// The order of an invite or a review.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct InviteTransaction {
    /// `txn-…`.
    #[serde(default, deserialize_with = "or_default")]
    pub id: Option<String>,
    /// The order or invoice number.
    #[serde(default, deserialize_with = "or_default")]
    pub reference: Option<String>,
    /// When the customer ordered.
    #[serde(default, deserialize_with = "or_default")]
    pub date: Option<DateTime<Utc>>,
}

/// A name and an address of the shop.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Mailbox {
    /// The name.
    #[serde(default, deserialize_with = "or_default")]
    pub name: Option<Personal>,
    /// The address.
    #[serde(default, deserialize_with = "or_default")]
    pub email: Option<Personal>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_found_in_every_likely_answer_and_nowhere_else() {
        for (json, ids) in [
            (r#"{"id":"inv-1"}"#, vec!["inv-1"]),
            (r#"[{"inviteRef":"inv-1"},{"InviteRef":"inv-2"}]"#, vec!["inv-1", "inv-2"]),
            (
                r#"{"invites":[{"id":"inv-1","transaction":{"id":"txn-1","reference":"inv-9"}}]}"#,
                vec!["inv-1"],
            ),
            (r#"{"id":"req-1"}"#, vec![]),
            (r#"{"id":"inv-1/.."}"#, vec![]),
            (r#""inv-1""#, vec![]),
            ("null", vec![]),
        ] {
            assert_eq!(serde_json::from_str::<PostedInvites>(json).unwrap().ids, ids, "{json}");
        }
    }
}
