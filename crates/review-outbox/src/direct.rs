//! Sending now, with the outbox as the record.

use std::sync::Arc;

use review_core::InviteRequest;
use review_core::provider::{ProviderInfo, SendTracker};

use crate::clock::Millis;
use crate::database::connection::Connection;
use crate::database::pool::AsyncTransaction;
use crate::enqueue::{Enqueued, insert};
use crate::error::Result;
use crate::outbox::Outbox;
use crate::schema::statements::Statements;
use crate::state::State;
use crate::store::claim::{Claimed, Fence, Owner, claim_one};
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
    /// The outbox contained the invitation already, and it was not pending and due; nothing was sent.
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

    /// Sends a request now, whatever its `send_at`, unless the outbox contains the invitation already. A row that is
    /// pending and due is sent, too: one that a crashed process left, or whose wait after a failure is over.
    ///
    /// # Errors
    /// [`Error::Database`](crate::Error::Database) if the row cannot be written or read. A failure of the
    /// provider is not an error here: it is in the row.
    pub async fn send(&self, request: &InviteRequest) -> Result<DirectResult> {
        let outbox = &self.sender.outbox;
        outbox.refresh_clock().await?;
        let insert = InsertAndClaim {
            sql: outbox.sql,
            request: request.clone(),
            provider: self.sender.instance.provider.info().clone(),
            fence: self.owner.next_fence(),
            now: outbox.clock.now(),
            lease: outbox.in_millis(self.sender.options.lease),
        };
        let (id, row) = outbox.pool.transaction(insert).await?;
        let Some(row) = row else { return Ok(DirectResult::AlreadyQueued(self.entry(id).await?)) };
        let flight = InFlight { row, tracker: SendTracker::new() };
        // In a task: the result is recorded even if the caller is cancelled.
        let send = tokio::spawn(self.sender.clone().send(flight.clone(), std::future::pending()));
        if send.await.is_err() {
            self.sender.panicked(&flight).await;
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

/// Inserts a row and claims it in one transaction: no crash leaves it `pending` without a worker.
struct InsertAndClaim {
    sql: &'static Statements,
    request: InviteRequest,
    provider: ProviderInfo,
    fence: Fence,
    now: Millis,
    lease: Millis,
}

impl AsyncTransaction<(i64, Option<Claimed>)> for InsertAndClaim {
    async fn run(self, mut connection: Connection<'_>) -> Result<(i64, Option<Claimed>)> {
        let instance = self.provider.instance();
        let now = Some(self.now);
        connection.execute(&self.sql.circuit_create, &[instance.into()]).await?;
        let id = match insert(&mut connection, self.sql, &self.request, &self.provider, now).await? {
            Enqueued::New { id } | Enqueued::AlreadyQueued { id, .. } => id,
        };
        let row = (id, instance);
        let claimed = claim_one(&mut connection, self.sql, &self.fence, row, self.lease, self.now).await?;
        Ok((id, claimed))
    }
}
