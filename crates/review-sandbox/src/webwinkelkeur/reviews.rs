//! Ratings of the shop, and reviews of products.

use axum::extract::State;
use axum::http::StatusCode;
use serde_json::json;

use super::errors::success;
use super::request::{Access, PAGE, Page, open, reject};
use super::review::{ProductReview, Rating, aspects};
use crate::request::ApiRequest;
use crate::response::{ApiResponse, ApiResult};
use crate::state::App;

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
