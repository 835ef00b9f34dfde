//! Tests of several modules over a real database.

mod changes;
mod circuits;
mod clocks;
mod dedup;
mod direct;
mod fences;
mod ledger;
mod limits;
mod lookups;
mod model;
mod privacy;
mod store;

use std::time::Duration;

use review_core::model::{InviteKey, InviteRequest};
use review_core::provider::ProviderInfo;
use review_core::{Consent, SendAt};
use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};

use crate::clock::Clock;
use crate::database::dialect::Dialect;
use crate::database::pool::Pool;
use crate::outbox::Outbox;
use crate::schema;
use crate::schema::statements::Statements;

/// The lease in these tests.
pub(crate) const LEASE: Duration = Duration::from_secs(60);
/// The time at which every test begins.
pub(crate) const START: i64 = 1_800_000_000_000;

pub(crate) fn provider() -> ProviderInfo {
    ProviderInfo::new("acme", "acme").with_shop("shop")
}

pub(crate) fn request(reference: &str) -> InviteRequest {
    let consent = Consent::granted("checkbox at the checkout");
    let request = InviteRequest::builder("jane@example.com", reference, consent);
    let due = chrono::DateTime::from_timestamp_millis(START).unwrap();
    request.name("Jane Doe").send_at(SendAt::At(due)).build().unwrap()
}

pub(crate) fn key(reference: &str) -> InviteKey {
    request(reference).key(&provider())
}

/// An outbox in memory whose clock stands still.
pub(crate) async fn outbox() -> Outbox {
    outbox_with(Statements::of(Dialect::Sqlite)).await
}

pub(crate) async fn outbox_with(sql: &'static Statements) -> Outbox {
    let options = SqlitePoolOptions::new().max_connections(1).idle_timeout(None).max_lifetime(None);
    let connect = SqliteConnectOptions::new().in_memory(true);
    let pool = Pool::Sqlite(options.connect_with(connect).await.unwrap());
    schema::migrate(&pool).await.unwrap();
    Outbox { pool, sql, clock: Clock::manual(START) }
}

impl Outbox {
    pub(crate) fn sqlite(&self) -> &sqlx::SqlitePool {
        match &self.pool {
            Pool::Sqlite(pool) => pool,
            #[cfg(feature = "postgres")]
            Pool::Postgres(_) => panic!("SQLite expected"),
        }
    }

    /// Forgets everything, as if the database was new.
    pub(crate) async fn reset(&self) {
        for sql in ["DELETE FROM outbox", "DELETE FROM outbox_instance", "DELETE FROM outbox_audit"] {
            self.pool.execute(sql, &[]).await.unwrap();
        }
    }

    pub(crate) async fn enqueue_one(&self, reference: &str) -> i64 {
        let mut connection = self.sqlite().acquire().await.unwrap();
        match crate::enqueue(&mut *connection, &request(reference), &provider()).await.unwrap() {
            crate::Enqueued::New { id } => id,
            other => panic!("{other:?}"),
        }
    }

    pub(crate) async fn reschedule_one(&self, reference: &str) -> crate::Changed {
        let mut connection = self.sqlite().acquire().await.unwrap();
        let connection = (&mut *connection).into();
        let due = chrono::DateTime::from_timestamp_millis(self.clock.now()).unwrap();
        crate::enqueue::reschedule_with(connection, self.sql, &key(reference), due).await.unwrap()
    }

    pub(crate) async fn cancel_one(&self, reference: &str) -> crate::Changed {
        self.cancel(&key(reference)).await.unwrap()
    }
}
