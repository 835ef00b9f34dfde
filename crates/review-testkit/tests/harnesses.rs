//! The suite with a double that shows little, and with a provider that sends nothing by design.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::sync::Arc;

use async_trait::async_trait;
use review_core::model::*;
use review_core::provider::*;
use review_core::*;
use review_testkit::conformance::{CaseResult, Harness, run_case};
use review_testkit::{FakeHarness, FakeProvider};

/// As little as a harness can have, and what it says of sending.
struct Frugal<const SENDS_NOTHING: bool>(FakeHarness);

type Blind = Frugal<false>;

#[async_trait]
impl<const SENDS_NOTHING: bool> Harness for Frugal<SENDS_NOTHING> {
    async fn start() -> Self {
        Self(FakeHarness::start().await)
    }

    fn provider(&self) -> DynProvider {
        self.0.provider()
    }

    async fn accepted_count(&self, reference: &str) -> usize {
        self.0.accepted_count(reference).await
    }

    async fn request_count(&self) -> usize {
        self.0.request_count().await
    }

    fn is_dry_run(&self) -> bool {
        SENDS_NOTHING
    }
}

review_testkit::conformance_suite! {
    name: blind,
    harness: Blind,
    expected_failures: {
        scheduling_works_as_declared => "the double does not show what arrived",
        templates_work_as_declared => "the double does not show what arrived",
        tags_work_as_declared => "the double does not show what arrived",
        redirect_urls_work_as_declared => "the double does not show what arrived",
        locations_work_as_declared => "the double does not show what arrived",
        reply_to_works_as_declared => "the double does not show what arrived",
        senders_work_as_declared => "the double does not show what arrived",
        metadata_works_as_declared => "the double does not show what arrived",
        products_arrive => "the double does not show what arrived",
    },
}

#[tokio::test]
async fn declared_field_that_cannot_be_checked_fails() {
    let CaseResult::Failed(reason) = run_case::<Blind>("tags_work_as_declared").await else { panic!() };
    assert!(reason.contains("Field(Tags) is declared but could not be tested"), "{reason}");
    let CaseResult::Skipped(reason) = run_case::<Blind>("rejection_is_final").await else { panic!() };
    assert!(reason.contains("cannot inject Reject"), "{reason}");
    assert!(matches!(run_case::<Blind>("customer_arrives").await, CaseResult::Skipped(_)));
}

/// Says what it would do, and does nothing.
#[derive(Debug)]
struct Rehearsal(FakeProvider);

#[async_trait]
impl ReviewInviteProvider for Rehearsal {
    fn info(&self) -> &ProviderInfo {
        self.0.info()
    }

    fn capabilities(&self) -> &Capabilities {
        self.0.capabilities()
    }

    fn preview(&self, request: &InviteRequest) -> Result<Preview> {
        self.0.preview(request)
    }

    async fn send_invite(&self, request: &InviteRequest) -> Result<InviteReceipt> {
        let preview = self.0.preview(request).map_err(|error| error.with_operation("send_invite"))?;
        let receipt = InviteReceipt::new(self.info().clone(), InviteState::Accepted);
        Ok(receipt.add_warnings(preview.warnings))
    }

    async fn create_link(&self, _: &InviteRequest) -> Result<ReviewLink> {
        let error = Error::new(ErrorKind::Blocked, "this is a rehearsal");
        Err(error.with_provider(self.info()).with_operation("create_link"))
    }

    async fn check_setup(&self) -> Result<SetupReport> {
        self.0.check_setup().await
    }
}

struct RehearsalHarness(FakeProvider, DynProvider);

#[async_trait]
impl Harness for RehearsalHarness {
    async fn start() -> Self {
        let able = Capabilities::new().add_kind(InviteKind::Service).add_field(Field::Tags);
        let able = able.add_operation(Operation::CreateLink).add_operation(Operation::CheckSetup);
        let fake = FakeProvider::default().with_capabilities(able);
        Self(fake.clone(), Arc::new(Rehearsal(fake)))
    }

    fn provider(&self) -> DynProvider {
        self.1.clone()
    }

    async fn accepted_count(&self, reference: &str) -> usize {
        self.0.sent_for(reference).len()
    }

    async fn request_count(&self) -> usize {
        self.0.request_count()
    }

    fn is_dry_run(&self) -> bool {
        true
    }
}

review_testkit::conformance_suite! { name: rehearsal, harness: RehearsalHarness }

#[tokio::test]
async fn dry_run_that_sends_fails() {
    let outcome = run_case::<Frugal<true>>("plain_invitation_is_accepted_once").await;
    assert!(matches!(&outcome, CaseResult::Failed(reason) if reason.contains("expected 0")), "{outcome}");
}
