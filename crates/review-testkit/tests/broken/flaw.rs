//! Providers with one flaw each, made of the fake.

use std::collections::BTreeSet;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use review_core::model::*;
use review_core::provider::*;
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

    async fn find(&self, fake: &FakeProvider, invite: &InviteRef) -> Result<InviteLookup> {
        fake.find_invite(invite).await
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

    async fn find_invite(&self, invite: &InviteRef) -> Result<InviteLookup> {
        self.flaw.find(&self.fake, invite).await
    }

    async fn erase_customer(&self, email: &EmailAddress) -> Result<ErasureStatus> {
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

    async fn accepted_count(&self, reference: &str) -> usize {
        self.inner.accepted_count(reference).await
    }

    async fn request_count(&self) -> usize {
        self.inner.request_count().await
    }

    async fn received_payload(&self, reference: &str) -> Option<String> {
        self.inner.received_payload(reference).await
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

/// The parts of a request, to be changed and built again.
pub(crate) struct Parts<'a> {
    request: &'a InviteRequest,
    pub(crate) name: Option<CustomerName>,
    pub(crate) phone: Option<PhoneNumber>,
    pub(crate) products: Vec<Product>,
    pub(crate) tags: Vec<Tag>,
    pub(crate) kind: InviteKind,
    pub(crate) omittable: BTreeSet<Field>,
}

impl<'a> Parts<'a> {
    pub(crate) fn of(request: &'a InviteRequest) -> Self {
        Self {
            request,
            name: request.customer().name().cloned(),
            phone: request.customer().phone().cloned(),
            products: request.order().products().to_vec(),
            tags: request.tags().to_vec(),
            kind: request.kind(),
            omittable: request.omittable_fields().clone(),
        }
    }

    pub(crate) fn together(self) -> InviteRequest {
        let (customer, order) = (self.request.customer(), self.request.order());
        let reference = order.reference().clone();
        let consent = self.request.consent().clone();
        let sender = self.request.sender();
        let builder = InviteRequest::builder(customer.email().clone(), reference, consent)
            .phone(self.phone)
            .customer_reference(customer.reference().cloned())
            .address(customer.address().cloned())
            .locale(customer.locale().cloned())
            .country(customer.country().cloned())
            .products(self.products)
            .metadata(order.metadata().clone())
            .kind(self.kind)
            .allow_omitting(self.omittable)
            .send_at(self.request.send_at())
            .tags(self.tags)
            .template(self.request.template().cloned())
            .redirect_url(self.request.redirect_url().cloned())
            .location(self.request.location().cloned())
            .reply_to(self.request.reply_to().cloned())
            .sender_name(sender.and_then(|sender| sender.name.clone()))
            .sender_email(sender.and_then(|sender| sender.email.clone()));
        let builder = match self.name {
            None => builder,
            Some(CustomerName::Full(name)) => builder.name(name),
            Some(CustomerName::First(first)) => builder.first_name(first),
            Some(CustomerName::Last(last)) => builder.last_name(last),
            Some(CustomerName::FirstAndLast(first, last)) => builder.first_name(first).last_name(last),
            Some(_) => unreachable!("the suite uses no other form of name"),
        };
        builder.build().unwrap()
    }
}

/// The same error in other words: what is not repeated here is forgotten.
pub(crate) fn reworded(error: &Error, message: String) -> Error {
    Error::new(error.kind(), message)
        .with_send_state(error.send_state())
        .with_retry_advice(error.retry_advice())
        .with_field_errors(error.field_errors().iter().cloned())
}

/// These and nothing else.
pub(crate) fn able(kinds: &[InviteKind], features: &[Field], operations: &[Operation]) -> Capabilities {
    let able = kinds.iter().copied().fold(Capabilities::new(), Capabilities::add_kind);
    let able = features.iter().copied().fold(able, Capabilities::add_field);
    operations.iter().copied().fold(able, Capabilities::add_operation)
}

/// Everything but one feature.
pub(crate) fn without(feature: Field) -> Capabilities {
    let rest: Vec<_> = Field::ALL.iter().copied().filter(|other| *other != feature).collect();
    able(InviteKind::ALL, &rest, Operation::ALL)
}
