//! A registry's configuration as a value: from any format that serde knows, or built in code.

mod http;
mod instance;
mod route;
mod table;
mod value;

use serde::de::Error as _;
use serde::ser::SerializeMap as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

pub use self::http::{HttpConfig, LimitConfig};
pub use self::instance::InstanceConfig;
pub(crate) use self::instance::OWN_KEYS;
pub use self::route::{RouteConfig, TargetConfig};
use self::table::Table;
pub use self::value::SettingValue;
use crate::faults::{Faults, shape};

/// What a [`Registry`](crate::Registry) is made from: instances, routes, and whether anything is sent.
///
/// It can be read by any format of serde, and then tells all that is wrong in one message. TOML is read by
/// [`Registry::from_toml`](crate::Registry), which tells it key by key.
///
/// ```
/// use review_invites::{InstanceConfig, RegistryConfig, RouteConfig, SettingValue};
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
    /// The label of the instance that is used where no route says otherwise.
    pub default: Option<String>,
    /// Whether anything is sent. Default: true.
    pub sending: bool,
    /// The instances by their labels.
    pub instances: Vec<(String, InstanceConfig)>,
    /// Which requests go where, tried in this order.
    pub routes: Vec<RouteConfig>,
}

impl Default for RegistryConfig {
    fn default() -> Self {
        Self { default: None, sending: true, instances: Vec::new(), routes: Vec::new() }
    }
}

impl RegistryConfig {
    /// No instance yet; sending is on.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds an instance under its label.
    #[must_use]
    pub fn with_instance(mut self, label: impl Into<String>, instance: InstanceConfig) -> Self {
        self.instances.push((label.into(), instance));
        self
    }

    /// Adds a route, after those that are there.
    #[must_use]
    pub fn with_route(mut self, route: RouteConfig) -> Self {
        self.routes.push(route);
        self
    }

    /// Names the instance that is used where no route says otherwise.
    #[must_use]
    pub fn with_default(mut self, label: impl Into<String>) -> Self {
        self.default = Some(label.into());
        self
    }

    /// Says whether anything is sent.
    #[must_use]
    pub fn with_sending(mut self, sending: bool) -> Self {
        self.sending = sending;
        self
    }

    /// Reads as much as can be read; what is wrong is noted.
    pub(crate) fn read(value: Value, faults: &mut Faults) -> Self {
        let mut config = Self::new();
        let Some(mut table) = Table::new("", value, faults) else { return config };
        config.default = table.text("default", "the label of an instance");
        // Where it cannot be read nothing is built; until then nothing is to be sent.
        config.sending = !table.has("sending") || table.flag("sending").unwrap_or(false);
        if let Some(instances) =
            table.take("instances").and_then(|value| Table::new("instances", value, table.faults))
        {
            let labels = instances.rest();
            for (label, instance) in labels {
                let path = format!("instances.{label}");
                config.instances.push((label, InstanceConfig::read(&path, instance, table.faults)));
            }
        }
        match table.take("routes") {
            None => {}
            Some(Value::Array(routes)) => {
                let routes = routes.into_iter().enumerate();
                config.routes = routes
                    .map(|(index, route)| RouteConfig::read(&format!("routes[{index}]"), route, table.faults))
                    .collect();
            }
            Some(other) => {
                let problem = format!("expected a list ([[routes]] in TOML), found {}", shape(&other));
                table.faults.add("routes", problem);
            }
        }
        table.finish();
        config
    }
}

/// Refuses what is wrong with all of it in one message.
impl<'de> Deserialize<'de> for RegistryConfig {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut faults = Faults::default();
        let config = Self::read(Value::deserialize(deserializer)?, &mut faults);
        faults.finish(Some(config)).map_err(D::Error::custom)
    }
}

impl Serialize for RegistryConfig {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        struct Instances<'a>(&'a [(String, InstanceConfig)]);
        impl Serialize for Instances<'_> {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_map(self.0.iter().map(|(label, instance)| (label, instance)))
            }
        }
        let mut map = serializer.serialize_map(None)?;
        if let Some(default) = &self.default {
            map.serialize_entry("default", default)?;
        }
        map.serialize_entry("sending", &self.sending)?;
        map.serialize_entry("instances", &Instances(&self.instances))?;
        if !self.routes.is_empty() {
            map.serialize_entry("routes", &self.routes)?;
        }
        map.end()
    }
}
