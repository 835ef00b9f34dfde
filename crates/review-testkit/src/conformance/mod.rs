//! The contract of a provider, as tests for any provider.
//!
//! [`conformance_suite!`](crate::conformance_suite) makes one test of each of [`CASES`]; [`run_case`]
//! and [`run_all`] run them from code. What they need is a [`Harness`]: the provider together with a
//! double of its vendor, which is an independent witness of what arrived.
//!
//! # What counts as what
//! - A case **passes**, or it **fails** with a sentence that says what was expected and what was seen.
//! - It is **skipped**, visibly, where the provider's [`Capabilities`](review_core::provider::Capabilities) do
//!   not promise what it looks at, or where the double cannot play a fault. What is promised and
//!   cannot be looked at is a failure: an untested capability is not proven.
//! - A failure can be **expected**, with a reason. An expected failure that passes fails.

mod cases;
mod customer;
mod field_requests;
mod harness;
mod outcome;
mod stage;
mod suite;

pub use self::cases::CASES;
pub use self::harness::{Harness, VendorFault};
pub use self::outcome::CaseResult;
#[doc(hidden)]
pub use self::suite::{check_list, run_test};
pub use self::suite::{run_all, run_case};
