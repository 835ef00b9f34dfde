//! A review, as a test submits it and a response shows it.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::clock;

/// From this rating on a customer recommends the shop, in reviews that a test submits.
const RECOMMENDED: u8 = 6;

/// A filled questionnaire: a review of the shop, of products, or of both.
pub(super) struct Review {
    pub(super) id: String,
    pub(super) author: String,
    pub(super) city: String,
    pub(super) language: String,
    pub(super) rating: u8,
    pub(super) comment: String,
    pub(super) at: DateTime<Utc>,
    /// Whether it is one of the shop.
    pub(super) shop: bool,
    /// The products, each with the id of its review.
    pub(super) products: Vec<(String, String)>,
}

impl Review {
    pub(super) fn recommends(&self) -> bool {
        self.rating >= RECOMMENDED
    }

    /// UNK: whether this call shows the reference of the order. It is in no paper, so it is not here.
    pub(super) fn print(&self) -> Value {
        let questions = [
            ("DEFAULT_OVERALL", "INT", self.rating.to_string(), "Total score"),
            ("DEFAULT_ONELINER", "TEXT", "My opinion".to_owned(), "In one line"),
            ("DEFAULT_OPINION", "TEXT", self.comment.clone(), "Describe your experience"),
            ("DEFAULT_RECOMMEND", "BOOLEAN", self.recommends().to_string(), "Would you recommend us?"),
        ];
        let content = questions.into_iter().enumerate().map(|(order, (group, kind, rating, question))| {
            json!({
                "questionGroup": group,
                "questionType": kind,
                "rating": rating,
                "order": order,
                "questionTranslation": question,
            })
        });
        json!({
            "reviewId": self.id,
            "reviewAuthor": self.author,
            "city": self.city,
            "rating": self.rating,
            "reviewContent": content.collect::<Vec<_>>(),
            "reviewComments": null,
            "dateSince": clock::print(self.at),
            "updatedSince": clock::print(self.at),
            "reviewLanguage": self.language,
        })
    }
}
