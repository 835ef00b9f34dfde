//! One instance, as a configuration says it.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use super::http::HttpConfig;
use super::table::Table;
use super::value::SettingValue;
use crate::faults::{Faults, below};

/// The keys of an instance that are not its vendor's.
pub(crate) const OWN_KEYS: [&str; 2] = ["vendor", "http"];

/// One account at one vendor.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct InstanceConfig {
    /// The vendor: `etrusted`, `trustpilot`, or the name under which a factory was added.
    pub vendor: String,
    /// The vendor's settings, by the names of its environment variables without the vendor's name and in
    /// lower case: `api_key` for `TRUSTPILOT_API_KEY`.
    #[serde(flatten)]
    pub settings: BTreeMap<String, SettingValue>,
    /// How calls are made.
    #[serde(skip_serializing_if = "is_default")]
    pub http: HttpConfig,
}

impl InstanceConfig {
    /// An instance of this vendor, without settings yet.
    pub fn new(vendor: impl Into<String>) -> Self {
        Self { vendor: vendor.into(), settings: BTreeMap::new(), http: HttpConfig::default() }
    }

    /// Sets a setting.
    #[must_use]
    pub fn with_setting(mut self, key: impl Into<String>, value: impl Into<SettingValue>) -> Self {
        self.settings.insert(key.into(), value.into());
        self
    }

    /// Sets how calls are made.
    #[must_use]
    pub fn with_http(mut self, http: HttpConfig) -> Self {
        self.http = http;
        self
    }

    pub(super) fn read(path: &str, value: Value, faults: &mut Faults) -> Self {
        let mut instance = Self::new("");
        let Some(mut table) = Table::new(path, value, faults) else { return instance };
        let [vendor, http] = OWN_KEYS;
        instance.vendor = table.text(vendor, "the name of a vendor").unwrap_or_default();
        if let Some(value) = table.take(http) {
            instance.http = HttpConfig::read(&table.at(http), value, table.faults);
        }
        for (key, value) in table.rest() {
            if let Some(value) = SettingValue::read(&below(path, &key), value, faults) {
                instance.settings.insert(key, value);
            }
        }
        instance
    }
}

fn is_default(http: &HttpConfig) -> bool {
    *http == HttpConfig::default()
}
