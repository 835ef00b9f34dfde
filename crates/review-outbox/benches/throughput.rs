//! Invitations per second through one worker, with a vendor that responds in 10 ms, over tables of different
//! sizes; and the query plans of the claim.
//!
//! `cargo bench -p review-outbox --bench throughput --features postgres -- [sqlite|postgres] [rows...]`
#![allow(
    clippy::print_stdout,
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic
)]

#[path = "../tests/support/mod.rs"]
mod support;

use std::sync::Arc;
use std::time::{Duration, Instant};

use review_core::InviteState;
use review_outbox::{Instance, State, Worker, WorkerOptions};
use support::database::Database;
use support::provider::ScriptedProvider;
use tokio::sync::Notify;

/// Invitations that are measured.
const SENT: usize = 5_000;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with("--")).collect();
    let mut databases: Vec<&str> =
        arguments.iter().map(String::as_str).filter(|word| !is_number(word)).collect();
    let mut sizes: Vec<usize> = arguments.iter().filter_map(|word| word.parse().ok()).collect();
    if databases.is_empty() {
        databases = vec!["sqlite", "postgres"];
    }
    if sizes.is_empty() {
        sizes = vec![10_000, 100_000, 1_000_000];
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        for name in databases {
            for rows in &sizes {
                let database = match name {
                    "postgres" => Database::postgres().await,
                    _ => Some(Database::sqlite()),
                };
                if let Some(database) = database {
                    measure(&database, *rows).await;
                }
            }
        }
    });
}

fn is_number(word: &str) -> bool {
    word.chars().all(|c| c.is_ascii_digit())
}

/// Half of the rows are history, half of them are due; the measured ones among them.
async fn measure(database: &Database, rows: usize) {
    let outbox = database.outbox().await;
    let payload = serde_json::to_string(&support::request("0")).unwrap();
    database.execute(&fill(rows, &payload)).await;
    if database.name() == "postgres" {
        database.execute("ANALYZE").await;
    }
    let accept = |_: &review_core::InviteRequest, _| Ok(InviteState::Accepted);
    let provider = ScriptedProvider::build(accept, Duration::from_millis(10), false, true);
    let mut options = WorkerOptions::default();
    options.poll = Duration::from_millis(20);
    let stop = Arc::new(Notify::new());
    let worker = Worker::new(outbox.clone(), [Instance::new(provider.clone())], options).unwrap();
    let stopped = Arc::clone(&stop);
    let begin = Instant::now();
    let task = tokio::spawn(async move { worker.run(stopped.notified()).await });
    let sent = SENT.min(rows / 2);
    while provider.call_count() < sent {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let elapsed = begin.elapsed().as_secs_f64();
    stop.notify_one();
    task.await.unwrap();
    let calls = provider.call_count();
    let accepted =
        database.count("SELECT COUNT(*) FROM outbox WHERE state = 'accepted' AND outcome IS NOT NULL").await;
    assert_eq!(i64::try_from(calls).unwrap(), accepted, "every call is recorded");
    assert!(outbox.list(State::Unknown, 0, 1).await.unwrap().is_empty());
    #[allow(clippy::cast_precision_loss)]
    let rate = sent as f64 / elapsed;
    println!("{} {rows} rows: {sent} invitations in {elapsed:.2} s, {rate:.0}/s", database.name());
    let size = match database.name() {
        "sqlite" => "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size",
        _ => "SELECT pg_total_relation_size('outbox')",
    };
    println!(
        "    {} bytes for each row, with indexes",
        database.count(size).await / i64::try_from(rows).unwrap()
    );
    for line in outbox.claim_plan("acme").await.unwrap() {
        println!("    {line}");
    }
}

fn fill(rows: usize, payload: &str) -> String {
    let half = rows / 2;
    format!(
        "INSERT INTO outbox (shop, reference, kind, order_hash, instance, payload, state, run_at, finished_at)
         WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {rows})
         SELECT 'shop', CAST(n AS TEXT), 'service', 'hash-' || n, 'acme', '{payload}',
             CASE WHEN n <= {half} THEN 'accepted' ELSE 'pending' END, n, CASE WHEN n <= {half} THEN n END FROM numbers"
    )
}
