//! Opening a database, and checking that its settings keep the promises.

use std::time::Duration;

use super::pool::Pool;
use crate::error::{Error, Result};

/// The longest wait for another writer of an SQLite file, and for a connection of a pool.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

/// Opens a pool for a URL (`sqlite://path`, `postgres://...`).
pub(crate) async fn open(url: &str) -> Result<Pool> {
    let scheme = url.split(':').next().unwrap_or_default();
    match scheme {
        #[cfg(feature = "sqlite")]
        "sqlite" => open_sqlite(url).await,
        #[cfg(feature = "postgres")]
        "postgres" | "postgresql" => open_postgres(url).await,
        _ => Err(Error::Argument {
            argument: "outbox URL",
            expected: "sqlite://<path> or postgres://<host>/<database>",
            help: "check the URL and the features `sqlite` and `postgres` of review-outbox",
        }),
    }
}

/// Returns whether the database has the tables of an outbox. Changes nothing: the settings of [`open`] would change
/// an SQLite file that belongs to something else.
pub(crate) async fn has_outbox(url: &str) -> Result<bool> {
    const SQL: &str = "SELECT MAX(version) AS version FROM outbox_schema";
    let pool = match url.split(':').next().unwrap_or_default() {
        #[cfg(feature = "sqlite")]
        "sqlite" => {
            let options = <sqlx::sqlite::SqliteConnectOptions as std::str::FromStr>::from_str(url)?;
            let options = options.busy_timeout(BUSY_TIMEOUT);
            Pool::Sqlite(
                sqlx::sqlite::SqlitePoolOptions::new().max_connections(1).connect_with(options).await?,
            )
        }
        _ => open(url).await?,
    };
    let found = pool.fetch(SQL, &[]).await;
    pool.close().await;
    match found {
        Ok(_) => Ok(true),
        // 42P01: no such table in PostgreSQL; 1: an error in a statement in SQLite.
        Err(Error::Database { code: Some(code), .. }) if matches!(code.as_str(), "42P01" | "1") => Ok(false),
        Err(error) => Err(error),
    }
}

#[cfg(feature = "sqlite")]
async fn open_sqlite(url: &str) -> Result<Pool> {
    use std::str::FromStr as _;

    use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};

    let options = SqliteConnectOptions::from_str(url)?
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(BUSY_TIMEOUT)
        // What is purged or erased is overwritten, not only unlinked.
        .pragma("secure_delete", "ON")
        .create_if_missing(true);
    create_private(options.get_filename())?;
    // One connection: SQLite has one writer at a time, and waiting for it here costs less than its lock.
    let pool = SqlitePoolOptions::new().max_connections(1).acquire_timeout(BUSY_TIMEOUT * 2);
    Ok(Pool::Sqlite(pool.connect_with(options).await?))
}

/// Creates the file so that only its owner reads it: it contains names and email addresses. SQLite gives
/// the files next to it the same mode.
#[cfg(feature = "sqlite")]
fn create_private(path: &std::path::Path) -> Result<()> {
    if path.to_str().is_some_and(|path| path.is_empty() || path.starts_with(":memory:")) {
        return Ok(());
    }
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let created = options.open(path).and_then(|file| {
        // An empty file may have been created by something else, with another mode.
        #[cfg(unix)]
        if file.metadata()?.len() == 0 {
            file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
        }
        Ok(())
    });
    created.map_err(|error| sqlx::Error::Io(error).into())
}

#[cfg(feature = "postgres")]
async fn open_postgres(url: &str) -> Result<Pool> {
    use std::str::FromStr as _;

    use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

    let options = PgConnectOptions::from_str(url)?.application_name("review-outbox");
    let pool = PgPoolOptions::new().max_connections(10).acquire_timeout(BUSY_TIMEOUT);
    Ok(Pool::Postgres(pool.connect_with(options).await?))
}

/// Checks the settings that durability depends on.
///
/// # Errors
/// [`Error::Setup`] if SQLite is not in WAL mode with `synchronous` FULL or EXTRA: with NORMAL a power loss
/// can undo the `sending` mark of a request that left. The same holds for `fsync=off` and
/// `synchronous_commit=off` of PostgreSQL.
pub(crate) async fn check(pool: &Pool) -> Result<()> {
    match pool {
        #[cfg(feature = "sqlite")]
        Pool::Sqlite(sqlite) => {
            let mode: String = sqlx::query_scalar("PRAGMA journal_mode").fetch_one(sqlite).await?;
            if !mode.eq_ignore_ascii_case("wal") {
                return Err(Error::Setup {
                    expected: "in WAL mode",
                    got: format!("journal_mode={mode}"),
                    help: "open the pool with SqliteJournalMode::Wal",
                });
            }
            let synchronous: i64 = sqlx::query_scalar("PRAGMA synchronous").fetch_one(sqlite).await?;
            if synchronous < 2 {
                return Err(Error::Setup {
                    expected: "opened with synchronous=FULL",
                    got: format!("synchronous={synchronous}"),
                    help: "open the pool with SqliteSynchronous::Full",
                });
            }
        }
        #[cfg(feature = "postgres")]
        Pool::Postgres(_) => {
            const SQL: &str = "SELECT name, setting FROM pg_settings WHERE name IN ($1, $2)";
            let settings = pool.fetch(SQL, &["fsync".into(), "synchronous_commit".into()]).await?;
            for row in settings {
                let (name, setting) = (row.text("name")?, row.text("setting")?);
                if setting == "off" {
                    return Err(Error::Setup {
                        expected: "durable after a commit",
                        got: format!("{name}=off"),
                        help: "set fsync and synchronous_commit to on for this database",
                    });
                }
            }
        }
    }
    Ok(())
}
