//! What the child processes do.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use review_core::provider::BeforeSend;
use review_invites::Registry;
use review_outbox::{Instance, Outbox, Worker, WorkerOptions, enqueue, shutdown_signal};
use sqlx::Connection as _;

use super::{CONCURRENCY, LEASE};
use crate::support::sandbox::configuration;
use crate::support::{info, request};

/// A job that kills its worker before anything is sent.
struct Poison(bool);

#[async_trait]
impl BeforeSend for Poison {
    async fn before_send(&self) -> review_core::Result<()> {
        if self.0 { std::process::abort() } else { Ok(()) }
    }
}

/// Works until it is killed, with the real provider of a vendor.
pub(crate) async fn work(url: &str, vendor: &str, limit: &str) {
    let outbox = Outbox::open(url).await.unwrap();
    let registry = Registry::from_toml(&configuration(vendor, limit)).unwrap();
    let provider = registry.get("acme").unwrap();
    let options = WorkerOptions::default()
        .with_hook(|request| Arc::new(Poison(request.order().reference().as_str() == "abort")));
    let mut options = options;
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
