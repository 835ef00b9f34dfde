//! What the tests of registries share: a vendor of their own, a transport that leads nowhere.
#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    reason = "a test may panic, and none uses all of it"
)]

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use review_invites::reexport::async_trait::async_trait;
use review_invites::transport::{HttpResponse, HttpTransport, TransportError, TransportErrorKind};
use review_invites::*;

/// A transport without a network.
#[derive(Debug)]
pub struct Nowhere;

#[async_trait]
impl HttpTransport for Nowhere {
    async fn send(&self, _: http::Request<Bytes>, _: Duration) -> Result<HttpResponse, TransportError> {
        Err(TransportError::new(Sent::No, TransportErrorKind::Connect))
    }
}

/// A builder whose instances need no transport, and whose variables are these.
pub fn builder(variables: &'static [(&'static str, &'static str)]) -> RegistryBuilder {
    let value =
        |name: &str| variables.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
    Registry::builder().transport(Arc::new(Nowhere)).vendor("acme", AcmeFactory).variables(value)
}

/// A provider that accepts everything and says who did.
#[derive(Debug)]
pub struct Acme {
    info: ProviderInfo,
    capabilities: Capabilities,
    key: Secret,
}

impl Acme {
    pub fn new(label: &str) -> Self {
        Self {
            info: ProviderInfo::new("acme", label),
            capabilities: Capabilities::new().with_kind(InviteKind::Service),
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

    fn preview(&self, _: &InviteRequest) -> Result<Preview> {
        Ok(Preview::new(Vec::new()))
    }

    async fn send_invite(&self, request: &InviteRequest) -> Result<InviteReceipt> {
        self.capabilities.admit(&self.info, request)?;
        let receipt = InviteReceipt::new(self.info.clone(), InviteState::Accepted);
        Ok(receipt.with_vendor_id(format!("key of {} characters", self.key.expose().len())))
    }
}

/// A vendor of a third party.
#[derive(Debug)]
pub struct AcmeFactory;

impl ProviderFactory for AcmeFactory {
    fn settings(&self) -> &[ConfigKey] {
        const SETTINGS: &[ConfigKey] = &[
            ConfigKey::required("ACME_API_KEY", "the key of the account").secret(),
            ConfigKey::optional("ACME_SHOP", "the number of the shop"),
        ];
        SETTINGS
    }

    fn make(&self, instance: &InstanceSettings) -> Result<Instance> {
        let look_up = |name: &str| instance.get(name);
        let mut settings = ConfigReader::new(&look_up);
        let key = settings.secret("ACME_API_KEY", "the key of the account");
        if settings.optional("ACME_SHOP").is_some_and(|shop| shop.parse::<u32>().is_err()) {
            settings.push_error(FieldError::new(
                "ACME_SHOP",
                "expected a number in ACME_SHOP, found another text",
            ));
        }
        let key = settings.finish(key)?;
        Ok(Instance::new(Arc::new(Acme { key, ..Acme::new(instance.info().instance()) })))
    }
}

/// An invitation for a customer of this country and order.
pub fn request(country: Option<&str>, number: u32) -> InviteRequest {
    let customer = Customer::new(EmailAddress::new(format!("jane{number}@example.com")).unwrap());
    let customer = match country {
        Some(code) => customer.with_country(CountryCode::new(code).unwrap()),
        None => customer,
    };
    let order = Order::new(OrderReference::new(number.to_string()).unwrap());
    InviteRequest::builder(customer, order, Consent::granted("test")).build().unwrap()
}

/// The keys that an error tells, in order of the alphabet.
pub fn keys(error: &Error) -> Vec<&str> {
    assert_eq!(error.kind(), ErrorKind::Config, "{error}");
    let mut keys: Vec<_> = error.fields().iter().map(FieldError::field).collect();
    keys.sort_unstable();
    keys
}

/// What an error tells of a key.
pub fn problem<'a>(error: &'a Error, key: &str) -> &'a str {
    error.fields().iter().find(|fault| fault.field() == key).map_or("", FieldError::problem)
}
