//! Tests of the provider contract, for any provider.
//!
//! [`conformance_suite!`](crate::conformance_suite) creates one test for each of [`CASES`]. [`run_case`]
//! and [`run_all`] run them from code. All of them need a [`Harness`]: the provider together with a fake of its vendor,
//! which records the requests independently of the provider.
//!
//! # Results
//! - A case **passes**, or it **fails** with a message that contains the expected and the actual result.
//! - A case is **skipped**, with a printed reason, if the provider's
//!   [`Capabilities`](review_core::provider::Capabilities) do not declare the tested feature, or if the fake does not
//!   support a fault. If a feature is declared but cannot be tested, the case fails.
//! - A failure can be **expected**, with a reason. If such a case does not fail, its test fails.

mod cases;
mod fault;
mod field_requests;
mod fixtures;
mod harness;
mod outcome;
mod payload;
mod stage;
mod suite;
mod wire_field;

pub use self::cases::CASES;
pub use self::fault::VendorFault;
pub use self::harness::{Harness, InstanceSettings};
pub use self::outcome::CaseResult;
#[doc(hidden)]
pub use self::suite::{check_list, run_test};
pub use self::suite::{run_all, run_case};
pub use self::wire_field::WireField;
