//! A store in memory.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;

use super::dedup_store::{Claim, ClaimResult, Completion, DedupStore};
use crate::error::Result;
use crate::model::key::InviteKey;
use crate::model::order::OrderReference;

/// A store in memory: for tests, and for jobs that run in one process from start to end. It forgets
/// everything when the process ends, and grows with the number of invitations.
#[derive(Default)]
pub struct MemoryDedupStore(Mutex<Keys>);

#[derive(Default)]
struct Keys {
    /// The keys of an order: there are at most as many as kinds.
    orders: HashMap<(String, OrderReference), Vec<(InviteKey, State)>>,
    claims: i64,
}

#[derive(Clone, Copy, PartialEq)]
enum State {
    Claimed(Claim),
    Sent,
    OutcomeUnknown,
}

impl Keys {
    fn order(&mut self, key: &InviteKey) -> &mut Vec<(InviteKey, State)> {
        self.orders.entry((key.shop.clone(), key.reference.clone())).or_default()
    }

    fn state(&mut self, key: &InviteKey) -> Option<State> {
        self.order(key).iter().find(|(known, _)| known == key).map(|(_, state)| *state)
    }

    fn set(&mut self, key: &InviteKey, state: State) {
        self.remove(key);
        self.order(key).push((key.clone(), state));
    }

    fn remove(&mut self, key: &InviteKey) {
        self.order(key).retain(|(known, _)| known != key);
    }

    /// What is recorded for a key or one that conflicts with it; of several, what is most certain to have
    /// been sent.
    fn conflict(&mut self, key: &InviteKey) -> Option<ClaimResult> {
        let conflicts = self.order(key).iter().filter(|(known, _)| known.conflicts_with(key));
        let results = conflicts.map(|(_, state)| match state {
            State::Claimed(_) => (0, ClaimResult::InProgress),
            State::OutcomeUnknown => (1, ClaimResult::OutcomeUnknown),
            State::Sent => (2, ClaimResult::AlreadySent),
        });
        results.max_by_key(|(certainty, _)| *certainty).map(|(_, result)| result)
    }
}

impl MemoryDedupStore {
    /// Creates an empty store.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Returns the keys that are claimed or have an unknown outcome, in their order.
    #[must_use]
    pub fn pending_keys(&self) -> Vec<InviteKey> {
        let keys = self.keys();
        let pending = keys.orders.values().flatten().filter(|(_, state)| *state != State::Sent);
        let mut pending: Vec<_> = pending.map(|(key, _)| key.clone()).collect();
        pending.sort();
        pending
    }

    fn keys(&self) -> MutexGuard<'_, Keys> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Shows the number of orders only.
impl fmt::Debug for MemoryDedupStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryDedupStore").field("orders", &self.keys().orders.len()).finish()
    }
}

#[async_trait]
impl DedupStore for MemoryDedupStore {
    async fn claim(&self, key: &InviteKey) -> Result<ClaimResult> {
        let mut keys = self.keys();
        if let Some(found) = keys.conflict(key) {
            return Ok(found);
        }
        keys.claims += 1;
        let claim = Claim::new(keys.claims);
        keys.set(key, State::Claimed(claim));
        Ok(ClaimResult::Claimed(claim))
    }

    async fn complete(&self, key: &InviteKey, completion: Completion) -> Result<()> {
        let mut keys = self.keys();
        let state = keys.state(key);
        match completion {
            Completion::Sent => keys.set(key, State::Sent),
            Completion::OutcomeUnknown if state != Some(State::Sent) => keys.set(key, State::OutcomeUnknown),
            Completion::NotSent(claim) if state == Some(State::Claimed(claim)) => keys.remove(key),
            Completion::OutcomeUnknown | Completion::NotSent(_) => {}
        }
        Ok(())
    }

    async fn release(&self, key: &InviteKey) -> Result<()> {
        self.keys().remove(key);
        Ok(())
    }

    async fn find(&self, key: &InviteKey) -> Result<Option<ClaimResult>> {
        Ok(self.keys().conflict(key))
    }
}
