//! The handle of one outbox.

use std::time::Duration;

use crate::clock::{Clock, Millis, millis};
use crate::database::open;
use crate::database::pool::Pool;
use crate::error::{Error, Result};
use crate::schema;
use crate::schema::statements::Statements;

/// A run time that never comes: the year 292,000,000 would overflow, this is the year 11,000.
pub(crate) const NEVER: Millis = 284_012_568_000_000;

/// The age at which the clock of a handle without a worker is read again.
const CLOCK_AGE: Duration = Duration::from_secs(10);

/// One outbox: a connection pool, its statements and its clock. Cheap to clone.
///
/// ```no_run
/// # async fn example() -> review_outbox::Result<()> {
/// let outbox = review_outbox::Outbox::open("sqlite://invitations.db").await?;
/// println!("{:#?}", outbox.health().await?);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Outbox {
    pub(crate) pool: Pool,
    pub(crate) sql: &'static Statements,
    pub(crate) clock: Clock,
}

impl std::fmt::Debug for Outbox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Outbox").field("database", &self.pool.dialect()).finish_non_exhaustive()
    }
}

impl Outbox {
    /// Opens the outbox at `sqlite://<path>` or `postgres://<user>@<host>/<database>`, and creates or updates
    /// its tables. A new SQLite file is readable by its owner only.
    ///
    /// # Errors
    /// [`Error::Database`] if the database cannot be reached, [`Error::Setup`] if its settings do not keep a
    /// commit across a power loss, [`Error::Argument`] if the URL is of another kind.
    pub async fn open(url: &str) -> Result<Self> {
        Self::with_pool(open::open(url).await?).await
    }

    /// Opens the outbox at a URL like [`open`](Self::open). Returns `None`, and changes nothing, if the database has
    /// no tables of an outbox.
    ///
    /// # Errors
    /// See [`open`](Self::open).
    pub async fn open_existing(url: &str) -> Result<Option<Self>> {
        match open::has_outbox(url).await? {
            true => Self::open(url).await.map(Some),
            false => Ok(None),
        }
    }

    /// Uses a pool of the application.
    ///
    /// # Errors
    /// See [`open`](Self::open). The pool must be in WAL mode with `synchronous` FULL.
    #[cfg(feature = "sqlite")]
    pub async fn from_sqlite(pool: sqlx::SqlitePool) -> Result<Self> {
        Self::with_pool(Pool::Sqlite(pool)).await
    }

    /// Uses a pool of the application.
    ///
    /// # Errors
    /// See [`open`](Self::open).
    #[cfg(feature = "postgres")]
    pub async fn from_postgres(pool: sqlx::PgPool) -> Result<Self> {
        Self::with_pool(Pool::Postgres(pool)).await
    }

    async fn with_pool(pool: Pool) -> Result<Self> {
        open::check(&pool).await?;
        schema::migrate(&pool).await?;
        let outbox = Self { sql: Statements::of(pool.dialect()), clock: Clock::database(0), pool };
        outbox.sync_clock().await?;
        Ok(outbox)
    }

    /// Reads the database's clock again.
    pub(crate) async fn sync_clock(&self) -> Result<()> {
        let rows = self.pool.fetch(&self.sql.now, &[]).await?;
        let now = rows.first().map(|row| row.int("now")).transpose()?;
        now.map(|now| self.clock.set(now)).ok_or_else(|| Error::from(sqlx::Error::RowNotFound))
    }

    /// Reads the database's clock again if that was a while ago: for handles without a worker, whose sweeps do it.
    pub(crate) async fn refresh_clock(&self) -> Result<()> {
        if self.clock.age() < CLOCK_AGE { Ok(()) } else { self.sync_clock().await }
    }

    /// Returns the time of the database, `after` from now.
    pub(crate) fn in_millis(&self, after: Duration) -> Millis {
        self.clock.now().saturating_add(millis(after)).min(NEVER)
    }

    /// Closes the connections. Waits for statements in flight.
    pub async fn close(&self) {
        self.pool.close().await;
    }
}
