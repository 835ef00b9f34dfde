//! The tables and their migrations.

pub(crate) mod statements;

use crate::database::connection::Connection;
use crate::database::pool::{AsyncTransaction, Pool};
use crate::database::value::Value;
use crate::error::{Error, Result};

/// The migrations in their order. A released one never changes; a change is a new one.
const MIGRATIONS: &[&str] = &[include_str!("0001.sql")];

/// Creates or updates the tables. Safe to run by several processes at the same time, and repeatedly.
///
/// # Errors
/// If the database is away, or was migrated by a newer release.
pub(crate) async fn migrate(pool: &Pool) -> Result<()> {
    pool.transaction(Migrate).await
}

struct Migrate;

impl AsyncTransaction<()> for Migrate {
    async fn run(self, mut connection: Connection<'_>) -> Result<()> {
        let dialect = connection.dialect();
        if dialect == crate::database::dialect::Dialect::Postgres {
            // Two CREATE TABLE IF NOT EXISTS at the same time can fail. The number is arbitrary, but fixed.
            connection.execute("SELECT pg_advisory_xact_lock(7302946112)", &[]).await?;
        }
        connection
            .execute("CREATE TABLE IF NOT EXISTS outbox_schema (version BIGINT PRIMARY KEY)", &[])
            .await?;
        let rows = connection.fetch("SELECT MAX(version) AS version FROM outbox_schema", &[]).await?;
        let version = rows.first().map(|row| row.int("version")).transpose()?.unwrap_or(0);
        let done = usize::try_from(version).unwrap_or(usize::MAX);
        if done > MIGRATIONS.len() {
            return Err(Error::Setup {
                expected: "of this release or an older one",
                got: format!("schema version {version}"),
                help: "run the newer release of review-outbox",
            });
        }
        for (migration, number) in MIGRATIONS.iter().zip(1i64..).skip(done) {
            for statement in split(&dialect.fill(migration)) {
                connection.execute_text(statement).await?;
            }
            connection
                .execute("INSERT INTO outbox_schema (version) VALUES ($1)", &[Value::from(number)])
                .await?;
        }
        Ok(())
    }
}

/// Splits a migration into its statements, without comments. No literal in them contains a semicolon.
fn split(migration: &str) -> Vec<String> {
    let lines = migration.lines().filter(|line| !line.trim_start().starts_with("--"));
    let text: String = lines.flat_map(|line| [line, "\n"]).collect();
    text.split(';').map(|statement| statement.trim().to_owned()).filter(|s| !s.is_empty()).collect()
}
