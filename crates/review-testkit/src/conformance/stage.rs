//! The environment of a case: a new harness, and a canary that checks all output.

use std::fmt::Debug;
use std::future::Future;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use review_core::model::{EmailAddress, InviteKey, InviteRequestBuilder};
use review_core::provider::{
    Capabilities, ErasureStatus, InviteLookup, InviteRef, Preview, ReviewLink, SetupReport,
};
use review_core::{DynProvider, Error, InviteKind, InviteReceipt, InviteRequest, Result as Answer};

use super::customer::{Draft, personal_values};
use super::outcome::{Check, Subject, ensure, fail, skip};
use super::{Harness, VendorFault};
use crate::Canary;
use crate::canary::views;

type Start = fn(Canary) -> BoxFuture<'static, Stage>;

pub(super) struct Stage {
    harness: Box<dyn Harness>,
    provider: DynProvider,
    canary: Canary,
    orders: AtomicUsize,
    start: Start,
}

impl Stage {
    pub(super) fn start<H: Harness>(canary: Canary) -> BoxFuture<'static, Self> {
        async move {
            let harness = Box::new(H::start().await);
            canary.expect_absent(personal_values());
            Self {
                provider: harness.provider(),
                harness,
                canary,
                orders: AtomicUsize::new(0),
                start: Self::start::<H>,
            }
        }
        .boxed()
    }

    /// Starts another stage with the same type of harness.
    pub(super) async fn again(&self, canary: Canary) -> Self {
        (self.start)(canary).await
    }

    pub(super) fn harness(&self) -> &dyn Harness {
        self.harness.as_ref()
    }

    pub(super) fn provider(&self) -> &DynProvider {
        &self.provider
    }

    pub(super) fn can(&self) -> &Capabilities {
        self.provider.capabilities()
    }

    pub(super) fn canary(&self) -> &Canary {
        &self.canary
    }

    // Requests.

    pub(super) fn fresh_reference(&self) -> String {
        format!("conform-{}", self.orders.fetch_add(1, Ordering::SeqCst) + 1)
    }

    /// Returns a draft for a new order with all customer fields, of a kind that the provider declares.
    pub(super) fn draft(&self) -> Check<Draft> {
        match InviteKind::ALL.iter().copied().find(|kind| self.can().supports_kind(*kind)) {
            Some(kind) => self.draft_of(kind),
            None => fail("expected a provider that declares at least one kind of invitation, got none"),
        }
    }

    #[expect(clippy::unnecessary_wraps, reason = "as the other drafts")]
    pub(super) fn draft_of(&self, kind: InviteKind) -> Check<Draft> {
        Ok(Draft::new(&self.fresh_reference(), kind))
    }

    pub(super) fn build(
        &self,
        draft: Draft,
        with: impl FnOnce(InviteRequestBuilder) -> InviteRequestBuilder,
    ) -> Check<InviteRequest> {
        Ok(with(self.harness.customize(draft.builder())).build()?)
    }

    pub(super) fn plain(&self) -> Check<InviteRequest> {
        self.build(self.draft()?, |request| request)
    }

    // Calls. The outer result belongs to the case, the inner one to the provider. The canary checks all of it.

    pub(super) async fn send(&self, request: &InviteRequest) -> Check<Answer<InviteReceipt>> {
        self.canary.check_debug(request);
        self.shown("send_invite", self.provider.send_invite(request)).await
    }

    pub(super) fn preview(&self, request: &InviteRequest) -> Answer<Preview> {
        let answer = self.provider.preview(request);
        self.show(&answer);
        if let Ok(preview) = &answer {
            for call in &preview.requests {
                self.canary.check_text_in("preview", &call.to_string());
            }
        }
        answer
    }

    pub(super) async fn create_link(&self, request: &InviteRequest) -> Check<Answer<ReviewLink>> {
        let answer = self.shown("create_link", self.provider.create_link(request)).await?;
        // With the link, anyone can write a review as the customer.
        self.canary.expect_absent(answer.iter().map(|link| link.url.to_string()));
        Ok(answer)
    }

    pub(super) async fn find_invite(&self, key: &InviteKey) -> Check<Answer<InviteLookup>> {
        self.shown("find_invite", self.provider.find_invite(&InviteRef::from(key))).await
    }

    pub(super) async fn erase_customer(&self, email: &EmailAddress) -> Check<Answer<ErasureStatus>> {
        self.shown("erase_customer", self.provider.erase_customer(email)).await
    }

    pub(super) async fn check_setup(&self) -> Check<Answer<SetupReport>> {
        self.shown("check_setup", self.provider.check_setup()).await
    }

    async fn shown<T: Debug>(
        &self,
        operation: &str,
        call: impl Future<Output = Answer<T>>,
    ) -> Check<Answer<T>> {
        let deadline = self.harness.deadline();
        let Ok(answer) = tokio::time::timeout(deadline, call).await else {
            return fail(format!("expected {operation} to end within {deadline:?}, but it did not"));
        };
        self.show(&answer);
        Ok(answer)
    }

    fn show<T: Debug>(&self, answer: &Answer<T>) {
        match answer {
            Ok(value) => self.canary.check_debug(value),
            Err(error) => self.canary.check_error(error),
        }
        self.canary.check_debug(&self.provider);
    }

    // The requests that the fake received.

    pub(super) async fn requests(&self) -> usize {
        self.harness.request_count().await
    }

    pub(super) async fn count(&self, request: &InviteRequest) -> usize {
        self.harness.accepted_count(request.order().reference().as_str()).await
    }

    /// Returns the expected count: zero for a dry run.
    pub(super) fn due(&self, count: usize) -> usize {
        if self.harness.is_dry_run() { 0 } else { count }
    }

    pub(super) async fn counted(&self, request: &InviteRequest, times: usize) -> Check {
        let (count, due) = (self.count(request).await, self.due(times));
        let reference = request.order().reference();
        ensure(count == due, || {
            format!("expected {due} invitations for {reference} in the fake, got {count}")
        })
    }

    /// Sends a request, and expects that it is accepted and counted once.
    pub(super) async fn accepted(&self, request: &InviteRequest) -> Check<InviteReceipt> {
        match self.send(request).await? {
            Ok(receipt) => {
                self.counted(request, 1).await?;
                Ok(receipt)
            }
            Err(error) => fail(format!("expected the request to be accepted, got: {error}")),
        }
    }

    /// Expects that the fake has received no request since `before`.
    pub(super) async fn quiet_since(&self, before: usize) -> Check {
        let calls = self.requests().await.saturating_sub(before);
        ensure(calls == 0, || format!("expected no request to the vendor, got {calls}"))
    }

    /// Expects one of the wire forms of a value in the received payload of an order.
    pub(super) async fn arrives(
        &self,
        request: &InviteRequest,
        about: Option<Subject>,
        field: &str,
        value: &str,
    ) -> Check {
        let (spellings, found) = self.look(request, about, field, value).await?;
        ensure(found || self.harness.is_dry_run(), || {
            format!("expected {field} to arrive at the vendor as one of {spellings:?}, but it did not")
        })
    }

    /// Returns the wire forms of a value, and whether one of them is in the received payload of an order.
    pub(super) async fn look(
        &self,
        request: &InviteRequest,
        about: Option<Subject>,
        field: &str,
        value: &str,
    ) -> Check<(Vec<String>, bool)> {
        let spellings = self.harness.wire_forms(field, value);
        if self.harness.is_dry_run() {
            return Ok((spellings, false));
        }
        let Some(wire) = self.harness.received_payload(request.order().reference().as_str()).await else {
            return skip(about, "the fake does not record the payload; implement Harness::received_payload");
        };
        let views = views(&wire);
        let found = views.iter().any(|(_, view)| spellings.iter().any(|value| view.contains(value.as_str())));
        Ok((spellings, found))
    }

    /// Injects a fault into the next invitation.
    pub(super) async fn arm(&self, fault: VendorFault) -> Check {
        if self.harness.is_dry_run() {
            return skip(None, "a dry run sends nothing, so no fault can be injected");
        }
        if self.harness.fault(fault).await {
            return Ok(());
        }
        skip(None, format!("the fake cannot inject {fault:?}; implement it in Harness::fault"))
    }
}

/// Returns the fields that an error names.
pub(super) fn fields_of(error: &Error) -> Vec<&str> {
    error.field_errors().iter().map(review_core::FieldError::field).collect()
}
