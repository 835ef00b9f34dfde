//! What the child processes do.

use std::time::Duration;

use review_outbox::{Instance, Outbox, Worker, WorkerOptions, enqueue, shutdown_signal};
use sqlx::Connection as _;

use super::{CONCURRENCY, LEASE};
use crate::support::provider::TcpProvider;
use crate::support::{info, request};

/// Works until it is killed.
pub(crate) async fn work(url: &str, port: &str, wait: &str) {
    let outbox = Outbox::open(url).await.unwrap();
    let wait = Duration::from_millis(wait.parse().unwrap());
    let provider = TcpProvider::new(port.parse().unwrap(), wait);
    let mut options = WorkerOptions::default();
    options.lease = LEASE;
    options.poll = Duration::from_millis(20);
    options.sweep_every = Duration::from_millis(200);
    let instance = Instance::new(provider).with_concurrency(CONCURRENCY);
    Worker::new(outbox, [instance], options).unwrap().run(shutdown_signal()).await;
}

/// Creates ten orders, each in a transaction with its invitation, and aborts at a random step of one.
pub(crate) async fn order(url: &str, first: &str, seed: &str) {
    let (first, seed): (usize, usize) = (first.parse().unwrap(), seed.parse().unwrap());
    // A fixed sequence: the order that crashes, and the step.
    let (crash_in, crash_at) = (seed % 10, seed / 10 % 5);
    for number in 0..10 {
        let crash = |step: usize| {
            if number == crash_in && step == crash_at {
                std::process::abort();
            }
        };
        let order = first + number;
        let insert = sqlx::AssertSqlSafe(format!("INSERT INTO orders (number) VALUES ({order})"));
        let request = request(&order.to_string());
        macro_rules! transaction {
            ($connection:expr) => {{
                let mut connection = $connection;
                let mut transaction = connection.begin().await.unwrap();
                crash(0);
                sqlx::query(insert).execute(&mut *transaction).await.unwrap();
                crash(1);
                enqueue(&mut transaction, &request, &info()).await.unwrap();
                crash(2);
                if number == crash_in && crash_at == 3 {
                    // Somewhere during the commit.
                    std::thread::spawn(move || {
                        std::thread::sleep(Duration::from_micros(seed as u64 * 37 % 2_000));
                        std::process::abort();
                    });
                }
                transaction.commit().await.unwrap();
                crash(4);
            }};
        }
        if url.starts_with("sqlite") {
            transaction!(sqlx::SqliteConnection::connect(url).await.unwrap());
        } else {
            transaction!(sqlx::PgConnection::connect(url).await.unwrap());
        }
    }
}
