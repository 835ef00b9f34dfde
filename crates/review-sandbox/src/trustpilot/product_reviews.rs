//! Reading product reviews: public ones, private ones with the data of their invitation, and summaries.

use std::collections::BTreeMap;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde_json::{Value, json};

use super::body::{self, Page, several, strings};
use super::reviews::{LOCALE, NO_LINKS, Narrowed, Review, average, counts, one};
use super::schema::{SKUS, locale};
use super::{access, errors};
use crate::clock::print;
use crate::form_fields::FormFields;
use crate::formats::web_url;
use crate::request::ApiRequest;
use crate::response::{ApiResponse, ApiResult};
use crate::state::App;

const STATES: [&str; 4] = ["published", "unpublished", "underModeration", "archived"];
/// The state of every review here.
const STATE: &str = "published";

/// `GET /v1/product-reviews/business-units/{id}/reviews`
pub(super) async fn public(
    State(app): State<App>,
    Path(unit): Path<String>,
    request: ApiRequest,
) -> ApiResult {
    access::public_unit(&request, &unit)?;
    let known = ["sku", "productUrl", "language", "stars", "locale", "page", "perPage"];
    let query = access::public_query(&request, &known)?;
    let about = About::read(&query)?;
    list(&app.state().trustpilot.reviews.product, &query, |review| about.keeps(review), public_view)
}

/// `GET /v1/private/product-reviews/business-units/{id}/reviews`
pub(super) async fn private(
    State(app): State<App>,
    Path(unit): Path<String>,
    request: ApiRequest,
) -> ApiResult {
    access::private_unit(&app, &request, &unit)?;
    let known = ["sku", "language", "locale", "page", "perPage", "state", "includeReportedReviews"];
    let query = body::query(&request, &known)?;
    // No review here is reported, so there are none to include.
    body::flag(&query, "includeReportedReviews")?;
    let states = several(&query, "state")?;
    if states.iter().any(|state| !STATES.contains(state)) {
        return Err(errors::bad_request("parameter `state` must be of the documented values"));
    }
    let in_state = states.is_empty() || states.contains(&STATE);
    let skus = several(&query, "sku")?;
    let keeps = |review: &Review| in_state && (skus.is_empty() || skus.contains(&sku(review)));
    list(&app.state().trustpilot.reviews.product, &query, keeps, private_view)
}

/// `GET /v1/private/product-reviews/{id}`
pub(super) async fn private_one(
    State(app): State<App>,
    Path(id): Path<String>,
    request: ApiRequest,
) -> ApiResult {
    access::private(&app, &request)?;
    body::query(&request, &[])?;
    one(&app.state().trustpilot.reviews.product, &id, private_view)
}

/// `GET /v1/private/product-reviews/business-units/{id}/summaries`. UNK: how many without `perPage`.
pub(super) async fn summaries(
    State(app): State<App>,
    Path(unit): Path<String>,
    request: ApiRequest,
) -> ApiResult {
    access::private_unit(&app, &request, &unit)?;
    let query = body::query(&request, &["page", "perPage"])?;
    let page = Page::read(&query, "perPage", 20, 1..=1000)?;
    let state = app.state();
    let mut by_sku = BTreeMap::<_, Vec<_>>::new();
    for review in &state.trustpilot.reviews.product {
        by_sku.entry(sku(review)).or_default().push(review);
    }
    let all = by_sku.into_iter().map(|(sku, reviews)| summary(Some(sku), &reviews));
    Ok(ApiResponse::json(StatusCode::OK, json!({"summaries": page.of(all), "links": NO_LINKS})))
}

/// `GET /v1/product-reviews/business-units/{id}?sku=`
///
/// UNK: the response. INF: the members of a private summary, over all requested products.
pub(super) async fn public_summary(
    State(app): State<App>,
    Path(unit): Path<String>,
    request: ApiRequest,
) -> ApiResult {
    access::public_unit(&request, &unit)?;
    let query = access::public_query(&request, &["sku", "productUrl"])?;
    let about = About::read(&query)?;
    let state = app.state();
    let reviews: Vec<_> =
        state.trustpilot.reviews.product.iter().filter(|review| about.keeps(review)).collect();
    Ok(ApiResponse::json(StatusCode::OK, summary(None, &reviews)))
}

/// `POST /v1/product-reviews/business-units/{id}/batch-summaries`
///
/// UNK: the response, and a product without reviews. INF: the form of the private summaries; such a product is
/// included with zeros, because it was requested by name.
pub(super) async fn batch_summaries(
    State(app): State<App>,
    Path(unit): Path<String>,
    request: ApiRequest,
) -> ApiResult {
    access::public_unit(&request, &unit)?;
    access::public_query(&request, &[])?;
    let body = body::read_body(&request, &SKUS, |_| Vec::new())?;
    let state = app.state();
    let one = |wanted| {
        let reviews = state.trustpilot.reviews.product.iter().filter(|review| sku(review) == wanted);
        summary(Some(wanted), &reviews.collect::<Vec<_>>())
    };
    let summaries: Vec<_> = strings(&body, "skus").map(one).collect();
    Ok(ApiResponse::json(StatusCode::OK, json!({"summaries": summaries})))
}

/// The products that a public call asks for.
struct About<'a> {
    skus: Vec<&'a str>,
    url: Option<&'a str>,
}

impl<'a> About<'a> {
    /// At least one of the two is required.
    fn read(query: &'a FormFields) -> Result<Self, ApiResponse> {
        let about = Self { skus: several(query, "sku")?, url: body::formed(query, "productUrl", web_url)? };
        if about.skus.is_empty() && about.url.is_none() {
            return Err(errors::bad_request("parameter `sku` or `productUrl` is missing"));
        }
        Ok(about)
    }

    /// `productUrl` is ignored when there are SKUs: documented for the summary, UNK for the list.
    fn keeps(&self, review: &Review) -> bool {
        match self.url {
            Some(url) if self.skus.is_empty() => review.item.as_ref().is_some_and(|item| item.url == url),
            _ => self.skus.contains(&sku(review)),
        }
    }
}

/// UNK: the order. Newest first, as with service reviews.
fn list(
    reviews: &[Review],
    query: &FormFields,
    keeps: impl Fn(&Review) -> bool,
    view: fn(&Review) -> Value,
) -> ApiResult {
    // Only the names of attributes depend on it, and there are none here.
    body::formed(query, "locale", locale)?;
    let page = Page::read(query, "perPage", 20, 1..=100)?;
    let narrowed = Narrowed::read(query)?;
    let found = reviews.iter().rev().filter(|review| keeps(review) && narrowed.keeps(review));
    let found: Vec<_> = page.of(found).into_iter().map(view).collect();
    Ok(ApiResponse::json(StatusCode::OK, json!({"productReviews": found, "links": NO_LINKS})))
}

fn sku(review: &Review) -> &str {
    review.item.as_ref().map_or("", |item| item.sku.as_str())
}

fn summary(sku: Option<&str>, reviews: &[&Review]) -> Value {
    let reviews = || reviews.iter().copied();
    let mut summary = json!({"starsAverage": average(reviews()), "numberOfReviews": counts(reviews())});
    if let (Some(sku), Some(summary)) = (sku, summary.as_object_mut()) {
        summary.insert("sku".to_owned(), sku.into());
    }
    summary
}

fn public_view(review: &Review) -> Value {
    json!({
        "id": review.id,
        "createdAt": print(review.at),
        "stars": review.stars,
        "content": review.text,
        "consumer": {"id": review.consumer, "displayName": review.invited.name},
        "language": review.language(),
        "attributeRatings": [],
        "attachments": [],
        "firstCompanyComment": null,
    })
}

fn private_view(review: &Review) -> Value {
    json!({
        "id": review.id,
        "createdAt": print(review.at),
        "stars": review.stars,
        "content": review.text,
        "product": {
            "sku": sku(review),
            "name": review.item.as_ref().map(|item| item.name.as_str()),
        },
        "consumer": {
            "id": review.consumer,
            "email": review.invited.email,
            "name": review.invited.name,
        },
        "language": review.language(),
        "locale": review.invited.locale.as_deref().unwrap_or(LOCALE),
        "state": STATE,
        "referenceId": review.invited.reference,
        "conversationId": null,
        "attachments": [],
        "attributeRatings": [],
    })
}
