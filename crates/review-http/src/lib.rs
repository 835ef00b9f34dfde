//! HTTP for the vendor crates of review-invites.
//!
//! A shop's customer gets an e-mail for every invitation that is accepted, and neither vendor has an
//! idempotency key. So this crate knows, for every request, whether the vendor can have it:
//!
//! - [`HttpTransport`] carries one request, with no retries or redirects of its own, and says of a
//!   request without an answer whether it left ([`TransportError::sent`]).
//! - [`Outcome`] judges an attempt, [`RetryPolicy`] decides about another one, [`Client`] does both in
//!   a loop with a deadline.
//! - [`TokenCache`] shares one access token among all callers, a [`TokenStore`] among processes, [`LookUp`] what is looked up once.
//! - [`BaseUrl`] and [`Id`] keep requests where they belong; [`redact`], [`Secret`] and [`Personal`]
//!   keep people and keys out of what is shown; [`lenient`] reads answers.
//!
//! # What it tells
//! Spans and events of `tracing`, and with the feature `metrics` counters and histograms of the facade
//! `metrics`. Their names are stable, and nothing personal or secret is in any of them: no URL, no header,
//! no body.
//!
//! | Span | Fields |
//! | --- | --- |
//! | `review_call` (info) | `vendor`, `instance`, `operation` |
//! | `review_attempt` (debug, inside) | `attempt`, counted from 1 |
//!
//! | Event | Fields |
//! | --- | --- |
//! | `attempt` (debug) | `status` (where there was one), `outcome`, `elapsed_ms` |
//! | `call` (debug) | `result`, `elapsed_ms` |
//! | `throttled` (debug) | `wait_ms` |
//! | `token` (debug) | `vendor`, `instance`, `result` |
//! | `outcome unknown` (warn) | those of its span |
//! | `abandoned` (warn) | `vendor`, `instance`, `operation` |
//!
//! | Metric | Kind | Labels |
//! | --- | --- | --- |
//! | `review_attempts_total` | counter | `vendor`, `instance`, `operation`, `outcome` |
//! | `review_attempt_seconds` | histogram | `vendor`, `instance`, `operation` |
//! | `review_calls_total` | counter | `vendor`, `instance`, `operation`, `result` |
//! | `review_call_seconds` | histogram | `vendor`, `instance`, `operation` |
//! | `review_throttled_total` | counter | `vendor`, `instance`, `operation` |
//! | `review_abandoned_total` | counter | `vendor`, `instance`, `operation` |
//! | `review_token_fetches_total` | counter | `vendor`, `instance`, `result` |
//!
//! `outcome` is one of [`Outcome::name`]; `result` is `ok` or the kind of error in lower case
//! (`outcome_unknown`, `rate_limited` …). [`Observer`] is told of calls whose callers went away.
//!
//! reqwest is an implementation detail behind the features `rustls` (default), `rustls-no-provider`
//! and `native-tls`; no public type of this crate or of a vendor crate names it.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod address;
mod budget;
mod call;
mod client;
mod flight;
pub mod lenient;
mod observe;
mod options;
mod outcome;
mod pace;
mod policy;
pub mod redact;
mod retry_after;
mod secret;
mod settings;
mod token;
mod token_store;
mod transport;
mod watch;

pub use address::{BaseUrl, Id};
pub use call::{Answer, Call, Classifier, Reading, Refusal};
pub use client::{Client, before_sending};
pub use flight::LookUp;
pub use observe::Observer;
pub use options::ClientOptions;
pub use outcome::{Effect, Outcome};
pub use policy::RetryPolicy;
pub use retry_after::retry_after;
pub use secret::{Personal, Secret};
pub use settings::{Need, Setting, Settings};
pub use token::{Token, TokenCache, TokenSource};
pub use token_store::{FileTokenStore, HeldStore, MemoryTokenStore, StoredToken, TokenStore};
#[cfg(feature = "reqwest")]
pub use transport::ReqwestTransport;
pub use transport::{
    BodyEnd, Departure, DynTransport, HttpResponse, HttpTransport, HttpVersion, Problem, TransportError,
    TransportOptions, default_transport,
};
