//! Reading rows: lists for operators, one row, its history.

use std::str::FromStr as _;

use review_core::model::{InviteKey, OrderReference};

use crate::clock::Millis;
use crate::database::value::Row;
use crate::error::{Error, Result};
use crate::key::order_hash;
use crate::outbox::Outbox;
use crate::state::State;

/// A row of the outbox, without the request. Times are milliseconds since 1970 in UTC.
///
/// `Debug` leaves the reference out, which some shops make of an email address.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Entry {
    /// The id of the row.
    pub id: i64,
    /// The shop.
    pub shop: String,
    /// The order; `None` once the row was purged.
    pub reference: Option<String>,
    /// The kind, as in [`InviteKind::as_str`](review_core::InviteKind::as_str).
    pub kind: String,
    /// The instance that sends.
    pub instance: String,
    /// The state.
    pub state: State,
    /// When the row is due, is looked up or is tried again, by state.
    pub run_at: Millis,
    /// Failed attempts.
    pub attempts: i64,
    /// Workers that died while they held the row.
    pub crashes: i64,
    /// The state of the invitation, for example `accepted` or `already_invited`.
    pub outcome: Option<String>,
    /// The vendor's id of the invitation.
    pub vendor_id: Option<String>,
    /// The class of the last error.
    pub error_class: Option<String>,
    /// The message of the last error, as review-core redacts it.
    pub error_message: Option<String>,
    /// The id that the vendor's support needs to find the request.
    pub correlation_id: Option<String>,
    /// When the row was enqueued.
    pub created_at: Millis,
    /// When the row was finished.
    pub finished_at: Option<Millis>,
    /// When the outcome became unknown, if it did.
    pub unknown_at: Option<Millis>,
}

impl std::fmt::Debug for Entry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Entry")
            .field("id", &self.id)
            .field("kind", &self.kind)
            .field("instance", &self.instance)
            .field("state", &self.state)
            .field("attempts", &self.attempts)
            .field("error_class", &self.error_class)
            .finish_non_exhaustive()
    }
}

impl Entry {
    /// Returns the key of the invitation, for a lookup at the vendor. `None` if the row was purged or erased.
    ///
    /// # Errors
    /// [`Error::Row`] if the stored reference or kind is invalid: another program, or a newer release, wrote it.
    pub fn key(&self) -> Result<Option<InviteKey>> {
        key_of(self.id, &self.shop, self.reference.clone(), &self.kind)
    }
}

/// What an operator or a policy did to a row.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AuditRecord {
    /// When.
    pub at: Millis,
    /// By whom: an operator's name, or `policy`.
    pub actor: String,
    /// What was done.
    pub action: String,
    /// The state before.
    pub from: State,
    /// The state after.
    pub to: State,
    /// A note.
    pub note: Option<String>,
}

impl Outbox {
    /// Returns up to `limit` rows of a state in the order of their ids, after the id `after` (0 for the first
    /// page).
    ///
    /// # Errors
    /// [`Error::Database`] if the statement fails.
    pub async fn list(&self, state: State, after: i64, limit: u32) -> Result<Vec<Entry>> {
        let values = [state.as_str().into(), after.into(), i64::from(limit).into()];
        self.pool.fetch(&self.sql.list, &values).await?.iter().map(entry).collect()
    }

    /// Returns the row of an invitation.
    ///
    /// # Errors
    /// [`Error::Database`] if a statement fails.
    pub async fn find(&self, key: &InviteKey) -> Result<Option<Entry>> {
        let order = order_hash(key);
        let rows = self.pool.fetch(&self.sql.find, &[(&order).into(), key.kind.as_str().into()]).await?;
        match rows.first() {
            Some(row) => self.get(row.int("id")?).await,
            None => Ok(None),
        }
    }

    /// Returns one row.
    ///
    /// # Errors
    /// [`Error::Database`] if the statement fails.
    pub async fn get(&self, id: i64) -> Result<Option<Entry>> {
        self.pool.fetch(&self.sql.get, &[id.into()]).await?.first().map(entry).transpose()
    }

    /// Returns the audit records of one row, the oldest first.
    ///
    /// # Errors
    /// [`Error::Database`] if the statement fails.
    pub async fn audit_records(&self, id: i64) -> Result<Vec<AuditRecord>> {
        let rows = self.pool.fetch(&self.sql.audits, &[id.into()]).await?;
        let record = |row: &Row| {
            Ok(AuditRecord {
                at: row.int("at")?,
                actor: row.text("actor")?,
                action: row.text("action")?,
                from: state_of(0, "from_state", &row.text("from_state")?)?,
                to: state_of(0, "to_state", &row.text("to_state")?)?,
                note: row.opt_text("note")?,
            })
        };
        rows.iter().map(record).collect()
    }
}

pub(crate) fn entry(row: &Row) -> Result<Entry> {
    Ok(Entry {
        id: row.int("id")?,
        shop: row.text("shop")?,
        reference: row.opt_text("reference")?,
        kind: row.text("kind")?,
        instance: row.text("instance")?,
        state: state(row)?,
        run_at: row.int("run_at")?,
        attempts: row.int("attempts")?,
        crashes: row.int("crashes")?,
        outcome: row.opt_text("outcome")?,
        vendor_id: row.opt_text("vendor_id")?,
        error_class: row.opt_text("error_class")?,
        error_message: row.opt_text("error_message")?,
        correlation_id: row.opt_text("correlation_id")?,
        created_at: row.int("created_at")?,
        finished_at: row.opt_int("finished_at")?,
        unknown_at: row.opt_int("unknown_at")?,
    })
}

pub(crate) fn state(row: &Row) -> Result<State> {
    state_of(row.int("id")?, "state", &row.text("state")?)
}

fn state_of(id: i64, column: &'static str, text: &str) -> Result<State> {
    State::from_str(text).map_err(|_| Error::Row {
        id,
        column,
        expected: "a state that this release knows",
        help: "run the release that wrote it",
    })
}

/// Returns the key of a row, see [`Entry::key`].
pub(crate) fn key(row: &Row) -> Result<Option<InviteKey>> {
    key_of(row.int("id")?, &row.text("shop")?, row.opt_text("reference")?, &row.text("kind")?)
}

fn key_of(id: i64, shop: &str, reference: Option<String>, kind: &str) -> Result<Option<InviteKey>> {
    let Some(reference) = reference else { return Ok(None) };
    let invalid =
        |column, expected| Error::Row { id, column, expected, help: "correct the row, or cancel it" };
    let reference = OrderReference::new(reference).map_err(|_| invalid("reference", "an order reference"))?;
    let kind = kind.parse().map_err(|_| invalid("kind", "a kind that this release knows"))?;
    Ok(Some(InviteKey::new(shop, reference, kind)))
}
