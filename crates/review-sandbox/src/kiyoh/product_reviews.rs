//! Product reviews, by cluster.

use axum::extract::State;
use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use url::form_urlencoded::byte_serialize;

use super::account::LOCATION_ID;
use super::catalogue::{Product, UrlNames};
use super::errors;
use super::request::{location, moment, number, open};
use super::review::Review;
use super::reviews::average;
use super::store::Kiyoh;
use crate::clock;
use crate::form_fields::FormFields;
use crate::host::Host;
use crate::request::ApiRequest;
use crate::response::{ApiResponse, ApiResult};
use crate::state::App;

/// `dateSince` is in the links that the vendor prints.
const PARAMETERS: [&str; 6] =
    ["locationId", "productCode", "clusterId", "clusterCode", "dateSince", "updatedSince"];

/// `GET /v1/publication/product/review/external`, and `GET /v1/publication/product/review`, which is the path of
/// `reviewApiLink`.
pub(super) async fn list(State(app): State<App>, request: ApiRequest) -> ApiResult {
    let query = open(&app, &request, &PARAMETERS)?;
    location(query.get("locationId"))?;
    let created_after = moment(&query, "dateSince")?;
    let updated_after = moment(&query, "updatedSince")?;
    let state = app.state();
    let kiyoh = &state.kiyoh;
    let products = chosen(kiyoh, &query)?;
    let mut found = reviews(kiyoh, &products);
    found.retain(|(review, _)| {
        [created_after, updated_after].iter().flatten().all(|limit| review.at > *limit)
    });
    let body = json!({
        "locationId": LOCATION_ID,
        "clusterId": products.first().map(|product| product.cluster),
        "locationProduct": print_products(&products, &UrlNames::Snake),
        "averageRating": average(found.iter().map(|(review, _)| review.rating)),
        "numberReviews": found.len(),
        "reviews": found.iter().map(|(review, id)| print(review, id)).collect::<Vec<_>>(),
    });
    Ok(ApiResponse::json(StatusCode::OK, body))
}

/// `GET /v1/publication/product`: the clusters with reviews that are new.
pub(super) async fn updated(State(app): State<App>, request: ApiRequest) -> ApiResult {
    let query = open(&app, &request, &["locationId", "updatedSince"])?;
    location(query.get("locationId"))?;
    let after = moment(&query, "updatedSince")?;
    let state = app.state();
    let kiyoh = &state.kiyoh;
    let mut clusters: Vec<_> = kiyoh.catalogue.products.iter().map(|product| product.cluster).collect();
    clusters.sort_unstable();
    clusters.dedup();
    let printed = clusters.into_iter().filter_map(|id| print_cluster(kiyoh, &request, id, after));
    let body = json!({
        "locationId": LOCATION_ID,
        "clusters": printed.collect::<Vec<_>>(),
        "reviewApiLink": review_link(&request, None, after),
    });
    Ok(ApiResponse::json(StatusCode::OK, body))
}

/// The products a call asks about: one, or those of a cluster. UNK: whether `productCode` means the product or its cluster.
/// INF: the product, because another parameter is there for the cluster.
fn chosen<'a>(kiyoh: &'a Kiyoh, query: &FormFields) -> Result<Vec<&'a Product>, ApiResponse> {
    let cluster = number(query, "clusterId", 1)?.map(|id| id as u64);
    let (code, cluster_code) = (query.get("productCode"), query.get("clusterCode"));
    if [cluster.is_some(), code.is_some(), cluster_code.is_some()].into_iter().filter(|given| *given).count()
        != 1
    {
        return Err(errors::invalid("exactly one of productCode, clusterId and clusterCode must be given"));
    }
    let fits = |product: &&Product| {
        cluster.is_none_or(|id| product.cluster == id)
            && code.is_none_or(|code| product.code == code)
            && cluster_code.is_none_or(|code| product.cluster_code.as_deref() == Some(code))
    };
    let products: Vec<_> = kiyoh.catalogue.products.iter().filter(fits).collect();
    // UNK: the response for a product that the catalogue does not have.
    if products.is_empty() { Err(errors::not_found()) } else { Ok(products) }
}

/// The reviews of products, each with its own id, the newest first.
fn reviews<'a>(kiyoh: &'a Kiyoh, products: &[&Product]) -> Vec<(&'a Review, &'a str)> {
    let newest_first = kiyoh.reviews.iter().rev();
    let parts = newest_first.flat_map(|review| review.products.iter().map(move |part| (review, part)));
    let wanted = parts.filter(|(_, (code, _))| products.iter().any(|product| product.code == *code));
    wanted.map(|(review, (_, id))| (review, id.as_str())).collect()
}

/// `None`: the cluster has no review after this moment.
fn print_cluster(
    kiyoh: &Kiyoh,
    request: &ApiRequest,
    id: u64,
    after: Option<DateTime<Utc>>,
) -> Option<Value> {
    let products: Vec<_> = kiyoh.catalogue.products.iter().filter(|product| product.cluster == id).collect();
    let found = reviews(kiyoh, &products);
    let is_new = |at: DateTime<Utc>| after.is_none_or(|after| at > after);
    if !found.iter().any(|(review, _)| is_new(review.at)) {
        return None;
    }
    let mut printed = json!({
        "clusterId": id,
        "locationProduct": print_products(&products, &UrlNames::Camel),
        "averageRating": average(found.iter().map(|(review, _)| review.rating)),
        "numberReviews": found.len(),
        "reviewApiLink": review_link(request, Some(id), after),
    });
    let code = products.iter().find_map(|product| product.cluster_code.as_ref());
    if let (Some(members), Some(code)) = (printed.as_object_mut(), code) {
        members.insert("clusterCode".to_owned(), code.clone().into());
    }
    Some(printed)
}

fn print_products(products: &[&Product], names: &UrlNames) -> Vec<Value> {
    products.iter().map(|product| product.print_reviewed(names)).collect()
}

fn print(review: &Review, id: &str) -> Value {
    json!({
        "reviewId": review.id,
        "productReviewId": id,
        "reviewAuthor": review.author,
        "city": review.city,
        "rating": review.rating,
        "dateSince": clock::print(review.at),
        "updatedSince": clock::print(review.at),
        "oneliner": "My opinion",
        "description": review.comment,
        "notApplicable": false,
        "reviewLanguage": review.language,
    })
}

/// The link as the sample has it, on the host that was called.
fn review_link(request: &ApiRequest, cluster: Option<u64>, after: Option<DateTime<Utc>>) -> String {
    let base = match request.header("host") {
        Some(host) => format!("http://{host}{}", Host::Kiyoh.prefix()),
        None => super::account::WEB.to_owned(),
    };
    let cluster = cluster.map(|id| format!("clusterId={id}&")).unwrap_or_default();
    let after = after.map(clock::print).unwrap_or_default();
    let after: String = byte_serialize(after.as_bytes()).collect();
    format!(
        "{base}/v1/publication/product/review?{cluster}dateSince=&updatedSince={after}&locationId={LOCATION_ID}"
    )
}
