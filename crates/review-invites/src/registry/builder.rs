//! What a registry is made with, and from what.

use std::env;
use std::ffi::OsString;
use std::fmt;
use std::sync::Arc;

use review_core::{FieldError, Result};
use review_http::{DynTransport, RequestObserver};

use super::assembly::Assembly;
use super::look_up::LookUp;
use super::{Instance, ProviderFactory, Registry};
use crate::config::{OWN_KEYS, RegistryConfig};
use crate::faults::Faults;
use crate::vendors::Vendors;

/// Answers where a configuration says `{ env = … }`.
type OwnLookUp = Box<dyn Fn(&str) -> Option<String> + Send + Sync>;

/// Makes a [`Registry`] with vendors, instances and a transport of your own. Start with
/// [`Registry::builder`]; one of the methods that begin with `from_` finishes it.
///
/// ```
/// use std::sync::Arc;
///
/// use review_invites::{DryRun, DynProvider, Registry, RegistryConfig, Result, RouteConfig};
///
/// /// An instance that was made in code, and a route that leads to it.
/// fn registry(shop: DynProvider) -> Result<Registry> {
///     let label = shop.info().instance().to_owned();
///     let rehearsal: DynProvider = Arc::new(DryRun::new(shop));
///     let config = RegistryConfig::new().with_route(RouteConfig::to(label));
///     Registry::builder().instance(rehearsal).from_config(config)
/// }
/// ```
#[must_use]
#[derive(Default)]
pub struct RegistryBuilder {
    pub(super) vendors: Vendors,
    pub(super) instances: Vec<Instance>,
    pub(super) observer: Option<Arc<dyn RequestObserver>>,
    pub(super) transport: Option<DynTransport>,
    pub(super) faults: Vec<FieldError>,
    variables: Option<OwnLookUp>,
}

impl fmt::Debug for RegistryBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RegistryBuilder")
            .field("vendors", &self.vendors)
            .field("instances", &self.instances)
            .finish_non_exhaustive()
    }
}

impl RegistryBuilder {
    /// Adds a vendor under a name of lower-case letters, digits and `-`. The name stands in configurations
    /// (`vendor = "acme"`, `REVIEW_PROVIDER=acme`) and, in capitals, before its settings. A name that is taken
    /// is a fault, which is told when the registry is made; those of this project are taken even where they
    /// are not compiled in.
    pub fn vendor(mut self, name: impl Into<String>, factory: impl ProviderFactory) -> Self {
        let name = name.into();
        let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        let mut wrong = |problem: &str| self.faults.push(FieldError::new(format!("vendor {name}"), problem));
        if name.is_empty() || !name.bytes().all(allowed) {
            wrong("expected a name of lower-case letters, digits and -, found another");
        } else if factory.settings().iter().any(|setting| OWN_KEYS.contains(&&*setting.key(&name))) {
            wrong("expected settings with other keys than vendor and http, found one of them");
        } else if let Err(problem) = self.vendors.add(&name, Arc::new(factory)) {
            wrong(problem);
        }
        self
    }

    /// Adds an instance that was made in code, under the label it has itself
    /// ([`ProviderInfo::instance`](review_core::ProviderInfo::instance)). Routes can lead to it.
    pub fn instance(mut self, instance: impl Into<Instance>) -> Self {
        self.instances.push(instance.into());
        self
    }

    /// Sets who is told of what no caller of an instance can be told.
    pub fn observer(mut self, observer: Arc<dyn RequestObserver>) -> Self {
        self.observer = Some(observer);
        self
    }

    /// Sets the transport of all instances that a configuration names, in the place of one of their own for
    /// each. What a configuration says of connections is without effect then.
    pub fn transport(mut self, transport: DynTransport) -> Self {
        self.transport = Some(transport);
        self
    }

    /// Sets where the variables are found that a configuration refers to by `{ env = … }`, in the place of
    /// the environment of the process: a secret store, a test.
    pub fn variables(mut self, look_up: impl Fn(&str) -> Option<String> + Send + Sync + 'static) -> Self {
        self.variables = Some(Box::new(look_up));
        self
    }

    /// See [`Registry::from_env`].
    ///
    /// # Errors
    /// Those of [`Registry::from_env`].
    pub fn from_env(self) -> Result<Registry> {
        self.from_pairs(env::vars_os())
    }

    /// As [`from_env`](Self::from_env), from these names and values.
    ///
    /// # Errors
    /// Those of [`Registry::from_env`].
    pub fn from_pairs<N: Into<OsString>, V: Into<OsString>>(
        self,
        variables: impl IntoIterator<Item = (N, V)>,
    ) -> Result<Registry> {
        super::env::of_pairs(&self, variables.into_iter().map(|(name, value)| (name.into(), value.into())))
    }

    /// As [`from_env`](Self::from_env), from any source of settings by name. Without a list of names there are
    /// no warnings of names that are not known.
    ///
    /// # Errors
    /// Those of [`Registry::from_env`].
    pub fn from_vars(self, look_up: impl Fn(&str) -> Option<String>) -> Result<Registry> {
        super::env::of_look_up(&self, &|name| look_up(name).map(OsString::from))
    }

    /// See [`Registry::from_config`].
    ///
    /// # Errors
    /// Those of [`Registry::from_config`].
    #[expect(clippy::needless_pass_by_value, reason = "as the other ways to make one")]
    pub fn from_config(self, config: RegistryConfig) -> Result<Registry> {
        self.with_look_up(&|name| env::var_os(name), |look_up| {
            Assembly::new(&self, look_up).all(Some(&config), Faults::default())
        })
    }

    /// Runs with the variables that a configuration refers to: those that were given, or else the usual.
    pub(super) fn with_look_up<T>(&self, usual: LookUp<'_>, run: impl FnOnce(LookUp<'_>) -> T) -> T {
        match &self.variables {
            Some(own) => run(&|name| own(name).map(OsString::from)),
            None => run(usual),
        }
    }
}
