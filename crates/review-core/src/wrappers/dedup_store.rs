//! What is known of invitations, so that none is sent twice.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;

use crate::{InviteKey, Result};

/// The right of one call to send. Only who holds it can give it up, so a call that ends late cannot
/// undo what others did in the meantime.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Claim(i64);

impl Claim {
    /// A claim under a number the store never gives again: of a sequence, a counter or a good random
    /// source.
    #[must_use]
    pub fn new(number: i64) -> Self {
        Self(number)
    }

    /// The number, to be kept with the key.
    #[must_use]
    pub fn number(self) -> i64 {
        self.0
    }
}

/// What [`DedupStore::begin`] found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Begun {
    /// Nothing was known; the key is claimed now, and it is the caller who sends.
    New(Claim),
    /// It is claimed already: another call is sending it, or was cut off while it did.
    Sending,
    /// The vendor has the invitation.
    Accepted,
    /// It was sent and nobody knows whether the vendor has it.
    Unknown,
}

/// What became of an invitation that was begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Settled {
    /// The vendor has it.
    Accepted,
    /// Nobody knows whether the vendor has it.
    Unknown,
    /// The vendor does not have it from the call that made this claim; it may be begun anew.
    NotSent(Claim),
}

/// Where [`Dedup`](crate::Dedup) keeps what it knows. Two processes that share a store share the
/// promise.
///
/// Errors need not be marked as to whether something was sent; `Dedup` does that.
///
/// A call can hang while a person forgets its key and another call sends it; the first may still end
/// after that. So what is known of a key only grows, from being sent over unknown to accepted, and a
/// claim is removed by its own call alone.
///
/// ```
/// use std::collections::HashMap;
/// use std::sync::Mutex;
///
/// use async_trait::async_trait;
/// use review_core::{Begun, Claim, DedupStore, InviteKey, Result, Settled};
///
/// /// Stands for a table whose primary key is the invitation's; `New` is the state `sending`.
/// #[derive(Debug, Default)]
/// struct Table(Mutex<(i64, HashMap<InviteKey, Begun>)>);
///
/// #[async_trait]
/// impl DedupStore for Table {
///     async fn begin(&self, key: &InviteKey) -> Result<Begun> {
///         let (sequence, rows) = &mut *self.0.lock().unwrap();
///         // SELECT state, if the INSERT below did nothing. If there is none by then, once more.
///         match rows.get(key) {
///             Some(Begun::New(_)) => return Ok(Begun::Sending),
///             Some(known) => return Ok(*known),
///             None => *sequence += 1,
///         }
///         // INSERT (…, state, claim) VALUES (…, 'sending', nextval(…)) ON CONFLICT DO NOTHING RETURNING claim
///         let begun = Begun::New(Claim::new(*sequence));
///         rows.insert(key.clone(), begun);
///         Ok(begun)
///     }
///
///     async fn finish(&self, key: &InviteKey, settled: Settled) -> Result<()> {
///         let (_, rows) = &mut *self.0.lock().unwrap();
///         let known = rows.get(key).copied();
///         match settled {
///             // INSERT (…, 'accepted') ON CONFLICT (…) DO UPDATE SET state = 'accepted'
///             Settled::Accepted => rows.insert(key.clone(), Begun::Accepted),
///             // INSERT (…, 'unknown') ON CONFLICT (…) DO UPDATE SET state = 'unknown' WHERE state = 'sending'
///             Settled::Unknown if known != Some(Begun::Accepted) => rows.insert(key.clone(), Begun::Unknown),
///             // DELETE WHERE … AND state = 'sending' AND claim = ?
///             Settled::NotSent(claim) if known == Some(Begun::New(claim)) => rows.remove(key),
///             Settled::Unknown | Settled::NotSent(_) => None,
///         };
///         Ok(())
///     }
///
///     async fn forget(&self, key: &InviteKey) -> Result<()> {
///         // DELETE WHERE …
///         self.0.lock().unwrap().1.remove(key);
///         Ok(())
///     }
/// }
/// ```
#[async_trait]
pub trait DedupStore: fmt::Debug + Send + Sync + 'static {
    /// Claims a key if nothing is known of it, and says what is known. It is atomic: of any number of
    /// calls at once, one gets [`Begun::New`]. The claim is durable once this returns, and no other was
    /// ever the same.
    ///
    /// # Errors
    /// Where the store cannot be used; nothing is sent then.
    async fn begin(&self, key: &InviteKey) -> Result<Begun>;

    /// Notes what became of a key. [`Settled::Accepted`] is noted whatever was known,
    /// [`Settled::Unknown`] unless it is known as accepted. [`Settled::NotSent`] removes the key only
    /// where it is being sent under this very claim, and otherwise changes nothing.
    ///
    /// # Errors
    /// Where the store cannot be used; the claim then stays as it is.
    async fn finish(&self, key: &InviteKey, settled: Settled) -> Result<()>;

    /// Removes a key, so that it may be sent (again).
    ///
    /// # Errors
    /// Where the store cannot be used.
    async fn forget(&self, key: &InviteKey) -> Result<()>;
}

#[async_trait]
#[deny(clippy::missing_trait_methods)]
impl<T: DedupStore + ?Sized> DedupStore for Arc<T> {
    async fn begin(&self, key: &InviteKey) -> Result<Begun> {
        (**self).begin(key).await
    }

    async fn finish(&self, key: &InviteKey, settled: Settled) -> Result<()> {
        (**self).finish(key, settled).await
    }

    async fn forget(&self, key: &InviteKey) -> Result<()> {
        (**self).forget(key).await
    }
}

/// A store in memory: for tests, and for jobs that run in one process from start to end. It forgets
/// all when the process ends and grows with the number of invitations.
#[derive(Default)]
pub struct MemoryDedupStore(Mutex<Known>);

#[derive(Default)]
struct Known {
    keys: HashMap<InviteKey, State>,
    claims: i64,
}

#[derive(Clone, Copy, PartialEq)]
enum State {
    Sending(Claim),
    Accepted,
    Unknown,
}

impl MemoryDedupStore {
    /// An empty store.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The keys of which it is not known whether the vendor has the invitation, those being sent at
    /// this moment among them, in their order.
    #[must_use]
    pub fn unsettled(&self) -> Vec<InviteKey> {
        let known = self.known();
        let open = known.keys.iter().filter(|(_, state)| **state != State::Accepted);
        let mut keys: Vec<_> = open.map(|(key, _)| key.clone()).collect();
        keys.sort();
        keys
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Shows the number of keys only.
impl fmt::Debug for MemoryDedupStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryDedupStore").field("keys", &self.known().keys.len()).finish()
    }
}

#[async_trait]
impl DedupStore for MemoryDedupStore {
    async fn begin(&self, key: &InviteKey) -> Result<Begun> {
        let mut known = self.known();
        match known.keys.get(key) {
            Some(State::Sending(_)) => return Ok(Begun::Sending),
            Some(State::Accepted) => return Ok(Begun::Accepted),
            Some(State::Unknown) => return Ok(Begun::Unknown),
            None => {}
        }
        known.claims += 1;
        let claim = Claim(known.claims);
        known.keys.insert(key.clone(), State::Sending(claim));
        Ok(Begun::New(claim))
    }

    async fn finish(&self, key: &InviteKey, settled: Settled) -> Result<()> {
        let mut known = self.known();
        match (settled, known.keys.get(key)) {
            (Settled::Accepted, _) => known.keys.insert(key.clone(), State::Accepted),
            (Settled::Unknown, Some(State::Accepted)) => None,
            (Settled::Unknown, _) => known.keys.insert(key.clone(), State::Unknown),
            (Settled::NotSent(claim), Some(state)) if *state == State::Sending(claim) => {
                known.keys.remove(key)
            }
            (Settled::NotSent(_), _) => None,
        };
        Ok(())
    }

    async fn forget(&self, key: &InviteKey) -> Result<()> {
        self.known().keys.remove(key);
        Ok(())
    }
}
