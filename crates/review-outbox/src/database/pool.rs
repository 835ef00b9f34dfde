//! The pool of either database.

use super::connection::Connection;
use super::dialect::Dialect;
use super::value::{Row, Value, bind};
use crate::error::Result;

/// A pool of either database. Every method is one statement that commits by itself, except
/// [`transaction`](Self::transaction).
#[derive(Clone)]
pub(crate) enum Pool {
    #[cfg(feature = "sqlite")]
    Sqlite(sqlx::SqlitePool),
    #[cfg(feature = "postgres")]
    Postgres(sqlx::PgPool),
}

/// Runs the body with `$pool` bound to the pool of either database.
macro_rules! on_pool {
    ($this:expr, $pool:ident => $body:expr, $row:ident) => {
        match $this {
            #[cfg(feature = "sqlite")]
            Pool::Sqlite($pool) => {
                #[allow(unused_imports)]
                use Row::Sqlite as $row;
                $body
            }
            #[cfg(feature = "postgres")]
            Pool::Postgres($pool) => {
                #[allow(unused_imports)]
                use Row::Postgres as $row;
                $body
            }
        }
    };
}

impl Pool {
    pub(crate) fn dialect(&self) -> Dialect {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(_) => Dialect::Sqlite,
            #[cfg(feature = "postgres")]
            Self::Postgres(_) => Dialect::Postgres,
        }
    }

    pub(crate) async fn execute(&self, sql: &'static str, values: &[Value<'_>]) -> Result<u64> {
        on_pool!(self, pool => Ok(bind!(sqlx::query(sql), values).execute(pool).await?.rows_affected()), AsRow)
    }

    pub(crate) async fn fetch(&self, sql: &'static str, values: &[Value<'_>]) -> Result<Vec<Row>> {
        on_pool!(self, pool => {
            let rows = bind!(sqlx::query(sql), values).fetch_all(pool).await?;
            Ok(rows.into_iter().map(AsRow).collect())
        }, AsRow)
    }

    /// Runs several statements in one transaction that holds the write lock from its start.
    ///
    /// It runs in a task: if a caller is cancelled while sqlx 0.9 begins a transaction on PostgreSQL, the
    /// connection returns to the pool in a broken state (sqlx issues 4385 and 4393).
    pub(crate) async fn transaction<T, F>(&self, body: F) -> Result<T>
    where
        T: Send + 'static,
        F: AsyncTransaction<T>,
    {
        let pool = self.clone();
        let task = tokio::spawn(async move {
            match pool {
                #[cfg(feature = "sqlite")]
                Self::Sqlite(pool) => {
                    let mut connection = pool.acquire().await?;
                    let mut transaction =
                        sqlx::Connection::begin_with(&mut *connection, "BEGIN IMMEDIATE").await?;
                    let result = body.run(Connection::from(&mut transaction)).await;
                    let ended = match result {
                        Ok(_) => transaction.commit().await,
                        Err(_) => transaction.rollback().await,
                    };
                    if ended.is_err() {
                        // SQLite ends a transaction by itself if the disk is full. sqlx 0.9 does not notice,
                        // and begins no other one on this connection.
                        connection.close_on_drop();
                    }
                    match ended {
                        Err(error) if result.is_ok() => Err(error.into()),
                        _ => result,
                    }
                }
                #[cfg(feature = "postgres")]
                Self::Postgres(pool) => {
                    let mut transaction = pool.begin().await?;
                    let value = body.run(Connection::from(&mut transaction)).await?;
                    transaction.commit().await?;
                    Ok(value)
                }
            }
        });
        task.await.map_err(|_| sqlx::Error::WorkerCrashed)?
    }

    pub(crate) async fn close(&self) {
        on_pool!(self, pool => pool.close().await, AsRow);
    }
}

/// The statements of a transaction.
pub(crate) trait AsyncTransaction<T>: Send + 'static {
    fn run(self, connection: Connection<'_>) -> impl Future<Output = Result<T>> + Send;
}
