//! The fake as a provider.

use std::time::Duration;

use async_trait::async_trait;
use chrono::Utc;
use review_core::model::{EmailAddress, whole_days_until};
use review_core::provider::{
    Capabilities, ErasureStatus, Finding, InviteLookup, InviteRef, InviteStatus, Operation, Preview,
    PreviewRequest, ProviderInfo, ReviewInviteProviderExt as _, ReviewLink, Scheduling, SetupReport,
    Severity, Warning,
};
use review_core::{
    Error, ErrorKind, InviteReceipt, InviteRequest, InviteState, Result, ReviewInviteProvider,
};

use super::response::What;
use super::{FakeCall, FakeProvider};

const SEND_INVITE: &str = "send_invite";
const HELP: &str = "this fake was created without it; see FakeProvider::with_capabilities";

impl FakeProvider {
    fn record(&self, call: FakeCall) {
        self.lock().record.calls.push(call);
    }

    /// Starts an operation that reaches the vendor.
    fn begin(&self, operation: Operation) -> Result<()> {
        if !self.capabilities.supports_operation(operation) {
            return Err(Error::unsupported(&self.info, operation.as_str(), HELP));
        }
        let mut shared = self.lock();
        shared.record.request_count += 1;
        shared.operation_errors.get(&operation).map_or(Ok(()), |error| Err(error.clone()))
    }

    /// Returns the next response. Its effects are already recorded.
    fn respond(&self, request: &InviteRequest, warnings: Vec<Warning>) -> (Result<InviteReceipt>, Duration) {
        let mut shared = self.lock();
        shared.record.request_count += 1;
        let by_order = shared.by_order.get(request.order().reference().as_str()).cloned();
        let response = shared.next.pop_front().or(by_order).unwrap_or_else(|| shared.default.clone());
        let id = format!("fake-{}", shared.record.accepted.len() + 1);
        let (accepted, result) = match response.what {
            What::Accepted => {
                (true, Ok(InviteReceipt::new(self.info.clone(), self.state(request)).with_vendor_id(id)))
            }
            What::Receipt(receipt) => {
                let accepted = receipt.state.is_done() && receipt.state != InviteState::AlreadyInvited;
                (accepted, Ok(receipt))
            }
            What::Rejected(error) => (false, Err(error)),
            What::Lost => (
                true,
                Err(Error::new(ErrorKind::OutcomeUnknown, "the fake accepted it and lost the response")),
            ),
        };
        if accepted {
            shared.record.accepted.push(request.clone());
        }
        let named = |error: Error| error.with_provider(&self.info).with_operation(SEND_INVITE);
        (result.map(|receipt| receipt.add_warnings(warnings)).map_err(named), response.delay)
    }

    fn state(&self, request: &InviteRequest) -> InviteState {
        let now = Utc::now();
        match request.send_at().resolve(request.order(), now) {
            Ok(Some(at)) if at > now && self.capabilities.scheduling() == Scheduling::WholeDay => {
                let days = chrono::Days::new(whole_days_until(at, now).into());
                InviteState::ScheduledOn(now.date_naive() + days)
            }
            Ok(Some(at)) if at > now => InviteState::Scheduled(at),
            _ => InviteState::Accepted,
        }
    }
}

#[async_trait]
impl ReviewInviteProvider for FakeProvider {
    fn info(&self) -> &ProviderInfo {
        &self.info
    }

    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    fn preview(&self, request: &InviteRequest) -> Result<Preview> {
        self.record(FakeCall::Preview(request.clone()));
        let validated = self.check_request(request, "preview")?;
        let body = format!("{} invitation for order {}", request.kind(), request.order().reference());
        let preview =
            PreviewRequest::new("POST", "https://fake.example/invitations").with_redacted_body(body);
        Ok(Preview::new(vec![preview]).add_warnings(validated.warnings))
    }

    async fn send_invite(&self, request: &InviteRequest) -> Result<InviteReceipt> {
        self.record(FakeCall::SendInvite(request.clone()));
        let validated = self.check_request(request, SEND_INVITE)?;
        let hooks = request.hooks();
        let named = |error: Error| match error.provider() {
            None => error.with_provider(&self.info).with_operation(SEND_INVITE),
            Some(_) => error.with_operation(SEND_INVITE),
        };
        hooks.before_send().await.map_err(named)?;
        hooks.check().map_err(named)?;
        hooks.mark_sent();
        let (result, delay) = self.respond(&validated.request, validated.warnings);
        if !delay.is_zero() {
            tokio::time::sleep(delay).await;
        }
        hooks.record(&result);
        result
    }

    async fn create_link(&self, request: &InviteRequest) -> Result<ReviewLink> {
        self.record(FakeCall::CreateLink(request.clone()));
        let operation = Operation::CreateLink;
        let warnings = match self.capabilities.supports_operation(operation) {
            true => self.check_request(request, operation.as_str())?.warnings,
            false => Vec::new(),
        };
        self.begin(operation)?;
        let number = self.lock().record.calls.len();
        let url = format!("https://fake.example/review/{number}").parse();
        let url = url.map_err(|_| Error::new(ErrorKind::Unexpected, "the fake's link is not a URL"))?;
        Ok(ReviewLink::new(self.info.clone(), url).add_warnings(warnings))
    }

    async fn find_invite(&self, invite: &InviteRef) -> Result<InviteLookup> {
        self.record(FakeCall::FindInvite(invite.clone()));
        self.begin(Operation::FindInvite)?;
        let sent = self.sent_for(invite.key.reference.as_str());
        let found = sent.iter().any(|request| request.kind() == invite.key.kind);
        Ok(if found { InviteLookup::Found(InviteStatus::new()) } else { InviteLookup::NotFound })
    }

    async fn erase_customer(&self, email: &EmailAddress) -> Result<ErasureStatus> {
        self.record(FakeCall::EraseCustomer(email.clone()));
        self.begin(Operation::EraseCustomer)?;
        let known = self.lock().record.accepted.iter().any(|request| request.customer().email() == email);
        Ok(if known { ErasureStatus::Accepted } else { ErasureStatus::NotFound })
    }

    async fn check_setup(&self) -> Result<SetupReport> {
        self.record(FakeCall::CheckSetup);
        self.begin(Operation::CheckSetup)?;
        Ok(SetupReport::new(vec![Finding::new(Severity::Info, "this is a fake: it is always ready", "")]))
    }
}
