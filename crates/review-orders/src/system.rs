//! The shop systems whose orders are parsed.

use std::fmt;
use std::str::FromStr;

/// A shop system, or a file format, whose orders are parsed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ShopSystem {
    /// Shopify: orders of the REST Admin API and its webhooks, GraphQL responses, `orders_export` CSV.
    /// Feature `shopify`.
    Shopify,
    /// WooCommerce: orders of the REST API v2 and v3 and of the legacy API v3, CSV exports of its
    /// plugins. Feature `woocommerce`.
    WooCommerce,
    /// Magento 2 and Adobe Commerce: orders of the REST API. Feature `magento`.
    Magento,
    /// Shopware 6: orders of the Store API and the Admin API. Feature `shopware`.
    Shopware,
    /// The bulk CSV template of Trusted Shops. Feature `trustedshops-csv`.
    TrustedShops,
    /// The bulk CSV templates of Trustpilot. Feature `trustpilot-csv`.
    Trustpilot,
    /// The CSV and JSON Lines formats of this crate, see the [crate] documentation.
    Generic,
}

impl ShopSystem {
    /// All systems.
    pub const ALL: [Self; 7] = [
        Self::Shopify,
        Self::WooCommerce,
        Self::Magento,
        Self::Shopware,
        Self::TrustedShops,
        Self::Trustpilot,
        Self::Generic,
    ];

    /// Returns the name for configurations, which [`ShopSystem::from_str`](FromStr::from_str) reads.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Shopify => "shopify",
            Self::WooCommerce => "woocommerce",
            Self::Magento => "magento",
            Self::Shopware => "shopware",
            Self::TrustedShops => "trustedshops",
            Self::Trustpilot => "trustpilot",
            Self::Generic => "generic",
        }
    }

    /// Returns the name of the feature that the system needs, and whether it is enabled.
    pub(crate) fn feature(self) -> (&'static str, bool) {
        match self {
            Self::Shopify => ("shopify", cfg!(feature = "shopify")),
            Self::WooCommerce => ("woocommerce", cfg!(feature = "woocommerce")),
            Self::Magento => ("magento", cfg!(feature = "magento")),
            Self::Shopware => ("shopware", cfg!(feature = "shopware")),
            Self::TrustedShops => ("trustedshops-csv", cfg!(feature = "trustedshops-csv")),
            Self::Trustpilot => ("trustpilot-csv", cfg!(feature = "trustpilot-csv")),
            Self::Generic => ("default", true),
        }
    }
}

impl fmt::Display for ShopSystem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Shopify => "Shopify",
            Self::WooCommerce => "WooCommerce",
            Self::Magento => "Magento 2",
            Self::Shopware => "Shopware 6",
            Self::TrustedShops => "Trusted Shops bulk file",
            Self::Trustpilot => "Trustpilot bulk file",
            Self::Generic => "review-orders format",
        })
    }
}

/// A text that is not the name of a [`ShopSystem`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the shop system must be one of shopify, woocommerce, magento, shopware, trustedshops, trustpilot, generic"
)]
#[non_exhaustive]
pub struct ParseShopSystemError;

impl FromStr for ShopSystem {
    type Err = ParseShopSystemError;

    fn from_str(name: &str) -> Result<Self, ParseShopSystemError> {
        let same = |system: &Self| system.as_str().eq_ignore_ascii_case(name.trim());
        Self::ALL.into_iter().find(same).ok_or(ParseShopSystemError)
    }
}
