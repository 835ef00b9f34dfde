//! Enqueue, migrations and settings of SQLite and PostgreSQL.
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

mod support;

use std::sync::Arc;

use review_outbox::{Enqueued, Outbox, State};
use support::database::Database;
use support::{in_state, info, request, requests};

#[tokio::test]
async fn same_key_from_eight_threads_is_one_row() {
    for database in Database::all().await {
        let outbox = database.outbox().await;
        let database = Arc::new(database);
        let mut tasks = tokio::task::JoinSet::new();
        for thread in 0..8 {
            let database = Arc::clone(&database);
            tasks.spawn(async move {
                let mut results = Vec::new();
                for _ in 0..(if thread < 4 { 13 } else { 12 }) {
                    results.extend(database.enqueue([request("1")]).await);
                }
                results
            });
        }
        let results: Vec<Enqueued> = tasks.join_all().await.into_iter().flatten().collect();
        let new = results.iter().filter(|result| matches!(result, Enqueued::New { .. })).count();
        assert_eq!((results.len(), new), (100, 1), "{}", database.name());
        assert_eq!(in_state(&outbox, State::Pending).await, 1);
    }
}

#[tokio::test]
async fn rolled_back_transaction_leaves_no_row() {
    let database = Database::sqlite();
    let outbox = database.outbox().await;
    let mut connection = <sqlx::SqliteConnection as sqlx::Connection>::connect(&database.url).await.unwrap();
    let mut transaction = sqlx::Connection::begin(&mut connection).await.unwrap();
    review_outbox::enqueue(&mut transaction, &request("1"), &info()).await.unwrap();
    transaction.rollback().await.unwrap();
    assert_eq!(in_state(&outbox, State::Pending).await, 0);
}

#[tokio::test]
async fn full_disk_is_an_error_of_enqueue() {
    let database = Database::sqlite();
    let outbox = database.outbox().await;
    let mut connection = <sqlx::SqliteConnection as sqlx::Connection>::connect(&database.url).await.unwrap();
    let pages: i64 = sqlx::query_scalar("PRAGMA page_count").fetch_one(&mut connection).await.unwrap();
    let sql = sqlx::AssertSqlSafe(format!("PRAGMA max_page_count = {pages}"));
    sqlx::query(sql).execute(&mut connection).await.unwrap();
    let mut transaction = sqlx::Connection::begin(&mut connection).await.unwrap();
    let error = loop {
        let number = uuid::Uuid::new_v4().to_string();
        if let Err(error) = review_outbox::enqueue(&mut transaction, &request(&number), &info()).await {
            break error;
        }
    };
    assert_eq!(error.database_kind(), Some(review_outbox::DatabaseErrorKind::Full), "{error}");
    drop(transaction);
    assert_eq!(in_state(&outbox, State::Pending).await, 0);
}

#[tokio::test]
async fn failed_commit_leaves_a_usable_outbox() {
    let database = Database::sqlite();
    let options: sqlx::sqlite::SqliteConnectOptions = database.url.parse().unwrap();
    let options = options.create_if_missing(true).journal_mode(sqlx::sqlite::SqliteJournalMode::Wal);
    let pool = sqlx::sqlite::SqlitePoolOptions::new().max_connections(1).connect_with(options).await.unwrap();
    let outbox = Outbox::from_sqlite(pool.clone()).await.unwrap();
    database.enqueue([request("1")]).await;
    let key = request("1").key(&info());
    // As with a full disk, the commit fails, and SQLite has ended the transaction.
    pool.acquire().await.unwrap().lock_handle().await.unwrap().set_commit_hook(|| false);
    outbox.cancel(&key).await.unwrap_err();
    pool.acquire().await.unwrap().lock_handle().await.unwrap().remove_commit_hook();
    assert_eq!(outbox.cancel(&key).await.unwrap(), review_outbox::Changed::Yes);
}

#[tokio::test]
async fn sqlite_without_full_synchronous_is_rejected() {
    let database = Database::sqlite();
    let options: sqlx::sqlite::SqliteConnectOptions = database.url.parse().unwrap();
    let options = options.create_if_missing(true).journal_mode(sqlx::sqlite::SqliteJournalMode::Wal);
    let options = options.synchronous(sqlx::sqlite::SqliteSynchronous::Normal);
    let pool = sqlx::SqlitePool::connect_with(options).await.unwrap();
    let error = Outbox::from_sqlite(pool).await.unwrap_err();
    assert!(error.to_string().contains("synchronous=1"), "{error}");
}

#[tokio::test]
async fn migrations_run_at_the_same_time_and_again() {
    for database in Database::all().await {
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..4 {
            let url = database.url.clone();
            tasks.spawn(async move { Outbox::open(&url).await.map(drop) });
        }
        for result in tasks.join_all().await {
            result.unwrap();
        }
    }
}

#[tokio::test]
async fn rows_of_a_restored_backup_can_be_made_unknown() {
    for database in Database::all().await {
        let outbox = database.outbox().await;
        database.enqueue(requests(3)).await;
        // The statement of the guide, in which `$1` is the time.
        let guide = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/src/outbox.md");
        let guide = std::fs::read_to_string(guide).unwrap();
        let (_, rest) = guide.split_once("```sql\n").unwrap();
        let statement = rest.split_once("```").unwrap().0.replace("$1", "9000000000000");
        database.execute(&statement).await;
        assert_eq!(in_state(&outbox, State::Unknown).await, 3, "{}", database.name());
        let id = outbox.list(State::Unknown, 0, 1).await.unwrap()[0].id;
        assert!(outbox.resolve(id, review_outbox::Resolution::NotSent, "operator", None).await.unwrap());
        assert_eq!(in_state(&outbox, State::Pending).await, 1);
    }
}

#[tokio::test]
async fn claim_uses_the_index_of_due_rows() {
    for database in Database::all().await {
        let outbox = database.outbox().await;
        database.enqueue(requests(2_000)).await;
        database.execute("ANALYZE").await;
        let plan = outbox.claim_plan("acme").await.unwrap().join("\n");
        assert!(plan.contains("outbox_due"), "{}: {plan}", database.name());
    }
}
