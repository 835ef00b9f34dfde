//! A registry's configuration as a value: parsed from any format that serde supports, or built in code.

mod instance;
mod route;
mod table;
mod value;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

pub(crate) use self::instance::COMMON_KEYS;
pub use self::instance::InstanceConfig;
pub use self::route::{RouteConfig, TargetConfig};
pub(crate) use self::table::join_key;
use self::table::{Table, error, raw};
pub use self::value::SettingValue;
pub use review_core::config::{
    ConfigErrors, ConfigKey, ConfigReader, ConfigValue, Entries, FromConfig, KeyInfo, Presence, RawValue,
    Secret, Source, ValueType,
};
pub use review_core::config_keys;

/// The configuration of a [`Registry`](crate::Registry): instances, routes, and whether anything is sent.
///
/// Any format of serde can be parsed into it; all errors are reported in one message. TOML is parsed by
/// [`Registry::from_toml`](crate::Registry), which reports them by key.
///
/// ```
/// use review_invites::config::{InstanceConfig, RegistryConfig, RouteConfig, SettingValue};
///
/// let config = RegistryConfig::new()
///     .with_instance(
///         "shop-de",
///         InstanceConfig::new("etrusted")
///             .with_setting("client_id", SettingValue::env("ET_ID"))
///             .with_setting("client_secret", SettingValue::file("/run/secrets/etrusted"))
///             .with_setting("channel_id", "chl-7e52920a-2722-4881-9908-ecec98c716e4")
///             .with_setting("event_type", "shipped"),
///     )
///     .with_route(RouteConfig::to("shop-de").with_locale("de"))
///     .with_default("shop-de")
///     .with_sending(false);
/// # let _ = config;
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct RegistryConfig {
    /// The name of the file, for errors.
    pub file: Option<String>,
    /// The shop: a part of the identity of every invitation. Default: `default`.
    pub shop: Option<String>,
    /// The name of the instance that is used if no route matches.
    pub default: Option<String>,
    /// Whether anything is sent. Default: `true`.
    pub sending: bool,
    /// The instances by name.
    pub instances: Vec<(String, InstanceConfig)>,
    /// The routes, tried in this order.
    pub routes: Vec<RouteConfig>,
}

impl Default for RegistryConfig {
    fn default() -> Self {
        Self {
            file: None,
            shop: None,
            default: None,
            sending: true,
            instances: Vec::new(),
            routes: Vec::new(),
        }
    }
}

impl RegistryConfig {
    /// Creates a configuration without instances; sending is on.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds an instance under a name.
    #[must_use]
    pub fn with_instance(mut self, name: impl Into<String>, instance: InstanceConfig) -> Self {
        self.instances.push((name.into(), instance));
        self
    }

    /// Adds a route after the present ones.
    #[must_use]
    pub fn with_route(mut self, route: RouteConfig) -> Self {
        self.routes.push(route);
        self
    }

    /// Sets the instance that is used if no route matches.
    #[must_use]
    pub fn with_default(mut self, name: impl Into<String>) -> Self {
        self.default = Some(name.into());
        self
    }

    /// Sets the shop.
    #[must_use]
    pub fn with_shop(mut self, shop: impl Into<String>) -> Self {
        self.shop = Some(shop.into());
        self
    }

    /// Sets whether anything is sent.
    #[must_use]
    pub fn with_sending(mut self, sending: bool) -> Self {
        self.sending = sending;
        self
    }

    /// Reads as much as can be read, and adds an error for everything else.
    pub(crate) fn read(value: Value, errors: &mut ConfigErrors) -> Self {
        let mut config = Self::new();
        let Some(mut table) = Table::new("", value, errors) else { return config };
        config.shop = table.text("shop", "the name of a shop");
        config.default = table.text("default", "the name of an instance");
        // If it cannot be read, nothing is built; until then nothing is sent.
        config.sending = !table.has("sending") || table.flag("sending").unwrap_or(false);
        let instances = table.take("instances");
        if let Some(instances) = instances.and_then(|value| Table::new("instances", value, table.errors)) {
            for (name, instance) in instances.rest() {
                let path = format!("instances.{name}");
                config.instances.push((name, InstanceConfig::read(&path, instance, table.errors)));
            }
        }
        match table.take("routes") {
            None => {}
            Some(Value::Array(routes)) => {
                let routes = routes.into_iter().enumerate();
                config.routes = routes
                    .map(|(index, route)| RouteConfig::read(&format!("routes[{index}]"), route, table.errors))
                    .collect();
            }
            Some(other) => {
                let message = format!("must be a list ([[routes]] in TOML), got {}", raw(other).shape());
                table.errors.push(error("routes", message));
            }
        }
        table.finish();
        config
    }
}

/// Reports everything that is wrong in one message.
impl<'de> Deserialize<'de> for RegistryConfig {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut errors = ConfigErrors::new();
        let config = Self::read(Value::deserialize(deserializer)?, &mut errors);
        errors.into_result(Some(config)).map_err(D::Error::custom)
    }
}
