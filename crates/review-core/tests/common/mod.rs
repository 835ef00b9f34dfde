//! A provider that answers as a test says, and requests for it.
#![allow(dead_code, reason = "each test binary uses a part of it")]
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::collections::VecDeque;
use std::future::poll_fn;
use std::sync::{Arc, Mutex};
use std::task::Poll;
use std::time::Duration;

use async_trait::async_trait;
use review_core::*;

/// Takes what it can do and notes every call; scripted answers come first, in their order.
#[derive(Debug)]
pub(crate) struct Scripted {
    info: ProviderInfo,
    capabilities: Capabilities,
    answers: Mutex<VecDeque<Result<InviteState>>>,
    lookup: Result<InviteLookup>,
    erasure: Result<Erasure>,
    setup: Result<SetupReport>,
    calls: Mutex<Vec<String>>,
    /// Sends end when this many permits were given.
    gate: Option<Arc<tokio::sync::Semaphore>>,
    /// How long a send takes.
    pace: fn(&InviteRequest) -> Duration,
    /// How often a send gives way to others, ready to go on at once.
    yields: u32,
    /// What it lets through of what has arrived.
    log: Mutex<RateLog>,
}

impl Scripted {
    pub(crate) fn new(instance: &str) -> Self {
        let info = ProviderInfo::new("scripted", instance);
        Self {
            capabilities: Capabilities::new()
                .with_kind(InviteKind::Service)
                .with_operation(Operation::CreateLink)
                .with_operation(Operation::FindInvite)
                .with_operation(Operation::EraseCustomer)
                .with_operation(Operation::CheckSetup),
            answers: Mutex::default(),
            lookup: Ok(InviteLookup::NotFound),
            erasure: Ok(Erasure::Accepted),
            setup: Ok(SetupReport::default()),
            calls: Mutex::default(),
            gate: None,
            pace: |_| Duration::ZERO,
            yields: 0,
            log: Mutex::new(RateLog::new(RateLimits::none())),
            info,
        }
    }

    pub(crate) fn able(mut self, change: impl FnOnce(Capabilities) -> Capabilities) -> Self {
        self.capabilities = change(self.capabilities);
        self
    }

    pub(crate) fn answering(self, answers: impl IntoIterator<Item = Result<InviteState>>) -> Self {
        self.answers.lock().unwrap().extend(answers);
        self
    }

    pub(crate) fn looking_up(mut self, lookup: Result<InviteLookup>) -> Self {
        self.lookup = lookup;
        self
    }

    pub(crate) fn erasing(mut self, erasure: Result<Erasure>) -> Self {
        self.erasure = erasure;
        self
    }

    pub(crate) fn checking(mut self, setup: Result<SetupReport>) -> Self {
        self.setup = setup;
        self
    }

    pub(crate) fn behind(mut self, gate: Arc<tokio::sync::Semaphore>) -> Self {
        self.gate = Some(gate);
        self
    }

    pub(crate) fn taking(mut self, pace: fn(&InviteRequest) -> Duration) -> Self {
        self.pace = pace;
        self
    }

    pub(crate) fn yielding(mut self, times: u32) -> Self {
        self.yields = times;
        self
    }

    /// Refuses what arrives beyond these, by tokio's time.
    pub(crate) fn letting_through(self, limits: RateLimits) -> Self {
        *self.log.lock().unwrap() = RateLog::new(limits);
        self
    }

    /// Ready to be given away while the test looks at the calls.
    pub(crate) fn shared(self) -> Arc<Self> {
        Arc::new(self)
    }

    /// Every call so far: the operation and what it was about.
    pub(crate) fn calls(&self) -> Vec<String> {
        self.calls.lock().unwrap().clone()
    }

    pub(crate) fn sends(&self) -> usize {
        self.calls().iter().filter(|call| call.starts_with("send")).count()
    }

    fn note(&self, call: String) {
        self.calls.lock().unwrap().push(call);
    }

    fn let_through(&self) -> Result<()> {
        let now = tokio::time::Instant::now().into_std();
        let mut log = self.log.lock().unwrap();
        let next = log.next(now);
        if next > now {
            return Err(error(ErrorKind::RateLimited).with_retry_advice(RetryAdvice::After(next - now)));
        }
        log.note(now, now);
        Ok(())
    }

    fn told(&self, error: Error) -> Error {
        error.with_provider(&self.info)
    }
}

#[async_trait]
impl ReviewInviteProvider for Scripted {
    fn info(&self) -> &ProviderInfo {
        &self.info
    }

    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    fn preview(&self, request: &InviteRequest) -> Result<Preview> {
        let admitted = self.capabilities.admit(&self.info, request)?;
        Ok(Preview::new(vec![PreviewCall::new("POST", format!("https://{}.test/", self.info.instance()))])
            .with_warnings(admitted.warnings))
    }

    async fn send_invite(&self, request: &InviteRequest) -> Result<InviteReceipt> {
        let admitted = self.capabilities.admit(&self.info, request)?;
        let answer = self.answers.lock().unwrap().pop_front().unwrap_or(Ok(InviteState::Accepted));
        self.note(format!("send {}", request.order().reference()));
        if let Some(gate) = &self.gate {
            gate.acquire().await.unwrap().forget();
        }
        let pace = (self.pace)(request);
        if !pace.is_zero() {
            tokio::time::sleep(pace).await;
        }
        let mut yields = self.yields;
        poll_fn(|context| {
            if yields == 0 {
                return Poll::Ready(());
            }
            yields -= 1;
            context.waker().wake_by_ref();
            Poll::Pending
        })
        .await;
        let state = self.let_through().and(answer).map_err(|error| self.told(error))?;
        Ok(InviteReceipt::new(self.info.clone(), state).with_warnings(admitted.warnings))
    }

    async fn create_link(&self, request: &InviteRequest) -> Result<ReviewLink> {
        self.note(format!("link {}", request.order().reference()));
        Ok(ReviewLink::new(self.info.clone(), "https://review.test/x".parse().unwrap()))
    }

    async fn find_invite(&self, key: &InviteKey) -> Result<InviteLookup> {
        self.note(format!("find {}/{}", key.instance, key.reference));
        self.lookup.clone().map_err(|error| self.told(error))
    }

    async fn erase_customer(&self, _: &EmailAddress) -> Result<Erasure> {
        self.note("erase".to_owned());
        self.erasure.clone().map_err(|error| self.told(error))
    }

    async fn check_setup(&self) -> Result<SetupReport> {
        self.note("check".to_owned());
        self.setup.clone().map_err(|error| self.told(error))
    }
}

pub(crate) fn customer(email: &str) -> Customer {
    Customer::new(EmailAddress::new(email).unwrap())
}

pub(crate) fn order(reference: &str) -> Order {
    Order::new(OrderReference::new(reference).unwrap())
}

pub(crate) fn request(reference: &str) -> InviteRequest {
    InviteRequest::builder(customer("jane@example.com"), order(reference), Consent::granted("test"))
        .build()
        .unwrap()
}

pub(crate) fn error(kind: ErrorKind) -> Error {
    Error::new(kind, "canary of the vendor")
}

pub(crate) fn fields(error: &Error) -> Vec<&str> {
    error.fields().iter().map(FieldError::field).collect()
}
