//! A provider whose responses a test sets, and requests for it.
#![allow(dead_code, reason = "each test binary uses a part of it")]
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use review_core::model::EmailAddress;
use review_core::provider::{
    Capabilities, ErasureStatus, InviteLookup, InviteReceipt, InviteRef, InviteState, ProviderInfo,
    ReviewInviteProvider,
};
use review_core::{Consent, Error, ErrorKind, InviteRequest, Result};
use tokio::sync::Semaphore;

/// Accepts everything, in the order of the set results, and records every request that left.
#[derive(Debug)]
pub(crate) struct Fake {
    info: ProviderInfo,
    capabilities: Capabilities,
    results: Mutex<VecDeque<Result<InviteState>>>,
    sent: Mutex<Vec<String>>,
    calls: AtomicUsize,
    erased: Mutex<usize>,
    lookup: Mutex<Result<InviteLookup>>,
    /// Waits for a permit before the hooks run, as for a rate limit.
    before: Option<Arc<Semaphore>>,
    /// Waits for a permit after the request left.
    after: Option<Arc<Semaphore>>,
}

impl Fake {
    pub(crate) fn new(instance: &str) -> Self {
        Self {
            info: ProviderInfo::new("fake", instance),
            capabilities: Capabilities::all().with_send_hooks(),
            results: Mutex::default(),
            sent: Mutex::default(),
            calls: AtomicUsize::new(0),
            erased: Mutex::default(),
            lookup: Mutex::new(Ok(InviteLookup::NotFound)),
            before: None,
            after: None,
        }
    }

    pub(crate) fn shop(mut self, shop: &str) -> Self {
        self.info = self.info.with_shop(shop);
        self
    }

    pub(crate) fn vendor(mut self, vendor: &'static str) -> Self {
        self.info = ProviderInfo::new(vendor, self.info.instance());
        self
    }

    pub(crate) fn without_hooks(mut self) -> Self {
        self.capabilities = Capabilities::all();
        self
    }

    pub(crate) fn results(self, results: impl IntoIterator<Item = Result<InviteState>>) -> Self {
        self.results.lock().unwrap().extend(results);
        self
    }

    pub(crate) fn lookup(self, lookup: InviteLookup) -> Self {
        self.lookup_result(Ok(lookup))
    }

    pub(crate) fn lookup_result(self, lookup: Result<InviteLookup>) -> Self {
        *self.lookup.lock().unwrap() = lookup;
        self
    }

    pub(crate) fn waiting_before(mut self, gate: &Arc<Semaphore>) -> Self {
        self.before = Some(gate.clone());
        self
    }

    pub(crate) fn waiting_after(mut self, gate: &Arc<Semaphore>) -> Self {
        self.after = Some(gate.clone());
        self
    }

    pub(crate) fn share(self) -> Arc<Self> {
        Arc::new(self)
    }

    pub(crate) fn sent(&self) -> Vec<String> {
        self.sent.lock().unwrap().clone()
    }

    /// The calls of `send_invite`, whether or not a request left.
    pub(crate) fn calls(&self) -> usize {
        self.calls.load(Ordering::SeqCst)
    }

    pub(crate) fn erased(&self) -> usize {
        *self.erased.lock().unwrap()
    }
}

async fn pass(gate: Option<&Arc<Semaphore>>) {
    if let Some(gate) = gate {
        gate.acquire().await.unwrap().forget();
    }
}

#[async_trait]
impl ReviewInviteProvider for Fake {
    fn info(&self) -> &ProviderInfo {
        &self.info
    }

    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    async fn send_invite(&self, request: &InviteRequest) -> Result<InviteReceipt> {
        self.calls.fetch_add(1, Ordering::SeqCst);
        pass(self.before.as_ref()).await;
        let runs_hooks = self.capabilities.runs_send_hooks();
        if runs_hooks {
            request.hooks().before_send().await?;
            request.hooks().check()?;
            request.hooks().mark_sent();
        }
        self.sent.lock().unwrap().push(request.order().reference().to_string());
        pass(self.after.as_ref()).await;
        let result = self.results.lock().unwrap().pop_front().unwrap_or(Ok(InviteState::Accepted));
        let result = result
            .map(|state| InviteReceipt::new(self.info.clone(), state))
            .map_err(|error| error.with_provider(&self.info).with_operation("send_invite"));
        if runs_hooks {
            request.hooks().record(&result);
        }
        result
    }

    async fn find_invite(&self, _: &InviteRef) -> Result<InviteLookup> {
        self.lookup.lock().unwrap().clone()
    }

    async fn erase_customer(&self, _: &EmailAddress) -> Result<ErasureStatus> {
        *self.erased.lock().unwrap() += 1;
        Ok(ErasureStatus::Accepted)
    }
}

/// A gate that opens when a test adds permits.
pub(crate) fn closed() -> Arc<Semaphore> {
    Arc::new(Semaphore::new(0))
}

pub(crate) fn error(kind: ErrorKind) -> Error {
    Error::new(kind, "set by the test")
}

pub(crate) fn request(reference: &str) -> InviteRequest {
    InviteRequest::builder("jane@example.com", reference, Consent::granted("test")).build().unwrap()
}
