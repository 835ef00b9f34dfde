//! Reviews and the rating made of them.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use review_http::Personal;
use review_http::lenient::{number, or_default};
use serde::{Deserialize, Deserializer, Serialize};

use super::{InviteTransaction, Raw, text_or_number};

/// A review. Every member but the id is optional: the short form has fewer. What the customer wrote
/// and who they are does not show in `Debug`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct EtrustedReview {
    /// `rev-…`.
    pub id: String,
    /// `acc-…`.
    #[serde(default, deserialize_with = "or_default")]
    pub account_ref: Option<String>,
    /// `chl-…`.
    #[serde(default, deserialize_with = "or_default")]
    pub channel_ref: Option<String>,
    /// The invite it answers, `inv-…`.
    #[serde(default, deserialize_with = "or_default")]
    pub invite_ref: Option<String>,
    /// 1 to 5 stars.
    #[serde(default, deserialize_with = "stars")]
    pub rating: Option<u8>,
    /// The headline.
    #[serde(default, deserialize_with = "or_default")]
    pub title: Option<Personal>,
    /// What the customer wrote.
    #[serde(default, deserialize_with = "or_default")]
    pub comment: Option<Personal>,
    /// When it was made.
    #[serde(default, deserialize_with = "or_default")]
    pub created_at: Option<DateTime<Utc>>,
    /// When it was changed.
    #[serde(default, deserialize_with = "or_default")]
    pub updated_at: Option<DateTime<Utc>>,
    /// When the customer sent it off.
    #[serde(default, deserialize_with = "or_default")]
    pub submitted_at: Option<DateTime<Utc>>,
    /// When the customer changed it.
    #[serde(default, deserialize_with = "or_default")]
    pub edited_at: Option<DateTime<Utc>>,
    /// `REVIEW` or `STATEMENT`.
    #[serde(default, deserialize_with = "or_default")]
    pub feedback_type: Option<String>,
    /// `SUBMITTED`, `APPROVED`, `REJECTED`, `MODERATION` or `DISCARDED`.
    #[serde(default, deserialize_with = "or_default")]
    pub state: Option<String>,
    /// `SERVICE_REVIEW` or `PRODUCT_REVIEW`.
    #[serde(rename = "type", default, deserialize_with = "or_default")]
    pub review_type: Option<String>,
    /// `VERIFIED` or `UNDEFINED`.
    #[serde(default, deserialize_with = "or_default")]
    pub verification_type: Option<String>,
    /// The shop's reply; its members are not documented.
    #[serde(default, deserialize_with = "or_default")]
    pub reply: Option<Raw>,
    /// Who wrote it.
    #[serde(default, deserialize_with = "or_default")]
    pub customer: Option<ReviewCustomer>,
    /// The order.
    #[serde(default, deserialize_with = "or_default")]
    pub transaction: Option<InviteTransaction>,
    /// The event that led to it.
    #[serde(default, deserialize_with = "or_default")]
    pub event: Option<ReviewEvent>,
    /// The metadata of the event. The values do not show in `Debug`.
    #[serde(default, deserialize_with = "or_default")]
    pub metadata: BTreeMap<String, Personal>,
    /// Answers to further questions; their form is not documented.
    #[serde(default, deserialize_with = "or_default")]
    pub survey_data: Option<Raw>,
    /// The questionnaire.
    #[serde(default, deserialize_with = "or_default")]
    pub questionnaire: Option<ReviewQuestionnaire>,
    /// Whether pictures came with it.
    #[serde(default, deserialize_with = "or_default")]
    pub has_attachments: Option<bool>,
    /// The product, of a product review.
    #[serde(default, deserialize_with = "or_default")]
    pub product: Option<ReviewedProduct>,
}

fn stars<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u8>, D::Error> {
    let stars = number(deserializer)?;
    Ok((1..=5_u8).find(|whole| stars == Some(f64::from(*whole))))
}

/// Who wrote a review.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ReviewCustomer {
    /// The first name.
    #[serde(default, deserialize_with = "or_default")]
    pub first_name: Option<Personal>,
    /// The last name.
    #[serde(default, deserialize_with = "or_default")]
    pub last_name: Option<Personal>,
    /// Both.
    #[serde(default, deserialize_with = "or_default")]
    pub full_name: Option<Personal>,
    /// The e-mail address.
    #[serde(default, deserialize_with = "or_default")]
    pub email: Option<Personal>,
    /// The telephone number.
    #[serde(default, deserialize_with = "text_or_number")]
    pub mobile: Option<Personal>,
}

/// The event that led to a review.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct ReviewEvent {
    /// `evt-…`.
    #[serde(default, deserialize_with = "or_default")]
    pub id: Option<String>,
    /// The name of its type.
    #[serde(rename = "type", default, deserialize_with = "or_default")]
    pub event_type: Option<String>,
}

/// The questionnaire of a review.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ReviewQuestionnaire {
    /// `qre-…`.
    #[serde(default, deserialize_with = "or_default")]
    pub id: Option<String>,
    /// `de_DE`.
    #[serde(default, deserialize_with = "or_default")]
    pub locale: Option<String>,
    /// `tpl-qst-…`.
    #[serde(default, deserialize_with = "or_default")]
    pub template_ref: Option<String>,
}

/// The product of a review.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ReviewedProduct {
    /// eTrusted's id.
    #[serde(default, deserialize_with = "or_default")]
    pub id: Option<String>,
    /// The shop's key.
    #[serde(default, deserialize_with = "or_default")]
    pub sku: Option<String>,
    /// The manufacturer's part number.
    #[serde(default, deserialize_with = "or_default")]
    pub mpn: Option<String>,
    /// EAN, UPC or ISBN.
    #[serde(default, deserialize_with = "or_default")]
    pub gtin: Option<String>,
    /// The name.
    #[serde(default, deserialize_with = "or_default")]
    pub name: Option<String>,
    /// The page.
    #[serde(default, deserialize_with = "or_default")]
    pub url: Option<String>,
    /// A picture.
    #[serde(default, deserialize_with = "or_default")]
    pub image_url: Option<String>,
    /// The brand.
    #[serde(default, deserialize_with = "or_default")]
    pub brand: Option<String>,
}

/// The answer of `GET /reviews/count`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ReviewCount {
    /// How many there are.
    pub total_elements: u64,
    /// `acc-…`.
    #[serde(default, deserialize_with = "or_default")]
    pub account_id: Option<String>,
    /// The channels that were counted, `chl-…`.
    #[serde(default, deserialize_with = "or_default")]
    pub channel_list: Vec<String>,
}

/// The body of `POST /reviews/{id}/vetos`: an objection to a review.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct NewVeto {
    /// What is wrong with the review. Does not show in `Debug`.
    pub comment: Personal,
    /// On what ground.
    pub reason: VetoReason,
    /// Whom eTrusted should write to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub veto_reporter_email: Option<Personal>,
    /// The name of the channel.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub channel_name: Option<String>,
}

impl NewVeto {
    /// An objection.
    pub fn new(reason: VetoReason, comment: impl Into<Personal>) -> Self {
        Self { comment: comment.into(), reason, veto_reporter_email: None, channel_name: None }
    }
}

/// On what ground a shop objects to a review.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[non_exhaustive]
pub enum VetoReason {
    /// It is not true.
    Untruthful,
    /// It insults.
    Abusive,
    /// It breaks the terms of use.
    ViolatesTheTermsOfUse,
    /// Its picture does not belong there.
    InappropriateImage,
}

/// The rating of a channel over several spans of time.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct AggregateRating {
    /// The last 7 days.
    #[serde(rename = "7days", default, deserialize_with = "or_default")]
    pub last_7_days: Option<RatingSpan>,
    /// The last 30 days.
    #[serde(rename = "30days", default, deserialize_with = "or_default")]
    pub last_30_days: Option<RatingSpan>,
    /// The last 90 days.
    #[serde(rename = "90days", default, deserialize_with = "or_default")]
    pub last_90_days: Option<RatingSpan>,
    /// The last 365 days: the grade that eTrusted shows in public.
    #[serde(rename = "365days", default, deserialize_with = "or_default")]
    pub last_365_days: Option<RatingSpan>,
    /// All time.
    #[serde(default, deserialize_with = "or_default")]
    pub overall: Option<RatingSpan>,
}

/// The rating over one span of time.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct RatingSpan {
    /// How many reviews there are.
    pub count: u64,
    /// 1 to 5, with decimals; 0 where there are no reviews.
    pub rating: f64,
    /// The span.
    #[serde(default, deserialize_with = "or_default")]
    pub period: Option<RatingPeriod>,
    /// How the stars are spread.
    #[serde(default, deserialize_with = "or_default")]
    pub distribution: Option<RatingDistribution>,
}

/// A span of time.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct RatingPeriod {
    /// Its beginning.
    #[serde(default, deserialize_with = "or_default")]
    pub start: Option<DateTime<Utc>>,
    /// Its end.
    #[serde(default, deserialize_with = "or_default")]
    pub end: Option<DateTime<Utc>>,
    /// When the rating was worked out.
    #[serde(default, deserialize_with = "or_default")]
    pub calculated_at: Option<DateTime<Utc>>,
    /// The first review in it.
    #[serde(default, deserialize_with = "or_default")]
    pub first_considered_review_submission: Option<DateTime<Utc>>,
    /// The last review in it.
    #[serde(default, deserialize_with = "or_default")]
    pub last_considered_review_submission: Option<DateTime<Utc>>,
    /// `POSITIVE`, `NEUTRAL` and perhaps others.
    #[serde(default, deserialize_with = "or_default")]
    pub rating_trend: Option<String>,
}

/// How many reviews gave how many stars.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct RatingDistribution {
    /// One star.
    pub one_star: u64,
    /// Two stars.
    pub two_stars: u64,
    /// Three stars.
    pub three_stars: u64,
    /// Four stars.
    pub four_stars: u64,
    /// Five stars.
    pub five_stars: u64,
}
