//! Providers with one flaw each, made of the fake.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use review_core::*;
use review_testkit::conformance::{Harness, VendorFault};
use review_testkit::{FakeHarness, FakeProvider};

/// A way to break the contract. What is not overridden is as good as the fake.
#[async_trait]
pub(crate) trait Flaw: Default + Send + Sync + 'static {
    /// What the provider is made of.
    fn fake() -> FakeProvider {
        FakeProvider::default()
    }

    /// What it says it can do.
    fn declared(honest: Capabilities) -> Capabilities {
        honest
    }

    /// What its `Debug` shows.
    fn shown(&self) -> String {
        String::new()
    }

    fn preview(&self, fake: &FakeProvider, request: &InviteRequest) -> Result<Preview> {
        fake.preview(request)
    }

    async fn send(&self, fake: &FakeProvider, request: &InviteRequest) -> Result<InviteReceipt> {
        fake.send_invite(request).await
    }

    async fn link(&self, fake: &FakeProvider, request: &InviteRequest) -> Result<ReviewLink> {
        fake.create_link(request).await
    }

    async fn find(&self, fake: &FakeProvider, key: &InviteKey) -> Result<InviteLookup> {
        fake.find_invite(key).await
    }
}

pub(crate) struct Broken<F> {
    fake: FakeProvider,
    declared: Capabilities,
    flaw: F,
}

impl<F: Flaw> fmt::Debug for Broken<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Broken({})", self.flaw.shown())
    }
}

#[async_trait]
impl<F: Flaw> ReviewInviteProvider for Broken<F> {
    fn info(&self) -> &ProviderInfo {
        self.fake.info()
    }

    fn capabilities(&self) -> &Capabilities {
        &self.declared
    }

    fn preview(&self, request: &InviteRequest) -> Result<Preview> {
        self.flaw.preview(&self.fake, request)
    }

    async fn send_invite(&self, request: &InviteRequest) -> Result<InviteReceipt> {
        self.flaw.send(&self.fake, request).await
    }

    async fn create_link(&self, request: &InviteRequest) -> Result<ReviewLink> {
        self.flaw.link(&self.fake, request).await
    }

    async fn find_invite(&self, key: &InviteKey) -> Result<InviteLookup> {
        self.flaw.find(&self.fake, key).await
    }

    async fn erase_customer(&self, email: &EmailAddress) -> Result<Erasure> {
        self.fake.erase_customer(email).await
    }

    async fn check_setup(&self) -> Result<SetupReport> {
        self.fake.check_setup().await
    }
}

pub(crate) const PASSWORD: &str = "kolibri-pass-word-17";

pub(crate) struct BrokenHarness<F> {
    inner: FakeHarness,
    provider: DynProvider,
    flaw: PhantomData<fn() -> F>,
}

#[async_trait]
impl<F: Flaw> Harness for BrokenHarness<F> {
    async fn start() -> Self {
        let fake = F::fake();
        let declared = F::declared(fake.capabilities().clone());
        let provider = Arc::new(Broken { fake: fake.clone(), declared, flaw: F::default() });
        Self { inner: FakeHarness::new(fake), provider, flaw: PhantomData }
    }

    fn provider(&self) -> DynProvider {
        self.provider.clone()
    }

    async fn accepted(&self, reference: &str) -> usize {
        self.inner.accepted(reference).await
    }

    async fn requests(&self) -> usize {
        self.inner.requests().await
    }

    async fn wire(&self, reference: &str) -> Option<String> {
        self.inner.wire(reference).await
    }

    async fn fault(&self, fault: VendorFault) -> bool {
        self.inner.fault(fault).await
    }

    fn secrets(&self) -> Vec<String> {
        vec![PASSWORD.to_owned()]
    }

    fn deadline(&self) -> Duration {
        Duration::from_secs(3)
    }
}

/// The parts of a request, to be put together otherwise.
pub(crate) struct Parts<'a> {
    request: &'a InviteRequest,
    pub(crate) customer: Customer,
    pub(crate) order: Order,
    pub(crate) consent: Consent,
    pub(crate) tags: Vec<Tag>,
    pub(crate) kind: InviteKind,
    pub(crate) rule: OnUnsupported,
}

impl<'a> Parts<'a> {
    pub(crate) fn of(request: &'a InviteRequest) -> Self {
        Self {
            request,
            customer: request.customer().clone(),
            order: request.order().clone(),
            consent: request.consent().clone(),
            tags: request.tags().to_vec(),
            kind: request.kind(),
            rule: request.on_unsupported(),
        }
    }

    pub(crate) fn together(self) -> InviteRequest {
        let mut builder = InviteRequest::builder(self.customer, self.order, self.consent)
            .kind(self.kind)
            .on_unsupported(self.rule)
            .send_at(self.request.send_at());
        builder = self.tags.into_iter().fold(builder, InviteRequestBuilder::tag);
        if let Some(template) = self.request.template() {
            builder = builder.template(template.clone());
        }
        if let Some(url) = self.request.redirect_url() {
            builder = builder.redirect_url(url.clone());
        }
        if let Some(location) = self.request.location() {
            builder = builder.location(location.clone());
        }
        if let Some(address) = self.request.reply_to() {
            builder = builder.reply_to(address.clone());
        }
        if let Some(sender) = self.request.sender() {
            builder = builder.sender(sender.clone());
        }
        builder.build().unwrap()
    }
}

/// The same error in other words: what is not repeated here is forgotten.
pub(crate) fn reworded(error: &Error, message: String) -> Error {
    Error::new(error.kind(), message)
        .with_sent(error.sent())
        .with_retry_advice(error.retry_advice())
        .with_fields(error.fields().iter().cloned())
}

/// These and nothing else.
pub(crate) fn able(kinds: &[InviteKind], features: &[Feature], operations: &[Operation]) -> Capabilities {
    let able = kinds.iter().copied().fold(Capabilities::new(), Capabilities::with_kind);
    let able = features.iter().copied().fold(able, Capabilities::with_feature);
    operations.iter().copied().fold(able, Capabilities::with_operation)
}

/// Everything but one feature.
pub(crate) fn without(feature: Feature) -> Capabilities {
    let rest: Vec<_> = Feature::ALL.iter().copied().filter(|other| *other != feature).collect();
    able(InviteKind::ALL, &rest, Operation::ALL)
}
