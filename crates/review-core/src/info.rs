//! Who a provider is.

use std::fmt;

/// The vendor of a provider and the caller's own label of it.
///
/// ```
/// let info = review_core::ProviderInfo::new("acme", "shop-de");
/// assert_eq!(info.to_string(), "acme/shop-de");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ProviderInfo {
    vendor: String,
    instance: String,
}

impl ProviderInfo {
    /// A vendor's id in lower case (`acme`) and the label of this instance (`shop-de`).
    pub fn new(vendor: impl Into<String>, instance: impl Into<String>) -> Self {
        Self { vendor: vendor.into(), instance: instance.into() }
    }

    /// The vendor's id, in lower case.
    #[must_use]
    pub fn vendor(&self) -> &str {
        &self.vendor
    }

    /// The caller's label of this instance.
    #[must_use]
    pub fn instance(&self) -> &str {
        &self.instance
    }
}

impl fmt::Display for ProviderInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.vendor, self.instance)
    }
}
