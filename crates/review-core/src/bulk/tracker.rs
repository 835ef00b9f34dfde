//! What is known at any moment of each invitation in hand.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::summary::{BulkSummary, Stopped};
use crate::{Error, InviteKey, InviteReceipt, InviteRequest, Result};

/// What became of one request.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct BulkItem {
    /// The place of the request in the input, from 0.
    pub index: u64,
    /// The identity of the invitation, at the provider that was asked to send it.
    pub key: InviteKey,
    /// How often it was tried.
    pub tries: u32,
    /// What [`send_invite`](crate::ReviewInviteProvider::send_invite) said the last time.
    pub result: Result<InviteReceipt>,
}

/// The account of a [`Bulk`](crate::Bulk): a handle that stays exact after the bulk was dropped.
///
/// It holds what is in hand and numbers for the rest, so it does not grow. Once the bulk is gone,
/// every request taken from the input is a result the caller was given, or one of
/// [`undelivered`](Self::undelivered), [`in_flight`](Self::in_flight) or [`waiting`](Self::waiting).
/// A request the input still holds was never touched.
#[derive(Clone)]
pub struct BulkAccount(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    summary: BulkSummary,
    /// Taken and not settled, by the place in the input.
    open: BTreeMap<u64, Open>,
    /// Settled and not given to the caller, in the order in which they will be.
    ready: BTreeMap<u64, BulkItem>,
    in_order: bool,
    settled: u64,
    delivered: u64,
    dropped: bool,
}

struct Open {
    key: InviteKey,
    request: Arc<InviteRequest>,
    tries: u32,
    phase: Phase,
}

enum Phase {
    /// About to be sent.
    Due,
    /// The provider has it in hand.
    InFlight,
    /// The last try failed with this, and another will follow.
    Waiting(Error),
}

impl BulkAccount {
    pub(super) fn new(in_order: bool) -> Self {
        Self(Arc::new(Mutex::new(State { in_order, ..State::default() })))
    }

    /// The numbers at this moment.
    #[must_use]
    pub fn summary(&self) -> BulkSummary {
        let state = self.state();
        let mut summary = state.summary.clone();
        let in_flight =
            state.open.values().filter(|open| matches!(open.phase, Phase::InFlight)).count() as u64;
        let waiting = state.open.len() as u64 - in_flight;
        if state.dropped {
            summary.unknown += in_flight;
            summary.not_sent += waiting;
        } else {
            summary.in_flight = in_flight;
            summary.waiting = waiting;
        }
        summary
    }

    /// What was begun and not answered. After the bulk was dropped nobody knows whether the vendor has
    /// it: look it up before it is sent again.
    #[must_use]
    pub fn in_flight(&self) -> Vec<InviteKey> {
        self.keys(|phase| matches!(phase, Phase::InFlight))
    }

    /// What was taken from the input and is certainly not sent: not begun, or refused in a way that
    /// allows another try.
    #[must_use]
    pub fn waiting(&self) -> Vec<InviteKey> {
        self.keys(|phase| !matches!(phase, Phase::InFlight))
    }

    /// Results that were there when the caller took no more.
    #[must_use]
    pub fn undelivered(&self) -> Vec<BulkItem> {
        self.state().ready.values().cloned().collect()
    }

    fn keys(&self, of: impl Fn(&Phase) -> bool) -> Vec<InviteKey> {
        self.state().open.values().filter(|open| of(&open.phase)).map(|open| open.key.clone()).collect()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether so many may still be taken: under way, and ready to be given out.
    pub(super) fn has_room(&self, at_once: usize) -> bool {
        let state = self.state();
        state.open.len() < at_once && state.ready.len() < at_once
    }

    pub(super) fn is_empty(&self) -> bool {
        let state = self.state();
        state.open.is_empty() && state.ready.is_empty()
    }

    pub(super) fn is_stopped(&self) -> bool {
        self.state().summary.stopped_by.is_some()
    }

    pub(super) fn taken(&self, key: InviteKey, request: InviteRequest) -> u64 {
        let mut state = self.state();
        let index = state.summary.taken;
        state.summary.taken += 1;
        state.open.insert(index, Open { key, request: Arc::new(request), tries: 0, phase: Phase::Due });
        index
    }

    /// The request to be sent now, which is in flight from here on.
    pub(super) fn begun(&self, index: u64) -> Option<Arc<InviteRequest>> {
        let mut state = self.state();
        let open = state.open.get_mut(&index)?;
        open.phase = Phase::InFlight;
        open.tries += 1;
        Some(open.request.clone())
    }

    pub(super) fn tries(&self, index: u64) -> u32 {
        self.state().open.get(&index).map_or(0, |open| open.tries)
    }

    pub(super) fn waits(&self, index: u64, error: Error) {
        if let Some(open) = self.state().open.get_mut(&index) {
            open.phase = Phase::Waiting(error);
        }
    }

    pub(super) fn settled(&self, index: u64, result: Result<InviteReceipt>) {
        self.state().settle(index, result);
    }

    /// Makes no other try of anything; what waited for one ends with its last error.
    pub(super) fn stop(&self, why: Stopped) {
        let mut state = self.state();
        state.summary.stopped_by.get_or_insert(why);
        let waiting: Vec<(u64, Error)> = state
            .open
            .iter()
            .filter_map(|(index, open)| match &open.phase {
                Phase::Waiting(error) => Some((*index, error.clone())),
                Phase::Due | Phase::InFlight => None,
            })
            .collect();
        for (index, error) in waiting {
            state.settle(index, Err(error));
        }
    }

    /// The next result to be given out.
    pub(super) fn deliver(&self) -> Option<BulkItem> {
        let mut state = self.state();
        let next = state.delivered;
        let first = state.ready.first_entry()?;
        if *first.key() != next {
            return None;
        }
        let item = first.remove();
        state.delivered += 1;
        Some(item)
    }

    pub(super) fn dropped(&self) {
        self.state().dropped = true;
    }
}

impl State {
    fn settle(&mut self, index: u64, result: Result<InviteReceipt>) {
        let Some(Open { key, tries, .. }) = self.open.remove(&index) else { return };
        self.summary.count(&result);
        let place = if self.in_order { index } else { self.settled };
        self.settled += 1;
        self.ready.insert(place, BulkItem { index, key, tries, result });
    }
}

impl fmt::Debug for BulkAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("BulkAccount").field(&self.summary()).finish()
    }
}
