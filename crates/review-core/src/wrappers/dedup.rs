//! No invitation twice.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;

use super::dedup_hook::{ClaimHook, DropGuard, DroppedClaims, Settling, store_failed_before};
use super::dedup_store::{Claim, ClaimResult, Completion, DedupStore};
use crate::error::{Error, ErrorKind, Result, RetryAdvice};
use crate::model::key::InviteKey;
use crate::model::request::InviteRequest;
use crate::provider::forward::forward;
use crate::provider::hooks::SendTracker;
use crate::provider::receipt::{InviteReceipt, InviteState, Warning};
use crate::provider::{DynProvider, ReviewInviteProvider, into_dyn, send_with_hook};

/// Sends an invitation once for each [`InviteKey`] (shop, order and kind), whatever callers do.
///
/// What the store has recorded for the key decides:
///
/// | Recorded | Result |
/// | --- | --- |
/// | nothing, or it was certainly not sent | sends |
/// | sent | a receipt with [`InviteState::AlreadyInvited`] |
/// | unknown outcome | [`ErrorKind::OutcomeUnknown`]; nothing is sent |
/// | in progress, or a process was killed while sending | the same |
///
/// The key is claimed immediately before the request leaves, after all waits of the provider. Only states
/// that are [done](InviteState::is_done) are recorded as sent: after `Skipped` or a dry run the order can be
/// sent again. If a call is dropped, its claim is settled by the next call of this `Dedup`, or by
/// [`settle_dropped`](Self::settle_dropped): released if the request had not left, else recorded as unknown.
///
/// An unknown outcome stays unknown until an operator calls [`confirm_sent`](Self::confirm_sent) or
/// [`release`](Self::release). If the store fails before the send, nothing is sent: the error is
/// [`ErrorKind::Blocked`]. If it fails afterwards, the vendor's result is returned with a warning or, in an
/// error, without the advice to retry; the key stays claimed.
///
/// Put it around a [`Router`](crate::wrappers::Router) or a [`Fallback`](crate::wrappers::Fallback), so that
/// the promise holds across all their targets. Never put it inside a `Fallback`: each would know only its own
/// part, and an order the second provider accepted would be sent again once the first is back.
///
/// A link is not an invitation and is not counted.
///
/// ```
/// use std::sync::Arc;
///
/// use review_core::provider::DynProvider;
/// use review_core::wrappers::{Dedup, MemoryDedupStore};
///
/// fn once_each(provider: DynProvider) -> (Dedup, Arc<MemoryDedupStore>) {
///     let store = Arc::new(MemoryDedupStore::new());
///     (Dedup::new(provider, store.clone()), store)
/// }
/// ```
pub struct Dedup {
    inner: DynProvider,
    store: Arc<dyn DedupStore>,
    dropped: DroppedClaims,
}

impl fmt::Debug for Dedup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Dedup")
            .field("inner", &self.inner)
            .field("store", &self.store)
            .finish_non_exhaustive()
    }
}

impl Dedup {
    /// Wraps a provider.
    pub fn new(inner: impl ReviewInviteProvider, store: impl DedupStore) -> Self {
        Self { inner: into_dyn(inner), store: Arc::new(store), dropped: DroppedClaims::default() }
    }

    /// Records that the vendor has the invitation, after an operator found out.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn confirm_sent(&self, key: &InviteKey) -> Result<()> {
        self.settle_dropped().await?;
        self.store.complete(key, Completion::Sent).await
    }

    /// Allows the invitation to be sent again, after an operator found out that the vendor does not have it.
    /// If the call that claimed the key is still in flight, find out once more after it has ended.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn release(&self, key: &InviteKey) -> Result<()> {
        self.settle_dropped().await?;
        self.store.release(key).await
    }

    /// Settles the claims of calls that were dropped. Every other call does this first; call it before the
    /// process ends.
    ///
    /// # Errors
    /// Those of the store; the claims that are not settled yet are kept.
    pub async fn settle_dropped(&self) -> Result<()> {
        loop {
            let mut settling = Settling::next(&self.dropped);
            let Some(claim) = &settling.claim else { return Ok(()) };
            claim.settle(&*self.store).await?;
            settling.claim = None;
        }
    }

    fn named(&self, request: &InviteRequest, error: Error) -> Error {
        error.with_provider(self.inner.info_for(request)).with_operation("send_invite")
    }

    /// The result for a key that cannot be claimed.
    fn refused(&self, request: &InviteRequest, refusal: ClaimResult) -> Result<InviteReceipt> {
        let unknown = |message| {
            let error = Error::new(ErrorKind::OutcomeUnknown, message);
            Err(self.named(request, error.with_help("find out, then call confirm_sent or release")))
        };
        match refusal {
            ClaimResult::AlreadySent => {
                let info = self.inner.info_for(request).clone();
                Ok(InviteReceipt::new(info, InviteState::AlreadyInvited))
            }
            ClaimResult::OutcomeUnknown => {
                unknown("an earlier request was sent and got no response; this one was not sent")
            }
            ClaimResult::InProgress | ClaimResult::Claimed(_) => {
                unknown("another call is sending this invitation, or was killed; this one was not sent")
            }
        }
    }

    async fn completed(
        &self,
        key: &InviteKey,
        claim: Claim,
        result: Result<InviteReceipt>,
    ) -> Result<InviteReceipt> {
        let completion = match &result {
            Ok(receipt) if receipt.state.is_done() => Completion::Sent,
            Err(error) if error.may_have_been_sent() => Completion::OutcomeUnknown,
            Ok(_) | Err(_) => Completion::NotSent(claim),
        };
        match (result, self.store.complete(key, completion).await) {
            (result, Ok(())) => result,
            (Ok(receipt), Err(_)) => {
                let message = "the store failed after the response; the key stays claimed until it is confirmed \
                               as sent or released";
                Ok(receipt.add_warnings([Warning::new("dedup", message)]))
            }
            (Err(error), Err(_)) => Err(not_released(error)),
        }
    }
}

/// The error of a send whose key could not be released: a retry would find the key claimed, and return the
/// same advice.
fn not_released(error: Error) -> Error {
    let context = "the store failed after the send, so the key stays claimed until it is released";
    let error = error.with_context(context);
    match error.retry_advice() {
        RetryAdvice::After(_) => error.with_retry_advice(RetryAdvice::Reconcile),
        RetryAdvice::Never | RetryAdvice::Reconcile | RetryAdvice::Hold => error,
    }
}

#[async_trait]
#[deny(clippy::missing_trait_methods)]
impl ReviewInviteProvider for Dedup {
    forward!([.inner] info info_for capabilities capabilities_for validate preview create_link find_invite
        erase_customer check_setup);

    async fn send_invite(&self, request: &InviteRequest) -> Result<InviteReceipt> {
        let failed = |error| self.named(request, store_failed_before(error));
        self.settle_dropped().await.map_err(failed)?;
        let key = request.key(self.inner.info_for(request));
        if let Some(known) = self.store.find(&key).await.map_err(failed)? {
            return self.refused(request, known);
        }
        let hook = Arc::new(ClaimHook::new(Arc::clone(&self.store), key.clone()));
        let tracker = SendTracker::new();
        let dropped = Arc::clone(&self.dropped);
        let mut guard = DropGuard { hook: Arc::clone(&hook), tracker: tracker.clone(), dropped, armed: true };
        let result = send_with_hook(&*self.inner, request, Some(hook.clone()), &tracker).await;
        if let (Some(refusal), Err(_)) = (hook.refusal(), &result) {
            return self.refused(request, refusal);
        }
        let Some(claim) = hook.claim() else { return result };
        let result = self.completed(&key, claim, result).await;
        guard.armed = false;
        result
    }
}
