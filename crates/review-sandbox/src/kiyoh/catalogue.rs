//! The catalogue of products, which must have a product before an invitation can name it.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};

use super::account::LOCATION_ID;
use crate::clock;
use crate::inbox::entry::InboxProduct;
use crate::json_schema::text;

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

impl Catalogue {
    /// Creates a product, or replaces the one with the same code, and prints it. INF: the code is the key.
    pub(super) fn put(&mut self, body: &Value, now: DateTime<Utc>) -> Value {
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
    pub(super) fn print(&self) -> Value {
        let mut printed = json!({
            "id": self.id,
            "location_id": LOCATION_ID,
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
