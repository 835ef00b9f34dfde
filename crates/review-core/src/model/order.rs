//! The order.

use std::collections::BTreeMap;
use std::fmt;

use chrono::{DateTime, NaiveDate, Utc};

use super::metadata::MetadataValue;
use super::product::Product;
use super::text::{check_id, text_type};

text_type! {
    /// The order or invoice number, as the customer and the shop know it: at most 255 characters. It
    /// identifies an invitation: the same reference means the same order.
    ///
    /// References are stored in Unicode normalization form C, without invisible characters and with one kind
    /// of space, so that two references that look the same are the same.
    ///
    /// ```
    /// use review_core::model::OrderReference;
    ///
    /// assert_eq!(OrderReference::new("10\u{200b}01")?, OrderReference::new("1001")?);
    /// # Ok::<(), review_core::FieldError>(())
    /// ```
    public OrderReference, |text| check_id("order.reference", text, 255)
}
text_type! {
    /// The id of the shop or store view an order belongs to: at most 255 characters, stored as a reference is.
    public ShopId, |text| check_id("order.shop", text, 255)
}

/// The order a customer is invited to review. Created by
/// [`InviteRequest::builder`](crate::InviteRequest::builder).
#[derive(Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Order {
    pub(super) reference: OrderReference,
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub(super) placed_at: Option<DateTime<Utc>>,
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub(super) paid_at: Option<DateTime<Utc>>,
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub(super) shipped_at: Option<DateTime<Utc>>,
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub(super) delivered_at: Option<DateTime<Utc>>,
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub(super) estimated_delivery: Option<NaiveDate>,
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Vec::is_empty"))]
    pub(super) products: Vec<Product>,
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "BTreeMap::is_empty"))]
    pub(super) metadata: BTreeMap<String, MetadataValue>,
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub(super) shop: Option<ShopId>,
}

impl Order {
    pub(super) fn new(reference: OrderReference) -> Self {
        Self {
            reference,
            placed_at: None,
            paid_at: None,
            shipped_at: None,
            delivered_at: None,
            estimated_delivery: None,
            products: Vec::new(),
            metadata: BTreeMap::new(),
            shop: None,
        }
    }

    /// Returns the order number.
    #[must_use]
    pub fn reference(&self) -> &OrderReference {
        &self.reference
    }

    /// Returns when the customer placed the order.
    #[must_use]
    pub fn placed_at(&self) -> Option<DateTime<Utc>> {
        self.placed_at
    }

    /// Returns when the order was paid.
    #[must_use]
    pub fn paid_at(&self) -> Option<DateTime<Utc>> {
        self.paid_at
    }

    /// Returns when the goods were shipped.
    #[must_use]
    pub fn shipped_at(&self) -> Option<DateTime<Utc>> {
        self.shipped_at
    }

    /// Returns when the goods arrived.
    #[must_use]
    pub fn delivered_at(&self) -> Option<DateTime<Utc>> {
        self.delivered_at
    }

    /// Returns the day the goods are expected to arrive, in the shop's own time zone.
    #[must_use]
    pub fn estimated_delivery(&self) -> Option<NaiveDate> {
        self.estimated_delivery
    }

    /// Returns the products that were bought.
    #[must_use]
    pub fn products(&self) -> &[Product] {
        &self.products
    }

    /// Returns the keys and values that are returned with the review.
    #[must_use]
    pub fn metadata(&self) -> &BTreeMap<String, MetadataValue> {
        &self.metadata
    }

    /// Returns the shop or store view.
    #[must_use]
    pub fn shop(&self) -> Option<&ShopId> {
        self.shop.as_ref()
    }
}

/// Shows the keys of metadata only: shops have been seen to put customers' notes into the values.
impl fmt::Debug for Order {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Order")
            .field("reference", &self.reference)
            .field("placed_at", &self.placed_at)
            .field("paid_at", &self.paid_at)
            .field("shipped_at", &self.shipped_at)
            .field("delivered_at", &self.delivered_at)
            .field("estimated_delivery", &self.estimated_delivery)
            .field("products", &self.products)
            .field("metadata", &self.metadata.keys().collect::<Vec<_>>())
            .field("shop", &self.shop)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_that_look_the_same_are_the_same() {
        let reference = |text: &str| OrderReference::new(text).unwrap();
        for spelling in
            ["Bestellung-é1", "Bestellung-e\u{301}1", "\u{feff}Bestellung-é1", "Bestell\u{ad}ung-é1\u{200f}"]
        {
            assert_eq!(reference(spelling), reference("Bestellung-é1"), "{spelling:?}");
            assert_eq!(ShopId::new(spelling).unwrap().as_str(), "Bestellung-é1", "{spelling:?}");
        }
        assert!(OrderReference::new("\u{200b}").is_err());
        assert!(OrderReference::new("1\n2").is_err());
    }
}
