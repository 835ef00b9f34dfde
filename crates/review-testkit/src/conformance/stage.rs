//! Where a case plays: a fresh harness, and a canary that sees all that is shown.

use std::fmt::Debug;
use std::future::Future;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use review_core::{
    Capabilities, DynProvider, EmailAddress, Erasure, Error, InviteKey, InviteKind, InviteLookup,
    InviteReceipt, InviteRequest, InviteRequestBuilder, Preview, Result as Answer, ReviewLink, SetupReport,
};

use super::customer::{Draft, personal_values};
use super::outcome::{CaseResult, Subject, ensure, fail, skip};
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
            canary.hide(personal_values());
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

    /// Another one of the same harness.
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

    /// A fresh order and all that is known of its customer, of a kind the provider declares.
    pub(super) fn draft(&self) -> CaseResult<Draft> {
        match InviteKind::ALL.iter().copied().find(|kind| self.can().sends(*kind)) {
            Some(kind) => self.draft_of(kind),
            None => fail("expected a provider that declares at least one kind of invitation, found none"),
        }
    }

    pub(super) fn draft_of(&self, kind: InviteKind) -> CaseResult<Draft> {
        Ok(Draft::new(&self.fresh_reference(), kind)?)
    }

    pub(super) fn build(
        &self,
        draft: Draft,
        with: impl FnOnce(InviteRequestBuilder) -> InviteRequestBuilder,
    ) -> CaseResult<InviteRequest> {
        let builder = InviteRequest::builder(draft.customer, draft.order, draft.consent)
            .kind(draft.kind)
            .on_unsupported(draft.rule);
        Ok(with(self.harness.adapt(builder)).build()?)
    }

    pub(super) fn plain(&self) -> CaseResult<InviteRequest> {
        self.build(self.draft()?, |request| request)
    }

    // Calls. The outer result is the case's, the inner one the provider's; all of it is shown.

    pub(super) async fn send(&self, request: &InviteRequest) -> CaseResult<Answer<InviteReceipt>> {
        self.canary.show(request);
        self.shown("send_invite", self.provider.send_invite(request)).await
    }

    pub(super) fn preview(&self, request: &InviteRequest) -> Answer<Preview> {
        let answer = self.provider.preview(request);
        self.show(&answer);
        if let Ok(preview) = &answer {
            for call in &preview.calls {
                self.canary.note_in("preview", &call.to_string());
            }
        }
        answer
    }

    pub(super) async fn create_link(&self, request: &InviteRequest) -> CaseResult<Answer<ReviewLink>> {
        let answer = self.shown("create_link", self.provider.create_link(request)).await?;
        // Whoever has the link can write in the customer's name.
        self.canary.hide(answer.iter().map(|link| link.url.to_string()));
        Ok(answer)
    }

    pub(super) async fn find_invite(&self, key: &InviteKey) -> CaseResult<Answer<InviteLookup>> {
        self.shown("find_invite", self.provider.find_invite(key)).await
    }

    pub(super) async fn erase_customer(&self, email: &EmailAddress) -> CaseResult<Answer<Erasure>> {
        self.shown("erase_customer", self.provider.erase_customer(email)).await
    }

    pub(super) async fn check_setup(&self) -> CaseResult<Answer<SetupReport>> {
        self.shown("check_setup", self.provider.check_setup()).await
    }

    async fn shown<T: Debug>(
        &self,
        operation: &str,
        call: impl Future<Output = Answer<T>>,
    ) -> CaseResult<Answer<T>> {
        let deadline = self.harness.deadline();
        let Ok(answer) = tokio::time::timeout(deadline, call).await else {
            return fail(format!("expected {operation} to end within {deadline:?}; it did not"));
        };
        self.show(&answer);
        Ok(answer)
    }

    fn show<T: Debug>(&self, answer: &Answer<T>) {
        match answer {
            Ok(value) => self.canary.show(value),
            Err(error) => self.canary.show_error(error),
        }
        self.canary.show(&self.provider);
    }

    // The witness.

    pub(super) async fn requests(&self) -> usize {
        self.harness.requests().await
    }

    pub(super) async fn count(&self, request: &InviteRequest) -> usize {
        self.harness.accepted(request.order().reference().as_str()).await
    }

    /// What a count is expected to be, for a provider that may send nothing on purpose.
    pub(super) fn due(&self, count: usize) -> usize {
        if self.harness.sends_nothing() { 0 } else { count }
    }

    pub(super) async fn counted(&self, request: &InviteRequest, times: usize) -> CaseResult {
        let (count, due) = (self.count(request).await, self.due(times));
        let reference = request.order().reference();
        ensure(count == due, || {
            format!("expected {due} invitations for {reference} at the double, found {count}")
        })
    }

    /// Sends, and expects that it is taken and counted once.
    pub(super) async fn accepted(&self, request: &InviteRequest) -> CaseResult<InviteReceipt> {
        match self.send(request).await? {
            Ok(receipt) => {
                self.counted(request, 1).await?;
                Ok(receipt)
            }
            Err(error) => fail(format!("expected it to be accepted, found: {error}")),
        }
    }

    /// Expects that nothing reached the double since then.
    pub(super) async fn quiet_since(&self, before: usize) -> CaseResult {
        let calls = self.requests().await.saturating_sub(before);
        ensure(calls == 0, || format!("expected no call of the vendor, found {calls}"))
    }

    /// Expects one of the spellings of a value in what arrived for an order.
    pub(super) async fn arrives(
        &self,
        request: &InviteRequest,
        about: Option<Subject>,
        field: &str,
        value: &str,
    ) -> CaseResult {
        let (spellings, found) = self.look(request, about, field, value).await?;
        ensure(found || self.harness.sends_nothing(), || {
            format!("expected {field} to arrive at the vendor, as one of {spellings:?}; it did not")
        })
    }

    /// Whether a value is in what arrived for an order, and as what it was looked for.
    pub(super) async fn look(
        &self,
        request: &InviteRequest,
        about: Option<Subject>,
        field: &str,
        value: &str,
    ) -> CaseResult<(Vec<String>, bool)> {
        let spellings = self.harness.spelling(field, value);
        if self.harness.sends_nothing() {
            return Ok((spellings, false));
        }
        let Some(wire) = self.harness.wire(request.order().reference().as_str()).await else {
            return skip(about, "the double does not tell what arrived (Harness::wire)");
        };
        let views = views(&wire);
        let found = views.iter().any(|(_, view)| spellings.iter().any(|value| view.contains(value.as_str())));
        Ok((spellings, found))
    }

    /// Arms the double.
    pub(super) async fn arm(&self, fault: VendorFault) -> CaseResult {
        if self.harness.sends_nothing() {
            return skip(None, "nothing is sent, so that nothing can go wrong with it");
        }
        if self.harness.fault(fault).await {
            return Ok(());
        }
        skip(None, format!("the double cannot play {fault:?} (Harness::fault)"))
    }
}

/// The fields an error or a list of warnings names.
pub(super) fn fields_of(error: &Error) -> Vec<&str> {
    error.fields().iter().map(review_core::FieldError::field).collect()
}
