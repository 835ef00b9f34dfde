//! The interface of a flaw, and the harness of a provider with one.

use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use review_core::model::*;
use review_core::provider::*;
use review_core::*;
use review_testkit::conformance::{Harness, InstanceSettings, VendorFault};
use review_testkit::{FakeHarness, FakeProvider};

/// The vendor of a provider with a flaw: a fake that remembers the last fault.
pub(crate) struct Vendor {
    fake: FakeProvider,
    fault: Arc<Mutex<Option<VendorFault>>>,
}

impl Vendor {
    pub(crate) fn last_fault(&self) -> Option<VendorFault> {
        self.fault.lock().unwrap().clone()
    }

    /// Returns a receipt without a request.
    pub(crate) fn invented_receipt(&self) -> InviteReceipt {
        InviteReceipt::new(self.info().clone(), InviteState::Accepted)
    }
}

impl Deref for Vendor {
    type Target = FakeProvider;

    fn deref(&self) -> &FakeProvider {
        &self.fake
    }
}

/// A deviation from the contract. Methods that are not overridden conform.
#[async_trait]
pub(crate) trait Flaw: Default + Send + Sync + 'static {
    /// Returns the capabilities of the vendor.
    fn actual() -> Capabilities {
        Capabilities::all()
    }

    /// Returns the declared capabilities.
    fn declared() -> Capabilities {
        Self::actual()
    }

    /// Returns the vendor id.
    fn vendor_id() -> &'static str {
        "fake"
    }

    /// Returns the settings that the factory uses.
    fn settings(settings: &InstanceSettings) -> InstanceSettings {
        settings.clone()
    }

    /// Returns a part of the `Debug` output.
    fn debug(&self) -> String {
        String::new()
    }

    fn validate(&self, vendor: &Vendor, request: &InviteRequest) -> Result<Vec<Warning>> {
        let preview = self.preview(vendor, request);
        preview.map(|preview| preview.warnings).map_err(|error| error.with_operation("validate"))
    }

    fn preview(&self, vendor: &Vendor, request: &InviteRequest) -> Result<Preview> {
        vendor.preview(request)
    }

    async fn send(&self, vendor: &Vendor, request: &InviteRequest) -> Result<InviteReceipt> {
        vendor.send_invite(request).await
    }

    async fn link(&self, vendor: &Vendor, request: &InviteRequest) -> Result<ReviewLink> {
        vendor.create_link(request).await
    }

    async fn find(&self, vendor: &Vendor, invite: &InviteRef) -> Result<InviteLookup> {
        vendor.find_invite(invite).await
    }
}

pub(crate) struct Broken<F> {
    vendor: Vendor,
    declared: Capabilities,
    max_attempts: u32,
    flaw: F,
}

impl<F: Flaw> fmt::Debug for Broken<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Broken({})", self.flaw.debug())
    }
}

#[async_trait]
impl<F: Flaw> ReviewInviteProvider for Broken<F> {
    fn info(&self) -> &ProviderInfo {
        self.vendor.info()
    }

    fn capabilities(&self) -> &Capabilities {
        &self.declared
    }

    fn validate(&self, request: &InviteRequest) -> Result<Vec<Warning>> {
        self.flaw.validate(&self.vendor, request)
    }

    fn preview(&self, request: &InviteRequest) -> Result<Preview> {
        self.flaw.preview(&self.vendor, request)
    }

    async fn send_invite(&self, request: &InviteRequest) -> Result<InviteReceipt> {
        for _ in 1..self.max_attempts {
            match self.flaw.send(&self.vendor, request).await {
                Err(error) if error.kind() == ErrorKind::RateLimited => {
                    let RetryAdvice::After(wait) = error.retry_advice() else { return Err(error) };
                    tokio::time::sleep(wait).await;
                }
                result => return result,
            }
        }
        self.flaw.send(&self.vendor, request).await
    }

    async fn create_link(&self, request: &InviteRequest) -> Result<ReviewLink> {
        self.flaw.link(&self.vendor, request).await
    }

    async fn find_invite(&self, invite: &InviteRef) -> Result<InviteLookup> {
        self.flaw.find(&self.vendor, invite).await
    }

    async fn erase_customer(&self, email: &EmailAddress) -> Result<ErasureStatus> {
        self.vendor.erase_customer(email).await
    }

    async fn check_setup(&self) -> Result<SetupReport> {
        self.vendor.check_setup().await
    }
}

pub(crate) const PASSWORD: &str = "kolibri-pass-word-17";

pub(crate) struct BrokenHarness<F> {
    inner: FakeHarness,
    provider: DynProvider,
    fault: Arc<Mutex<Option<VendorFault>>>,
    flaw: PhantomData<fn() -> F>,
}

impl<F: Flaw> BrokenHarness<F> {
    fn new(instance: &str, max_attempts: u32) -> Self {
        let fake = FakeProvider::new(F::vendor_id(), instance).with_capabilities(F::actual());
        let fault = Arc::<Mutex<Option<VendorFault>>>::default();
        let vendor = Vendor { fake: fake.clone(), fault: fault.clone() };
        let declared = F::declared().with_send_hooks();
        let provider = Arc::new(Broken { vendor, declared, max_attempts, flaw: F::default() });
        Self { inner: FakeHarness::new(fake), provider, fault, flaw: PhantomData }
    }
}

#[async_trait]
impl<F: Flaw> Harness for BrokenHarness<F> {
    async fn start() -> Self {
        Self::new("test", 1)
    }

    async fn start_instance(settings: &InstanceSettings) -> Option<Self> {
        let settings = F::settings(settings);
        Some(Self::new(&settings.instance, settings.max_attempts))
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
        *self.fault.lock().unwrap() = Some(fault.clone());
        self.inner.fault(fault).await
    }

    fn secrets(&self) -> Vec<String> {
        vec![PASSWORD.to_owned()]
    }
}

/// Returns the same error with another message, and without provider, operation and source.
pub(crate) fn reworded(error: &Error, message: String) -> Error {
    Error::new(error.kind(), message)
        .with_scope(error.scope())
        .with_send_state(error.send_state())
        .with_retry_advice(error.retry_advice())
        .with_field_errors(error.field_errors().iter().cloned())
}

/// Returns capabilities with these kinds, fields and operations only.
pub(crate) fn only(kinds: &[InviteKind], fields: &[Field], operations: &[Operation]) -> Capabilities {
    let only = kinds.iter().copied().fold(Capabilities::new(), Capabilities::add_kind);
    let only = fields.iter().copied().fold(only, Capabilities::add_field);
    let only = if fields.contains(&Field::SendAt) { only.with_scheduling(Scheduling::Instant) } else { only };
    operations.iter().copied().fold(only, Capabilities::add_operation)
}

/// Returns all capabilities except one field.
pub(crate) fn without(field: Field) -> Capabilities {
    let rest: Vec<_> = Field::ALL.iter().copied().filter(|other| *other != field).collect();
    only(InviteKind::ALL, &rest, Operation::ALL)
}
