//! Instances by name, built from a configuration.

mod assemble;
mod builder;
mod env;
mod factory;
mod resolve;
mod routes;
mod schema;
#[cfg(feature = "toml")]
mod toml;
mod transports;
mod variables;

use std::collections::BTreeMap;

use review_core::config::one_of;
use review_core::error::{Error, FieldError, Result};
use review_core::provider::{DynProvider, SetupReport};
use review_core::reviews::DynReader;
use review_core::wrappers::Switch;
use review_http::RateLimits;

pub use self::builder::RegistryBuilder;
pub use self::factory::{Instance, InstanceContext, ProviderFactory};
pub use self::variables::{CONFIG_ENV, PROVIDER_ENV, SENDING_ENV};
use crate::config::RegistryConfig;

/// The instances of a configuration. It is a plain value: nothing is global, and two registries are
/// independent.
///
/// # From the environment
/// | Variable | |
/// | --- | --- |
/// | `REVIEW_PROVIDER` | the vendor of the single instance; optional if only one vendor is compiled in |
/// | `TRUSTPILOT_…`, `ETRUSTED_…`, `KIYOH_…`, `WEBWINKELKEUR_…` | its settings; see `CONFIG_KEYS` of its module |
/// | `REVIEW_CONFIG` | a file in TOML, instead of both (feature `toml`) |
/// | `REVIEW_SENDING` | `off`: nothing is sent, whatever a file says |
///
/// # From TOML
/// ```toml
/// shop = "shop.example"    # part of the identity of every invitation; default: "default"
/// default = "shop-de"      # optional if there is one instance
/// sending = true           # false: no instance sends anything
///
/// [instances.shop-de]
/// vendor = "trustpilot"
/// api_key = { env = "TP_KEY" }                 # secrets by reference only
/// api_secret = { file = "/run/secrets/tp" }    # one line
/// business_user_id = "507f191e810c19729de860eb"
/// domain = "shop.example"
///
/// [instances.shop-de.http]                     # every key is optional
/// total_timeout_seconds = 60
/// rate_limits = ["400/300"]                    # requests/seconds; or ["none"]
///
/// [instances.shop-nl]
/// vendor = "etrusted"
/// client_id = { env = "ET_ID" }
/// client_secret = { env = "ET_SECRET" }
/// channel_id = "chl-7e52920a-2722-4881-9908-ecec98c716e4"
/// event_type = "shipped"
///
/// [[routes]]               # tried in order; the default gets the rest
/// country = "NL"           # also: locale = "de", shop = "outlet"
/// to = "shop-nl"
///
/// [[routes]]
/// locale = "fr"
/// split = { shop-de = 80, shop-nl = 20 }
/// ```
/// A JSON schema for editors is in `config.schema.json` next to this crate's manifest.
///
/// # Errors
/// Every way to build a registry reports all errors together, in
/// [`Error::field_errors`](review_core::Error::field_errors): the key, what was expected, and the type of
/// what was found. No value is shown, because it may be a secret.
///
/// ```
/// # #[cfg(all(feature = "toml", feature = "trustpilot"))] {
/// use review_invites::Registry;
///
/// let error = Registry::from_toml(
///     r#"
///     [instances.shop-de]
///     vendor = "trustpilot"
///     api_key = "the key itself"
///     api_secret = { env = "A_VARIABLE_THAT_IS_NOT_SET" }
///     busines_user_id = "507f191e810c19729de860eb"
///     domain = "https://shop.example/"
///     "#,
/// )
/// .unwrap_err();
/// let keys: Vec<_> = error.field_errors().iter().map(|error| error.field()).collect();
/// assert!(keys.contains(&"instances.shop-de.api_key"), "secrets by reference only");
/// assert!(keys.contains(&"instances.shop-de.busines_user_id"), "did you mean business_user_id?");
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Registry {
    instances: BTreeMap<String, Instance>,
    provider: DynProvider,
    default: Option<String>,
    switch: Switch,
    warnings: Vec<FieldError>,
}

impl Registry {
    /// Builds a registry from the environment of the process. Variables that begin like a setting and are
    /// none are [`warnings`](Self::warnings).
    ///
    /// # Errors
    /// [`ErrorKind::InvalidConfig`](review_core::ErrorKind::InvalidConfig) with every variable or key that
    /// is missing or invalid. For a known vendor that is not compiled in, the error names its feature.
    pub fn from_env() -> Result<Self> {
        Self::builder().from_env()
    }

    /// Builds a registry from variables by name, for example from a secret store.
    ///
    /// # Errors
    /// Those of [`from_env`](Self::from_env).
    pub fn from_lookup(lookup: impl Fn(&str) -> Option<String>) -> Result<Self> {
        Self::builder().from_lookup(lookup)
    }

    /// Builds a registry from a text in TOML. References to variables are resolved in the environment of
    /// the process.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidConfig`](review_core::ErrorKind::InvalidConfig) with every key that is missing,
    /// invalid or unknown, or with the position at which the text is not valid TOML.
    #[cfg(feature = "toml")]
    pub fn from_toml(text: &str) -> Result<Self> {
        Self::builder().from_toml(text)
    }

    /// Builds a registry from a file in TOML.
    ///
    /// ```no_run
    /// use review_invites::{InviteRequest, Registry, Result, ReviewInviteProvider};
    ///
    /// # async fn example(request: InviteRequest) -> Result<()> {
    /// let registry = Registry::from_toml_file("/etc/shop/reviews.toml")?;
    /// registry.provider().send_invite(&request).await?; // by the routes
    /// if let Some(outlet) = registry.get("outlet") {
    ///     outlet.check_setup().await?; // one instance
    /// }
    /// registry.kill_switch().disable(); // nothing is sent from now on
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// Those of [`from_toml`](Self::from_toml), and one for a file that cannot be read.
    #[cfg(feature = "toml")]
    pub fn from_toml_file(path: impl AsRef<std::path::Path>) -> Result<Self> {
        Self::builder().from_toml_file(path)
    }

    /// Builds a registry from a configuration of any other origin.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidConfig`](review_core::ErrorKind::InvalidConfig) with every key that is missing,
    /// invalid or unknown.
    pub fn from_config(config: RegistryConfig) -> Result<Self> {
        Self::builder().from_config(config)
    }

    /// Returns the provider to use by default: the routes if there are any, else the default instance.
    #[must_use]
    pub fn provider(&self) -> DynProvider {
        self.provider.clone()
    }

    /// Returns the name of the default instance. `None` if there are several instances, none of them is the
    /// default, and the routes match every request.
    #[must_use]
    pub fn default_instance(&self) -> Option<&str> {
        self.default.as_deref()
    }

    /// Returns the provider of an instance, without routes.
    #[must_use]
    pub fn get(&self, instance: &str) -> Option<DynProvider> {
        self.instances.get(instance).map(|instance| instance.provider.clone())
    }

    /// Returns the reader of the reviews of an instance, if its vendor has one.
    #[must_use]
    pub fn reader(&self, instance: &str) -> Option<DynReader> {
        self.instances.get(instance)?.reader.clone()
    }

    /// Returns the limits that an instance keeps, for code that shares them between processes. Unlimited for
    /// an instance that was created in code.
    #[must_use]
    pub fn rate_limits(&self, instance: &str) -> Option<&RateLimits> {
        self.instances.get(instance).map(|instance| &instance.rate_limits)
    }

    /// Changes the settings of an account so that accepted invitations are sent. Idempotent, and sends no
    /// email. `delay_in_days`: from the order's event to the email; `None` leaves it unchanged.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`](review_core::ErrorKind::Unsupported) if the vendor's API cannot change its settings, and
    /// [`ErrorKind::InvalidConfig`](review_core::ErrorKind::InvalidConfig) if there is no such instance.
    pub async fn ensure_setup(&self, instance: &str, delay_in_days: Option<u32>) -> Result<SetupReport> {
        let Some(found) = self.instances.get(instance) else {
            let names: Vec<&str> = self.instances().collect();
            let message = format!("must be {}", one_of(names));
            return Err(Error::invalid_config([FieldError::new("instance", message)]));
        };
        match &found.setup {
            Some(setup) => setup.run(delay_in_days).await,
            None => {
                let help =
                    "this instance was created in code; change its settings in the vendor's web application";
                Err(Error::unsupported(found.provider.info(), "ensure_setup", help))
            }
        }
    }

    /// Returns the names of all instances, in alphabetical order.
    pub fn instances(&self) -> impl Iterator<Item = &str> {
        self.instances.keys().map(String::as_str)
    }

    /// Returns the kill switch of all instances. While it is disabled, invitations and links are rejected as
    /// [`Blocked`](review_core::ErrorKind::Blocked). Its initial state is that of the configuration.
    #[must_use]
    pub fn kill_switch(&self) -> &Switch {
        &self.switch
    }

    /// Returns environment variables that look like settings but are unknown. They are also recorded as
    /// warnings of `tracing`, without values.
    #[must_use]
    pub fn warnings(&self) -> &[FieldError] {
        &self.warnings
    }

    fn warn(&mut self, warnings: Vec<FieldError>) {
        for warning in &warnings {
            tracing::warn!(variable = warning.field(), "{}", warning.message());
        }
        self.warnings.extend(warnings);
    }
}
