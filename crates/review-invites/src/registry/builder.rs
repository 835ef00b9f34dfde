//! The builder of a registry.

use std::ffi::OsString;
use std::fmt;
use std::sync::Arc;

use review_core::error::FieldError;
use review_http::{DynTransport, RequestObserver};

use super::Registry;
use super::factory::{Instance, ProviderFactory};
use super::resolve::EnvLookup;
use crate::config::COMMON_KEYS;
use crate::vendors::Vendors;

/// Wraps the transport of an instance.
pub(super) type WrapTransport = Arc<dyn Fn(DynTransport) -> DynTransport + Send + Sync>;
/// Resolves `{ env = … }` of a configuration.
type OwnedLookup = Box<dyn Fn(&str) -> Option<String> + Send + Sync>;

impl Registry {
    /// Starts a registry with custom vendors, instances or a transport.
    pub fn builder() -> RegistryBuilder {
        RegistryBuilder::default()
    }
}

/// Builds a [`Registry`] with custom vendors, instances or a transport. Start with [`Registry::builder`];
/// finish with one of the `from_*` methods.
///
/// ```
/// use review_invites::config::{RegistryConfig, RouteConfig};
/// use review_invites::wrappers::DryRun;
/// use review_invites::{DynProvider, Registry, Result};
///
/// /// An instance that was created in code, and a route to it.
/// fn registry(shop: DynProvider) -> Result<Registry> {
///     let name = shop.info().instance().to_owned();
///     let config = RegistryConfig::new().with_route(RouteConfig::to(name));
///     Registry::builder().instance(DryRun::new(shop)).from_config(config)
/// }
/// ```
#[must_use]
#[derive(Default)]
pub struct RegistryBuilder {
    pub(super) vendors: Vendors,
    pub(super) instances: Vec<Instance>,
    pub(super) observer: Option<Arc<dyn RequestObserver>>,
    pub(super) transport: Option<DynTransport>,
    pub(super) wrap_transport: Option<WrapTransport>,
    pub(super) errors: Vec<FieldError>,
    lookup: Option<OwnedLookup>,
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
    /// Adds a vendor under a name of lower-case letters, digits and `-`. Configurations contain the name
    /// (`vendor = "acme"`, `REVIEW_PROVIDER=acme`), and its variables begin with it in upper case. A name
    /// that is already in use is an error, reported when the registry is built. The names of the built-in vendors
    /// are reserved even if they are not compiled in.
    pub fn vendor(mut self, name: impl Into<String>, factory: impl ProviderFactory) -> Self {
        let name = name.into();
        let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        let mut error =
            |message: &'static str| self.errors.push(FieldError::new(format!("vendor {name}"), message));
        if name.is_empty() || !name.bytes().all(allowed) {
            error("must be a name of lower-case letters, digits and -");
        } else if factory.keys().iter().any(|key| COMMON_KEYS.contains(&key.name)) {
            error("the keys vendor, shop and http are reserved; rename the key");
        } else if let Err(message) = self.vendors.add(&name, Arc::new(factory)) {
            error(message);
        }
        self
    }

    /// Adds an instance that was created in code, under its own name
    /// ([`ProviderInfo::instance`](review_core::provider::ProviderInfo::instance)). Routes can name it.
    pub fn instance(mut self, instance: impl review_core::ReviewInviteProvider) -> Self {
        self.instances.push(Instance::new(instance));
        self
    }

    /// Adds an instance with a reader of its reviews.
    pub fn instance_with_reader(mut self, instance: Instance) -> Self {
        self.instances.push(instance);
        self
    }

    /// Sets the observer of events that cannot be returned to a caller.
    pub fn observer(mut self, observer: Arc<dyn RequestObserver>) -> Self {
        self.observer = Some(observer);
        self
    }

    /// Sets the transport of all instances of a configuration. Settings about connections then have no
    /// effect.
    pub fn transport(mut self, transport: DynTransport) -> Self {
        self.transport = Some(transport);
        self
    }

    /// Wraps the transport of every instance, for example to record requests and responses. The instance's
    /// settings of the transport still apply.
    pub fn wrap_transport(
        mut self,
        wrap: impl Fn(DynTransport) -> DynTransport + Send + Sync + 'static,
    ) -> Self {
        self.wrap_transport = Some(Arc::new(wrap));
        self
    }

    /// Sets how `{ env = … }` of a configuration is resolved, instead of by the environment of the process:
    /// for a secret store, or a test.
    pub fn env_lookup(mut self, lookup: impl Fn(&str) -> Option<String> + Send + Sync + 'static) -> Self {
        self.lookup = Some(Box::new(lookup));
        self
    }

    /// Runs with the lookup that was set, or else with the default.
    pub(super) fn with_lookup<T>(&self, default: EnvLookup<'_>, run: impl FnOnce(EnvLookup<'_>) -> T) -> T {
        match &self.lookup {
            Some(own) => run(&|name| own(name).map(OsString::from)),
            None => run(default),
        }
    }
}
