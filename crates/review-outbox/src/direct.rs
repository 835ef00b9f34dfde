//! Sending now, with the outbox as the record.

use std::sync::Arc;

use review_core::InviteRequest;
use review_core::provider::SendTracker;

use crate::database::connection::Connection;
use crate::database::pool::AsyncTransaction;
use crate::enqueue::{Enqueued, enqueue};
use crate::error::Result;
use crate::outbox::Outbox;
use crate::state::State;
use crate::store::claim::Owner;
use crate::view::Entry;
use crate::worker::options::{Instance, WorkerOptions};
use crate::worker::send::{InFlight, Sender};

/// Sends single requests immediately and records each in the outbox, without a worker: for a command that an
/// operator can run twice. A crash leaves the row `claimed` or `sending`; the next worker or
/// [`Direct::recover`] moves it.
#[derive(Clone)]
pub struct Direct {
    sender: Sender,
    owner: Owner,
}

impl std::fmt::Debug for Direct {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Direct").field("instance", &self.sender.instance).finish_non_exhaustive()
    }
}

/// The result of [`Direct::send`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DirectResult {
    /// The request was sent, or failed; the row contains the result.
    Sent(Entry),
    /// The outbox contained the invitation already; nothing was sent.
    AlreadyQueued(Entry),
}

impl Direct {
    /// Creates a handle that sends with one instance.
    #[must_use]
    pub fn new(outbox: Outbox, instance: Instance, options: WorkerOptions) -> Self {
        let (instance, options) = (Arc::new(instance), Arc::new(options));
        let sender = Sender { outbox, instance, options, clean: Arc::default() };
        Self { sender, owner: Owner::new() }
    }

    /// Sends a request now, whatever its `send_at`, unless the outbox contains the invitation already.
    ///
    /// # Errors
    /// [`Error::Database`](crate::Error::Database) if the row cannot be written or read. A failure of the
    /// provider is not an error here: it is in the row.
    pub async fn send(&self, request: &InviteRequest) -> Result<DirectResult> {
        let outbox = &self.sender.outbox;
        let insert =
            Insert { request: request.clone(), provider: self.sender.instance.provider.info().clone() };
        let (id, new) = match outbox.pool.transaction(insert).await? {
            Enqueued::New { id } => (id, true),
            Enqueued::AlreadyQueued { id, .. } => (id, false),
        };
        if !new {
            return Ok(DirectResult::AlreadyQueued(self.entry(id).await?));
        }
        for limit in &self.sender.instance.limits {
            outbox.prepare_limit(limit).await?;
        }
        let fence = self.owner.next_fence();
        if let Some(row) = outbox.claim_one(&fence, id, self.sender.options.lease).await? {
            let flight = InFlight { row, tracker: SendTracker::new() };
            // In a task: the result is recorded even if the caller is cancelled.
            let send = tokio::spawn(self.sender.clone().send(flight.clone(), std::future::pending()));
            if send.await.is_err() {
                self.sender.panicked(&flight).await;
            }
        }
        Ok(DirectResult::Sent(self.entry(id).await?))
    }

    /// Moves rows that a crashed process left `claimed` or `sending` longer than the lease ago. Returns the
    /// number of rows that became `unknown`.
    ///
    /// # Errors
    /// [`Error::Database`](crate::Error::Database) if a statement fails.
    pub async fn recover(&self) -> Result<usize> {
        let options = &self.sender.options;
        Ok(self.sender.outbox.sweep(options.max_crashes, options.poll).await?.unknown)
    }

    async fn entry(&self, id: i64) -> Result<Entry> {
        let entry = self.sender.outbox.get(id).await?;
        entry.ok_or_else(|| crate::error::Error::from(sqlx::Error::RowNotFound))
    }
}

impl Entry {
    /// Returns whether the vendor has the invitation.
    #[must_use]
    pub fn is_accepted(&self) -> bool {
        self.state == State::Accepted
    }
}

struct Insert {
    request: InviteRequest,
    provider: review_core::provider::ProviderInfo,
}

impl AsyncTransaction<Enqueued> for Insert {
    async fn run(self, connection: Connection<'_>) -> Result<Enqueued> {
        enqueue(connection, &self.request, &self.provider).await
    }
}
