//! The calls that read and write the catalogue of products.

use axum::extract::State;
use axum::http::StatusCode;
use serde_json::Value;

use super::catalogue::Product;
use super::errors;
use super::request::{checked_body, location, no_findings, open};
use super::schema::{FURTHER_CODES, PRODUCT, PRODUCTS};
use crate::json_schema::{self, Violation, text};
use crate::request::ApiRequest;
use crate::response::{ApiResponse, ApiResult};
use crate::state::App;

/// How many products one bulk call may have.
const MAX_BULK: usize = 200;

/// `GET /v1/location/product/external?locationId=`
///
/// DIS: the vendor's paper prints one object, a public client reads a list. A list, as there can be many products.
pub(super) async fn list(State(app): State<App>, request: ApiRequest) -> ApiResult {
    let query = open(&app, &request, &["locationId"])?;
    location(query.get("locationId"))?;
    let state = app.state();
    let printed = state.kiyoh.catalogue.products.iter().map(Product::print).collect();
    Ok(ApiResponse::json(StatusCode::OK, Value::Array(printed)))
}

/// `PUT /v1/location/product/external`
pub(super) async fn put(State(app): State<App>, request: ApiRequest) -> ApiResult {
    open(&app, &request, &[])?;
    let (body, findings) =
        checked_body(&request, |body| json_schema::object(&PRODUCT, &without_codes(body)))?;
    no_findings(&[findings, faulty_codes(&body, "")].concat())?;
    let printed = store(&app, &[&body])?;
    Ok(ApiResponse::json(StatusCode::OK, printed.into_iter().next().unwrap_or_default()))
}

/// `PUT /v1/location/product/external/bulk`
///
/// UNK: the response. INF: the products, each as the call for one product prints it. UNK: what happens if one of them is
/// faulty. INF: nothing is stored.
pub(super) async fn put_bulk(State(app): State<App>, request: ApiRequest) -> ApiResult {
    open(&app, &request, &[])?;
    let (body, mut findings) = checked_body(&request, check_bulk)?;
    let products: Vec<_> = body.get("products").and_then(Value::as_array).into_iter().flatten().collect();
    for (index, product) in products.iter().enumerate() {
        findings.extend(faulty_codes(product, &format!("products[{index}].")));
    }
    if products.len() > MAX_BULK {
        findings.push(format!("products must hold at most {MAX_BULK} products"));
    }
    no_findings(&findings)?;
    location(text(&body, "/location_id"))?;
    let printed = store(&app, &products)?;
    Ok(ApiResponse::json(StatusCode::OK, Value::Array(printed)))
}

fn check_bulk(body: &Value) -> Vec<Violation> {
    let mut body = body.clone();
    for product in body.get_mut("products").and_then(Value::as_array_mut).into_iter().flatten() {
        *product = without_codes(product);
    }
    json_schema::object(&PRODUCTS, &body)
}

/// The body without the members that may have two forms.
fn without_codes(product: &Value) -> Value {
    let mut product = product.clone();
    if let Some(members) = product.as_object_mut() {
        members.retain(|name, _| !FURTHER_CODES.contains(&name.as_str()));
    }
    product
}

/// The findings about the members that may have two forms.
fn faulty_codes(product: &Value, parent: &str) -> Vec<String> {
    let faulty = FURTHER_CODES.into_iter().filter(|name| match product.get(name) {
        None => false,
        Some(Value::Array(codes)) => !codes.iter().all(Value::is_string),
        Some(other) => !other.is_string(),
    });
    faulty.map(|name| format!("{parent}{name} must be a string or an array of strings")).collect()
}

/// Stores products that passed the checks.
fn store(app: &App, products: &[&Value]) -> Result<Vec<Value>, ApiResponse> {
    let mut state = app.state();
    let catalogue = &mut state.kiyoh.catalogue;
    for product in products {
        location(text(product, "/location_id"))?;
        let cluster = product.get("cluster_id").and_then(Value::as_u64);
        // The number is the vendor's own, so one that it has not given out cannot be right.
        if cluster.is_some_and(|id| catalogue.products.iter().all(|known| known.cluster != id)) {
            return Err(errors::invalid("cluster_id is not the id of a known cluster"));
        }
    }
    let now = app.clock().now();
    Ok(products.iter().map(|product| catalogue.put(product, now)).collect())
}
