//! The submitted reviews.

use std::collections::HashMap;

use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::ids::object_id;
use super::invitations_log::{Invitation, Item};
use super::{body, errors};
use crate::email::EmailKind;
use crate::form_fields::FormFields;
use crate::response::{ApiResponse, ApiResult};

/// UNK: the relations of `links`. None here, so that a client pages by number.
pub(super) const NO_LINKS: [Value; 0] = [];

/// The language of a review whose invitation has no locale.
const LANGUAGE: &str = "en";
/// The same for the locale of a product review.
pub(super) const LOCALE: &str = "en-US";

/// A review that was submitted with [`submit_trustpilot_review`](crate::Sandbox::submit_trustpilot_review).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SubmittedReview {
    /// The kind of the review.
    pub kind: EmailKind,
    /// Its id, for the calls that read one review.
    pub id: String,
    /// The product, for a product review.
    pub sku: Option<String>,
}

/// A review and its invitation.
pub(super) struct Review {
    pub(super) id: String,
    pub(super) consumer: String,
    pub(super) stars: u8,
    pub(super) text: String,
    pub(super) at: DateTime<Utc>,
    pub(super) invited: Invitation,
    /// The product; none for a service review.
    pub(super) item: Option<Item>,
}

impl Review {
    /// ISO 639-1, from the locale of the invitation.
    pub(super) fn language(&self) -> &str {
        self.invited.locale.as_deref().and_then(|locale| locale.split('-').next()).unwrap_or(LANGUAGE)
    }
}

/// Returns the view of the review with an id, or 404.
pub(super) fn one(reviews: &[Review], id: &str, view: impl Fn(&Review) -> Value) -> ApiResult {
    match reviews.iter().find(|review| review.id == id) {
        Some(review) => Ok(ApiResponse::json(StatusCode::OK, view(review))),
        None => Err(errors::not_found("Review not found")),
    }
}

/// All reviews, oldest first.
#[derive(Default)]
pub(crate) struct Reviews {
    pub(super) service: Vec<Review>,
    pub(super) product: Vec<Review>,
    /// Address in lower case to consumer id.
    consumers: HashMap<String, String>,
}

impl Reviews {
    pub(super) fn consumer(&mut self, email: &str) -> String {
        self.consumers.entry(email.to_lowercase()).or_insert_with(object_id).clone()
    }

    /// Returns how many service reviews a consumer has submitted.
    pub(super) fn written_by(&self, consumer: &str) -> usize {
        self.service.iter().filter(|review| review.consumer == consumer).count()
    }
}

/// Returns the members of `numberOfReviews`.
pub(super) fn counts<'a>(reviews: impl IntoIterator<Item = &'a Review>) -> Value {
    let mut stars = [0_u64; 6];
    for review in reviews {
        if let Some(count) = stars.get_mut(usize::from(review.stars)) {
            *count += 1;
        }
    }
    let [_, one, two, three, four, five] = stars;
    json!({
        "total": stars.iter().sum::<u64>(),
        "oneStar": one,
        "twoStars": two,
        "threeStars": three,
        "fourStars": four,
        "fiveStars": five,
    })
}

/// Returns the average of the stars, with one decimal; 0 without reviews.
pub(super) fn average<'a>(reviews: impl IntoIterator<Item = &'a Review>) -> f64 {
    let (mut sum, mut count) = (0.0, 0.0);
    for review in reviews {
        sum += f64::from(review.stars);
        count += 1.0;
    }
    if count > 0.0 { (sum / count * 10.0_f64).round() / 10.0 } else { 0.0 }
}

/// The filters that all lists of reviews have.
pub(super) struct Narrowed<'a> {
    stars: Option<usize>,
    language: Option<&'a str>,
}

impl<'a> Narrowed<'a> {
    /// UNK: several values for `stars`. One only.
    pub(super) fn read(query: &'a FormFields) -> Result<Self, ApiResponse> {
        let stars = body::number(query, "stars", 1..=5)?;
        Ok(Self { stars, language: body::formed(query, "language", language)? })
    }

    pub(super) fn keeps(&self, review: &Review) -> bool {
        self.stars.is_none_or(|stars| stars == usize::from(review.stars))
            && self.language.is_none_or(|language| language == review.language())
    }
}

fn language(text: &str) -> Result<(), &'static str> {
    let right = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_lowercase());
    if right { Ok(()) } else { Err("an ISO 639-1 language such as de") }
}
