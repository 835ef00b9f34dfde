//! The claim of one send, made at the last moment and settled even if the send is dropped.

use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, Shared};

use super::dedup_store::{Claim, ClaimResult, Completion, DedupStore};
use crate::error::{Error, ErrorKind, Result, RetryAdvice, SendState};
use crate::model::key::InviteKey;
use crate::provider::hooks::{BeforeSend, SendTracker};

/// A claim that is being made. It ends even if the send that started it is dropped.
type Claiming = Shared<BoxFuture<'static, Result<ClaimResult>>>;

/// Claims that were dropped with their send, to be settled by the next call.
pub(super) type DroppedClaims = Arc<Mutex<Vec<DroppedClaim>>>;

pub(super) struct DroppedClaim {
    key: InviteKey,
    end: End,
}

#[derive(Clone)]
enum End {
    Completion(Completion),
    /// The store was still claiming the key. Nothing was sent.
    Unclaim(Claiming),
}

impl DroppedClaim {
    /// # Errors
    /// Those of the store.
    pub(super) async fn settle(&self, store: &dyn DedupStore) -> Result<()> {
        let completion = match &self.end {
            End::Completion(completion) => *completion,
            End::Unclaim(claiming) => match claiming.clone().await {
                Ok(ClaimResult::Claimed(claim)) => Completion::NotSent(claim),
                // Without a claim there is nothing to settle.
                Ok(_) | Err(_) => return Ok(()),
            },
        };
        store.complete(&self.key, completion).await
    }
}

/// A claim that is being settled. It is kept for the next call, unless it was settled.
pub(super) struct Settling<'a> {
    dropped: &'a DroppedClaims,
    pub(super) claim: Option<DroppedClaim>,
}

impl<'a> Settling<'a> {
    pub(super) fn next(dropped: &'a DroppedClaims) -> Self {
        Self { dropped, claim: lock(dropped).pop() }
    }
}

impl Drop for Settling<'_> {
    fn drop(&mut self) {
        lock(self.dropped).extend(self.claim.take());
    }
}

/// Claims the key before the first attempt, and keeps the claim for later attempts of the same send.
pub(super) struct ClaimHook {
    store: Arc<dyn DedupStore>,
    key: InviteKey,
    state: Mutex<ClaimState>,
}

#[derive(Clone, Default)]
enum ClaimState {
    #[default]
    None,
    Claiming(Claiming),
    Held(Claim),
    Refused(ClaimResult),
}

impl ClaimHook {
    pub(super) fn new(store: Arc<dyn DedupStore>, key: InviteKey) -> Self {
        Self { store, key, state: Mutex::default() }
    }

    /// The claim, if there is one.
    pub(super) fn claim(&self) -> Option<Claim> {
        match *lock(&self.state) {
            ClaimState::Held(claim) => Some(claim),
            _ => None,
        }
    }

    /// Why the key could not be claimed.
    pub(super) fn refusal(&self) -> Option<ClaimResult> {
        match *lock(&self.state) {
            ClaimState::Refused(result) => Some(result),
            _ => None,
        }
    }

    /// Returns the claim that is being made: a new one, unless an attempt of this send was dropped meanwhile.
    fn claiming(&self) -> Claiming {
        let mut state = lock(&self.state);
        if let ClaimState::Claiming(claiming) = &*state {
            return claiming.clone();
        }
        let (store, key) = (Arc::clone(&self.store), self.key.clone());
        let claim = AssertUnwindSafe(async move { store.claim(&key).await });
        // A panic that reached `Shared` would make every later call panic too.
        let panicked = |_| Err(Error::new(ErrorKind::Unexpected, "the dedup store panicked"));
        let claiming =
            claim.catch_unwind().map(move |result| result.unwrap_or_else(panicked)).boxed().shared();
        *state = ClaimState::Claiming(claiming.clone());
        claiming
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[async_trait]
impl BeforeSend for ClaimHook {
    async fn before_send(&self) -> Result<()> {
        if self.claim().is_some() {
            return Ok(());
        }
        let claimed = self.claiming().await;
        let (state, result) = match claimed {
            Ok(ClaimResult::Claimed(claim)) => (ClaimState::Held(claim), Ok(())),
            // `Dedup` replaces this error by the result that the refusal stands for.
            Ok(refused) => (
                ClaimState::Refused(refused),
                Err(Error::new(ErrorKind::Blocked, "this invitation is recorded as sent or in progress")),
            ),
            Err(error) => (ClaimState::None, Err(store_failed_before(error))),
        };
        *lock(&self.state) = state;
        result
    }
}

/// An error of the store before the send: nothing was sent. It must not look like a response of the vendor,
/// and no other provider must be tried: the vendor may have accepted the order long ago.
pub(super) fn store_failed_before(error: Error) -> Error {
    let advice = match error.retry_advice() {
        advice @ RetryAdvice::After(_) => advice,
        RetryAdvice::Never | RetryAdvice::Reconcile | RetryAdvice::Hold => {
            RetryAdvice::After(Error::DEFAULT_RETRY_AFTER)
        }
    };
    error
        .with_kind(ErrorKind::Blocked)
        .with_send_state(SendState::NotSent)
        .with_retry_advice(advice)
        .with_context("nothing was sent, because the dedup store failed")
}

/// Settles the claim when the send is dropped: by its tracker, through the next call.
pub(super) struct DropGuard {
    pub(super) hook: Arc<ClaimHook>,
    pub(super) tracker: SendTracker,
    pub(super) dropped: DroppedClaims,
    pub(super) armed: bool,
}

impl Drop for DropGuard {
    fn drop(&mut self) {
        if !self.armed {
            return;
        }
        let end = match (lock(&self.hook.state).clone(), self.tracker.state()) {
            (ClaimState::None | ClaimState::Refused(_), _) => return,
            (ClaimState::Claiming(claiming), _) => End::Unclaim(claiming),
            (ClaimState::Held(claim), SendState::NotSent | SendState::Responded) => {
                End::Completion(Completion::NotSent(claim))
            }
            (ClaimState::Held(_), SendState::Unknown) => End::Completion(Completion::OutcomeUnknown),
        };
        lock(&self.dropped).push(DroppedClaim { key: self.hook.key.clone(), end });
    }
}
