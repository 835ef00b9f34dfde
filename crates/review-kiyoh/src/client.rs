//! Kiyoh's other endpoints, typed.

use http::Method;
use review_core::Result;
use review_http::vendor::{Api, HttpProvider, Step};
use serde_json::{Value, json};

use crate::config::Kiyoh;
use crate::operations::{GET_STATISTICS, LIST_PRODUCTS, UPSERT_PRODUCTS};
use crate::wire::catalogue::{CatalogueProduct, ProductList, SHOWN};
use crate::wire::statistics::Statistics;

/// The number of products that one request to the catalogue can contain.
pub const MAX_BATCH: usize = 200;

/// Kiyoh's endpoints for the product catalogue. It shares limits and connections with the provider.
///
/// ```
/// use review_core::Result;
/// use review_kiyoh::{CatalogueProduct, KiyohClient, KiyohProvider};
///
/// async fn upload(provider: &KiyohProvider) -> Result<()> {
///     let image = "https://shop.example/lamp.jpg";
///     let lamp = CatalogueProduct::new("A1", "A lamp", image, "https://shop.example/lamp");
///     KiyohClient::new(provider).upsert_products(&[lamp]).await
/// }
/// ```
#[derive(Clone, Debug)]
pub struct KiyohClient(pub(crate) Api<Kiyoh>);

impl KiyohClient {
    /// Creates a client for the location of a provider.
    #[must_use]
    pub fn new(provider: &HttpProvider<Kiyoh>) -> Self {
        Self(provider.api())
    }

    /// Uploads products to the catalogue, or replaces them by their code, in batches of [`MAX_BATCH`]. To remove a
    /// product, upload it with [`active`](CatalogueProduct::active) set to `false`. After an error, earlier batches are in
    /// the catalogue, and the call can be repeated.
    ///
    /// # Errors
    /// See [`Error`](review_core::Error).
    pub async fn upsert_products(&self, products: &[CatalogueProduct]) -> Result<()> {
        for step in upsert_products(self.0.vendor(), products) {
            self.0.send(&step).await?;
        }
        Ok(())
    }

    /// Lists the products of the catalogue.
    ///
    /// # Errors
    /// See [`Error`](review_core::Error).
    pub async fn products(&self) -> Result<Vec<CatalogueProduct>> {
        let step = get(self.0.vendor(), LIST_PRODUCTS, &["v1", "location", "product", "external"]);
        self.0.send_json(&step).await.map(|ProductList(products)| products)
    }

    /// Returns the figures of the location.
    pub(crate) async fn statistics(&self) -> Result<Statistics> {
        let path = ["v1", "publication", "review", "external", "location", "statistics"];
        self.0.send_json(&get(self.0.vendor(), GET_STATISTICS, &path)).await
    }
}

/// Returns the requests that upload products. INF: a product with the same code is replaced. UNK: the bodies of an
/// acceptance, in which nothing is needed, and of a rejection.
pub(crate) fn upsert_products(kiyoh: &Kiyoh, products: &[CatalogueProduct]) -> Vec<Step> {
    let location_id = kiyoh.location_id.as_str();
    let path = ["v1", "location", "product", "external", "bulk"];
    let batches = products.chunks(MAX_BATCH).map(|batch| {
        let products: Vec<Value> = batch.iter().map(|product| product.to_json(location_id)).collect();
        let step = Step::idempotent(UPSERT_PRODUCTS, Method::PUT, &kiyoh.api_url, &path);
        kiyoh.authorized(step).json(json!({ "location_id": location_id, "products": products }), SHOWN)
    });
    batches.collect()
}

/// Returns a request that reads something of the location.
pub(crate) fn get(kiyoh: &Kiyoh, operation: &'static str, path: &[&str]) -> Step {
    let step = Step::idempotent(operation, Method::GET, &kiyoh.api_url, path);
    kiyoh.authorized(step).query("locationId", kiyoh.location_id.as_str())
}
