//! Test support for code that sends review invitations, and for providers.
//!
//! - [`FakeProvider`] replaces a provider in the tests of a backend: it sends nothing, records every call,
//!   returns the responses that the test sets, and has assertions. [`FakeReader`] does the same for reading reviews.
//! - [`conformance`] is the suite that a provider must pass: one named test for each part of the contract, created
//!   by [`conformance_suite!`]. It needs this crate and a fake of the vendor.
//! - [`Canary`] searches logs, errors, `Debug` output and panics for personal data and secrets.
//! - `FaultTransport` (feature `transport`) injects faults into the HTTP transport of a provider.
//! - `HttpHarness` (feature `transport`) runs the suite for a vendor with an HTTP API: you write its routes.

mod canary;
pub mod conformance;
mod fake;
#[cfg(feature = "transport")]
mod fault_transport;
mod harness;
#[cfg(feature = "transport")]
mod http_harness;

pub use self::canary::{Canary, TracingGuard};
pub use self::fake::{FakeCall, FakeProvider, FakeReader, FakeResponse};
#[cfg(feature = "transport")]
pub use self::fault_transport::{FaultCounts, FaultRule, FaultTransport, Responder, TransportFault};
pub use self::harness::FakeHarness;
#[cfg(feature = "transport")]
pub use self::http_harness::{FakeRouter, HttpFake, HttpHarness};
pub use review_core;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct ReadMe;
