//! The claim of one send, made at the last moment and settled even if the send is dropped.

use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;

use super::dedup_store::{Claim, ClaimResult, Completion, DedupStore};
use crate::error::{Error, ErrorKind, Result, RetryAdvice, SendState};
use crate::model::key::InviteKey;
use crate::provider::hooks::{BeforeSend, SendTracker};

/// Claims that were dropped with their send, to be settled by the next call.
pub(super) type DroppedClaims = Arc<Mutex<Vec<(InviteKey, Completion)>>>;

/// Claims the key before the first attempt, and keeps the claim for later attempts of the same send.
pub(super) struct ClaimHook {
    store: Arc<dyn DedupStore>,
    key: InviteKey,
    state: Mutex<ClaimState>,
}

#[derive(Clone, Copy, Default)]
enum ClaimState {
    #[default]
    None,
    Held(Claim),
    Refused(ClaimResult),
}

impl ClaimHook {
    pub(super) fn new(store: Arc<dyn DedupStore>, key: InviteKey) -> Self {
        Self { store, key, state: Mutex::default() }
    }

    fn state(&self) -> ClaimState {
        *self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set(&self, state: ClaimState) {
        *self.state.lock().unwrap_or_else(PoisonError::into_inner) = state;
    }

    /// The claim, if there is one.
    pub(super) fn claim(&self) -> Option<Claim> {
        match self.state() {
            ClaimState::Held(claim) => Some(claim),
            ClaimState::None | ClaimState::Refused(_) => None,
        }
    }

    /// Why the key could not be claimed.
    pub(super) fn refusal(&self) -> Option<ClaimResult> {
        match self.state() {
            ClaimState::Refused(result) => Some(result),
            ClaimState::None | ClaimState::Held(_) => None,
        }
    }
}

#[async_trait]
impl BeforeSend for ClaimHook {
    async fn before_send(&self) -> Result<()> {
        if self.claim().is_some() {
            return Ok(());
        }
        match self.store.claim(&self.key).await.map_err(store_failed_before)? {
            ClaimResult::Claimed(claim) => {
                self.set(ClaimState::Held(claim));
                Ok(())
            }
            refused => {
                self.set(ClaimState::Refused(refused));
                // `Dedup` replaces this error by the result that the refusal stands for.
                Err(Error::new(ErrorKind::Blocked, "this invitation is recorded as sent or in progress"))
            }
        }
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
        let Some(claim) = self.hook.claim().filter(|_| self.armed) else { return };
        let completion = match self.tracker.state() {
            SendState::NotSent | SendState::Responded => Completion::NotSent(claim),
            SendState::Unknown => Completion::OutcomeUnknown,
        };
        let mut dropped = self.dropped.lock().unwrap_or_else(PoisonError::into_inner);
        dropped.push((self.hook.key.clone(), completion));
    }
}
