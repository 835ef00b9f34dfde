//! Errors that say too little, and texts that say too much.

use std::sync::Mutex;

use async_trait::async_trait;
use review_core::model::*;
use review_core::provider::*;
use review_core::*;
use review_testkit::FakeProvider;

use crate::flaw::{Flaw, PASSWORD, reworded};

#[derive(Default)]
pub(crate) struct ForgetsOperation;

#[async_trait]
impl Flaw for ForgetsOperation {
    async fn send(&self, fake: &FakeProvider, request: &InviteRequest) -> Result<InviteReceipt> {
        let result = fake.send_invite(request).await;
        result.map_err(|error| reworded(&error, "no".to_owned()).with_provider(fake.info()))
    }
}

#[derive(Default)]
pub(crate) struct NamesAnother;

#[async_trait]
impl Flaw for NamesAnother {
    async fn send(&self, fake: &FakeProvider, request: &InviteRequest) -> Result<InviteReceipt> {
        let result = fake.send_invite(request).await;
        result.map_err(|error| error.with_provider(&ProviderInfo::new("another", "test")))
    }
}

/// The cause of a cause quotes the address.
#[derive(Default)]
pub(crate) struct LeaksInErrors;

#[async_trait]
impl Flaw for LeaksInErrors {
    async fn send(&self, fake: &FakeProvider, request: &InviteRequest) -> Result<InviteReceipt> {
        let said = format!("550 no such mailbox: {}", request.customer().email().as_str());
        let result = fake.send_invite(request).await;
        result.map_err(|error| {
            let cause = Error::new(ErrorKind::Unexpected, "").with_source(FieldError::new("to", said));
            error.with_source(cause)
        })
    }
}

#[derive(Default)]
pub(crate) struct LeaksInDebug(Mutex<String>);

#[async_trait]
impl Flaw for LeaksInDebug {
    fn shown(&self) -> String {
        self.0.lock().unwrap().clone()
    }

    async fn send(&self, fake: &FakeProvider, request: &InviteRequest) -> Result<InviteReceipt> {
        let name = request.customer().name().map(CustomerName::full);
        *self.0.lock().unwrap() = name.unwrap_or_default();
        fake.send_invite(request).await
    }
}

#[derive(Default)]
pub(crate) struct LeaksInLog;

#[async_trait]
impl Flaw for LeaksInLog {
    async fn send(&self, fake: &FakeProvider, request: &InviteRequest) -> Result<InviteReceipt> {
        let phone = request.customer().phone().map(PhoneNumber::as_str);
        tracing::trace!(phone, "sending");
        fake.send_invite(request).await
    }
}

/// `Authorization: Basic`, as in a debug log.
#[derive(Default)]
pub(crate) struct LeaksCredentials;

#[async_trait]
impl Flaw for LeaksCredentials {
    async fn send(&self, fake: &FakeProvider, request: &InviteRequest) -> Result<InviteReceipt> {
        use base64::Engine as _;
        let pair = base64::engine::general_purpose::STANDARD.encode(format!("shop:{PASSWORD}"));
        tracing::debug!("authorization: Basic {pair}");
        fake.send_invite(request).await
    }
}

/// It takes every letter for one byte.
#[derive(Default)]
pub(crate) struct LeaksInPanics;

#[async_trait]
impl Flaw for LeaksInPanics {
    async fn send(&self, fake: &FakeProvider, request: &InviteRequest) -> Result<InviteReceipt> {
        let name = request.customer().name().map(CustomerName::full).unwrap_or_default();
        assert!(name.is_ascii(), "expected a name in ASCII, found {name}");
        fake.send_invite(request).await
    }
}
