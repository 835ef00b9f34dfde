//! Instances by their labels, made from a configuration.

mod assembly;
mod builder;
mod env;
mod factory;
mod look_up;
mod routes;
mod schema;
#[cfg(feature = "toml")]
mod toml;

use std::collections::BTreeMap;

use review_core::{DynProvider, DynReader, FieldError, Result, Switch};

pub use self::builder::RegistryBuilder;
pub use self::env::{CONFIG_VARIABLE, PROVIDER_VARIABLE, SENDING_VARIABLE};
pub use self::factory::{Instance, InstanceSettings, ProviderFactory};
use crate::config::RegistryConfig;

/// The instances of a configuration. It is a value: there is nothing global, and two registries know nothing
/// of each other.
///
/// # From the environment
/// | Variable | |
/// | --- | --- |
/// | `REVIEW_PROVIDER` | the vendor of the one instance; not needed where only one vendor is compiled in |
/// | `TRUSTPILOT_…`, `ETRUSTED_…` | its settings; see `SETTINGS` of its module |
/// | `REVIEW_CONFIG` | a file in TOML, in the place of both (feature `toml`) |
/// | `REVIEW_SENDING` | `off`: nothing is sent, whatever a file says |
///
/// # From TOML
/// ```toml
/// default = "shop-de"      # may be missing where there is one instance
/// sending = true           # false: nothing is sent, by any instance
///
/// [instances.shop-de]
/// vendor = "trustpilot"
/// api_key = { env = "TP_KEY" }                 # secrets by reference only
/// api_secret = { file = "/run/secrets/tp" }    # one line
/// business_user_id = "507f191e810c19729de860eb"
/// domain = "shop.example"
///
/// [instances.shop-de.http]                     # each may be missing
/// deadline_seconds = 60
/// limits = [{ calls = 400, seconds = 300 }]    # or "none"
///
/// [instances.shop-nl]
/// vendor = "etrusted"
/// client_id = { env = "ET_ID" }
/// client_secret = { env = "ET_SECRET" }
/// channel_id = "chl-7e52920a-2722-4881-9908-ecec98c716e4"
/// event_type = "shipped"
///
/// [[routes]]               # tried in order; the default takes the rest
/// country = "NL"           # also: locale = "de", shop = "outlet"
/// to = "shop-nl"
///
/// [[routes]]
/// locale = "fr"
/// split = { shop-de = 80, shop-nl = 20 }
/// ```
/// An instance's keys are the names of the vendor's variables without the vendor and in lower case. A JSON
/// schema for editors stands beside this crate's manifest: `config.schema.json`.
///
/// # What is wrong
/// Every way to make a registry tells all that is wrong at once, in
/// [`Error::fields`](review_core::Error::fields): which key, what was expected, what was found by its shape.
/// No value is shown, since one may be a secret.
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
/// let keys: Vec<_> = error.fields().iter().map(|fault| fault.field()).collect();
/// assert!(keys.contains(&"instances.shop-de.api_key"), "a secret by reference only");
/// assert!(keys.contains(&"instances.shop-de.busines_user_id"), "did you mean business_user_id?");
/// assert!(keys.contains(&"instances.shop-de.domain"), "without https://");
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
    /// Starts a registry with vendors, instances or a transport of your own.
    pub fn builder() -> RegistryBuilder {
        RegistryBuilder::default()
    }

    /// Makes a registry from the environment of the process. Variables that begin like ours and are not known
    /// are [`warnings`](Self::warnings).
    ///
    /// # Errors
    /// [`ErrorKind::Config`](review_core::ErrorKind::Config) with every variable or key that is missing or
    /// wrong. A vendor that is known but not compiled in is named together with its feature.
    pub fn from_env() -> Result<Self> {
        Self::builder().from_env()
    }

    /// As [`from_env`](Self::from_env), from any source of settings by name.
    ///
    /// # Errors
    /// Those of [`from_env`](Self::from_env).
    pub fn from_vars(look_up: impl Fn(&str) -> Option<String>) -> Result<Self> {
        Self::builder().from_vars(look_up)
    }

    /// Makes a registry from a text in TOML. References to variables are looked up in the environment of the
    /// process.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](review_core::ErrorKind::Config) with every key that is missing, wrong or not
    /// known, or with the place where the text is no TOML.
    #[cfg(feature = "toml")]
    pub fn from_toml(text: &str) -> Result<Self> {
        Self::builder().from_toml(text)
    }

    /// Makes a registry from a file in TOML.
    ///
    /// ```no_run
    /// use review_invites::{InviteRequest, Registry, Result};
    ///
    /// # async fn example(request: InviteRequest) -> Result<()> {
    /// let registry = Registry::from_toml_file("/etc/shop/reviews.toml")?;
    /// registry.provider().send_invite(&request).await?; // by the routes
    /// if let Some(outlet) = registry.get("outlet") {
    ///     outlet.check_setup().await?; // one instance
    /// }
    /// registry.sending().off(); // from here on nothing is sent
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

    /// Makes a registry from a configuration of any other origin.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](review_core::ErrorKind::Config) with every key that is missing, wrong or not
    /// known.
    pub fn from_config(config: RegistryConfig) -> Result<Self> {
        Self::builder().from_config(config)
    }

    /// The provider to use where nothing else is said: the routes, if there are any, or the default instance.
    #[must_use]
    pub fn provider(&self) -> DynProvider {
        self.provider.clone()
    }

    /// The label of the default instance. There is none where several instances are named, none of them as the
    /// default, and routes take every request.
    #[must_use]
    pub fn default_instance(&self) -> Option<&str> {
        self.default.as_deref()
    }

    /// The provider of an instance, past all routes.
    #[must_use]
    pub fn get(&self, instance: &str) -> Option<DynProvider> {
        self.instances.get(instance).map(|instance| instance.provider.clone())
    }

    /// The reader of the reviews of an instance, if its vendor has one.
    #[must_use]
    pub fn reader(&self, instance: &str) -> Option<DynReader> {
        self.instances.get(instance)?.reader.clone()
    }

    /// The labels of all instances, in the order of the alphabet.
    pub fn instances(&self) -> impl Iterator<Item = &str> {
        self.instances.keys().map(String::as_str)
    }

    /// The switch of all instances: turned off, invitations and links are refused as
    /// [`Blocked`](review_core::ErrorKind::Blocked). It starts as the configuration says.
    #[must_use]
    pub fn sending(&self) -> &Switch {
        &self.switch
    }

    /// What is not wrong and looks like a slip: environment variables that are not known. They are also told
    /// as warnings of `tracing`, without values.
    #[must_use]
    pub fn warnings(&self) -> &[FieldError] {
        &self.warnings
    }

    fn warn(&mut self, warnings: Vec<FieldError>) {
        for warning in &warnings {
            tracing::warn!(variable = warning.field(), "{}", warning.problem());
        }
        self.warnings.extend(warnings);
    }
}
