//! The order a customer is asked about.

use std::collections::BTreeMap;
use std::fmt;

use chrono::{DateTime, NaiveDate, Utc};

use super::Product;
use super::text::text_type;

text_type! {
    /// The order or invoice number, as the customer and the shop know it. It is the identity of an
    /// invitation: the same reference means the same order.
    plain OrderReference, "order.reference", 255
}
text_type! {
    /// The caller's key of the shop or store view an order belongs to.
    plain ShopKey, "order.shop", 255
}

/// The order a customer is asked about.
///
/// ```
/// use review_core::{Order, OrderReference};
///
/// let order = Order::new(OrderReference::new("2024-1001")?);
/// assert_eq!(order.reference().as_str(), "2024-1001");
/// # Ok::<(), review_core::FieldError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Order {
    reference: OrderReference,
    placed_at: Option<DateTime<Utc>>,
    estimated_delivery: Option<NaiveDate>,
    delivered_at: Option<DateTime<Utc>>,
    products: Vec<Product>,
    metadata: BTreeMap<String, String>,
    shop: Option<ShopKey>,
}

impl Order {
    /// An order of which only the reference is known.
    #[must_use]
    pub fn new(reference: OrderReference) -> Self {
        Self {
            reference,
            placed_at: None,
            estimated_delivery: None,
            delivered_at: None,
            products: Vec::new(),
            metadata: BTreeMap::new(),
            shop: None,
        }
    }

    /// Sets when the customer ordered.
    #[must_use]
    pub fn with_placed_at(mut self, at: DateTime<Utc>) -> Self {
        self.placed_at = Some(at);
        self
    }

    /// Sets the day the goods are expected to arrive, in the shop's own time zone.
    #[must_use]
    pub fn with_estimated_delivery(mut self, day: NaiveDate) -> Self {
        self.estimated_delivery = Some(day);
        self
    }

    /// Sets when the goods arrived.
    #[must_use]
    pub fn with_delivered_at(mut self, at: DateTime<Utc>) -> Self {
        self.delivered_at = Some(at);
        self
    }

    /// Adds a product.
    #[must_use]
    pub fn with_product(mut self, product: Product) -> Self {
        self.products.push(product);
        self
    }

    /// Adds a key and a value that come back with the review. They are stored at the vendor and may
    /// be shown with the review: nothing internal and nothing personal belongs here.
    #[must_use]
    pub fn with_metadata(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.metadata.insert(key.into(), value.into());
        self
    }

    /// Sets the shop or store view the order belongs to.
    #[must_use]
    pub fn with_shop(mut self, shop: ShopKey) -> Self {
        self.shop = Some(shop);
        self
    }

    /// The order number.
    #[must_use]
    pub fn reference(&self) -> &OrderReference {
        &self.reference
    }

    /// When the customer ordered.
    #[must_use]
    pub fn placed_at(&self) -> Option<DateTime<Utc>> {
        self.placed_at
    }

    /// The day the goods are expected to arrive, in the shop's own time zone.
    #[must_use]
    pub fn estimated_delivery(&self) -> Option<NaiveDate> {
        self.estimated_delivery
    }

    /// When the goods arrived.
    #[must_use]
    pub fn delivered_at(&self) -> Option<DateTime<Utc>> {
        self.delivered_at
    }

    /// What was bought.
    #[must_use]
    pub fn products(&self) -> &[Product] {
        &self.products
    }

    /// Keys and values that come back with the review.
    #[must_use]
    pub fn metadata(&self) -> &BTreeMap<String, String> {
        &self.metadata
    }

    /// The shop or store view.
    #[must_use]
    pub fn shop(&self) -> Option<&ShopKey> {
        self.shop.as_ref()
    }

    pub(crate) fn clear_metadata(&mut self) {
        self.metadata.clear();
    }
}

/// Metadata shows its keys only: shops have been seen to put customers' notes into the values.
impl fmt::Debug for Order {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Order")
            .field("reference", &self.reference)
            .field("placed_at", &self.placed_at)
            .field("estimated_delivery", &self.estimated_delivery)
            .field("delivered_at", &self.delivered_at)
            .field("products", &self.products)
            .field("metadata", &self.metadata.keys().collect::<Vec<_>>())
            .field("shop", &self.shop)
            .finish()
    }
}
