//! The product catalogue.

use review_http::lenient::or_default;
use serde::{Deserialize, Serialize};

/// The body of `POST …/products`: products to be added, or replaced where their SKU is known.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ProductBatch {
    /// The products.
    pub products: Vec<CatalogueProduct>,
    /// Whether the SKU is the id at Google Merchant Center too.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sku_same_as_google_merchant_center_product_id: Option<bool>,
}

impl ProductBatch {
    /// A batch.
    #[must_use]
    pub fn new(products: Vec<CatalogueProduct>) -> Self {
        Self { products, sku_same_as_google_merchant_center_product_id: None }
    }
}

/// A product of the catalogue. Its members have different names from those of a product in an invitation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct CatalogueProduct {
    /// Trustpilot's id, in responses only: the id that links in the catalogue use.
    #[serde(default, deserialize_with = "or_default", skip_serializing)]
    pub id: Option<String>,
    /// The shop's key.
    pub sku: String,
    /// The name.
    #[serde(default, deserialize_with = "or_default", skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// A text about it.
    #[serde(default, deserialize_with = "or_default", skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The manufacturer's part number.
    #[serde(default, deserialize_with = "or_default", skip_serializing_if = "Option::is_none")]
    pub mpn: Option<String>,
    /// EAN, UPC or ISBN.
    #[serde(default, deserialize_with = "or_default", skip_serializing_if = "Option::is_none")]
    pub gtin: Option<String>,
    /// The brand.
    #[serde(default, deserialize_with = "or_default", skip_serializing_if = "Option::is_none")]
    pub brand: Option<String>,
    /// Amount and currency, such as `99.95 EUR`.
    #[serde(default, deserialize_with = "or_default", skip_serializing_if = "Option::is_none")]
    pub price: Option<String>,
    /// Three letters. In the official sample it differs from that of the price; what that means is not
    /// established.
    #[serde(default, deserialize_with = "or_default", skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
    /// The page of the product.
    #[serde(default, deserialize_with = "or_default", skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// A picture.
    #[serde(default, deserialize_with = "or_default", skip_serializing_if = "Option::is_none")]
    pub image_link: Option<String>,
    /// The id in the Google product taxonomy.
    #[serde(default, deserialize_with = "or_default", skip_serializing_if = "Option::is_none")]
    pub product_category_google_id: Option<String>,
    /// The id at Google Merchant Center.
    #[serde(default, deserialize_with = "or_default", skip_serializing_if = "Option::is_none")]
    pub google_merchant_center_product_id: Option<String>,
}

impl CatalogueProduct {
    /// A product of which its key and its name are known.
    pub fn new(sku: impl Into<String>, title: impl Into<String>) -> Self {
        Self { sku: sku.into(), title: Some(title.into()), ..Self::default() }
    }
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ProductList {
    #[serde(default, deserialize_with = "review_http::lenient::or_default")]
    pub(crate) products: Vec<CatalogueProduct>,
}
