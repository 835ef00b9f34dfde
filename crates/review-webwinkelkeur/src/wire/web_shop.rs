//! The web shop.

use review_http::lenient::or_default;
use serde::Deserialize;

#[derive(Debug, Deserialize)]
pub(crate) struct WebShopResponse {
    pub(crate) data: WebShop,
}

/// A web shop, as its dashboard shows it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct WebShop {
    /// The name.
    #[serde(default, deserialize_with = "or_default")]
    pub name: Option<String>,
    /// The languages of the shop.
    #[serde(default, deserialize_with = "or_default")]
    pub languages: Vec<ShopLanguage>,
}

/// A language of a web shop.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct ShopLanguage {
    /// The code of ISO 639-1.
    pub iso: String,
    /// Whether it is the main language.
    #[serde(default, deserialize_with = "or_default")]
    pub main: bool,
}

#[derive(Debug, Deserialize)]
pub(crate) struct OrderPermissions {
    pub(crate) has_consent: bool,
}
