//! The query plan of the claim, to find out why an outbox is slow.

use crate::database::dialect::Dialect;
use crate::error::Result;
use crate::outbox::Outbox;

impl Outbox {
    /// Returns the database's plan for claiming due rows of an instance. It must use the index `outbox_due`; if
    /// it does not, run `ANALYZE`.
    ///
    /// # Errors
    /// [`Error::Database`](crate::Error::Database) if the statement fails.
    pub async fn claim_plan(&self, instance: &str) -> Result<Vec<String>> {
        let (statement, column) = match self.pool.dialect() {
            Dialect::Sqlite => (&self.sql.plan_sqlite, "detail"),
            Dialect::Postgres => (&self.sql.plan_postgres, "QUERY PLAN"),
        };
        let now = self.clock.now();
        let values = ["plan".into(), 0.into(), now.into(), instance.into(), now.into(), 32.into()];
        self.pool.fetch(statement, &values).await?.iter().map(|row| row.text(column)).collect()
    }
}
