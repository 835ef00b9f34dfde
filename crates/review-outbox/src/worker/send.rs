//! Sending one claimed row. The boundary to review-core: hooks, tracker, receipt and error are handled here.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use review_core::model::Field;
use review_core::provider::{BeforeSend, SendTracker, send_with_hook};
use review_core::{Error, ErrorKind, InviteRequest, RetryAdvice, SendAt, SendState};
use tracing::{debug, warn};

use super::drive::drive;
use super::options::{Instance, WorkerOptions};
use super::verdict::{Circumstances, Verdict, judge, retry};
use crate::circuit::Signal;
use crate::outbox::Outbox;
use crate::state::State;
use crate::store::claim::{Claimed, Fence, Marked};
use crate::store::complete::Completion;
use crate::telemetry::{self, Stage};

/// What one send needs.
#[derive(Clone)]
pub(crate) struct Sender {
    pub(crate) outbox: Outbox,
    pub(crate) instance: Arc<Instance>,
    pub(crate) options: Arc<WorkerOptions>,
    /// Whether the circuit was closed and without a failure when it was last read: a success needs no
    /// statement then. A worker that misses a change of another one sees it at its next claim.
    pub(crate) clean: Arc<AtomicBool>,
}

/// Why the `sending` mark was not set.
#[derive(Clone, Copy, Debug)]
enum NotMarked {
    /// The row is not ours any more.
    Lost,
    /// Nothing is wrong with the row: it goes back and is due after this time.
    Later(Duration),
}

/// The hooks of one send: the application's, and then the mark that makes durable that the request may leave. In one
/// hook, so that nothing runs between the mark and the last check.
struct MarkSending {
    sender: Sender,
    id: i64,
    fence: Fence,
    custom: Option<Arc<dyn BeforeSend>>,
    result: Mutex<Result<bool, NotMarked>>,
}

impl MarkSending {
    async fn mark(&self) -> Result<(), NotMarked> {
        let (outbox, limits) = (&self.sender.outbox, &self.sender.instance.limits);
        let slots = match outbox.take_slots(limits).await {
            Ok(Ok(slots)) => slots,
            Ok(Err(wait)) => return Err(NotMarked::Later(wait)),
            Err(error) => return Err(unavailable(&error)),
        };
        let failure = match outbox.mark_sending(self.id, &self.fence, self.sender.options.lease).await {
            Ok(Marked::Yes) => return Ok(()),
            Ok(Marked::Stopped) => NotMarked::Later(Duration::ZERO),
            Ok(Marked::Lost) => NotMarked::Lost,
            Err(error) => unavailable(&error),
        };
        outbox.return_slots(limits, slots).await;
        Err(failure)
    }

    fn set(&self, result: Result<bool, NotMarked>) {
        *self.result.lock().unwrap_or_else(PoisonError::into_inner) = result;
    }

    /// Returns whether the row was marked, or why it was not.
    fn result(&self) -> Result<bool, NotMarked> {
        *self.result.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn unavailable(error: &crate::error::Error) -> NotMarked {
    warn!(%error, "a row cannot be marked as sending; it goes back");
    telemetry::database_error();
    NotMarked::Later(Duration::from_secs(1))
}

#[async_trait]
impl BeforeSend for MarkSending {
    async fn before_send(&self) -> review_core::Result<()> {
        self.set(Ok(false));
        if let Some(custom) = &self.custom {
            custom.before_send().await?;
        }
        let marked = self.mark().await;
        self.set(marked.map(|()| true));
        marked.map_err(|_| {
            let error = Error::new(ErrorKind::Transient, "the outbox did not allow the send");
            error.with_send_state(SendState::NotSent).with_retry_advice(RetryAdvice::After(Duration::ZERO))
        })
    }

    fn check(&self) -> review_core::Result<()> {
        self.custom.as_ref().map_or(Ok(()), |custom| custom.check())
    }
}

/// The end of one send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sent {
    /// The result was recorded.
    Recorded,
    /// The row went back without a result.
    Released,
    /// The row belongs to another worker, or was cancelled.
    Lost,
}

/// A row that is being sent, as far as it matters if the task panics.
#[derive(Clone)]
pub(crate) struct InFlight {
    pub(crate) row: Claimed,
    pub(crate) tracker: SendTracker,
}

impl Sender {
    /// Sends one row and records the result. `stop`: resolves when the worker shuts down; a request that has
    /// not left is given back then.
    pub(crate) async fn send(self, flight: InFlight, stop: impl Future<Output = ()> + Send) -> Sent {
        let InFlight { row, tracker } = flight;
        let Some(request) = self.request(&row) else {
            let mut completion = Completion::new(State::Dead);
            completion.error_class = Some("unreadable");
            completion.error_message = Some(
                "the stored request must be readable by this release; run the release that wrote it".into(),
            );
            let verdict = Verdict { completion, signal: Signal::NoResult };
            return self.record(&row, verdict, Stage::BeforeSend).await;
        };
        let mark = Arc::new(MarkSending {
            sender: self.clone(),
            id: row.id,
            fence: row.fence.clone(),
            custom: self.options.hook.as_ref().map(|hook| hook(&request)),
            result: Mutex::new(Ok(false)),
        });
        let provider = &*self.instance.provider;
        let call = async {
            // A provider without hooks is called after the mark: it must not reject the request only then.
            provider.validate(&request)?;
            send_with_hook(provider, &request, Some(mark.clone()), &tracker).await
        };
        let renew = || self.renew(&row);
        let result = match drive(call, stop, &tracker, self.options.lease / 3, renew).await {
            Some(result) => result,
            None => return self.give_back(&row, None).await,
        };
        match (&result, mark.result()) {
            (Err(_), Err(NotMarked::Lost)) if tracker.state() != SendState::Unknown => {
                return self.lost(&row).await;
            }
            (Err(_), Err(NotMarked::Later(wait))) if tracker.state() != SendState::Unknown => {
                return self.give_back(&row, Some(wait)).await;
            }
            _ => {}
        }
        let stage = if matches!(mark.result(), Ok(true)) { Stage::Vendor } else { Stage::BeforeSend };
        let verdict = judge(&result, self.circumstances(&row, tracker.state()));
        self.record(&row, verdict, stage).await
    }

    /// Renews the lease. Returns false if the row is not ours any more.
    async fn renew(&self, row: &Claimed) -> bool {
        match self.outbox.renew(row.id, &row.fence, self.options.lease).await {
            Ok(held) => held,
            Err(error) => {
                debug!(%error, row.id, "a lease was not renewed");
                true
            }
        }
    }

    /// The name of the instance.
    pub(crate) fn name(&self) -> &str {
        self.instance.provider.info().instance()
    }

    /// Reads the stored request. The outbox held it until it was due, so it is sent now: with `SendAt::Now` if
    /// the vendor schedules, with the account's schedule otherwise.
    fn request(&self, row: &Claimed) -> Option<InviteRequest> {
        let mut value: serde_json::Value = serde_json::from_str(row.payload.as_deref()?).ok()?;
        let request: InviteRequest = serde_json::from_value(value.clone()).ok()?;
        if matches!(request.send_at(), SendAt::AccountDefault) {
            return Some(request);
        }
        let capabilities = self.instance.provider.capabilities_for(&request);
        let send_at =
            if capabilities.supports_field(Field::SendAt) { SendAt::Now } else { SendAt::AccountDefault };
        *value.get_mut("request")?.get_mut("send_at")? = serde_json::to_value(send_at).ok()?;
        serde_json::from_value(value).ok()
    }

    fn circumstances(&self, row: &Claimed, tracker: SendState) -> Circumstances<'_> {
        Circumstances {
            tracker,
            attempts: row.attempts,
            now: self.outbox.clock.now(),
            backoff: &self.options.backoff,
        }
    }

    async fn give_back(&self, row: &Claimed, wait: Option<Duration>) -> Sent {
        let mut completion = Completion::released();
        completion.run_at = wait.filter(|wait| !wait.is_zero()).map(|wait| self.outbox.in_millis(wait));
        // From `claimed` or `sending`: the mark may have been written although its statement was cancelled.
        let verdict = Verdict { completion, signal: Signal::NoResult };
        match self.record(row, verdict, Stage::BeforeSend).await {
            Sent::Recorded => Sent::Released,
            other => other,
        }
    }

    async fn lost(&self, row: &Claimed) -> Sent {
        debug!(row.id, "the row was cancelled or taken over; nothing was sent");
        self.signal(row, &Signal::NoResult).await;
        Sent::Lost
    }

    /// Records what happened to a row whose task panicked.
    pub(crate) async fn panicked(&self, flight: &InFlight) -> Sent {
        let circumstances = self.circumstances(&flight.row, flight.tracker.state());
        let mut verdict = match circumstances.tracker {
            SendState::NotSent | SendState::Responded => {
                Verdict { completion: retry(Duration::ZERO, circumstances), signal: Signal::NoResult }
            }
            SendState::Unknown => {
                let mut completion = Completion::new(State::Unknown);
                completion.run_at = Some(circumstances.now);
                completion.failed_attempts = 1;
                // The brake counts it, so that a provider that panics after each send stops.
                Verdict { completion, signal: Signal::Unknown }
            }
        };
        verdict.completion.error_class = Some("panic");
        self.record(&flight.row, verdict, Stage::BeforeSend).await
    }

    /// Records a verdict, however long the database is away.
    async fn record(&self, row: &Claimed, verdict: Verdict, stage: Stage) -> Sent {
        let mut wait = Duration::from_millis(50);
        let recorded = loop {
            match self.outbox.complete(row.id, &row.fence, &verdict.completion).await {
                Ok(recorded) => break recorded,
                Err(error) => {
                    warn!(%error, row.id, "a result cannot be recorded yet");
                    telemetry::database_error();
                    tokio::time::sleep(wait).await;
                    wait = (wait * 2).min(Duration::from_secs(1));
                }
            }
        };
        self.signal(row, &verdict.signal).await;
        if !recorded {
            warn!(row.id, "a result came after the row was taken over; it was not recorded");
            return Sent::Lost;
        }
        let (state, class) = (verdict.completion.state, verdict.completion.error_class.unwrap_or("none"));
        let late = self.outbox.clock.now().saturating_sub(row.run_at);
        let instance = self.name();
        let late = Duration::from_millis(u64::try_from(late).unwrap_or(0));
        telemetry::result(instance, state, stage, class, late);
        debug!(row.id, instance, %state, class, stage = stage.as_str(), "row finished");
        Sent::Recorded
    }

    async fn signal(&self, row: &Claimed, signal: &Signal) {
        let instance = self.name();
        let policy = &self.options.circuit;
        let result = match signal {
            // A success says nothing new about a clean circuit: read before writing.
            Signal::Success | Signal::NoResult if self.clean.load(Ordering::Relaxed) => return,
            _ => self.outbox.signal(instance, signal, &row.fence, policy).await,
        };
        self.clean.store(result.as_ref().is_ok_and(|(_, after)| after.is_clean()), Ordering::Relaxed);
        match result {
            Ok((before, after)) if before.state != after.state => {
                warn!(
                    instance,
                    from = before.state.as_str(),
                    to = after.state.as_str(),
                    reason = after.reason.as_deref(),
                    "the circuit of an instance changed"
                );
            }
            Ok(_) => {}
            Err(error) => {
                warn!(%error, instance, "the circuit was not updated");
                telemetry::database_error();
            }
        }
    }
}
