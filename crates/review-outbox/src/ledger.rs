//! A provider that records what it sends, for commands that an operator can run twice.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use review_core::model::{EmailAddress, InviteKey};
use review_core::provider::{
    BeforeSend, Capabilities, DynProvider, ErasureStatus, InviteLookup, InviteRef, Preview, ProviderInfo,
    ReviewLink, SendTracker, SetupReport, Warning, send_with_hook,
};
use review_core::{
    Error, ErrorKind, ErrorScope, InviteReceipt, InviteRequest, InviteState, RetryAdvice,
    ReviewInviteProvider, SendState,
};

use crate::circuit::{Circuit, CircuitState};
use crate::clock::Millis;
use crate::limit::SharedLimit;
use crate::outbox::Outbox;
use crate::state::State;
use crate::store::claim::{Fence, Owner};
use crate::store::complete::may_have_left;
use crate::store::ledger::{Claimed, Written};
use crate::view::Entry;

/// Sends each invitation once, and keeps a record in an outbox: after a second run of the same command, a
/// crash or a lost response, nothing is sent twice.
///
/// The record is written immediately before the request leaves, and contains the request. Once the vendor
/// has accepted, only the hash of the order, the state and the times remain. What was certainly not accepted
/// leaves no record, so that the next run sends it. A request whose outcome is unknown is kept until an
/// operator or a lookup resolves it.
///
/// Nothing is sent through an instance that an operator or a worker of the same outbox stopped: the error advises to
/// hold. During a pause that the vendor asked for, it advises to wait.
///
/// ```no_run
/// # async fn example(provider: review_core::DynProvider) -> Result<(), Box<dyn std::error::Error>> {
/// use std::time::Duration;
///
/// use review_outbox::{Ledger, Outbox, SharedLimit};
///
/// let outbox = Outbox::open("sqlite://sent.db").await?;
/// let limit = SharedLimit::new("shop-de", 833, Duration::from_secs(300));
/// let ledger = Ledger::new(provider, outbox, Duration::from_secs(120)).add_limit("shop-de", limit);
/// ledger.prepare().await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Ledger {
    inner: DynProvider,
    store: Store,
}

/// What a hook shares with the ledger.
#[derive(Clone)]
struct Store {
    outbox: Outbox,
    limits: BTreeMap<String, Vec<SharedLimit>>,
    lease: Duration,
    owner: Owner,
}

impl Store {
    fn limits(&self, instance: &str) -> &[SharedLimit] {
        self.limits.get(instance).map(Vec::as_slice).unwrap_or_default()
    }
}

impl std::fmt::Debug for Ledger {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Store { limits, lease, .. } = &self.store;
        f.debug_struct("Ledger")
            .field("inner", &self.inner)
            .field("limits", limits)
            .field("lease", lease)
            .finish_non_exhaustive()
    }
}

impl Ledger {
    /// Wraps a provider, or a router of several. After the `lease`, a request of a process that was killed
    /// counts as an unknown outcome: it must be longer than the deadline of one call.
    #[must_use]
    pub fn new(provider: impl ReviewInviteProvider, outbox: Outbox, lease: Duration) -> Self {
        let store = Store { outbox, limits: BTreeMap::new(), lease, owner: Owner::new() };
        Self { inner: review_core::provider::into_dyn(provider), store }
    }

    /// Adds a limit of an instance, which all processes with this outbox share.
    #[must_use]
    pub fn add_limit(mut self, instance: impl Into<String>, limit: SharedLimit) -> Self {
        self.store.limits.entry(instance.into()).or_default().push(limit);
        self
    }

    /// Marks the requests of processes that were killed as unknown. Call it once before the first send. Returns
    /// how many outcomes became unknown.
    ///
    /// # Errors
    /// [`Error::Database`](crate::Error::Database) if a statement fails.
    pub async fn prepare(&self) -> crate::Result<usize> {
        self.store.outbox.sweep_sending().await
    }

    /// Uses slots of the limits of an instance for requests other than invitations, such as that for an
    /// access token. Returns the time until enough are free if they are not: nothing is used then.
    ///
    /// # Errors
    /// [`Error::Database`](crate::Error::Database) if a statement fails.
    pub async fn use_slots(&self, instance: &str, requests: u32) -> crate::Result<Option<Duration>> {
        let limits = self.store.limits(instance);
        let repeated = limits.iter().flat_map(|limit| {
            let times = requests.min(limit.calls.saturating_sub(1));
            std::iter::repeat_n(limit, usize::try_from(times).unwrap_or(usize::MAX))
        });
        Ok(self.store.outbox.take_slots(repeated).await?.err())
    }

    /// The result for an invitation that has a record.
    fn recorded(&self, request: &InviteRequest, entry: &Entry) -> Option<review_core::Result<InviteReceipt>> {
        let info = self.inner.info_for(request);
        let receipt = |state| Some(Ok(InviteReceipt::new(info.clone(), state)));
        let skipped =
            |reason: &str| receipt(InviteState::Skipped { reason: reason.to_owned(), retry_at: None });
        let unknown = |message| {
            let error = Error::new(ErrorKind::OutcomeUnknown, message).with_provider(info);
            Some(Err(error.with_help("find out whether the vendor has it, and resolve the record")))
        };
        match entry.state {
            State::Accepted => receipt(InviteState::AlreadyInvited),
            State::Unknown => unknown("an earlier request got no response; this one was not sent"),
            State::Sending | State::Claimed => {
                unknown("another process is sending this invitation, or was killed; this one was not sent")
            }
            State::Held => {
                let error =
                    Error::new(ErrorKind::Blocked, "the invitation is held: its instance was stopped");
                let error = error.with_retry_advice(RetryAdvice::Hold).with_provider(info);
                Some(Err(error.with_help("correct the account, and let a worker of this outbox send it")))
            }
            State::Dead => skipped("given up by an operator or after too many failures"),
            State::Cancelled => skipped("cancelled by an operator or the shop"),
            State::Skipped => skipped("the vendor skipped it; a worker of this outbox tries again"),
            State::Pending if entry.run_at > self.store.outbox.clock.now() => {
                skipped("queued in this outbox for a later time")
            }
            State::Pending => None,
        }
    }

    async fn finish(
        &self,
        claimed: &Claimed,
        result: review_core::Result<InviteReceipt>,
        tracker: SendState,
    ) -> review_core::Result<InviteReceipt> {
        let outbox = &self.store.outbox;
        let recorded = match &result {
            Ok(receipt) if receipt.state.is_done() => outbox.ledger_done(claimed, receipt.state.name()).await,
            Err(error) if may_have_left(error, tracker) => outbox.ledger_unknown(claimed, error).await,
            Ok(_) | Err(_) => outbox.ledger_release(claimed).await,
        };
        match (result, recorded) {
            // A second call would find the record: the advice is that of its state.
            (Err(error), Ok(())) if may_have_left(&error, tracker) && !error.may_have_been_sent() => {
                Err(error.with_send_state(SendState::Unknown).with_retry_advice(RetryAdvice::Reconcile))
            }
            (result, Ok(())) => result,
            (Ok(receipt), Err(_)) => {
                let message = "the ledger failed after the response; the record counts as an unknown outcome";
                Ok(receipt.add_warnings([Warning::new("ledger", message)]))
            }
            // A retry would find the record, and report an unknown outcome.
            (Err(error), Err(_)) => Err(error
                .with_context("the ledger failed after the send, so the record counts as an unknown outcome")
                .with_retry_advice(RetryAdvice::Reconcile)),
        }
    }
}

fn failed_before(error: crate::Error) -> Error {
    let blocked = Error::new(ErrorKind::Blocked, "the ledger cannot be written; the request was not sent");
    let advice = RetryAdvice::After(Duration::from_secs(1));
    blocked
        .with_retry_advice(advice)
        .with_help("check the disk and the path of the ledger")
        .with_source(error)
}

/// The error for an instance whose circuit does not allow a send. The ledger does not probe: a worker does.
fn stopped(circuit: &Circuit, now: Millis) -> Error {
    let (message, wait) = match circuit.state {
        CircuitState::Closed => {
            let wait = u64::try_from(circuit.paused_until.saturating_sub(now)).unwrap_or(0);
            ("the vendor asked for a pause; the request was not sent", Duration::from_millis(wait))
        }
        CircuitState::Careful => {
            let message = "a worker of this outbox sends one request at a time; this one was not sent";
            (message, Duration::from_secs(1))
        }
        CircuitState::Open | CircuitState::Stopped => {
            let message = "the instance is stopped in this outbox; the request was not sent";
            let error = Error::new(ErrorKind::Blocked, message).with_scope(ErrorScope::Account);
            let help =
                "correct the account, and resume the instance, or let a worker of this outbox probe it";
            return error.with_retry_advice(RetryAdvice::Hold).with_help(help);
        }
    };
    let error = Error::new(ErrorKind::RateLimited, message).with_send_state(SendState::NotSent);
    error.with_retry_advice(RetryAdvice::After(wait))
}

/// The hook that makes durable that the request may leave.
struct Record {
    store: Store,
    request: InviteRequest,
    info: ProviderInfo,
    key: InviteKey,
    fence: Fence,
    claimed: Mutex<Option<Claimed>>,
    /// Another process recorded the invitation first.
    is_taken: AtomicBool,
}

impl Record {
    fn claimed(&self) -> Option<Claimed> {
        self.claimed.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Writes the record, or renews its lease for a further attempt.
    async fn write(&self) -> review_core::Result<()> {
        let Store { outbox, lease, .. } = &self.store;
        let written = match self.claimed() {
            Some(claimed) => outbox.ledger_renew(claimed, self.info.instance(), *lease).await,
            None => outbox.ledger_claim(&self.request, &self.info, &self.key, &self.fence, *lease).await,
        };
        match written.map_err(failed_before)? {
            Written::Yes(claimed) => {
                *self.claimed.lock().unwrap_or_else(PoisonError::into_inner) = Some(claimed);
                Ok(())
            }
            Written::Taken => {
                self.is_taken.store(true, Ordering::Relaxed);
                let message = "another process recorded this invitation meanwhile; this one was not sent";
                let error = Error::new(ErrorKind::Blocked, message);
                Err(error.with_retry_advice(RetryAdvice::After(Duration::ZERO)))
            }
            Written::Stopped(circuit) => Err(stopped(&circuit, outbox.clock.now())),
        }
    }
}

#[async_trait]
impl BeforeSend for Record {
    async fn before_send(&self) -> review_core::Result<()> {
        let outbox = &self.store.outbox;
        let limits = self.store.limits(self.info.instance());
        let slots = outbox.take_slots(limits).await.map_err(failed_before)?.map_err(|wait| {
            let message = "the limit that all processes with this ledger share was reached";
            let error = Error::new(ErrorKind::RateLimited, message);
            error.with_send_state(SendState::NotSent).with_retry_advice(RetryAdvice::After(wait))
        })?;
        let written = self.write().await;
        if written.is_err() {
            outbox.return_slots(limits, slots).await;
        }
        written
    }
}

#[async_trait]
#[deny(clippy::missing_trait_methods)]
impl ReviewInviteProvider for Ledger {
    fn info(&self) -> &ProviderInfo {
        self.inner.info()
    }

    fn info_for(&self, request: &InviteRequest) -> &ProviderInfo {
        self.inner.info_for(request)
    }

    fn capabilities(&self) -> &Capabilities {
        self.inner.capabilities()
    }

    fn capabilities_for(&self, request: &InviteRequest) -> &Capabilities {
        self.inner.capabilities_for(request)
    }

    fn validate(&self, request: &InviteRequest) -> review_core::Result<Vec<Warning>> {
        self.inner.validate(request)
    }

    fn preview(&self, request: &InviteRequest) -> review_core::Result<Preview> {
        self.inner.preview(request)
    }

    async fn send_invite(&self, request: &InviteRequest) -> review_core::Result<InviteReceipt> {
        let info = self.inner.info_for(request).clone();
        let key = request.key(&info);
        let entry = self.store.outbox.find(&key).await.map_err(failed_before)?;
        if let Some(result) = entry.and_then(|entry| self.recorded(request, &entry)) {
            return result;
        }
        let record = Arc::new(Record {
            store: self.store.clone(),
            request: request.clone(),
            info,
            key,
            fence: self.store.owner.next_fence(),
            claimed: Mutex::default(),
            is_taken: AtomicBool::new(false),
        });
        let tracker = SendTracker::new();
        let hook: Arc<dyn BeforeSend> = Arc::clone(&record) as _;
        let result = send_with_hook(&*self.inner, request, Some(hook), &tracker).await;
        match record.claimed() {
            Some(claimed) => self.finish(&claimed, result, tracker.state()).await,
            None if record.is_taken.load(Ordering::Relaxed) => {
                let entry = self.store.outbox.find(&record.key).await.map_err(failed_before)?;
                entry.and_then(|entry| self.recorded(request, &entry)).unwrap_or(result)
            }
            None => result,
        }
    }

    async fn create_link(&self, request: &InviteRequest) -> review_core::Result<ReviewLink> {
        self.inner.create_link(request).await
    }

    async fn find_invite(&self, invite: &InviteRef) -> review_core::Result<InviteLookup> {
        self.inner.find_invite(invite).await
    }

    async fn erase_customer(&self, email: &EmailAddress) -> review_core::Result<ErasureStatus> {
        self.inner.erase_customer(email).await
    }

    async fn check_setup(&self) -> review_core::Result<SetupReport> {
        self.inner.check_setup().await
    }
}
