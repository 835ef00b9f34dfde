//! One route of a configuration.

use std::collections::BTreeMap;

use review_core::config::ConfigErrors;
use serde_json::Value;

use super::table::{Table, error, raw};

/// The requests that go to an instance, or are distributed among several. Every condition that is set must
/// hold; a route without conditions matches every request.
///
/// ```
/// use review_invites::config::RouteConfig;
///
/// let austria = RouteConfig::to("shop-at").with_locale("de").with_country("AT");
/// let rest = RouteConfig::split([("shop-de", 80), ("shop-tp", 20)]);
/// # let _ = (austria, rest);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RouteConfig {
    /// The customer's locale, such as `de` or `de-AT`.
    pub locale: Option<String>,
    /// The customer's country, two letters.
    pub country: Option<String>,
    /// The shop of the order.
    pub shop: Option<String>,
    /// The target of the route.
    pub target: TargetConfig,
}

/// The target of a route.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TargetConfig {
    /// This instance.
    To(String),
    /// These instances by weight; the same customer always goes to the same one. An instance with a weight
    /// of 0 gets no invitations, but lookups, erasures and checks still go there.
    Split(BTreeMap<String, u32>),
}

impl RouteConfig {
    /// Creates a route to an instance.
    pub fn to(instance: impl Into<String>) -> Self {
        Self::new(TargetConfig::To(instance.into()))
    }

    /// Creates a route that distributes requests among instances by weight.
    pub fn split<L: Into<String>>(shares: impl IntoIterator<Item = (L, u32)>) -> Self {
        let shares = shares.into_iter().map(|(name, weight)| (name.into(), weight)).collect();
        Self::new(TargetConfig::Split(shares))
    }

    fn new(target: TargetConfig) -> Self {
        Self { locale: None, country: None, shop: None, target }
    }

    /// Restricts the route to customers of this locale.
    #[must_use]
    pub fn with_locale(mut self, locale: impl Into<String>) -> Self {
        self.locale = Some(locale.into());
        self
    }

    /// Restricts the route to customers of this country.
    #[must_use]
    pub fn with_country(mut self, country: impl Into<String>) -> Self {
        self.country = Some(country.into());
        self
    }

    /// Restricts the route to orders of this shop.
    #[must_use]
    pub fn with_shop(mut self, shop: impl Into<String>) -> Self {
        self.shop = Some(shop.into());
        self
    }

    /// Reads as much as can be read, and adds an error for everything else.
    pub(super) fn read(path: &str, value: Value, errors: &mut ConfigErrors) -> Self {
        let mut route = Self::new(TargetConfig::Split(BTreeMap::new()));
        let Some(mut table) = Table::new(path, value, errors) else { return route };
        route.locale = table.text("locale", "a locale, like de or de-AT");
        route.country = table.text("country", "a country of two letters, like AT");
        route.shop = table.text("shop", "the name of a shop");
        let message = match (table.has("to"), table.has("split")) {
            (true, true) => Some("must have either to or split, got both"),
            (false, false) => Some("must have to or split, the target of the route; got neither"),
            _ => None,
        };
        let split = read_split(&mut table);
        if let Some(target) = table.text("to", "the name of an instance").map(TargetConfig::To).or(split) {
            route.target = target;
        }
        table.finish();
        if let Some(message) = message {
            errors.push(error(path, message));
        }
        route
    }
}

fn read_split(table: &mut Table<'_>) -> Option<TargetConfig> {
    let value = table.take("split")?;
    let path = table.at("split");
    let Value::Object(shares) = value else {
        let message = "must be weights of instances, like { shop-de = 80, shop-at = 20 }, got";
        table.errors.push(error(path, format!("{message} {}", raw(value).shape())));
        return None;
    };
    let mut read = BTreeMap::new();
    for (name, weight) in shares {
        let whole = weight.as_u64().and_then(|weight| u32::try_from(weight).ok());
        if whole.is_none() {
            let found = if weight.is_number() { "another number" } else { raw(weight).shape() };
            let message = format!("must be a weight, a whole number of 0 or more, got {found}");
            table.errors.push(error(format!("{path}.{name}"), message));
        }
        read.insert(name, whole.unwrap_or(1));
    }
    Some(TargetConfig::Split(read))
}
