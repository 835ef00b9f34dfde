//! The calls that read and write the private products.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde_json::{Value, json};

use super::access;
use super::body::{self, list};
use super::findings::Finding;
use super::schema::{PRODUCTS, locale};
use crate::json_schema::text;
use crate::request::ApiRequest;
use crate::response::{ApiResponse, ApiResult};
use crate::state::App;

/// How many products a list contains without `perPage`, as documented. UNK: the maximum of `perPage`; here the same.
const LISTED: usize = 10_000;

/// `POST /v1/private/business-units/{id}/products`
pub(super) async fn upsert(
    State(app): State<App>,
    Path(unit): Path<String>,
    request: ApiRequest,
) -> ApiResult {
    access::private_unit(&app, &request, &unit)?;
    let body = body::read(&request, &PRODUCTS, doubled)?;
    let catalogue = &mut app.state().trustpilot.catalogue;
    let products: Vec<_> = list(&body, "products").map(|product| catalogue.upsert(product)).collect();
    Ok(ApiResponse::json(StatusCode::OK, json!({"products": products})))
}

/// UNK: a SKU that appears twice in one batch. Rejected, because it is not clear which one counts.
fn doubled(body: &Value) -> Vec<Finding> {
    let skus: Vec<_> = list(body, "products").filter_map(|product| text(product, "/sku")).collect();
    let is_doubled = |(index, sku): (usize, &&str)| skus.iter().take(index).any(|other| other == sku);
    let doubled = skus.iter().enumerate().position(is_doubled);
    let finding = |index| Finding::rule("sku", format!("products[{index}].sku is there twice"));
    doubled.map(finding).into_iter().collect()
}

/// `GET /v1/private/business-units/{id}/products`
///
/// UNK: how to read more than `perPage` products. No `page` is documented, so it is rejected by name.
pub(super) async fn all(State(app): State<App>, Path(unit): Path<String>, request: ApiRequest) -> ApiResult {
    access::private_unit(&app, &request, &unit)?;
    let query = body::query(&request, &["perPage", "locale"])?;
    body::formed(&query, "locale", locale)?;
    let length = body::number(&query, "perPage", 1..=LISTED)?.unwrap_or(LISTED);
    let products: Vec<_> = app.state().trustpilot.catalogue.0.iter().take(length).cloned().collect();
    Ok(ApiResponse::json(StatusCode::OK, json!({"products": products})))
}
