//! Many invitations, a bounded number at a time, with an exact account of each.

mod account;
mod options;
mod stream;
mod summary;

pub use account::{BulkAccount, BulkItem};
pub use options::{BulkOptions, Patience};
pub use stream::Bulk;
pub use summary::{BulkSummary, Stopped};
