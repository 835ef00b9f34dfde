//! Shared helpers for the tests of registries: a custom vendor, and a transport without a network.
#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    reason = "a test may panic, and none uses all of it"
)]

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use review_invites::config::{
    ConfigErrors, ConfigKey, ConfigReader, FromConfig, KeyInfo, Secret, config_keys,
};
use review_invites::http::{HttpResponse, HttpTransport, TransportError, TransportErrorKind};
use review_invites::prelude::*;
use review_invites::provider::{Capabilities, ProviderInfo};
use review_invites::registry::{Instance, InstanceContext, ProviderFactory, RegistryBuilder};
use review_invites::{ErrorKind, FieldError, Registry, SendState, async_trait};

/// A transport without a network.
#[derive(Debug)]
pub struct NoNetwork;

#[async_trait]
impl HttpTransport for NoNetwork {
    async fn send(&self, _: http::Request<Bytes>, _: Duration) -> Result<HttpResponse, TransportError> {
        Err(TransportError::new(SendState::NotSent, TransportErrorKind::Connect))
    }
}

/// A builder whose instances need no transport, and whose variables are these.
pub fn builder(variables: &'static [(&'static str, &'static str)]) -> RegistryBuilder {
    let value =
        |name: &str| variables.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
    Registry::builder().transport(Arc::new(NoNetwork)).vendor("acme", AcmeFactory).env_lookup(value)
}

/// A provider that accepts everything.
#[derive(Debug)]
pub struct Acme {
    info: ProviderInfo,
    capabilities: Capabilities,
    key: Secret,
}

impl Acme {
    pub fn new(name: &str) -> Self {
        Self {
            info: ProviderInfo::new("acme", name),
            capabilities: Capabilities::new().add_kind(InviteKind::Service),
            key: Secret::new(""),
        }
    }
}

#[async_trait]
impl ReviewInviteProvider for Acme {
    fn info(&self) -> &ProviderInfo {
        &self.info
    }

    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    async fn send_invite(&self, request: &InviteRequest) -> Result<InviteReceipt> {
        self.validate(request)?;
        let receipt = InviteReceipt::new(self.info.clone(), InviteState::Accepted);
        Ok(receipt.with_vendor_id(format!("key of {} characters", self.key.expose().len())))
    }
}

config_keys! {
    pub ACME_KEYS {
        API_KEY: Secret = ConfigKey::required("api_key", "the key of the account").secret();
        STORE: u32 = ConfigKey::optional("store", "the number of the store");
    }
}

/// The settings of [`Acme`].
struct AcmeConfig(Secret);

impl FromConfig for AcmeConfig {
    const KEYS: &'static [KeyInfo] = ACME_KEYS;

    fn from_config(config: &ConfigReader<'_>) -> Result<Self, ConfigErrors> {
        config.find(&STORE)?;
        Ok(Self(config.get(&API_KEY)?))
    }
}

/// The factory of a third-party vendor.
#[derive(Debug)]
pub struct AcmeFactory;

impl ProviderFactory for AcmeFactory {
    fn keys(&self) -> &'static [KeyInfo] {
        ACME_KEYS
    }

    fn build(&self, context: &InstanceContext) -> Result<Instance, ConfigErrors> {
        let AcmeConfig(key) = context.read()?;
        Ok(Instance::new(Acme { key, info: context.info().clone(), ..Acme::new("") }))
    }
}

/// An invitation for a customer of this country and order.
pub fn request(country: Option<&str>, number: u32) -> InviteRequest {
    let email = format!("jane{number}@example.com");
    let builder = InviteRequest::builder(email, number.to_string(), Consent::granted("test"));
    builder.country(country).build().unwrap()
}

/// The keys in an error, in alphabetical order.
pub fn keys(error: &Error) -> Vec<&str> {
    assert_eq!(error.kind(), ErrorKind::InvalidConfig, "{error}");
    let mut keys: Vec<_> = error.field_errors().iter().map(FieldError::field).collect();
    keys.sort_unstable();
    keys
}

/// The message about a key.
pub fn message<'a>(error: &'a Error, key: &str) -> &'a str {
    error.field_errors().iter().find(|error| error.field() == key).map_or("", FieldError::message)
}
