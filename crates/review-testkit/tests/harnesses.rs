//! The suite with a fake that records little, and with a provider that deliberately sends nothing.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::sync::Arc;

use async_trait::async_trait;
use review_core::DynProvider;
use review_core::wrappers::DryRun;
use review_testkit::conformance::{CaseResult, Harness, WireField, run_case};
use review_testkit::{FakeHarness, FakeProvider};

/// A harness with the required methods only.
struct Minimal<const IS_DRY_RUN: bool>(FakeHarness);

type NoPayload = Minimal<false>;

#[async_trait]
impl<const IS_DRY_RUN: bool> Harness for Minimal<IS_DRY_RUN> {
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
        IS_DRY_RUN
    }
}

review_testkit::conformance_suite! {
    name: no_payload,
    harness: NoPayload,
    expected_failures: {
        scheduling_works_as_declared => "the fake does not record the payload",
        send_now_overrides_the_account_schedule => "the fake does not record the payload",
        past_send_time_means_now => "the fake does not record the payload",
        delay_counts_from_its_date => "the fake does not record the payload",
        templates_work_as_declared => "the fake does not record the payload",
        tags_work_as_declared => "the fake does not record the payload",
        redirect_urls_work_as_declared => "the fake does not record the payload",
        locations_work_as_declared => "the fake does not record the payload",
        reply_to_works_as_declared => "the fake does not record the payload",
        senders_work_as_declared => "the fake does not record the payload",
        metadata_works_as_declared => "the fake does not record the payload",
        products_arrive => "the fake does not record the payload",
    },
}

#[tokio::test]
async fn declared_field_that_cannot_be_checked_fails() {
    let CaseResult::Failed(reason) = run_case::<NoPayload>("tags_work_as_declared").await else { panic!() };
    assert!(reason.contains("Field(Tags) is declared but could not be tested"), "{reason}");
    assert!(reason.contains("Harness::received_payload"), "{reason}");
    let CaseResult::Skipped(reason) = run_case::<NoPayload>("rejection_is_final").await else { panic!() };
    assert!(reason.contains("cannot inject Reject") && reason.contains("Harness::fault"), "{reason}");
    assert!(matches!(run_case::<NoPayload>("customer_arrives").await, CaseResult::Skipped(_)));
}

struct DryRunHarness(FakeProvider, DynProvider);

#[async_trait]
impl Harness for DryRunHarness {
    async fn start() -> Self {
        let fake = FakeProvider::default();
        Self(fake.clone(), Arc::new(DryRun::new(fake)))
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

review_testkit::conformance_suite! { name: dry_run, harness: DryRunHarness }

#[tokio::test]
async fn dry_run_that_sends_fails() {
    let result = run_case::<Minimal<true>>("plain_invitation_is_accepted_once").await;
    assert!(matches!(&result, CaseResult::Failed(reason) if reason.contains("expected 0")), "{result}");
}

/// A harness that lists a field every vendor has.
struct EmailUnmapped(FakeHarness);

#[async_trait]
impl Harness for EmailUnmapped {
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

    async fn received_payload(&self, reference: &str) -> Option<String> {
        self.0.received_payload(reference).await
    }

    fn unmapped_fields(&self) -> &[WireField] {
        &[WireField::Email]
    }
}

#[tokio::test]
async fn required_field_in_unmapped_fields_fails() {
    let CaseResult::Failed(reason) = run_case::<EmailUnmapped>("customer_arrives").await else { panic!() };
    assert!(reason.contains("Harness::unmapped_fields"), "{reason}");
}
