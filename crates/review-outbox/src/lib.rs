#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(not(any(feature = "sqlite", feature = "postgres")))]
compile_error!("review-outbox needs a database: enable the feature `sqlite` or `postgres`");

mod backoff;
mod circuit;
mod circuit_store;
mod clock;
mod database;
mod dedup_store;
mod direct;
mod enqueue;
mod error;
mod health;
mod key;
mod ledger;
mod limit;
mod outbox;
mod plan;
mod privacy;
mod resolve;
mod schema;
mod state;
mod store;
mod telemetry;
mod view;
mod worker;

#[cfg(test)]
#[cfg(feature = "sqlite")]
mod tests;

pub use self::backoff::Backoff;
pub use self::circuit::{CircuitPolicy, CircuitState};
pub use self::database::connection::Connection;
pub use self::dedup_store::OutboxDedupStore;
pub use self::direct::{Direct, DirectResult};
pub use self::enqueue::{Changed, Enqueued, cancel, enqueue, reschedule};
pub use self::error::{DatabaseErrorKind, Error, Result};
pub use self::health::{Health, InstanceHealth};
pub use self::key::{customer_hash, order_hash};
pub use self::ledger::Ledger;
pub use self::limit::SharedLimit;
pub use self::outbox::Outbox;
pub use self::privacy::{CustomerRecord, Erased};
pub use self::resolve::Resolution;
pub use self::state::{State, UnknownState};
pub use self::view::{AuditRecord, Entry};
pub use self::worker::options::{Instance, UnknownPolicy, WorkerOptions};
pub use self::worker::{Worker, shutdown_signal};
