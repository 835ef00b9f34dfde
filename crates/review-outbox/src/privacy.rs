//! Personal data: purge after a time, export and erase one customer.

use std::time::Duration;

use review_core::model::EmailAddress;

use crate::clock::{Millis, millis};
use crate::error::Result;
use crate::key::customer_hash;
use crate::outbox::Outbox;
use crate::state::State;
use crate::view::AuditRecord;

/// Rows of one purge statement.
const PURGE_BATCH: i64 = 1_000;

/// What the outbox stores about one invitation of a customer. Contains personal data; `Debug` leaves it out.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CustomerRecord {
    /// The id of the row.
    pub id: i64,
    /// The shop.
    pub shop: String,
    /// The order.
    pub reference: Option<String>,
    /// The kind of the invitation.
    pub kind: String,
    /// The instance that sends.
    pub instance: String,
    /// The state.
    pub state: State,
    /// The stored request as JSON: name, address, order, consent.
    pub request: Option<String>,
    /// When the row was enqueued, in milliseconds since 1970.
    pub created_at: Millis,
    /// When the row was finished.
    pub finished_at: Option<Millis>,
    /// The state of the invitation, for example `accepted` or `already_invited`.
    pub outcome: Option<String>,
    /// The vendor's id of the invitation.
    pub vendor_id: Option<String>,
    /// The message of the last error.
    pub error_message: Option<String>,
    /// The vendor's id of the last request.
    pub correlation_id: Option<String>,
    /// What operators and policies did to the row.
    pub audit: Vec<AuditRecord>,
}

impl std::fmt::Debug for CustomerRecord {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CustomerRecord")
            .field("id", &self.id)
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}

/// What [`Outbox::erase_customer`] did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Erased {
    /// Rows whose personal data were removed.
    pub rows: usize,
    /// Those of them that were not sent yet and are cancelled now.
    pub cancelled: usize,
    /// Those of them that had been sent, or may have been: ask the vendor to erase them, too.
    pub at_vendor: usize,
}

impl Outbox {
    /// Removes everything personal of rows that were finished longer than `age` ago: the request, the reference, the
    /// customer's hash, the vendor's ids, the error message and the notes of operators. The order's hash stays, so that
    /// no order is invited twice. Returns the number of rows.
    ///
    /// Rows in the states `unknown` and `held` keep their data until they are resolved.
    ///
    /// # Errors
    /// [`Error::Database`](crate::Error::Database) if a statement fails.
    pub async fn purge(&self, age: Duration) -> Result<u64> {
        let before = self.clock.now().saturating_sub(millis(age));
        let mut purged = 0;
        loop {
            let rows = self.pool.execute(&self.sql.purge, &[before.into(), PURGE_BATCH.into()]).await?;
            purged += rows;
            if rows == 0 {
                break;
            }
        }
        self.pool.execute(&self.sql.purge_notes, &[]).await?;
        Ok(purged)
    }

    /// Removes what [`purge`](Self::purge) removes, for one row, whenever it was finished. Returns false if the
    /// row does not exist or is not finished.
    ///
    /// # Errors
    /// [`Error::Database`](crate::Error::Database) if a statement fails.
    pub async fn forget(&self, id: i64) -> Result<bool> {
        let forgotten = self.pool.execute(&self.sql.forget, &[id.into()]).await? == 1;
        if forgotten {
            self.forget_notes(id).await?;
        }
        Ok(forgotten)
    }

    /// Removes the notes of operators about a row that was forgotten.
    pub(crate) async fn forget_notes(&self, id: i64) -> Result<()> {
        self.pool.execute(&self.sql.forget_notes, &[id.into()]).await.map(drop)
    }

    /// Returns everything the outbox stores about a customer, for a request under article 15 of the GDPR: what
    /// [`purge`](Self::purge) and [`erase_customer`](Self::erase_customer) remove, and the states.
    ///
    /// Rows of an [`OutboxDedupStore`](crate::OutboxDedupStore) contain an order's reference and nothing about the
    /// customer, so they are not found by the address.
    ///
    /// # Errors
    /// [`Error::Database`](crate::Error::Database) if the statement fails.
    pub async fn export_customer(&self, email: &EmailAddress) -> Result<Vec<CustomerRecord>> {
        let hash = customer_hash(email);
        let rows = self.pool.fetch(&self.sql.export, &[(&hash).into()]).await?;
        let mut records = Vec::with_capacity(rows.len());
        for row in &rows {
            let id = row.int("id")?;
            records.push(CustomerRecord {
                id,
                shop: row.text("shop")?,
                reference: row.opt_text("reference")?,
                kind: row.text("kind")?,
                instance: row.text("instance")?,
                state: crate::view::state(row)?,
                request: row.opt_text("payload")?,
                created_at: row.int("created_at")?,
                finished_at: row.opt_int("finished_at")?,
                outcome: row.opt_text("outcome")?,
                vendor_id: row.opt_text("vendor_id")?,
                error_message: row.opt_text("error_message")?,
                correlation_id: row.opt_text("correlation_id")?,
                audit: self.audit_records(id).await?,
            });
        }
        Ok(records)
    }

    /// Removes everything personal about a customer, as [`purge`](Self::purge) does, and cancels what was not sent
    /// yet. A request that is being sent at this moment is still sent.
    ///
    /// # Errors
    /// [`Error::Database`](crate::Error::Database) if the statement fails.
    pub async fn erase_customer(&self, email: &EmailAddress) -> Result<Erased> {
        let (hash, now) = (customer_hash(email), self.clock.now());
        let rows = self.pool.fetch(&self.sql.erase, &[(&hash).into(), now.into()]).await?;
        self.pool.execute(&self.sql.purge_notes, &[]).await?;
        let mut erased = Erased { rows: rows.len(), ..Erased::default() };
        for row in &rows {
            match row.text("state")?.as_str() {
                "cancelled" => erased.cancelled += 1,
                "accepted" | "sending" | "unknown" => erased.at_vendor += 1,
                _ => {}
            }
        }
        Ok(erased)
    }
}
