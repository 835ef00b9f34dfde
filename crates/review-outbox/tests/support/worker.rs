//! A worker that runs until a condition holds.

use std::sync::Arc;
use std::time::Duration;

use review_outbox::{Instance, Outbox, Worker, WorkerOptions};
use tokio::sync::Notify;

/// Options with short waits.
pub fn options() -> WorkerOptions {
    let mut options = WorkerOptions::default();
    options.poll = Duration::from_millis(5);
    options.sweep_every = Duration::from_millis(5);
    options.backoff.first = Duration::from_millis(1);
    options.backoff.max = Duration::from_millis(5);
    options.circuit.probe_after = Duration::from_millis(5);
    options
}

/// Runs a worker until a condition of the outbox holds. The condition is polled; a test that never meets it
/// ends by the limit.
pub async fn run_until(
    outbox: &Outbox,
    instance: Instance,
    options: WorkerOptions,
    condition: impl AsyncFn(&Outbox) -> bool,
) {
    let stop = Arc::new(Notify::new());
    let worker = Worker::new(outbox.clone(), [instance], options).unwrap();
    let stopped = Arc::clone(&stop);
    let task = tokio::spawn(async move { worker.run(stopped.notified()).await });
    let wait = async {
        while !condition(outbox).await {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    let met = tokio::time::timeout(Duration::from_secs(120), wait).await;
    stop.notify_one();
    task.await.unwrap();
    met.expect("the condition was never met");
}
