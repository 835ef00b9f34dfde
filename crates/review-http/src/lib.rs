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
//! reqwest is an implementation detail behind the features `rustls` (default), `rustls-no-provider`
//! and `native-tls`; no public type of this crate or of a vendor crate names it.

mod address;
mod call;
mod client;
mod flight;
pub mod lenient;
mod outcome;
mod policy;
pub mod redact;
mod retry_after;
mod secret;
mod settings;
mod token;
mod token_store;
mod transport;

pub use address::{BaseUrl, Id};
pub use call::{Answer, Call, Classifier, Reading, Refusal};
pub use client::{Client, before_sending};
pub use flight::LookUp;
pub use outcome::{Effect, Outcome};
pub use policy::RetryPolicy;
pub use retry_after::retry_after;
pub use secret::{Personal, Secret};
pub use settings::Settings;
pub use token::{Token, TokenCache, TokenSource};
pub use token_store::{FileTokenStore, HeldStore, MemoryTokenStore, StoredToken, TokenStore};
#[cfg(feature = "reqwest")]
pub use transport::ReqwestTransport;
pub use transport::{
    BodyEnd, DynTransport, HttpResponse, HttpTransport, Problem, TransportError, TransportOptions,
    default_transport,
};
