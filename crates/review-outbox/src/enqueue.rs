//! What a backend does inside its own transaction: enqueue, cancel, reschedule.

use chrono::{DateTime, Utc};
use review_core::model::InviteKey;
use review_core::provider::ProviderInfo;
use review_core::{InviteRequest, SendAt};

use crate::clock::Millis;
use crate::database::connection::Connection;
use crate::database::pool::AsyncTransaction;
use crate::error::{Error, Result};
use crate::key::{customer_hash, order_hash};
use crate::outbox::Outbox;
use crate::schema::statements::Statements;
use crate::state::State;

/// The result of [`enqueue`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Enqueued {
    /// A new row. It becomes visible to workers when the transaction commits.
    New {
        /// The id of the row.
        id: i64,
    },
    /// The invitation is in the outbox already; nothing was changed. A cancelled one stays cancelled.
    AlreadyQueued {
        /// The id of the existing row.
        id: i64,
        /// Its state.
        state: State,
    },
}

/// The result of [`cancel`] and [`reschedule`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Changed {
    /// The change is part of the transaction. No worker sends the row before it commits.
    Yes,
    /// The row is in a state that cannot be changed any more: the request may have left. If several rows match
    /// the key, those that had not left are changed.
    TooLate(State),
    /// The outbox has no such invitation.
    NotFound,
}

/// Puts an invitation into the outbox, inside the caller's transaction: if the transaction commits, the
/// invitation is sent when it is due; if it does not, there is no invitation.
///
/// `provider` names the instance that sends and its shop: [`ProviderInfo`] of the registry, or one with the
/// same instance and shop. The invitation is due at the request's `send_at`; the outbox holds it until then.
///
/// ```no_run
/// # use review_core::{InviteRequest, provider::ProviderInfo};
/// # #[cfg(feature = "sqlite")]
/// # async fn example(pool: sqlx::SqlitePool, request: InviteRequest) -> Result<(), Box<dyn std::error::Error>> {
/// let provider = ProviderInfo::new("acme", "acme-de").with_shop("shop-de");
/// // IMMEDIATE: SQLite cannot turn a transaction that has only read into a writer while others write.
/// let mut transaction = pool.begin_with("BEGIN IMMEDIATE").await?;
/// sqlx::query("UPDATE orders SET shipped = 1 WHERE number = '1001'").execute(&mut *transaction).await?;
/// review_outbox::enqueue(&mut transaction, &request, &provider).await?;
/// transaction.commit().await?;
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// [`Error::Argument`] if `send_at` cannot be computed for the order. [`Error::Database`] if the statement
/// fails, for example because the disk is full; roll the transaction back.
pub async fn enqueue<'c>(
    connection: impl Into<Connection<'c>>,
    request: &InviteRequest,
    provider: &ProviderInfo,
) -> Result<Enqueued> {
    let mut connection = connection.into();
    let sql = Statements::of(connection.dialect());
    insert(&mut connection, sql, request, provider, due(request)?).await
}

/// Returns when a request is due. `None`: now, by the clock of the database, which is also that of the workers.
pub(crate) fn due(request: &InviteRequest) -> Result<Option<Millis>> {
    let due = match request.send_at() {
        SendAt::Now | SendAt::AccountDefault => return Ok(None),
        send_at => send_at.resolve(request.order(), Utc::now()),
    };
    let due = due.map_err(|_| Error::Argument {
        argument: "send_at",
        expected: "a time, or a delay from a date that the order has",
        help: "set the date of the order from which the delay counts",
    })?;
    Ok(due.map(|due| due.timestamp_millis()))
}

/// The stored form of a request.
pub(crate) fn payload(request: &InviteRequest) -> Result<String> {
    serde_json::to_string(request).map_err(|_| Error::Argument {
        argument: "request",
        expected: "serializable",
        help: "report this as an error of review-core",
    })
}

/// Inserts a row that is due then, or now.
pub(crate) async fn insert(
    connection: &mut Connection<'_>,
    sql: &'static Statements,
    request: &InviteRequest,
    provider: &ProviderInfo,
    due: Option<Millis>,
) -> Result<Enqueued> {
    let key = request.key(provider);
    let payload = payload(request)?;
    let (order, customer) = (order_hash(&key), customer_hash(request.customer().email()));
    let values = [
        (&key.shop).into(),
        key.reference.as_str().into(),
        key.kind.as_str().into(),
        (&order).into(),
        (&customer).into(),
        provider.instance().into(),
        (&payload).into(),
        due.into(),
    ];
    // The second round is for a row that was deleted between the two statements.
    for _ in 0..2 {
        if let Some(row) = connection.fetch(&sql.enqueue, &values).await?.first() {
            return Ok(Enqueued::New { id: row.int("id")? });
        }
        if let Some((id, state)) = find(connection, sql, &key).await?.first().copied() {
            return Ok(Enqueued::AlreadyQueued { id, state });
        }
    }
    Err(Error::Database {
        kind: crate::error::DatabaseErrorKind::Busy,
        code: None,
        message: "the invitation was inserted and removed at the same time; run the transaction again".into(),
    })
}

/// Withdraws an invitation, inside the caller's transaction: after a refund, or if the customer objects.
/// An invitation of the kind `AccountDefault` is found by every kind of the same order.
///
/// # Errors
/// [`Error::Database`] if a statement fails.
pub async fn cancel<'c>(connection: impl Into<Connection<'c>>, key: &InviteKey) -> Result<Changed> {
    let connection = connection.into();
    let sql = Statements::of(connection.dialect());
    cancel_with(connection, sql, key).await
}

pub(crate) async fn cancel_with(
    mut connection: Connection<'_>,
    sql: &'static Statements,
    key: &InviteKey,
) -> Result<Changed> {
    let order = order_hash(key);
    let changed = connection.fetch(&sql.cancel, &[(&order).into(), key.kind.as_str().into()]).await?.len();
    Ok(result(changed, &find(&mut connection, sql, key).await?))
}

impl Outbox {
    /// Withdraws an invitation in a separate transaction, for operators. See [`cancel`].
    ///
    /// # Errors
    /// [`Error::Database`] if a statement fails.
    pub async fn cancel(&self, key: &InviteKey) -> Result<Changed> {
        self.pool.transaction(Cancel { sql: self.sql, key: key.clone() }).await
    }
}

struct Cancel {
    sql: &'static Statements,
    key: InviteKey,
}

impl AsyncTransaction<Changed> for Cancel {
    async fn run(self, connection: Connection<'_>) -> Result<Changed> {
        cancel_with(connection, self.sql, &self.key).await
    }
}

/// Changes when an invitation is due, inside the caller's transaction. A held or skipped invitation becomes
/// pending; a cancelled one stays cancelled (see [`Outbox::requeue`](crate::Outbox::requeue)).
///
/// # Errors
/// [`Error::Database`] if a statement fails.
pub async fn reschedule<'c>(
    connection: impl Into<Connection<'c>>,
    key: &InviteKey,
    due: DateTime<Utc>,
) -> Result<Changed> {
    let connection = connection.into();
    let sql = Statements::of(connection.dialect());
    reschedule_with(connection, sql, key, due).await
}

pub(crate) async fn reschedule_with(
    mut connection: Connection<'_>,
    sql: &'static Statements,
    key: &InviteKey,
    due: DateTime<Utc>,
) -> Result<Changed> {
    let order = order_hash(key);
    let values = [(&order).into(), key.kind.as_str().into(), due.timestamp_millis().into()];
    let changed = connection.fetch(&sql.reschedule, &values).await?.len();
    Ok(result(changed, &find(&mut connection, sql, key).await?))
}

/// The result for a key: one row that may have left outweighs those that were changed.
fn result(changed: usize, rows: &[(i64, State)]) -> Changed {
    let left = |state| matches!(state, State::Sending | State::Accepted | State::Unknown);
    if let Some((_, state)) = rows.iter().find(|(_, state)| left(*state)) {
        return Changed::TooLate(*state);
    }
    match rows.first() {
        _ if changed > 0 => Changed::Yes,
        Some((_, state)) => Changed::TooLate(*state),
        None => Changed::NotFound,
    }
}

async fn find(
    connection: &mut Connection<'_>,
    sql: &'static Statements,
    key: &InviteKey,
) -> Result<Vec<(i64, State)>> {
    let order = order_hash(key);
    let rows = connection.fetch(&sql.find, &[(&order).into(), key.kind.as_str().into()]).await?;
    rows.iter().map(|row| Ok((row.int("id")?, crate::view::state(row)?))).collect()
}
