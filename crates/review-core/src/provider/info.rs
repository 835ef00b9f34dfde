//! The identity of a provider instance.

use std::fmt;
use std::sync::Arc;

/// The vendor of a provider, the name of the instance and the shop it sends for. Cheap to clone.
///
/// ```
/// use review_core::provider::ProviderInfo;
///
/// let info = ProviderInfo::new("acme", "acme-de").with_shop("shop-de");
/// assert_eq!(info.to_string(), "acme/acme-de");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct ProviderInfo {
    vendor: Arc<str>,
    instance: Arc<str>,
    shop: Arc<str>,
}

impl ProviderInfo {
    /// The shop if none is set.
    pub const DEFAULT_SHOP: &'static str = "default";

    /// Creates an identity from a vendor's id in lower case (`acme`) and the name of this instance.
    pub fn new(vendor: impl AsRef<str>, instance: impl AsRef<str>) -> Self {
        Self {
            vendor: vendor.as_ref().into(),
            instance: instance.as_ref().into(),
            shop: Self::DEFAULT_SHOP.into(),
        }
    }

    /// Sets the shop: the first part of every [`InviteKey`](crate::model::InviteKey). It stays the same
    /// if the vendor changes, so that a change of vendor does not invite customers again.
    #[must_use]
    pub fn with_shop(mut self, shop: impl AsRef<str>) -> Self {
        self.shop = shop.as_ref().into();
        self
    }

    /// Returns the vendor's id, in lower case.
    #[must_use]
    pub fn vendor(&self) -> &str {
        &self.vendor
    }

    /// Returns the name of this instance.
    #[must_use]
    pub fn instance(&self) -> &str {
        &self.instance
    }

    /// Returns the shop.
    #[must_use]
    pub fn shop(&self) -> &str {
        &self.shop
    }
}

/// `vendor/instance`.
impl fmt::Display for ProviderInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.vendor, self.instance)
    }
}
