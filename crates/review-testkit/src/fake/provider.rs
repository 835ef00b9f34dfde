//! A fake behind the contract.

use async_trait::async_trait;
use chrono::Utc;
use review_core::{
    Admitted, Capabilities, EmailAddress, Erasure, Error, ErrorKind, InviteKey, InviteLookup, InviteReceipt,
    InviteRequest, InviteState, Operation, Preview, PreviewCall, ProviderInfo, Result, ReviewInviteProvider,
    ReviewLink, SetupReport, Warning,
};

use super::answer::What;
use super::{FakeCall, FakeProvider};

const SEND_INVITE: &str = "send_invite";
const INSTEAD: &str = "this fake was made without it; see FakeProvider::with_capabilities";

impl FakeProvider {
    fn note(&self, call: FakeCall) {
        self.lock().record.calls.push(call);
    }

    /// What every good provider looks at before anything is sent.
    fn admit<'a>(&self, operation: &'static str, request: &'a InviteRequest) -> Result<Admitted<'a>> {
        let admitted = self.capabilities.admit(&self.info, request);
        let admitted = admitted.map_err(|error| error.with_operation(operation))?;
        let moment = admitted.request.send_at().moment(admitted.request.order(), Utc::now());
        moment.map_err(|fault| Error::from(fault).with_provider(&self.info).with_operation(operation))?;
        Ok(admitted)
    }

    /// Lets an operation in that reaches the vendor.
    fn begin(&self, operation: Operation) -> Result<()> {
        if !self.capabilities.has(operation) {
            return Err(Error::unsupported(&self.info, operation.name(), INSTEAD));
        }
        let mut shared = self.lock();
        shared.record.reached += 1;
        shared.broken.get(&operation).map_or(Ok(()), |error| Err(error.clone()))
    }

    /// The next answer, with what it means already done.
    fn take(
        &self,
        request: &InviteRequest,
        warnings: Vec<Warning>,
    ) -> (Result<InviteReceipt>, std::time::Duration) {
        let mut shared = self.lock();
        shared.record.reached += 1;
        let by_order = shared.by_order.get(request.order().reference().as_str()).cloned();
        let answer = shared.next.pop_front().or(by_order).unwrap_or_else(|| shared.usual.clone());
        let id = format!("fake-{}", shared.record.taken.len() + 1);
        let (taken, result) = match answer.what {
            What::Accepted => {
                (true, Ok(InviteReceipt::new(self.info.clone(), state(request)).with_vendor_id(id)))
            }
            What::Receipt(receipt) => (receipt.state != InviteState::AlreadyKnown, Ok(receipt)),
            What::Refused(error) => (false, Err(error)),
            What::Lost => {
                (true, Err(Error::new(ErrorKind::OutcomeUnknown, "the fake took it and lost the answer")))
            }
        };
        if taken {
            shared.record.taken.push(request.clone());
        }
        let named = |error: Error| error.with_provider(&self.info).with_operation(SEND_INVITE);
        (result.map(|receipt| receipt.with_warnings(warnings)).map_err(named), answer.delay)
    }
}

fn state(request: &InviteRequest) -> InviteState {
    match request.send_at().moment(request.order(), Utc::now()) {
        Ok(Some(moment)) if moment > Utc::now() => InviteState::Scheduled(moment),
        _ => InviteState::Accepted,
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
        self.note(FakeCall::Preview(request.clone()));
        let admitted = self.admit("preview", request)?;
        let body = format!("{} invitation for order {}", request.kind(), request.order().reference());
        let call = PreviewCall::new("POST", "https://fake.example/invitations").with_redacted_body(body);
        Ok(Preview::new(vec![call]).with_warnings(admitted.warnings))
    }

    async fn send_invite(&self, request: &InviteRequest) -> Result<InviteReceipt> {
        self.note(FakeCall::SendInvite(request.clone()));
        let admitted = self.admit(SEND_INVITE, request)?;
        let (result, delay) = self.take(&admitted.request, admitted.warnings);
        if !delay.is_zero() {
            tokio::time::sleep(delay).await;
        }
        result
    }

    async fn create_link(&self, request: &InviteRequest) -> Result<ReviewLink> {
        self.note(FakeCall::CreateLink(request.clone()));
        let admitted = match self.capabilities.has(Operation::CreateLink) {
            true => Some(self.admit(Operation::CreateLink.name(), request)?),
            false => None,
        };
        self.begin(Operation::CreateLink)?;
        let number = self.lock().record.calls.len();
        let url = format!("https://fake.example/review/{number}").parse();
        let url = url.map_err(|_| Error::new(ErrorKind::Unexpected, "the fake's link is no address"))?;
        let warnings = admitted.map(|admitted| admitted.warnings).unwrap_or_default();
        Ok(ReviewLink::new(self.info.clone(), url).with_warnings(warnings))
    }

    async fn find_invite(&self, key: &InviteKey) -> Result<InviteLookup> {
        self.note(FakeCall::FindInvite(key.clone()));
        self.begin(Operation::FindInvite)?;
        let sent = self.sent_for(key.reference.as_str());
        let found = sent.iter().any(|request| request.kind() == key.kind);
        Ok(if found {
            InviteLookup::Found { vendor_id: None, sent_at: None }
        } else {
            InviteLookup::NotFound
        })
    }

    async fn erase_customer(&self, email: &EmailAddress) -> Result<Erasure> {
        self.note(FakeCall::EraseCustomer(email.clone()));
        self.begin(Operation::EraseCustomer)?;
        let known = self.lock().record.taken.iter().any(|request| request.customer().email() == email);
        Ok(if known { Erasure::Accepted } else { Erasure::NothingKnown })
    }

    async fn check_setup(&self) -> Result<SetupReport> {
        self.note(FakeCall::CheckSetup);
        self.begin(Operation::CheckSetup)?;
        Ok(SetupReport::default())
    }
}
