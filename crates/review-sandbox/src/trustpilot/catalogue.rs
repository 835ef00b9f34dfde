//! The private products: a catalogue that invitations can refer to.

use serde_json::{Map, Value, json};

use super::ids::{WEB, object_id};
use super::invitations_log::Item;
use crate::json_schema::text;

/// The members of a product in the documented response; `description`, `currency` and `productCategoryGoogleId` are
/// not among them.
const RESPONSE_MEMBERS: [&str; 9] =
    ["sku", "title", "mpn", "price", "brand", "googleMerchantCenterProductId", "imageLink", "link", "gtin"];

/// The products, as in responses, in order of creation.
#[derive(Default)]
pub(crate) struct Catalogue(pub(super) Vec<Value>);

impl Catalogue {
    /// Adds a product, or replaces the one with its SKU, which keeps its id.
    pub(super) fn upsert(&mut self, product: &Value) -> Value {
        let sku = text(product, "/sku").unwrap_or_default();
        let place = self.0.iter_mut().find(|known| text(known, "/sku") == Some(sku));
        let id = match &place {
            Some(known) => text(known, "/id").unwrap_or_default().to_owned(),
            None => object_id(),
        };
        let present = RESPONSE_MEMBERS
            .into_iter()
            .filter_map(|name| Some((name.to_owned(), product.get(name)?.clone())));
        let mut printed: Map<_, _> = present.collect();
        if printed.contains_key("imageLink") {
            let url = format!("{WEB}/images/{id}_100pxWide.png");
            printed.insert("processedImages".to_owned(), json!([{"url": url, "type": "100pxWide"}]));
        }
        printed.insert("id".to_owned(), id.into());
        let printed = Value::Object(printed);
        match place {
            Some(known) => known.clone_from(&printed),
            None => self.0.push(printed.clone()),
        }
        printed
    }

    fn by(&self, member: &str, value: &str) -> Option<Item> {
        let product = self.0.iter().find(|known| known.get(member).and_then(Value::as_str) == Some(value))?;
        let string = |pointer| text(product, pointer).unwrap_or_default().to_owned();
        Some(Item {
            sku: string("/sku"),
            name: string("/title"),
            url: string("/link"),
            image: text(product, "/imageLink").map(str::to_owned),
        })
    }

    pub(super) fn by_sku(&self, sku: &str) -> Option<Item> {
        self.by("sku", sku)
    }

    pub(super) fn by_id(&self, id: &str) -> Option<Item> {
        self.by("id", id)
    }

    /// Returns a finding if a SKU is not in the catalogue. UNK: what Trustpilot does then; rejected, because an
    /// email about an unknown product is useless, and the documentation requires the upload first.
    pub(super) fn unknown_skus<'a>(&self, mut skus: impl Iterator<Item = &'a str>) -> Option<String> {
        let unknown = skus.any(|sku| self.by_sku(sku).is_none());
        unknown.then(|| "productSkus holds a SKU that is not among the private products".to_owned())
    }

    /// The same for ids.
    pub(super) fn unknown_ids<'a>(&self, mut ids: impl Iterator<Item = &'a str>) -> Option<String> {
        let unknown = ids.any(|id| self.by_id(id).is_none());
        unknown.then(|| "productIds holds an id that is not among the private products".to_owned())
    }
}
