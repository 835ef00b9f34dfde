//! The catalogue of products, which must have a product before an invitation can name it.

use axum::extract::State;
use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};

use super::errors;
use super::request::{checked_body, location, no_findings, open};
use super::schema::{FURTHER_CODES, PRODUCT, PRODUCTS};
use crate::clock;
use crate::inbox::entry::InboxProduct;
use crate::json_schema::{self, Violation, text};
use crate::request::ApiRequest;
use crate::response::{ApiResponse, ApiResult};
use crate::state::App;

/// How many products one bulk call may have.
const MAX_BULK: usize = 200;

/// The first `cluster_id`, far from the ids of products, so that a client which mixes them up is noticed.
const FIRST_CLUSTER: u64 = 1_000_001;

/// All products of the location.
#[derive(Default)]
pub(super) struct Catalogue {
    pub(super) products: Vec<Product>,
    clusters: u64,
}

/// A product.
pub(super) struct Product {
    pub(super) id: u64,
    pub(super) code: String,
    pub(super) cluster: u64,
    pub(super) cluster_code: Option<String>,
    updated: DateTime<Utc>,
    created: DateTime<Utc>,
    active: bool,
    name: String,
    image: String,
    page: String,
}

/// How a response names the members with the two URLs of a product. DIS: the vendor's samples have both.
pub(super) enum UrlNames {
    /// `image_url` and `source_url`.
    Snake,
    /// `imageUrl` and `sourceUrl`.
    Camel,
}

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

impl Catalogue {
    /// Creates a product, or replaces the one with the same code, and prints it. INF: the code is the key.
    fn put(&mut self, body: &Value, now: DateTime<Utc>) -> Value {
        let string = |pointer: &str| text(body, pointer).unwrap_or_default().to_owned();
        let (code, cluster_code) = (string("/product_code"), text(body, "/cluster_code").map(str::to_owned));
        let before = self.products.iter().find(|known| known.code == code);
        let shared =
            self.products.iter().find(|known| cluster_code.is_some() && known.cluster_code == cluster_code);
        let kept = before.filter(|before| before.cluster_code == cluster_code);
        let given = body.get("cluster_id").and_then(Value::as_u64);
        let product = Product {
            id: before.map_or(self.products.len() as u64 + 1, |before| before.id),
            created: before.map_or(now, |before| before.created),
            updated: now,
            cluster: given
                .or(shared.or(kept).map(|known| known.cluster))
                .unwrap_or(FIRST_CLUSTER + self.clusters),
            code,
            cluster_code,
            active: body.get("active") == Some(&Value::Bool(true)),
            name: string("/product_name"),
            image: string("/image_url"),
            page: string("/source_url"),
        };
        if product.cluster == FIRST_CLUSTER + self.clusters {
            self.clusters += 1;
        }
        let printed = product.print();
        match self.products.iter_mut().find(|known| known.code == product.code) {
            Some(known) => *known = product,
            None => self.products.push(product),
        }
        printed
    }

    /// The products with these codes, for the inbox.
    pub(super) fn inbox_products<'a>(&self, codes: impl Iterator<Item = &'a str>) -> Vec<InboxProduct> {
        let product = |known: &Product| InboxProduct {
            sku: known.code.clone(),
            name: known.name.clone(),
            url: known.page.clone(),
            image_url: Some(known.image.clone()),
        };
        let known = codes.filter_map(|code| self.products.iter().find(|known| known.code == code));
        known.map(product).collect()
    }

    /// The codes that no invitation may name. INF: a product that is not active "may not be reviewed", so an invitation for
    /// it is rejected like one for an unknown product.
    pub(super) fn not_reviewable<'a>(&self, codes: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
        let reviewable = |code: &str| self.products.iter().any(|known| known.code == code && known.active);
        codes.filter(|code| !reviewable(code)).collect()
    }
}

impl Product {
    /// The response to a PUT, and an element of the list.
    fn print(&self) -> Value {
        let mut printed = json!({
            "id": self.id,
            "location_id": super::account::LOCATION_ID,
            "product_code": self.code,
            "product_name": self.name,
            "image_url": self.image,
            "source_url": self.page,
            "active": self.active,
            "cluster_id": self.cluster,
        });
        if let (Some(members), Some(code)) = (printed.as_object_mut(), &self.cluster_code) {
            members.insert("cluster_code".to_owned(), code.clone().into());
        }
        printed
    }

    /// An element of `locationProduct` of the calls that read product reviews.
    pub(super) fn print_reviewed(&self, names: &UrlNames) -> Value {
        let (image, page) = match names {
            UrlNames::Snake => ("image_url", "source_url"),
            UrlNames::Camel => ("imageUrl", "sourceUrl"),
        };
        let mut printed = Map::new();
        printed.insert("id".to_owned(), self.id.into());
        // The sample has no zone in the first, and an offset in the second.
        printed.insert("dateSince".to_owned(), self.created.format("%Y-%m-%dT%H:%M:%S").to_string().into());
        let updated = clock::print(self.updated).replace('Z', "+00:00");
        printed.insert("updatedSince".to_owned(), updated.into());
        printed.insert("productCode".to_owned(), self.code.clone().into());
        printed.insert("productName".to_owned(), self.name.clone().into());
        printed.insert(image.to_owned(), self.image.clone().into());
        printed.insert(page.to_owned(), self.page.clone().into());
        printed.insert("active".to_owned(), self.active.into());
        printed.into()
    }
}
