//! The products of an invitation or a link.

use std::collections::BTreeSet;

use review_core::model::{InviteRequest, Product};
use review_core::provider::Warning;

/// The number of products that an invitation can contain.
pub const MAX_PRODUCTS: usize = 10;

/// Returns the distinct products of a request with products, and a warning about those beyond the limit.
pub(crate) fn products(request: &InviteRequest) -> (Vec<&Product>, Option<Warning>) {
    let mut known = BTreeSet::new();
    let mut products: Vec<_> =
        request.order().products().iter().filter(|product| known.insert(product.sku())).collect();
    products.retain(|_| request.kind().includes_products());
    let warning = (products.len() > MAX_PRODUCTS).then(|| {
        let count = products.len();
        let message = format!("left out all but the first {MAX_PRODUCTS} of {count}: Kiyoh accepts no more");
        Warning::new("order.products", message)
    });
    products.truncate(MAX_PRODUCTS);
    (products, warning)
}
