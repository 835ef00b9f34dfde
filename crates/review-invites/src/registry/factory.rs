//! Factories that build the instances of a vendor.

use std::fmt::{self, Debug};
use std::pin::Pin;
use std::sync::Arc;

use review_core::config::{ConfigErrors, ConfigReader, Entries, FromConfig, KeyInfo};
use review_core::provider::{DynProvider, ProviderInfo, SetupReport};
use review_core::reviews::DynReader;
use review_http::vendor::{HttpFactory, HttpVendor};
use review_http::{ClientOptions, DynTransport, RateLimits};

use super::transports::SharedTransports;

/// Builds instances of one vendor from settings. Implement it to configure a custom vendor like the
/// built-in ones.
///
/// ```
/// use review_invites::config::{ConfigErrors, ConfigKey, ConfigReader, FromConfig, KeyInfo, Secret, config_keys};
/// use review_invites::prelude::*;
/// use review_invites::provider::{Capabilities, ProviderInfo};
/// use review_invites::registry::{Instance, InstanceContext, ProviderFactory};
/// use review_invites::Registry;
///
/// # #[derive(Debug)]
/// # struct Acme { info: ProviderInfo, capabilities: Capabilities }
/// # impl Acme {
/// #     fn new(info: ProviderInfo, _: AcmeConfig) -> Self { Self { info, capabilities: Capabilities::new() } }
/// # }
/// # #[review_invites::async_trait]
/// # impl ReviewInviteProvider for Acme {
/// #     fn info(&self) -> &ProviderInfo { &self.info }
/// #     fn capabilities(&self) -> &Capabilities { &self.capabilities }
/// #     async fn send_invite(&self, _: &InviteRequest) -> Result<InviteReceipt> {
/// #         Ok(InviteReceipt::new(self.info.clone(), InviteState::Accepted))
/// #     }
/// # }
/// config_keys! {
///     ACME_KEYS { API_KEY: Secret = ConfigKey::required("api_key", "the key of the account").secret(); }
/// }
///
/// struct AcmeConfig { api_key: Secret }
///
/// impl FromConfig for AcmeConfig {
///     const KEYS: &'static [KeyInfo] = ACME_KEYS;
///
///     fn from_config(config: &ConfigReader<'_>) -> Result<Self, ConfigErrors> {
///         Ok(Self { api_key: config.get(&API_KEY)? })
///     }
/// }
///
/// #[derive(Debug)]
/// struct AcmeFactory;
///
/// impl ProviderFactory for AcmeFactory {
///     fn keys(&self) -> &'static [KeyInfo] {
///         ACME_KEYS
///     }
///
///     fn build(&self, context: &InstanceContext) -> Result<Instance, ConfigErrors> {
///         Ok(Instance::new(Acme::new(context.info().clone(), context.read()?)))
///     }
/// }
///
/// let variables = [("REVIEW_PROVIDER", "acme"), ("ACME_API_KEY", "a key")];
/// let registry = Registry::builder().vendor("acme", AcmeFactory).from_iter(variables)?;
/// assert_eq!(registry.provider().info().vendor(), "acme");
/// # Ok::<(), Error>(())
/// ```
pub trait ProviderFactory: Debug + Send + Sync + 'static {
    /// Returns the settings. In the environment, their names are the vendor's name and the key in upper
    /// case (`ACME_API_KEY`). The keys `vendor`, `shop` and `http` are reserved.
    fn keys(&self) -> &'static [KeyInfo];

    /// Builds an instance. No I/O.
    ///
    /// # Errors
    /// Every setting that is missing or invalid, as [`InstanceContext::read`] reports them.
    fn build(&self, context: &InstanceContext) -> Result<Instance, ConfigErrors>;
}

/// A vendor that is built on `review_http::vendor`.
impl<V: HttpVendor + FromConfig> ProviderFactory for HttpFactory<V> {
    fn keys(&self) -> &'static [KeyInfo] {
        V::KEYS
    }

    fn build(&self, context: &InstanceContext) -> Result<Instance, ConfigErrors> {
        let InstanceContext { info, entries, http, .. } = context;
        // Without one, the factory tries again: its error is about the setting.
        let transport = context.transport().ok();
        let provider = HttpFactory::build(self, info.clone(), entries, http.clone(), transport)?;
        let reader = V::reader(&provider);
        let rate_limits = provider.rate_limits().clone();
        let setup = Setup::new({
            let provider = provider.clone();
            move |delay_in_days| {
                let provider = provider.clone();
                Box::pin(async move { provider.ensure_setup(delay_in_days).await })
            }
        });
        Ok(Instance { reader, rate_limits, setup: Some(setup), ..Instance::new(provider) })
    }
}

/// Everything an instance is built from. `Debug` shows no value.
#[derive(Clone, Debug)]
pub struct InstanceContext {
    pub(super) info: ProviderInfo,
    pub(super) entries: Entries,
    pub(super) http: ClientOptions,
    pub(super) transport: Option<DynTransport>,
    pub(super) shared: SharedTransports,
}

impl InstanceContext {
    /// Returns the vendor, the name of the instance and its shop.
    #[must_use]
    pub fn info(&self) -> &ProviderInfo {
        &self.info
    }

    /// Checks the settings and reads them.
    ///
    /// # Errors
    /// Every setting that is missing or invalid.
    pub fn read<V: FromConfig>(&self) -> Result<V, ConfigErrors> {
        ConfigReader::read(&self.entries)
    }

    /// Returns the settings, each with its source.
    #[must_use]
    pub fn entries(&self) -> &Entries {
        &self.entries
    }

    /// Returns how requests are made.
    #[must_use]
    pub fn http(&self) -> &ClientOptions {
        &self.http
    }

    /// Returns the transport: the one that was set for all instances, or one that it shares with the instances of the
    /// registry that have the same settings of the transport.
    ///
    /// # Errors
    /// Those of [`default_transport`](review_http::default_transport).
    pub fn transport(&self) -> review_core::Result<DynTransport> {
        match &self.transport {
            Some(transport) => Ok(transport.clone()),
            None => self.shared.get(&self.http.transport),
        }
    }
}

/// An instance: its provider, and the reader of its reviews if the vendor has one.
#[derive(Clone, Debug)]
pub struct Instance {
    pub(super) provider: DynProvider,
    pub(super) reader: Option<DynReader>,
    pub(super) rate_limits: RateLimits,
    pub(super) setup: Option<Setup>,
}

impl Instance {
    /// Creates an instance without a reader.
    #[must_use]
    pub fn new(provider: impl review_core::ReviewInviteProvider) -> Self {
        Self {
            provider: review_core::provider::into_dyn(provider),
            reader: None,
            rate_limits: RateLimits::unlimited(),
            setup: None,
        }
    }

    /// Sets the reader of its reviews.
    #[must_use]
    pub fn with_reader(mut self, reader: DynReader) -> Self {
        self.reader = Some(reader);
        self
    }
}

type SetupFuture = Pin<Box<dyn Future<Output = review_core::Result<SetupReport>> + Send>>;

/// Changes the settings of an account; the argument is the delay of its emails in days.
#[derive(Clone)]
pub(super) struct Setup(Arc<dyn Fn(Option<u32>) -> SetupFuture + Send + Sync>);

impl Setup {
    fn new(run: impl Fn(Option<u32>) -> SetupFuture + Send + Sync + 'static) -> Self {
        Self(Arc::new(run))
    }

    pub(super) async fn run(&self, delay_in_days: Option<u32>) -> review_core::Result<SetupReport> {
        (self.0)(delay_in_days).await
    }
}

impl Debug for Setup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Setup")
    }
}

impl From<DynProvider> for Instance {
    fn from(provider: DynProvider) -> Self {
        Self::new(provider)
    }
}
