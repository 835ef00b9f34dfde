//! Tests for code that sends review invitations, and for providers that do.
//!
//! - [`FakeProvider`] stands in for a provider in the tests of a backend: it sends nothing, records
//!   everything, answers as the test says, and has the assertions a test wants. [`FakeReader`] is the
//!   same for reading reviews.
//! - [`Canary`] looks for people and secrets in logs, errors, `Debug` texts and panics.
//! - `FaultTransport` (feature `transport`) spoils what a provider's HTTP transport does.

mod canary;
mod everything;
mod fake;
#[cfg(feature = "transport")]
mod fault_transport;

pub use self::canary::{Canary, Log};
pub use self::everything::every_capability;
pub use self::fake::{FakeAnswer, FakeCall, FakeProvider, FakeReader};
#[cfg(feature = "transport")]
pub use self::fault_transport::{FaultCounts, FaultRule, FaultTransport, TransportFault};
pub use review_core;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct ReadMe;
