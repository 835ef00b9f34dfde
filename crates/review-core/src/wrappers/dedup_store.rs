//! The store of [`Dedup`](crate::wrappers::Dedup).

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;

use crate::error::Result;
use crate::model::key::InviteKey;

/// The right of one call to send: a fencing token. Only its holder can give it up, so a call that ends late
/// cannot undo what others did in the meantime.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Claim(i64);

impl Claim {
    /// Creates a claim from a number that the store never uses again: of a sequence, a counter or a good
    /// random source.
    #[must_use]
    pub fn new(number: i64) -> Self {
        Self(number)
    }

    /// Returns the number, to be stored with the key.
    #[must_use]
    pub fn as_i64(self) -> i64 {
        self.0
    }
}

/// The result of [`DedupStore::claim`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ClaimResult {
    /// Nothing was recorded. The key is claimed now, and the caller sends.
    Claimed(Claim),
    /// Another call has claimed it: it is sending, or was killed while sending.
    InProgress,
    /// The vendor has the invitation.
    AlreadySent,
    /// It was sent, and it is unknown whether the vendor has it.
    OutcomeUnknown,
}

/// How a send ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Completion {
    /// The vendor has the invitation.
    Sent,
    /// It is unknown whether the vendor has the invitation.
    OutcomeUnknown,
    /// The vendor does not have it from the call with this claim; the key can be claimed again.
    NotSent(Claim),
}

/// Records which invitations were sent. Processes that share a store share the promise.
///
/// Two keys [conflict](InviteKey::conflicts_with) if they are equal, or if they concern the same order and one
/// of them has the kind `AccountDefault`. A key can be claimed only if nothing is recorded for any key that
/// conflicts with it.
///
/// A call can hang while an operator releases its key and another call sends it; the first may still end
/// after that. Therefore a key only moves forward, from claimed over unknown to sent, and a claim is removed
/// only by its own call. [`MemoryDedupStore`](crate::wrappers::MemoryDedupStore) is a reference
/// implementation.
#[async_trait]
pub trait DedupStore: fmt::Debug + Send + Sync + 'static {
    /// Claims a key if nothing is recorded for it or a key that conflicts with it. Atomic: of any number of
    /// concurrent calls, one gets [`ClaimResult::Claimed`]. The claim is durable when this returns, and its
    /// number was never used before.
    ///
    /// # Errors
    /// The store cannot be used; nothing is sent then.
    async fn claim(&self, key: &InviteKey) -> Result<ClaimResult>;

    /// Records how a send ended. [`Completion::Sent`] is always recorded, [`Completion::OutcomeUnknown`]
    /// unless the key is recorded as sent. [`Completion::NotSent`] removes the key only if this claim holds
    /// it, and otherwise changes nothing.
    ///
    /// # Errors
    /// The store cannot be used; the claim then stays as it is.
    async fn complete(&self, key: &InviteKey, completion: Completion) -> Result<()>;

    /// Removes a key, so that it can be sent again.
    ///
    /// # Errors
    /// The store cannot be used.
    async fn release(&self, key: &InviteKey) -> Result<()>;

    /// Returns what is recorded for a key, without claiming it. It lets [`Dedup`](crate::wrappers::Dedup)
    /// return for an invitation that was sent before, without waiting for a rate limit. `None`: nothing is
    /// recorded, or the store does not implement this.
    ///
    /// # Errors
    /// The store cannot be used.
    async fn find(&self, key: &InviteKey) -> Result<Option<ClaimResult>> {
        let _ = key;
        Ok(None)
    }
}

#[async_trait]
#[deny(clippy::missing_trait_methods)]
impl<T: DedupStore + ?Sized> DedupStore for Arc<T> {
    async fn claim(&self, key: &InviteKey) -> Result<ClaimResult> {
        (**self).claim(key).await
    }

    async fn complete(&self, key: &InviteKey, completion: Completion) -> Result<()> {
        (**self).complete(key, completion).await
    }

    async fn release(&self, key: &InviteKey) -> Result<()> {
        (**self).release(key).await
    }

    async fn find(&self, key: &InviteKey) -> Result<Option<ClaimResult>> {
        (**self).find(key).await
    }
}
