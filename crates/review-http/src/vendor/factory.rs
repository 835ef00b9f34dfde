//! Builds instances of a vendor from settings.

use std::fmt;
use std::marker::PhantomData;

use review_core::FieldError;
use review_core::config::{ConfigErrors, ConfigReader, Entries, FromConfig, KeyInfo};
use review_core::provider::ProviderInfo;

use super::contract::{HttpProvider, HttpVendor};
use crate::options::ClientOptions;
use crate::transport::{DynTransport, default_transport};

/// Builds instances of one vendor from settings, for a registry of vendors.
pub struct HttpFactory<V>(PhantomData<fn() -> V>);

impl<V> Default for HttpFactory<V> {
    fn default() -> Self {
        Self(PhantomData)
    }
}

impl<V> Clone for HttpFactory<V> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<V> Copy for HttpFactory<V> {}

impl<V: HttpVendor> fmt::Debug for HttpFactory<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("HttpFactory").field(&V::NAME).finish()
    }
}

impl<V: HttpVendor + FromConfig> HttpFactory<V> {
    /// Creates the factory.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Returns the vendor's name.
    #[must_use]
    pub fn name(&self) -> &'static str {
        V::NAME
    }

    /// Returns the table of settings.
    #[must_use]
    pub fn keys(&self) -> &'static [KeyInfo] {
        V::KEYS
    }

    /// Builds an instance. No I/O. Without a transport, the one of this crate is used.
    ///
    /// # Errors
    /// Every setting that is missing or invalid, and those of [`default_transport`].
    pub fn build(
        &self,
        info: ProviderInfo,
        entries: &Entries,
        options: ClientOptions,
        transport: Option<DynTransport>,
    ) -> Result<HttpProvider<V>, ConfigErrors> {
        let vendor: V = ConfigReader::read(entries)?;
        let transport = match transport {
            Some(transport) => transport,
            None => default_transport(options.transport.clone())
                .map_err(|error| FieldError::new("http", error.message().into_owned()))?,
        };
        Ok(HttpProvider::with_transport(vendor, info, options, transport))
    }
}
