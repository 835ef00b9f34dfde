//! Ratings of the shop, and reviews of products.

use axum::extract::State;
use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::errors::success;
use super::request::{Access, PAGE, Page, open, reject};
use super::store::Webwinkelkeur;
use super::time;
use crate::request::ApiRequest;
use crate::response::{ApiResponse, ApiResult};
use crate::state::App;

/// What a customer rates, next to the shop as a whole.
const ASPECTS: [&str; 4] = ["shippingtime", "customerservice", "pricequality", "aftersale"];

/// A rating of the shop. It has neither an id nor the number of the order.
pub(super) struct Rating {
    name: String,
    email: String,
    language: String,
    stars: u8,
    comment: String,
    at: DateTime<Utc>,
}

/// A review of a product.
pub(super) struct ProductReview {
    id: usize,
    name: String,
    email: String,
    product: String,
    stars: u8,
    comment: String,
    at: DateTime<Utc>,
}

impl Webwinkelkeur {
    /// Writes a rating, and a review of each product, for the last invitation with this order number. `false`: there is
    /// none, or the stars are not within 1 to 5.
    pub(crate) fn submit_review(&mut self, order: &str, stars: u8, comment: &str) -> bool {
        let invitation = self.invitations.iter().rev().find(|invitation| invitation.order == order);
        let Some(invitation) = invitation.filter(|_| (1..=5).contains(&stars)) else {
            return false;
        };
        let at = self.clock.now();
        self.ratings.push(Rating {
            name: invitation.name.clone(),
            email: invitation.email.clone(),
            language: invitation.language.clone(),
            stars,
            comment: comment.to_owned(),
            at,
        });
        for product in &invitation.products {
            self.product_reviews.push(ProductReview {
                id: self.product_reviews.len() + 1,
                name: invitation.name.clone(),
                email: invitation.email.clone(),
                product: product.clone(),
                stars,
                comment: comment.to_owned(),
                at,
            });
        }
        true
    }
}

/// `GET /1.0/ratings.json`: the newest first.
pub(super) async fn ratings(State(app): State<App>, request: ApiRequest) -> ApiResult {
    let query = open(&app, &request, &Access::Public, &[&PAGE[..], &["language"]].concat())?;
    let page = Page::read(&query, &["limit"]).map_err(|rejection| reject(&app, &rejection))?;
    let language = query.get("language");
    let state = app.state();
    let fits = |rating: &&Rating| language.is_none_or(|language| rating.language == language);
    let found: Vec<_> = state.webwinkelkeur.ratings.iter().rev().filter(fits).collect();
    let printed: Vec<_> = page.cut(found.iter()).map(|rating| rating.print()).collect();
    Ok(success("Ratings successfully retrieved!", json!({"total": found.len(), "ratings": printed})))
}

/// `GET /1.0/ratings_summary.json`. UNK: the averages without any rating; 0 here.
pub(super) async fn summary(State(app): State<App>, request: ApiRequest) -> ApiResult {
    open(&app, &request, &Access::Public, &[])?;
    let state = app.state();
    let ratings = &state.webwinkelkeur.ratings;
    let sum: u32 = ratings.iter().map(|rating| u32::from(rating.stars)).sum();
    let count = u32::try_from(ratings.len()).unwrap_or(u32::MAX);
    let average = if count == 0 { 0.0 } else { f64::from(sum) / f64::from(count) };
    let data = json!({
        "amount": count,
        "rating_average": average,
        "ratings_average": aspects(&json!(average)),
    });
    Ok(success("Ratings summary successfully retrieved!", json!({"data": data})))
}

/// `GET /1.0/product_reviews.json`. UNK: the order. INF: the newest first, like the other lists.
pub(super) async fn product_reviews(State(app): State<App>, request: ApiRequest) -> ApiResult {
    let query = open(&app, &request, &Access::Private, &PAGE)?;
    let page = Page::read(&query, &["limit"]).map_err(|rejection| reject(&app, &rejection))?;
    let state = app.state();
    let all = &state.webwinkelkeur.product_reviews;
    let printed: Vec<_> = page.cut(all.iter().rev()).map(ProductReview::print).collect();
    // In the sample there is neither `status` nor `message`.
    Ok(ApiResponse::json(StatusCode::OK, json!({"total": all.len(), "product_reviews": printed})))
}

/// Each aspect with the same value.
fn aspects(value: &Value) -> Value {
    ASPECTS.into_iter().map(|name| (name.to_owned(), value.clone())).collect()
}

impl Rating {
    fn print(&self) -> Value {
        let comment = Some(&self.comment).filter(|comment| !comment.is_empty());
        let created = time::print(self.at);
        json!({
            "name": self.name,
            "email": self.email,
            "rating": self.stars,
            "ratings": aspects(&self.stars.into()),
            "comment": comment,
            "date": created.get(..10),
            "country": "NL",
            "language": self.language,
            "created": created,
            "read": false,
            "quarantine": false,
            "verified": true,
            "reaction": "",
        })
    }
}

impl ProductReview {
    fn print(&self) -> Value {
        json!({
            "id": self.id,
            "reviewer": {"name": self.name, "email": self.email},
            "rating": self.stars,
            "review": self.comment,
            "product_id": self.product,
            "deleted": false,
            "created": time::print(self.at),
        })
    }
}
