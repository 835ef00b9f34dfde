//! The environment of a case: a new harness, and a canary that checks all output.

use std::fmt::Debug;
use std::future::Future;
use std::sync::atomic::{AtomicUsize, Ordering};

use chrono::Utc;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use review_core::model::{EmailAddress, InviteRequestBuilder};
use review_core::provider::{
    Capabilities, ErasureStatus, InviteLookup, InviteRef, Preview, Requirement, ReviewLink, SetupReport,
    Warning,
};
use review_core::{
    DynProvider, Error, ErrorKind, InviteKind, InviteReceipt, InviteRequest, Result as Returned, SendAt,
    SendState,
};

use super::fixtures::{OrderDates, draft, personal_values};
use super::harness::InstanceSettings;
use super::outcome::{Check, Subject, ensure, fail, skip};
use super::{Harness, VendorFault, WireField};
use crate::Canary;
use crate::canary::views;

pub(super) struct Stage {
    harness: Box<dyn Harness>,
    provider: DynProvider,
    canary: Canary,
    orders: AtomicUsize,
    start: fn(Canary) -> BoxFuture<'static, Stage>,
    start_instance: fn(Canary, InstanceSettings) -> BoxFuture<'static, Option<Stage>>,
}

impl Stage {
    pub(super) fn start<H: Harness>(canary: Canary) -> BoxFuture<'static, Self> {
        async move { Self::new(H::start().await, canary) }.boxed()
    }

    fn start_instance<H: Harness>(
        canary: Canary,
        settings: InstanceSettings,
    ) -> BoxFuture<'static, Option<Self>> {
        async move { Some(Self::new(H::start_instance(&settings).await?, canary)) }.boxed()
    }

    fn new<H: Harness>(harness: H, canary: Canary) -> Self {
        canary.expect_absent(personal_values());
        Self {
            provider: harness.provider(),
            harness: Box::new(harness),
            canary,
            orders: AtomicUsize::new(0),
            start: Self::start::<H>,
            start_instance: Self::start_instance::<H>,
        }
    }

    /// Starts another stage with the same type of harness.
    pub(super) async fn again(&self, canary: Canary) -> Self {
        (self.start)(canary).await
    }

    /// Starts another stage, with a provider that its factory builds.
    pub(super) async fn instance(&self, instance: &str, max_attempts: u32) -> Check<Self> {
        let settings = InstanceSettings::new(instance, max_attempts);
        match (self.start_instance)(self.canary.clone(), settings).await {
            Some(stage) => Ok(stage),
            None => {
                skip(None, "the provider has no factory; if it has one, implement Harness::start_instance")
            }
        }
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

    /// Returns a kind that the provider declares.
    pub(super) fn kind(&self) -> Check<InviteKind> {
        match InviteKind::ALL.iter().copied().find(|kind| self.can().supports_kind(*kind)) {
            Some(kind) => Ok(kind),
            None => fail("expected at least one kind of invitation (Capabilities::add_kind), got none"),
        }
    }

    /// Returns a kind with products that the provider declares.
    pub(super) fn kind_with_products(&self) -> Check<InviteKind> {
        let kinds = [InviteKind::Product, InviteKind::ServiceAndProduct];
        match kinds.into_iter().find(|kind| self.can().supports_kind(*kind)) {
            Some(kind) => Ok(kind),
            None => skip(None, "the provider does not support product invitations"),
        }
    }

    /// Returns a draft for a new order with all customer fields, of a kind that the provider declares.
    pub(super) fn draft(&self) -> Check<InviteRequestBuilder> {
        Ok(self.draft_of(self.kind()?))
    }

    pub(super) fn draft_of(&self, kind: InviteKind) -> InviteRequestBuilder {
        self.draft_for(&self.fresh_reference(), kind)
    }

    /// Returns a draft with what this provider requires.
    pub(super) fn draft_for(&self, reference: &str, kind: InviteKind) -> InviteRequestBuilder {
        let mut draft = draft(reference, kind);
        if [Requirement::PlacedAt, Requirement::ShippedAt].iter().any(|date| self.can().requires(date)) {
            draft = OrderDates::before(Utc::now()).add_to(draft);
        }
        if self.can().has_account_schedule() { draft } else { draft.send_at(SendAt::Now) }
    }

    pub(super) fn build(&self, draft: InviteRequestBuilder) -> Check<InviteRequest> {
        Ok(self.harness.customize(draft).build()?)
    }

    pub(super) fn plain(&self) -> Check<InviteRequest> {
        self.build(self.draft()?)
    }

    // Calls. The outer result belongs to the case, the inner one to the provider. The canary checks all of it.

    pub(super) async fn send(&self, request: &InviteRequest) -> Check<Returned<InviteReceipt>> {
        self.canary.check_debug(request);
        self.shown("send_invite", self.provider.send_invite(request)).await
    }

    pub(super) fn validate(&self, request: &InviteRequest) -> Returned<Vec<Warning>> {
        let returned = self.provider.validate(request);
        self.show(&returned);
        returned
    }

    pub(super) fn preview(&self, request: &InviteRequest) -> Returned<Preview> {
        let returned = self.provider.preview(request);
        self.show(&returned);
        if let Ok(preview) = &returned {
            for call in &preview.requests {
                self.canary.check_text_in("preview", &call.to_string());
            }
        }
        returned
    }

    pub(super) async fn create_link(&self, request: &InviteRequest) -> Check<Returned<ReviewLink>> {
        let returned = self.shown("create_link", self.provider.create_link(request)).await?;
        // With the link, anyone can write a review as the customer.
        self.canary.expect_absent(returned.iter().map(|link| link.url.to_string()));
        Ok(returned)
    }

    pub(super) async fn find_invite(&self, invite: &InviteRef) -> Check<Returned<InviteLookup>> {
        self.shown("find_invite", self.provider.find_invite(invite)).await
    }

    pub(super) async fn erase_customer(&self, email: &EmailAddress) -> Check<Returned<ErasureStatus>> {
        self.shown("erase_customer", self.provider.erase_customer(email)).await
    }

    pub(super) async fn check_setup(&self) -> Check<Returned<SetupReport>> {
        self.shown("check_setup", self.provider.check_setup()).await
    }

    async fn shown<T: Debug>(
        &self,
        operation: &str,
        call: impl Future<Output = Returned<T>>,
    ) -> Check<Returned<T>> {
        let deadline = self.harness.deadline();
        let Ok(returned) = tokio::time::timeout(deadline, call).await else {
            return fail(format!(
                "expected {operation} to end within {deadline:?} (Harness::deadline), but it did not"
            ));
        };
        self.show(&returned);
        Ok(returned)
    }

    fn show<T: Debug>(&self, returned: &Returned<T>) {
        match returned {
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
            format!("expected {due} invitations for {reference} (Harness::accepted_count), got {count}")
        })
    }

    /// Sends a request, and expects that it is accepted and counted once.
    pub(super) async fn accepted(&self, request: &InviteRequest) -> Check<InviteReceipt> {
        match self.send(request).await? {
            Ok(receipt) => {
                self.counted(request, 1).await?;
                Ok(receipt)
            }
            Err(error) => fail(format!(
                "expected the request to be accepted (if the vendor needs more: Harness::customize), got: {error}"
            )),
        }
    }

    /// Sends a request, and expects that it fails.
    pub(super) async fn rejected(&self, request: &InviteRequest, expected: &str) -> Check<Error> {
        match self.send(request).await? {
            Err(error) => Ok(error),
            Ok(receipt) => fail(format!(
                "expected {expected}, got a receipt: {:?} (is the fault injected? Harness::fault)",
                receipt.state
            )),
        }
    }

    /// Expects that the fake has received no request since `before`.
    pub(super) async fn quiet_since(&self, before: usize) -> Check {
        let calls = self.requests().await.saturating_sub(before);
        ensure(calls == 0, || {
            format!("expected no request to the vendor (Harness::request_count), got {calls}")
        })
    }

    /// Expects one of the wire forms of a value in the received payload of an order.
    pub(super) async fn arrives(
        &self,
        request: &InviteRequest,
        about: Option<Subject>,
        field: WireField,
        value: &str,
    ) -> Check {
        let (forms, found) = self.look(request, about, field, value).await?;
        ensure(found || self.harness.is_dry_run(), || {
            let hint = if field.may_be_unmapped() { "; unsupported: Harness::unmapped_fields" } else { "" };
            format!(
                "expected {field} to arrive at the vendor as one of {forms:?}, but it did not (another form: \
                 Harness::wire_forms{hint}; what arrived: Harness::received_payload)"
            )
        })
    }

    /// Returns the wire forms of a value, and whether one of them is in the received payload of an order.
    pub(super) async fn look(
        &self,
        request: &InviteRequest,
        about: Option<Subject>,
        field: WireField,
        value: &str,
    ) -> Check<(Vec<String>, bool)> {
        let forms = self.harness.wire_forms(field, value);
        if self.harness.is_dry_run() {
            return Ok((forms, false));
        }
        let payload = self.payload(request, about).await?;
        let views = views(&payload);
        let found = views.iter().any(|(_, view)| forms.iter().any(|form| view.contains(form.as_str())));
        Ok((forms, found))
    }

    pub(super) async fn payload(&self, request: &InviteRequest, about: Option<Subject>) -> Check<String> {
        match self.harness.received_payload(request.order().reference().as_str()).await {
            Some(payload) => Ok(payload),
            None => skip(about, "the fake does not record the payload; implement Harness::received_payload"),
        }
    }

    /// Expects mapped fields to arrive. Unmapped fields must not arrive, otherwise the list of the harness is wrong.
    pub(super) async fn all_arrive(
        &self,
        request: &InviteRequest,
        about: Option<Subject>,
        values: impl IntoIterator<Item = (WireField, String)>,
    ) -> Check {
        for (field, value) in values {
            if !self.harness.unmapped_fields().contains(&field) {
                self.arrives(request, about, field, &value).await?;
                continue;
            }
            self.is_absent(request, field, &value, "remove it from Harness::unmapped_fields").await?;
        }
        Ok(())
    }

    /// Expects that a value did not arrive.
    pub(super) async fn is_absent(
        &self,
        request: &InviteRequest,
        field: WireField,
        value: &str,
        help: &str,
    ) -> Check {
        let (_, found) = self.look(request, None, field, value).await?;
        ensure(!found, || {
            format!("expected no {field} at the vendor (Harness::received_payload), but it arrived; {help}")
        })
    }

    /// Injects a fault.
    pub(super) async fn inject(&self, fault: VendorFault) -> Check {
        if self.harness.is_dry_run() {
            return skip(None, "a dry run sends nothing, so no fault can be injected");
        }
        if self.harness.fault(fault.clone()).await {
            return Ok(());
        }
        // The value of a fault is personal or a secret.
        let fault = format!("{fault:?}");
        let name = fault.split("(\"").next().unwrap_or_default();
        skip(None, format!("the fake cannot inject {name}; implement it in Harness::fault"))
    }
}

/// Expects an error of this kind.
pub(super) fn has_kind(error: &Error, kind: ErrorKind) -> Check {
    ensure(error.kind() == kind, || format!("expected {kind:?}, found: {error}"))
}

/// Expects an error of this kind that names a field, before anything was sent.
pub(super) fn names_field(error: &Error, kind: ErrorKind, path: &str) -> Check {
    has_kind(error, kind)?;
    let is_early = error.send_state() == SendState::NotSent && fields_of(error).contains(&path);
    ensure(is_early, || {
        format!("expected an error that names {path}, not sent; found {:?}: {error}", error.send_state())
    })
}

/// Returns the fields that an error names.
pub(super) fn fields_of(error: &Error) -> Vec<&str> {
    error.field_errors().iter().map(review_core::FieldError::field).collect()
}

/// Returns the fields that warnings name.
pub(super) fn warned(warnings: &[Warning]) -> Vec<&str> {
    warnings.iter().map(Warning::field).collect()
}
