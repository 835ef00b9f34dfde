//! The connection of a caller's transaction.

#[cfg(feature = "postgres")]
use sqlx::PgConnection;
#[cfg(feature = "sqlite")]
use sqlx::SqliteConnection;

use super::dialect::Dialect;
use super::value::{Row, Value, bind};
use crate::error::Result;

/// A connection of either database, usually that of an open transaction: `(&mut *transaction).into()`.
///
/// What an operation does on it is committed or rolled back with the rest of the transaction.
pub struct Connection<'c>(Inner<'c>);

enum Inner<'c> {
    #[cfg(feature = "sqlite")]
    Sqlite(&'c mut SqliteConnection),
    #[cfg(feature = "postgres")]
    Postgres(&'c mut PgConnection),
}

impl std::fmt::Debug for Connection<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Connection").field(&self.dialect()).finish()
    }
}

#[cfg(feature = "sqlite")]
impl<'c> From<&'c mut SqliteConnection> for Connection<'c> {
    fn from(connection: &'c mut SqliteConnection) -> Self {
        Self(Inner::Sqlite(connection))
    }
}

#[cfg(feature = "postgres")]
impl<'c> From<&'c mut PgConnection> for Connection<'c> {
    fn from(connection: &'c mut PgConnection) -> Self {
        Self(Inner::Postgres(connection))
    }
}

#[cfg(feature = "sqlite")]
impl<'c> From<&'c mut sqlx::Transaction<'_, sqlx::Sqlite>> for Connection<'c> {
    fn from(transaction: &'c mut sqlx::Transaction<'_, sqlx::Sqlite>) -> Self {
        Self(Inner::Sqlite(&mut *transaction))
    }
}

#[cfg(feature = "postgres")]
impl<'c> From<&'c mut sqlx::Transaction<'_, sqlx::Postgres>> for Connection<'c> {
    fn from(transaction: &'c mut sqlx::Transaction<'_, sqlx::Postgres>) -> Self {
        Self(Inner::Postgres(&mut *transaction))
    }
}

impl Connection<'_> {
    pub(crate) fn dialect(&self) -> Dialect {
        match &self.0 {
            #[cfg(feature = "sqlite")]
            Inner::Sqlite(_) => Dialect::Sqlite,
            #[cfg(feature = "postgres")]
            Inner::Postgres(_) => Dialect::Postgres,
        }
    }

    pub(crate) async fn fetch(&mut self, sql: &'static str, values: &[Value<'_>]) -> Result<Vec<Row>> {
        match &mut self.0 {
            #[cfg(feature = "sqlite")]
            Inner::Sqlite(connection) => {
                let rows = bind!(sqlx::query(sql), values).fetch_all(&mut **connection).await?;
                Ok(rows.into_iter().map(Row::Sqlite).collect())
            }
            #[cfg(feature = "postgres")]
            Inner::Postgres(connection) => {
                let rows = bind!(sqlx::query(sql), values).fetch_all(&mut **connection).await?;
                Ok(rows.into_iter().map(Row::Postgres).collect())
            }
        }
    }

    pub(crate) async fn execute(&mut self, sql: &'static str, values: &[Value<'_>]) -> Result<u64> {
        match &mut self.0 {
            #[cfg(feature = "sqlite")]
            Inner::Sqlite(connection) => {
                Ok(bind!(sqlx::query(sql), values).execute(&mut **connection).await?.rows_affected())
            }
            #[cfg(feature = "postgres")]
            Inner::Postgres(connection) => {
                Ok(bind!(sqlx::query(sql), values).execute(&mut **connection).await?.rows_affected())
            }
        }
    }

    /// Runs a statement of a migration, whose text is composed at run time from this crate's own files.
    pub(crate) async fn execute_text(&mut self, sql: String) -> Result<()> {
        let sql = sqlx::AssertSqlSafe(sql);
        match &mut self.0 {
            #[cfg(feature = "sqlite")]
            Inner::Sqlite(connection) => sqlx::query(sql).execute(&mut **connection).await.map(drop)?,
            #[cfg(feature = "postgres")]
            Inner::Postgres(connection) => sqlx::query(sql).execute(&mut **connection).await.map(drop)?,
        }
        Ok(())
    }
}
