//! Never the same invitation twice.

use std::sync::Arc;

use async_trait::async_trait;

use super::dedup_store::{Begun, Claim, DedupStore, Settled};
use crate::{
    Capabilities, DynProvider, EmailAddress, Erasure, Error, ErrorKind, InviteKey, InviteLookup,
    InviteReceipt, InviteRequest, InviteState, Preview, ProviderInfo, Result, RetryAdvice,
    ReviewInviteProvider, ReviewLink, Sent, SetupReport, Warning,
};

/// Sends an invitation once for each [`InviteKey`] (instance, order and kind), whatever callers do.
///
/// What the store knows of the key decides before anything is sent:
///
/// | Known | The call |
/// | --- | --- |
/// | nothing, or it was certainly not taken | sends |
/// | accepted, or the vendor knew it | returns a receipt with [`InviteState::AlreadyKnown`] |
/// | outcome unknown, or a call was cut off | fails with [`ErrorKind::OutcomeUnknown`] |
/// | being sent by another call | the same: nobody knows yet |
///
/// An unknown outcome stays unknown until somebody finds out: [`confirm_sent`](Self::confirm_sent) or
/// [`forget`](Self::forget). If the store fails before the send, nothing is sent: the error is
/// [`ErrorKind::Blocked`], with the store's own advice when to try again. If it fails afterwards, the
/// vendor's answer is returned all the same, with a warning or, in an error, without the advice to
/// try again; the key stays claimed.
///
/// Put it around a [`Router`](crate::Router) or a [`Fallback`](crate::Fallback): there the promise
/// holds across all their targets. Never put it inside a `Fallback`: each would know only its own
/// part, and an order the spare took would be sent again once the first is back.
///
/// The vendor is no part of the key: over one store, instances of different vendors need labels of
/// their own, or what one sent counts as sent by the other. The kind is: a service review and then
/// both reviews of one order are two keys and two mails, so ask for one kind throughout.
///
/// A link is no invitation and is not counted.
///
/// ```
/// use std::sync::Arc;
///
/// use review_core::{Dedup, DynProvider, MemoryDedupStore};
///
/// fn once_each(provider: DynProvider) -> (Dedup, Arc<MemoryDedupStore>) {
///     let store = Arc::new(MemoryDedupStore::new());
///     (Dedup::new(provider, store.clone()), store)
/// }
/// ```
#[derive(Debug)]
pub struct Dedup {
    inner: DynProvider,
    store: Arc<dyn DedupStore>,
}

impl Dedup {
    /// Puts a store before a provider.
    pub fn new(inner: impl ReviewInviteProvider, store: impl DedupStore) -> Self {
        Self { inner: Arc::new(inner), store: Arc::new(store) }
    }

    /// Notes that the vendor has the invitation, after somebody found out.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn confirm_sent(&self, key: &InviteKey) -> Result<()> {
        self.store.finish(key, Settled::Accepted).await
    }

    /// Lets the invitation be sent (again), after somebody found out that the vendor does not have it.
    /// Where the call that claimed the key is still on its way, find out once more after it has ended:
    /// what it learns is noted, but nobody waits for it.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn forget(&self, key: &InviteKey) -> Result<()> {
        self.store.forget(key).await
    }

    fn told(&self, error: Error) -> Error {
        error.with_provider(self.inner.info()).with_operation("send_invite")
    }

    async fn send_claimed(
        &self,
        key: &InviteKey,
        claim: Claim,
        request: &InviteRequest,
    ) -> Result<InviteReceipt> {
        let result = self.inner.send_invite(request).await;
        let noted = self.store.finish(key, settled(&result, claim)).await;
        match (result, noted) {
            (result, Ok(())) => result,
            (Ok(receipt), Err(_)) => {
                let message = "the store failed after the answer; the same call will say that the outcome is \
                               unknown until the key is confirmed as sent or forgotten";
                Ok(receipt.with_warnings([Warning::new("dedup", message)]))
            }
            (Err(error), Err(_)) => Err(not_released(error)),
        }
    }
}

/// What a result says about whether the vendor has the invitation.
fn settled(result: &Result<InviteReceipt>, claim: Claim) -> Settled {
    match result {
        Ok(receipt) => match receipt.state {
            InviteState::Accepted | InviteState::Scheduled(_) | InviteState::AlreadyKnown => {
                Settled::Accepted
            }
            InviteState::DryRun => Settled::NotSent(claim),
        },
        Err(error) if error.kind() == ErrorKind::Duplicate => Settled::Accepted,
        Err(error) if error.may_have_invited() => Settled::Unknown,
        Err(_) => Settled::NotSent(claim),
    }
}

#[async_trait]
#[deny(clippy::missing_trait_methods)]
impl ReviewInviteProvider for Dedup {
    fn info(&self) -> &ProviderInfo {
        self.inner.info()
    }

    fn capabilities(&self) -> &Capabilities {
        self.inner.capabilities()
    }

    fn preview(&self, request: &InviteRequest) -> Result<Preview> {
        self.inner.preview(request)
    }

    async fn send_invite(&self, request: &InviteRequest) -> Result<InviteReceipt> {
        let key = request.key(self.inner.info());
        let unknown = |why| Err(self.told(Error::new(ErrorKind::OutcomeUnknown, why)));
        match self.store.begin(&key).await {
            Ok(Begun::New(claim)) => self.send_claimed(&key, claim, request).await,
            Ok(Begun::Accepted) => {
                Ok(InviteReceipt::new(self.inner.info().clone(), InviteState::AlreadyKnown))
            }
            Ok(Begun::Unknown) => unknown("an earlier call was sent and not answered; this one was not sent"),
            Ok(Begun::Sending) => {
                unknown("another call is sending this, or was cut off; this one was not sent")
            }
            Err(error) => Err(self.told(not_begun(error))),
        }
    }

    async fn create_link(&self, request: &InviteRequest) -> Result<ReviewLink> {
        self.inner.create_link(request).await
    }

    async fn find_invite(&self, key: &InviteKey) -> Result<InviteLookup> {
        self.inner.find_invite(key).await
    }

    async fn erase_customer(&self, email: &EmailAddress) -> Result<Erasure> {
        self.inner.erase_customer(email).await
    }

    async fn check_setup(&self) -> Result<SetupReport> {
        self.inner.check_setup().await
    }
}

/// The error of a send whose key could not be released: the same call cannot send, whatever the vendor
/// advised.
fn not_released(error: Error) -> Error {
    let error = error.with_context(
        "the store failed after the send, so the same call will not send until the key is forgotten",
    );
    match error.retry_advice() {
        RetryAdvice::After(_) => error.with_retry_advice(RetryAdvice::Never),
        RetryAdvice::Never | RetryAdvice::Reconcile => error,
    }
}

/// The error of a store, told as what it means for the send: it did not happen. Nobody must take it
/// for a word of the vendor, nor ask another one: this vendor may have taken the order long ago.
fn not_begun(error: Error) -> Error {
    let advice = match error.retry_advice() {
        advice @ RetryAdvice::After(_) => advice,
        RetryAdvice::Never | RetryAdvice::Reconcile => RetryAdvice::Never,
    };
    error
        .with_kind(ErrorKind::Blocked)
        .with_sent(Sent::No)
        .with_retry_advice(advice)
        .with_context("nothing was sent, since the store of keys failed")
}
