//! The products of an invitation.

use review_core::model::{InviteRequest, Product};
use serde_json::{Value, json};

/// Returns the products as the vendor documents them: JSON in a text. INF: also in a body that is JSON itself. The
/// vendor's plugin for WordPress sends the order with both addresses as well; nothing needs that.
pub(crate) fn order_data(request: &InviteRequest) -> Option<String> {
    let products = request.order().products();
    let has_products = request.kind().includes_products() && !products.is_empty();
    let products = || products.iter().map(product).collect::<Vec<_>>();
    has_products.then(|| json!({ "products": products() }).to_string())
}

/// INF: a review returns `id` as its `product_id`.
fn product(product: &Product) -> Value {
    let sku = product.sku().as_str();
    let members = [
        ("id", Some(sku)),
        ("name", Some(product.name().as_str())),
        ("url", product.url().map(AsRef::as_ref)),
        ("image_url", product.image_url().map(AsRef::as_ref)),
        ("sku", Some(sku)),
        ("gtin", product.gtin().map(AsRef::as_ref)),
    ];
    members.into_iter().filter_map(|(name, value)| Some((name.to_owned(), Value::from(value?)))).collect()
}
