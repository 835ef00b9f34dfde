//! Questionnaire links, which the shop sends itself.

use std::collections::BTreeMap;

use review_http::Personal;
use serde::{Deserialize, Serialize};

use super::{Channel, EventProduct, TemplateRef, Transaction};

/// The body of `POST /questionnaire-links`. Members that are `None` or empty are left out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct NewQuestionnaireLink {
    /// The type of the event that eTrusted notes for the link; `link_generation` where missing. With
    /// the name of an event type that has invite settings, a mail might go out besides.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub event_type: Option<String>,
    /// The template of the questionnaire, `tpl-qst-…`.
    pub questionnaire_template: TemplateRef,
    /// Who ordered.
    pub customer: LinkCustomer,
    /// The channel.
    pub channel: Channel,
    /// The order.
    pub transaction: Transaction,
    /// What was ordered; needed for product reviews.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub products: Vec<EventProduct>,
    /// Keys and values that come back on the review. The values do not show in `Debug`.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub metadata: BTreeMap<String, Personal>,
    /// The name of the calling system.
    pub system: String,
    /// Its version.
    pub system_version: String,
}

impl NewQuestionnaireLink {
    /// A link with what is required.
    pub fn new(
        questionnaire_template: impl Into<String>,
        customer: LinkCustomer,
        channel: Channel,
        transaction: Transaction,
        (system, system_version): (String, String),
    ) -> Self {
        Self {
            event_type: None,
            questionnaire_template: TemplateRef::new(questionnaire_template),
            customer,
            channel,
            transaction,
            products: Vec::new(),
            metadata: BTreeMap::new(),
            system,
            system_version,
        }
    }

    pub(crate) fn personal_values(&self) -> Vec<String> {
        let customer = &self.customer;
        [&customer.id, &customer.first_name, &customer.last_name, &customer.mobile, &customer.address]
            .into_iter()
            .flatten()
            .chain([&customer.email])
            .chain(self.metadata.values())
            .map(|value| value.as_str().to_owned())
            .collect()
    }
}

/// The customer of a link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct LinkCustomer {
    /// eTrusted's id of the customer, `cst-…`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<Personal>,
    /// The first name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_name: Option<Personal>,
    /// The last name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_name: Option<Personal>,
    /// The e-mail address.
    pub email: Personal,
    /// The telephone number, with `+` and country code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mobile: Option<Personal>,
    /// The postal address in one line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<Personal>,
}

impl LinkCustomer {
    /// A customer of whom only the address is known.
    pub fn new(email: impl Into<Personal>) -> Self {
        Self { id: None, first_name: None, last_name: None, email: email.into(), mobile: None, address: None }
    }
}

/// The answer of `POST /questionnaire-links`. The token that comes with it is of no use to a shop and
/// is not read.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct QuestionnaireLink {
    /// `qre-…`.
    #[serde(default, deserialize_with = "review_http::lenient::or_default")]
    pub id: Option<String>,
    /// The address to give to the customer. Whoever has it can write the review.
    pub link: Personal,
}
