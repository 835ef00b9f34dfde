//! Which requests go where, as a configuration says it.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use super::table::Table;
use crate::faults::{Faults, shape};

/// Which requests go to an instance, or are shared out among several. Every condition that is set must hold;
/// a route without conditions takes every request.
///
/// ```
/// use review_invites::RouteConfig;
///
/// let austria = RouteConfig::to("shop-at").with_locale("de").with_country("AT");
/// let rest = RouteConfig::split([("shop-de", 80), ("shop-tp", 20)]);
/// # let _ = (austria, rest);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct RouteConfig {
    /// The customer's language and, if it is said, country, as in `de` or `de-AT`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub locale: Option<String>,
    /// The customer's country, two letters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// The shop of the order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shop: Option<String>,
    /// Where they go.
    #[serde(flatten)]
    pub target: TargetConfig,
}

/// Where a route leads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum TargetConfig {
    /// To this instance.
    To(String),
    /// To these instances by weight; the same customer always goes to the same one. With a weight of 0
    /// nothing is sent there, and look-ups, erasures and checks still go there.
    Split(BTreeMap<String, u32>),
}

impl RouteConfig {
    /// Leads to an instance.
    pub fn to(instance: impl Into<String>) -> Self {
        Self::leading(TargetConfig::To(instance.into()))
    }

    /// Shares requests out among instances by weight.
    pub fn split<L: Into<String>>(shares: impl IntoIterator<Item = (L, u32)>) -> Self {
        let shares = shares.into_iter().map(|(label, weight)| (label.into(), weight)).collect();
        Self::leading(TargetConfig::Split(shares))
    }

    fn leading(target: TargetConfig) -> Self {
        Self { locale: None, country: None, shop: None, target }
    }

    /// Takes customers of this locale only.
    #[must_use]
    pub fn with_locale(mut self, locale: impl Into<String>) -> Self {
        self.locale = Some(locale.into());
        self
    }

    /// Takes customers of this country only.
    #[must_use]
    pub fn with_country(mut self, country: impl Into<String>) -> Self {
        self.country = Some(country.into());
        self
    }

    /// Takes orders of this shop only.
    #[must_use]
    pub fn with_shop(mut self, shop: impl Into<String>) -> Self {
        self.shop = Some(shop.into());
        self
    }

    /// Reads as much as can be read; what is wrong is noted.
    pub(super) fn read(path: &str, value: Value, faults: &mut Faults) -> Self {
        let mut route = Self::leading(TargetConfig::Split(BTreeMap::new()));
        let Some(mut table) = Table::new(path, value, faults) else { return route };
        route.locale = table.text("locale", "a locale, like de or de-AT");
        route.country = table.text("country", "a country of two letters, like AT");
        route.shop = table.text("shop", "the name of a shop");
        let problem = match (table.has("to"), table.has("split")) {
            (true, true) => Some("expected either to or split, found both"),
            (false, false) => Some("expected to or split, which say where requests go; found neither"),
            _ => None,
        };
        let split = read_split(&mut table);
        if let Some(target) = table.text("to", "the label of an instance").map(TargetConfig::To).or(split) {
            route.target = target;
        }
        table.finish();
        if let Some(problem) = problem {
            faults.add(path, problem);
        }
        route
    }
}

fn read_split(table: &mut Table<'_>) -> Option<TargetConfig> {
    let value = table.take("split")?;
    let path = table.at("split");
    let Value::Object(shares) = value else {
        let problem = "expected weights of instances, like { shop-de = 80, shop-at = 20 }, found";
        table.faults.add(path, format!("{problem} {}", shape(&value)));
        return None;
    };
    let mut read = BTreeMap::new();
    for (label, weight) in shares {
        let whole = weight.as_u64().and_then(|weight| u32::try_from(weight).ok());
        if whole.is_none() {
            let found = if weight.is_number() { "another number" } else { shape(&weight) };
            let problem = format!("expected a weight, a whole number of 0 or more; found {found}");
            table.faults.add(format!("{path}.{label}"), problem);
        }
        read.insert(label, whole.unwrap_or(1));
    }
    Some(TargetConfig::Split(read))
}
