//! Sending many invitations with bounded concurrency, with an exact record of each.

mod lanes;
mod options;
mod stream;
mod summary;
mod tracker;

pub use self::options::{BulkOptions, BulkRetry};
pub use self::stream::BulkSend;
pub(crate) use self::stream::Sender;
pub use self::summary::{BulkSummary, StopReason};
pub use self::tracker::{BulkItem, BulkTracker};
