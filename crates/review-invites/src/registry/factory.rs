//! How instances of a vendor are made.

use std::collections::BTreeMap;
use std::fmt::Debug;

use review_core::{DynProvider, DynReader, ProviderInfo, Result};
use review_http::{ClientOptions, ConfigKey, DynTransport, Secret, default_transport};

/// Makes instances of one vendor from settings: what a vendor of your own brings along, so that it is
/// configured like those that are built in.
///
/// ```
/// use std::sync::Arc;
///
/// use review_invites::*;
///
/// # #[derive(Debug)]
/// # struct Acme { info: ProviderInfo, capabilities: Capabilities }
/// # impl Acme {
/// #     fn new(info: ProviderInfo, _key: Secret) -> Self { Self { info, capabilities: Capabilities::new() } }
/// # }
/// # #[review_invites::reexport::async_trait::async_trait]
/// # impl ReviewInviteProvider for Acme {
/// #     fn info(&self) -> &ProviderInfo { &self.info }
/// #     fn capabilities(&self) -> &Capabilities { &self.capabilities }
/// #     fn preview(&self, _: &InviteRequest) -> Result<Preview> { Ok(Preview::new(Vec::new())) }
/// #     async fn send_invite(&self, _: &InviteRequest) -> Result<InviteReceipt> {
/// #         Ok(InviteReceipt::new(self.info.clone(), InviteState::Accepted))
/// #     }
/// # }
/// #[derive(Debug)]
/// struct AcmeFactory;
///
/// impl ProviderFactory for AcmeFactory {
///     fn settings(&self) -> &[ConfigKey] {
///         const SETTINGS: &[ConfigKey] = &[ConfigKey::required("ACME_API_KEY", "the key of the account").secret()];
///         SETTINGS
///     }
///
///     fn make(&self, instance: &InstanceSettings) -> Result<Instance> {
///         let look_up = |name: &str| instance.get(name);
///         let mut settings = ConfigReader::new(&look_up);
///         let key = settings.secret("ACME_API_KEY", "the key of the account");
///         let key = settings.finish(key)?;
///         Ok(Instance::new(Arc::new(Acme::new(instance.info().clone(), key))))
///     }
/// }
///
/// let variables = [("REVIEW_PROVIDER", "acme"), ("ACME_API_KEY", "a key")];
/// let registry = Registry::builder().vendor("acme", AcmeFactory).from_pairs(variables)?;
/// assert_eq!(registry.provider().info().vendor(), "acme");
/// # Ok::<(), Error>(())
/// ```
pub trait ProviderFactory: Debug + Send + Sync + 'static {
    /// The settings there are. Their names begin with the vendor's in capitals (`ACME_API_KEY`); without it
    /// and in lower case they are the keys of a file (`api_key`). No key may be `vendor` or `http`.
    fn settings(&self) -> &[ConfigKey];

    /// Makes an instance. No I/O: everything is checked, and nothing is asked of the vendor yet.
    ///
    /// It is called even where some settings are known to be wrong, with something in their place, so that
    /// all that is wrong with the others is told at the same time.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](review_core::ErrorKind::Config) whose fields have the names of the settings, as
    /// [`ConfigReader`](crate::ConfigReader) makes it. In an error of a file, names are turned into keys.
    fn make(&self, instance: &InstanceSettings) -> Result<Instance>;
}

/// What an instance is to be made from. `Debug` shows no value.
#[derive(Clone, Debug)]
pub struct InstanceSettings {
    pub(super) info: ProviderInfo,
    pub(super) values: BTreeMap<&'static str, Secret>,
    pub(super) http: ClientOptions,
    pub(super) transport: Option<DynTransport>,
}

impl InstanceSettings {
    /// The vendor and the label of the instance.
    #[must_use]
    pub fn info(&self) -> &ProviderInfo {
        &self.info
    }

    /// A setting by the name it has in [`ProviderFactory::settings`].
    #[must_use]
    pub fn get(&self, name: &str) -> Option<String> {
        self.values.get(name).map(|value| value.expose().to_owned())
    }

    /// How calls are to be made, and who is told of them.
    #[must_use]
    pub fn http(&self) -> &ClientOptions {
        &self.http
    }

    /// The transport to use: the one that was given for all instances, or a new one.
    ///
    /// # Errors
    /// Those of [`default_transport`].
    pub fn transport(&self) -> Result<DynTransport> {
        match &self.transport {
            Some(transport) => Ok(transport.clone()),
            None => default_transport(self.http.transport),
        }
    }
}

/// An instance that was made: its provider, and its reader of reviews if the vendor has one.
#[derive(Clone, Debug)]
pub struct Instance {
    pub(super) provider: DynProvider,
    pub(super) reader: Option<DynReader>,
}

impl Instance {
    /// An instance that reads no reviews.
    #[must_use]
    pub fn new(provider: DynProvider) -> Self {
        Self { provider, reader: None }
    }

    /// Adds the reader of its reviews.
    #[must_use]
    pub fn with_reader(mut self, reader: DynReader) -> Self {
        self.reader = Some(reader);
        self
    }
}

impl From<DynProvider> for Instance {
    fn from(provider: DynProvider) -> Self {
        Self::new(provider)
    }
}
