//! HTTP for the vendor crates of review-invites.
//!
//! A customer gets an email for every accepted invitation, and no vendor has an idempotency key. This crate
//! therefore knows, for every request, whether the vendor can have it:
//!
//! - [`HttpTransport`] carries one request, without retries or redirects. If there is no response, it states
//!   whether the request was sent ([`TransportError::send_state`]).
//! - A [`Classifier`] describes every response of a vendor, [`AttemptOutcome`] judges an attempt,
//!   [`RetryPolicy`] decides about a retry, and [`Client`] runs the loop with a deadline.
//! - [`TokenCache`] shares one access token among all callers, a [`TokenStore`] among processes, and
//!   [`SharedLookup`] any other value that is looked up once. [`RateLimits`] are kept across all callers.
//! - [`BaseUrl`] and [`ResourceId`] keep requests on the configured host and path. [`redact`] and
//!   [`Personal`] keep personal data and secrets out of messages and logs. [`lenient`] parses responses.
//!
//! # Telemetry
//! Spans and events of `tracing`, and with the feature `metrics` counters and histograms of the facade
//! `metrics`. Their names are stable. They contain no URL, no header, no body and no personal data.
//!
//! | Span | Fields |
//! | --- | --- |
//! | `review_request` (info) | `vendor`, `instance`, `operation` |
//! | `review_attempt` (debug, inside) | `attempt`, counted from 1 |
//!
//! | Event | Fields |
//! | --- | --- |
//! | `attempt` (debug) | `status` (if there was a response), `outcome`, `elapsed_ms` |
//! | `request` (debug) | `result`, `elapsed_ms` |
//! | `throttled` (debug) | `wait_ms` |
//! | `token` (debug) | `vendor`, `instance`, `result` |
//! | `outcome unknown` (warn) | those of its span |
//! | `abandoned` (warn) | `vendor`, `instance`, `operation` |
//!
//! | Metric | Kind | Labels |
//! | --- | --- | --- |
//! | `review_attempts_total` | counter | `vendor`, `instance`, `operation`, `outcome` |
//! | `review_attempt_seconds` | histogram | `vendor`, `instance`, `operation` |
//! | `review_requests_total` | counter | `vendor`, `instance`, `operation`, `result` |
//! | `review_request_seconds` | histogram | `vendor`, `instance`, `operation` |
//! | `review_throttled_total` | counter | `vendor`, `instance`, `operation` |
//! | `review_abandoned_total` | counter | `vendor`, `instance`, `operation` |
//! | `review_token_fetches_total` | counter | `vendor`, `instance`, `result` |
//!
//! `outcome` is one of [`AttemptOutcome::as_str`]; `result` is `ok` or the kind of error in lower case
//! (`outcome_unknown`, `rate_limited` …). A [`RequestObserver`] learns of requests whose callers were cancelled.
//!
//! reqwest is an implementation detail behind the features `rustls` (default), `rustls-no-provider` and
//! `native-tls`. No public type of this crate or of a vendor crate names it.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod auth;
mod base_url;
mod classify;
mod client;
mod failure;
mod header_value;
mod in_flight_guard;
mod intercepted;
pub mod lenient;
mod options;
mod personal;
mod rate_limit;
pub mod redact;
mod request;
mod response;
mod retry;
mod telemetry;
mod transport;
pub mod vendor;
mod verdict;

pub use auth::{
    FileTokenStore, MemoryTokenStore, SharedLookup, StoredToken, Token, TokenCache, TokenPlace, TokenSource,
    TokenStore, TokenStoreGuard,
};
pub use base_url::{BaseUrl, ResourceId};
pub use classify::{Classification, Classifier};
pub use client::{Client, into_pre_send_error};
pub use options::ClientOptions;
pub use personal::Personal;
pub use rate_limit::RateLimits;
pub use request::ApiRequest;
pub use response::{ApiResponse, RawResponse};
pub use retry::{AttemptOutcome, Idempotency, RetryPolicy, parse_retry_after};
pub use telemetry::RequestObserver;
#[cfg(feature = "reqwest")]
pub use transport::ReqwestTransport;
pub use transport::{
    BodyStatus, DynTransport, HttpResponse, HttpTransport, ProxyOption, RequestTracker, TransportError,
    TransportErrorKind, TransportOptions, default_transport,
};
pub use verdict::Verdict;
