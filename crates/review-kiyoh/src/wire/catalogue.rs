//! The product catalogue.

use review_core::Product;
use review_http::lenient::or_default;
use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};

/// A product of the catalogue. Name, URL and image are required; the code is the key.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct CatalogueProduct {
    /// The shop's key.
    #[serde(rename = "product_code")]
    pub code: String,
    /// The name.
    #[serde(rename = "product_name", default, deserialize_with = "or_default")]
    pub name: Option<String>,
    /// The URL of an image.
    #[serde(default, deserialize_with = "or_default")]
    pub image_url: Option<String>,
    /// The URL of the product's page.
    #[serde(default, deserialize_with = "or_default")]
    pub source_url: Option<String>,
    /// Whether customers may review it.
    #[serde(default)]
    pub active: bool,
    /// The shop's own key of a group of variants whose reviews are shown together. It must differ for different products:
    /// a brand would mix the reviews of everything the brand makes.
    #[serde(default, deserialize_with = "or_default")]
    pub cluster_code: Option<String>,
}

impl CatalogueProduct {
    /// Creates an active product.
    pub fn new(
        code: impl Into<String>,
        name: impl Into<String>,
        image_url: impl Into<String>,
        source_url: impl Into<String>,
    ) -> Self {
        Self {
            code: code.into(),
            name: Some(name.into()),
            image_url: Some(image_url.into()),
            source_url: Some(source_url.into()),
            active: true,
            cluster_code: None,
        }
    }

    /// Sets the shop's own key of the group of variants.
    #[must_use]
    pub fn with_cluster_code(mut self, cluster_code: impl Into<String>) -> Self {
        self.cluster_code = Some(cluster_code.into());
        self
    }

    /// DIS: the forms of `skus`, `gtins`, `mpns` and `brand_name` differ between plugins, and no paper has them. They are
    /// not sent.
    pub(crate) fn to_json(&self, location_id: &str) -> Value {
        json!({
            "location_id": location_id,
            "product_code": self.code,
            "product_name": self.name,
            "image_url": self.image_url,
            "source_url": self.source_url,
            "active": self.active,
            "cluster_code": self.cluster_code,
        })
    }
}

impl From<&Product> for CatalogueProduct {
    fn from(product: &Product) -> Self {
        Self {
            code: product.sku().as_str().to_owned(),
            name: Some(product.name().as_str().to_owned()),
            image_url: product.image_url().map(ToString::to_string),
            source_url: product.url().map(ToString::to_string),
            active: true,
            cluster_code: None,
        }
    }
}

/// The members of a preview.
pub(crate) const SHOWN: &[&str] = &[
    "location_id",
    "products.location_id",
    "products.product_code",
    "products.product_name",
    "products.image_url",
    "products.source_url",
    "products.active",
    "products.cluster_code",
];

/// DIS: the paper prints one product, a client reads a list; both are parsed.
pub(crate) struct ProductList(pub(crate) Vec<CatalogueProduct>);

impl<'de> Deserialize<'de> for ProductList {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let rows = match Value::deserialize(deserializer)? {
            Value::Array(rows) => rows,
            row @ Value::Object(_) => vec![row],
            _ => return Err(serde::de::Error::custom("neither a list nor an object")),
        };
        Ok(Self(rows.into_iter().filter_map(|row| serde_json::from_value(row).ok()).collect()))
    }
}
