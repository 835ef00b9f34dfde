//! What was bought, as far as a review can be asked for it.

use std::collections::HashSet;

use review_core::{Product, ProductText, Sku};
use url::Url;

use crate::value::Fields;

/// The product of a line, or `None` where it lacks a key or a name. `name` is what the shop shows.
pub(crate) fn product(line: &Fields<'_>, name: &str) -> Option<Product> {
    let sku = Sku::new(line.identifier("sku").ok().flatten()?).ok()?;
    Some(Product::new(sku, text(name)?))
}

/// A text as a customer reads it: WooCommerce stores `&ndash;` where it shows a dash, and a line
/// break inside a name is only layout.
pub(crate) fn text(raw: &str) -> Option<ProductText> {
    let decoded = html_escape::decode_html_entities(raw);
    let words: Vec<_> = decoded.split_whitespace().collect();
    ProductText::new(words.join(" ")).ok()
}

/// An address of the web; other schemes mean nothing to a review platform.
pub(crate) fn web_address(text: &str) -> Option<Url> {
    let url = Url::parse(text).ok()?;
    matches!(url.scheme(), "http" | "https").then_some(url)
}

/// Each product once: two lines of one key are two pieces of the same thing, asked about once.
pub(crate) fn distinct(products: impl Iterator<Item = Product>) -> Vec<Product> {
    let mut seen = HashSet::new();
    products.filter(|product| seen.insert(product.sku().clone())).collect()
}
