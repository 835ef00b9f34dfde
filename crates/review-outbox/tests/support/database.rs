//! A database of either kind for one test.

use std::path::PathBuf;
use std::sync::OnceLock;

use review_core::model::InviteRequest;
use review_outbox::{Enqueued, Outbox, enqueue};
use sqlx::Connection as _;

use super::postgres::Server;

pub struct Database {
    pub url: String,
    directory: Option<PathBuf>,
}

impl Database {
    pub fn sqlite() -> Self {
        let directory = std::env::temp_dir().join(format!("review-outbox-{}", uuid::Uuid::new_v4()));
        std::fs::create_dir(&directory).unwrap();
        let url = format!("sqlite://{}", directory.join("outbox.db").display());
        Self { url, directory: Some(directory) }
    }

    pub async fn postgres() -> Option<Self> {
        let url = server()?.create_database().await;
        Some(Self { url, directory: None })
    }

    /// One database of each kind that this machine has.
    pub async fn all() -> Vec<Self> {
        let mut all = vec![Self::sqlite()];
        all.extend(Self::postgres().await);
        all
    }

    pub fn name(&self) -> &str {
        self.url.split(':').next().unwrap()
    }

    pub async fn outbox(&self) -> Outbox {
        Outbox::open(&self.url).await.unwrap()
    }

    /// Runs a statement on a connection of its own.
    pub async fn execute(&self, sql: &str) {
        self.try_execute(sql).await.unwrap();
    }

    pub async fn try_execute(&self, sql: &str) -> Result<(), sqlx::Error> {
        let sql = sqlx::AssertSqlSafe(sql);
        if self.directory.is_some() {
            let mut connection = sqlx::SqliteConnection::connect(&self.url).await?;
            sqlx::query(sql).execute(&mut connection).await.map(drop)
        } else {
            let mut connection = sqlx::PgConnection::connect(&self.url).await?;
            sqlx::query(sql).execute(&mut connection).await.map(drop)
        }
    }

    pub async fn count(&self, sql: &str) -> i64 {
        let sql = sqlx::AssertSqlSafe(sql);
        if self.directory.is_some() {
            let mut connection = sqlx::SqliteConnection::connect(&self.url).await.unwrap();
            sqlx::query_scalar(sql).fetch_one(&mut connection).await.unwrap()
        } else {
            let mut connection = sqlx::PgConnection::connect(&self.url).await.unwrap();
            sqlx::query_scalar(sql).fetch_one(&mut connection).await.unwrap()
        }
    }

    /// Returns the texts of one column.
    pub async fn texts(&self, sql: &str) -> Vec<String> {
        let sql = sqlx::AssertSqlSafe(sql);
        if self.directory.is_some() {
            let mut connection = sqlx::SqliteConnection::connect(&self.url).await.unwrap();
            sqlx::query_scalar(sql).fetch_all(&mut connection).await.unwrap()
        } else {
            let mut connection = sqlx::PgConnection::connect(&self.url).await.unwrap();
            sqlx::query_scalar(sql).fetch_all(&mut connection).await.unwrap()
        }
    }

    /// Enqueues requests in one transaction.
    pub async fn enqueue(&self, requests: impl IntoIterator<Item = InviteRequest>) -> Vec<Enqueued> {
        let mut results = Vec::new();
        let info = super::info();
        if self.directory.is_some() {
            let mut connection = sqlx::SqliteConnection::connect(&self.url).await.unwrap();
            let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await.unwrap();
            for request in requests {
                results.push(enqueue(&mut transaction, &request, &info).await.unwrap());
            }
            transaction.commit().await.unwrap();
        } else {
            let mut connection = sqlx::PgConnection::connect(&self.url).await.unwrap();
            let mut transaction = connection.begin().await.unwrap();
            for request in requests {
                results.push(enqueue(&mut transaction, &request, &info).await.unwrap());
            }
            transaction.commit().await.unwrap();
        }
        results
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if let Some(directory) = &self.directory {
            let _ = std::fs::remove_dir_all(directory);
        }
    }
}

/// The server of this test process.
pub fn server() -> Option<&'static Server> {
    static SERVER: OnceLock<Option<Server>> = OnceLock::new();
    SERVER.get_or_init(Server::start).as_ref()
}
