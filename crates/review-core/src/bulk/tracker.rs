//! The state of every invitation of a bulk at any moment.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::summary::{BulkSummary, StopReason};
use crate::error::{Error, Result, SendState};
use crate::model::key::InviteKey;
use crate::model::request::InviteRequest;
use crate::provider::hooks::SendTracker;
use crate::provider::info::ProviderInfo;
use crate::provider::receipt::InviteReceipt;

/// The result of one request.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct BulkItem {
    /// The position of the request in the input, from 0.
    pub index: u64,
    /// The identity of the invitation.
    pub key: InviteKey,
    /// The instance that handled it, also behind a router.
    pub provider: ProviderInfo,
    /// The number of attempts.
    pub attempts: u32,
    /// The result of the last [`send_invite`](crate::ReviewInviteProvider::send_invite).
    pub result: Result<InviteReceipt>,
}

/// The record of a [`BulkSend`](crate::bulk::BulkSend): a handle that stays exact after the bulk was dropped.
///
/// It holds the requests in flight and counts the rest, so it does not grow. Once the bulk is gone, every
/// request read from the input was returned as a result, or is one of
/// [`unread_results`](Self::unread_results), [`in_flight`](Self::in_flight) or [`pending`](Self::pending).
#[derive(Clone)]
pub struct BulkTracker(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    summary: BulkSummary,
    /// Read and without a result, by the position in the input.
    open: BTreeMap<u64, Open>,
    /// With a result that was not returned yet, in the order in which they will be.
    ready: BTreeMap<u64, BulkItem>,
    ordered: bool,
    completed: u64,
    dropped: bool,
}

struct Open {
    key: InviteKey,
    provider: ProviderInfo,
    request: InviteRequest,
    attempts: u32,
    phase: Phase,
}

enum Phase {
    /// To be started.
    Due,
    /// The provider is sending it.
    InFlight(SendTracker),
    /// The last attempt failed with this, and another will follow.
    Waiting(Error),
}

impl Open {
    /// Whether the vendor may have it.
    fn may_have_left(&self) -> bool {
        matches!(&self.phase, Phase::InFlight(tracker) if tracker.state() == SendState::Unknown)
    }
}

impl BulkTracker {
    pub(super) fn new(ordered: bool) -> Self {
        Self(Arc::new(Mutex::new(State { ordered, ..State::default() })))
    }

    /// Returns the present numbers.
    #[must_use]
    pub fn summary(&self) -> BulkSummary {
        let state = self.state();
        let mut summary = state.summary.clone();
        if state.dropped {
            let unknown = state.open.values().filter(|open| open.may_have_left()).count() as u64;
            summary.unknown += unknown;
            summary.not_sent += state.open.len() as u64 - unknown;
        } else {
            let in_flight =
                state.open.values().filter(|open| matches!(open.phase, Phase::InFlight(_))).count() as u64;
            summary.in_flight = in_flight;
            summary.pending = state.open.len() as u64 - in_flight;
        }
        summary
    }

    /// Returns what was started and may have left without a result. Look it up before you send it again.
    #[must_use]
    pub fn in_flight(&self) -> Vec<InviteKey> {
        self.keys(Open::may_have_left)
    }

    /// Returns what was read from the input and certainly did not leave.
    #[must_use]
    pub fn pending(&self) -> Vec<InviteKey> {
        self.keys(|open| !open.may_have_left())
    }

    /// Returns results that the caller did not read.
    #[must_use]
    pub fn unread_results(&self) -> Vec<BulkItem> {
        self.state().ready.values().cloned().collect()
    }

    fn keys(&self, filter: impl Fn(&Open) -> bool) -> Vec<InviteKey> {
        self.state().open.values().filter(|open| filter(open)).map(|open| open.key.clone()).collect()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether another request may be read.
    pub(super) fn has_room(&self, concurrency: usize) -> bool {
        let state = self.state();
        state.open.len() < concurrency && state.ready.len() < concurrency
    }

    pub(super) fn is_empty(&self) -> bool {
        let state = self.state();
        state.open.is_empty() && state.ready.is_empty()
    }

    pub(super) fn is_stopped(&self) -> bool {
        self.state().summary.stop_reason.is_some()
    }

    pub(super) fn read(&self, key: InviteKey, provider: ProviderInfo, request: InviteRequest) -> u64 {
        let mut state = self.state();
        let index = state.summary.received;
        state.summary.received += 1;
        state.open.insert(index, Open { key, provider, request, attempts: 0, phase: Phase::Due });
        index
    }

    pub(super) fn provider(&self, index: u64) -> Option<ProviderInfo> {
        self.state().open.get(&index).map(|open| open.provider.clone())
    }

    /// Returns the request to send, which is in flight from now on.
    pub(super) fn start(&self, index: u64, tracker: SendTracker) -> Option<InviteRequest> {
        let mut state = self.state();
        let open = state.open.get_mut(&index)?;
        open.phase = Phase::InFlight(tracker);
        open.attempts += 1;
        Some(open.request.clone())
    }

    /// Whether the attempt in flight may have left.
    pub(super) fn may_have_left(&self, index: u64) -> bool {
        self.state().open.get(&index).is_some_and(Open::may_have_left)
    }

    pub(super) fn attempts(&self, index: u64) -> u32 {
        self.state().open.get(&index).map_or(0, |open| open.attempts)
    }

    pub(super) fn wait(&self, index: u64, error: Error) {
        if let Some(open) = self.state().open.get_mut(&index) {
            open.phase = Phase::Waiting(error);
        }
    }

    pub(super) fn complete(&self, index: u64, result: Result<InviteReceipt>) {
        self.state().complete(index, result);
    }

    pub(super) fn instance_stopped(&self, instance: &ProviderInfo, error: &Error) {
        self.state().summary.stopped_instances.push((instance.clone(), error.clone()));
    }

    /// Retries nothing any more: what waits for a retry ends with its last error.
    pub(super) fn stop(&self, reason: StopReason) {
        let mut state = self.state();
        state.summary.stop_reason.get_or_insert(reason);
        let waiting: Vec<(u64, Error)> = state
            .open
            .iter()
            .filter_map(|(index, open)| match &open.phase {
                Phase::Waiting(error) => Some((*index, error.clone())),
                Phase::Due | Phase::InFlight(_) => None,
            })
            .collect();
        for (index, error) in waiting {
            state.complete(index, Err(error));
        }
    }

    /// Returns the next result.
    pub(super) fn next_result(&self) -> Option<BulkItem> {
        let mut state = self.state();
        let first = *state.ready.first_key_value()?.0;
        // A request that a stop left unstarted has no result to wait for.
        let is_stopped = state.summary.stop_reason.is_some();
        let waits = |open: &Open| !(is_stopped && matches!(open.phase, Phase::Due));
        if state.ordered && state.open.range(..first).any(|(_, open)| waits(open)) {
            return None;
        }
        state.ready.remove(&first)
    }

    pub(super) fn mark_dropped(&self) {
        self.state().dropped = true;
    }
}

impl State {
    fn complete(&mut self, index: u64, result: Result<InviteReceipt>) {
        let Some(Open { key, provider, attempts, .. }) = self.open.remove(&index) else { return };
        self.summary.count(&result);
        let position = if self.ordered { index } else { self.completed };
        self.completed += 1;
        let used = match &result {
            Ok(receipt) => Some(&receipt.provider),
            Err(error) => error.provider(),
        };
        let provider = used.cloned().unwrap_or(provider);
        self.ready.insert(position, BulkItem { index, key, provider, attempts, result });
    }
}

impl fmt::Debug for BulkTracker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("BulkTracker").field(&self.summary()).finish()
    }
}
