//! One instance of a configuration.

use std::collections::BTreeMap;

use review_core::config::{ConfigErrors, RawValue};
use serde_json::Value;

use super::table::{Table, join_key};
use super::value::SettingValue;

/// The keys of an instance that are not its vendor's.
pub(crate) const COMMON_KEYS: [&str; 3] = ["vendor", "shop", "http"];

/// One account at one vendor.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct InstanceConfig {
    /// The vendor: `etrusted`, `kiyoh`, `trustpilot`, `webwinkelkeur`, or the name under which a factory was added.
    pub vendor: String,
    /// The shop, if it is not that of the whole configuration.
    pub shop: Option<String>,
    /// The vendor's settings by key, such as `api_key`.
    pub settings: BTreeMap<String, SettingValue>,
    /// The HTTP settings, by key, such as `max_attempts`.
    pub http: BTreeMap<String, SettingValue>,
}

impl InstanceConfig {
    /// Creates an instance of this vendor without settings.
    pub fn new(vendor: impl Into<String>) -> Self {
        Self { vendor: vendor.into(), shop: None, settings: BTreeMap::new(), http: BTreeMap::new() }
    }

    /// Sets a setting of the vendor.
    #[must_use]
    pub fn with_setting(mut self, key: impl Into<String>, value: impl Into<SettingValue>) -> Self {
        self.settings.insert(key.into(), value.into());
        self
    }

    /// Sets how requests are made.
    #[must_use]
    pub fn with_http(mut self, key: impl Into<String>, value: impl Into<SettingValue>) -> Self {
        self.http.insert(key.into(), value.into());
        self
    }

    /// Sets the shop. Instances that send for one shop have the same.
    #[must_use]
    pub fn with_shop(mut self, shop: impl Into<String>) -> Self {
        self.shop = Some(shop.into());
        self
    }

    pub(super) fn read(path: &str, value: Value, errors: &mut ConfigErrors) -> Self {
        let mut instance = Self::new("");
        let Some(mut table) = Table::new(path, value, errors) else { return instance };
        let [vendor, shop, http] = COMMON_KEYS;
        instance.vendor = table.text(vendor, "the name of a vendor").unwrap_or_default();
        instance.shop = table.text(shop, "the name of a shop");
        if let Some(value) = table.take(http) {
            let path = table.at(http);
            if let Some(http) = Table::new(&path, value, table.errors) {
                let rest = http.rest();
                instance.http = settings(&path, rest, table.errors);
            }
        }
        let rest = table.rest();
        instance.settings = settings(path, rest, errors);
        instance
    }
}

fn settings(
    path: &str,
    values: serde_json::Map<String, Value>,
    errors: &mut ConfigErrors,
) -> BTreeMap<String, SettingValue> {
    let mut read = |(key, value): (String, Value)| {
        // A key with an invalid reference counts as set, so that it is not reported as missing too.
        let value = SettingValue::read(&join_key(path, &key), value, errors)
            .unwrap_or(SettingValue::Inline(RawValue::Other("an invalid reference")));
        (key, value)
    };
    values.into_iter().map(&mut read).collect()
}
