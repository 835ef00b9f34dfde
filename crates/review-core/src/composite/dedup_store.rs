//! What is known of invitations, so that none is sent twice.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;

use crate::{InviteKey, Result};

/// What [`DedupStore::begin`] found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Begun {
    /// Nothing was known; the key is claimed now, and it is the caller who sends.
    New,
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
    /// The vendor does not have it; it may be begun anew.
    NotSent,
}

/// Where [`Dedup`](crate::Dedup) keeps what it knows. Two processes that share a store share the
/// promise.
///
/// Errors need not be marked as to whether something was sent; `Dedup` does that.
///
/// ```
/// use std::collections::HashMap;
/// use std::sync::Mutex;
///
/// use async_trait::async_trait;
/// use review_core::{Begun, DedupStore, Error, ErrorKind, InviteKey, Result, Settled};
///
/// /// Stands for a table whose primary key is the invitation's.
/// #[derive(Debug, Default)]
/// struct Table(Mutex<HashMap<InviteKey, Begun>>);
///
/// #[async_trait]
/// impl DedupStore for Table {
///     async fn begin(&self, key: &InviteKey) -> Result<Begun> {
///         // INSERT … ON CONFLICT DO NOTHING; then, if nothing was inserted, SELECT.
///         let mut rows = self.0.lock().map_err(|_| Error::new(ErrorKind::Unexpected, "no database"))?;
///         if let Some(known) = rows.get(key) {
///             return Ok(*known);
///         }
///         rows.insert(key.clone(), Begun::Sending);
///         Ok(Begun::New)
///     }
///
///     async fn finish(&self, key: &InviteKey, settled: Settled) -> Result<()> {
///         let mut rows = self.0.lock().map_err(|_| Error::new(ErrorKind::Unexpected, "no database"))?;
///         match settled {
///             Settled::Accepted => rows.insert(key.clone(), Begun::Accepted),
///             Settled::Unknown => rows.insert(key.clone(), Begun::Unknown),
///             Settled::NotSent => rows.remove(key),
///         };
///         Ok(())
///     }
///
///     async fn forget(&self, key: &InviteKey) -> Result<()> {
///         self.finish(key, Settled::NotSent).await
///     }
/// }
/// ```
#[async_trait]
pub trait DedupStore: fmt::Debug + Send + Sync + 'static {
    /// Claims a key if nothing is known of it, and says what is known. It is atomic: of any number of
    /// calls at once, one gets [`Begun::New`]. The claim is durable once this returns.
    ///
    /// # Errors
    /// Where the store cannot be used; nothing is sent then.
    async fn begin(&self, key: &InviteKey) -> Result<Begun>;

    /// Notes what became of a key, whatever was known before. [`Settled::NotSent`] removes it.
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
pub struct MemoryDedupStore(Mutex<HashMap<InviteKey, Begun>>);

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
        let open = known.iter().filter(|(_, state)| **state != Begun::Accepted);
        let mut keys: Vec<_> = open.map(|(key, _)| key.clone()).collect();
        keys.sort();
        keys
    }

    fn known(&self) -> MutexGuard<'_, HashMap<InviteKey, Begun>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Shows the number of keys only.
impl fmt::Debug for MemoryDedupStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryDedupStore").field("keys", &self.known().len()).finish()
    }
}

#[async_trait]
impl DedupStore for MemoryDedupStore {
    async fn begin(&self, key: &InviteKey) -> Result<Begun> {
        let mut known = self.known();
        if let Some(state) = known.get(key) {
            return Ok(*state);
        }
        known.insert(key.clone(), Begun::Sending);
        Ok(Begun::New)
    }

    async fn finish(&self, key: &InviteKey, settled: Settled) -> Result<()> {
        match settled {
            Settled::Accepted => self.known().insert(key.clone(), Begun::Accepted),
            Settled::Unknown => self.known().insert(key.clone(), Begun::Unknown),
            Settled::NotSent => self.known().remove(key),
        };
        Ok(())
    }

    async fn forget(&self, key: &InviteKey) -> Result<()> {
        self.known().remove(key);
        Ok(())
    }
}
