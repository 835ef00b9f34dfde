//! The contract of review-invites: one trait to ask a shop's customers for reviews, whichever
//! review platform the shop uses.
//!
//! This crate holds the words (customer, order, invitation, consent), the trait
//! [`ReviewInviteProvider`], what a provider says of itself ([`Capabilities`]), what it answers
//! ([`InviteReceipt`], [`Error`]), providers made of other providers, and nothing else: no HTTP, no
//! TLS, no runtime. Backends usually depend on the crate `review-invites`, which re-exports it.
//!
//! # Five promises
//! 1. One code path, any vendor: what a vendor cannot do is told ([`Capabilities`]) and refused.
//! 2. Nobody is invited twice and nobody is forgotten: a lost answer is
//!    [`ErrorKind::OutcomeUnknown`], never repeated in silence.
//! 3. Personal data and secrets do not leak by accident: not through `Debug`, `Display` or errors.
//! 4. A clear answer for every invitation: see the three questions of [`Error`].
//! 5. It can be tested without a vendor: see the feature `mock`.
//!
//! # Using a provider
//! ```
//! use review_core::{
//!     Consent, Customer, DynProvider, EmailAddress, InviteRequest, Order, OrderReference, Result,
//!     ReviewInviteProviderExt,
//! };
//!
//! async fn order_shipped(provider: &DynProvider, email: &str, number: &str) -> Result<()> {
//!     let request = InviteRequest::builder(
//!         Customer::new(EmailAddress::new(email)?),
//!         Order::new(OrderReference::new(number)?),
//!         Consent::granted("checkbox at the checkout"),
//!     )
//!     .build()?;
//!     let receipt = provider.send_or_known(&request).await?;
//!     println!("{}: {:?}", receipt.provider, receipt.state);
//!     Ok(())
//! }
//! ```
//!
//! # Putting providers together
//! Each of these is a provider itself, so the caller's code stays as it is:
//!
//! | | |
//! | --- | --- |
//! | [`Router`] | each request to one of several, by locale, country, shop, a rule or a weighted [`Split`] |
//! | [`Fallback`] | the next one where the first certainly did not take it |
//! | [`Dedup`] | no invitation twice, over a store |
//! | [`ConsentGate`] | the shop's own rules about whom it may ask |
//! | [`RateLimited`] | no more calls than allowed |
//! | [`DryRun`] | everything but the sending |
//! | [`SendingSwitch`] | all sending off, by configuration or at run time |
//!
//! ```
//! use std::time::Duration;
//!
//! use review_core::{
//!     CountryCode, Dedup, DynProvider, MemoryDedupStore, RateLimited, RateLimits, Result, Route, Router,
//!     SendingSwitch, Switch,
//! };
//!
//! fn for_the_shop(etrusted: DynProvider, trustpilot: DynProvider, switch: Switch) -> Result<SendingSwitch> {
//!     let limits = RateLimits::none().with_at_most(833, Duration::from_secs(5 * 60));
//!     let router = Router::builder("shop")
//!         .route(Route::country(CountryCode::new("DE")?), etrusted)
//!         .otherwise(RateLimited::new(trustpilot, limits))
//!         .build()?;
//!     Ok(SendingSwitch::new(Dedup::new(router, MemoryDedupStore::new()), switch))
//! }
//! ```
//!
//! Many invitations at once: [`ReviewInviteProviderExt::send_all`].

#![cfg_attr(docsrs, feature(doc_cfg))]

mod bulk;
mod capability;
mod composite;
mod error;
mod ext;
mod field_error;
mod info;
mod model;
mod preview;
mod provider;
mod rate;
mod reader;
mod receipt;
mod setup;

pub use bulk::{Bulk, BulkAccount, BulkItem, BulkOptions, BulkSummary, Patience, Stopped};
pub use capability::{Admitted, Capabilities, Feature, Operation, Requirement};
pub use composite::{
    Begun, Claim, ConsentGate, Dedup, DedupStore, DryRun, Fallback, MemoryDedupStore, RateLimited, Route,
    Router, RouterBuilder, SendingSwitch, Settled, Split, Switch, Target,
};
pub use error::{Error, ErrorKind, Result, RetryAdvice, Sent};
pub use ext::ReviewInviteProviderExt;
pub use field_error::FieldError;
pub use info::ProviderInfo;
pub use model::*;
pub use preview::{Preview, PreviewCall};
#[cfg(feature = "mock")]
pub use provider::MockReviewInviteProvider;
pub use provider::{DynProvider, ReviewInviteProvider};
pub use rate::{RateLimits, RateLog};
#[cfg(feature = "mock")]
pub use reader::MockReviewReader;
pub use reader::{
    Circle, DynReader, PageToken, Review, ReviewPage, ReviewQuery, ReviewReader, ReviewReaderExt,
    ReviewSubject,
};
pub use receipt::{Erasure, InviteLookup, InviteReceipt, InviteState, ReviewLink, Warning};
/// The crates whose types stand in signatures here, in the versions that fit.
pub mod reexport {
    pub use {async_trait, chrono, futures_util, url};
}

pub use setup::{Finding, SetupReport, Severity};
