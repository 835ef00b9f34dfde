//! Tests for code that sends review invitations, and for providers that do.
//!
//! - [`FakeProvider`] stands in for a provider in the tests of a backend: it sends nothing, records
//!   everything, answers as the test says, and has the assertions a test wants. [`FakeReader`] is the
//!   same for reading reviews.
//! - [`conformance`] is the suite a provider has to pass: one named test for each promise of the
//!   contract, made by [`conformance_suite!`]. A third party needs this crate and a double of its
//!   vendor, nothing else.
//! - [`Canary`] looks for people and secrets in logs, errors, `Debug` texts and panics.
//! - `FaultTransport` (feature `transport`) spoils what a provider's HTTP transport does.

mod canary;
pub mod conformance;
mod fake;
#[cfg(feature = "transport")]
mod fault_transport;
mod harness;

pub use self::canary::{Canary, TracingGuard};
pub use self::fake::{FakeResponse, FakeCall, FakeProvider, FakeReader};
#[cfg(feature = "transport")]
pub use self::fault_transport::{FaultCounts, FaultRule, FaultTransport, Responder, TransportFault};
pub use self::harness::FakeHarness;
pub use review_core;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct ReadMe;
