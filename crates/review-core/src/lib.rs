//! The contract of review-invites: a trait for sending review invitations through any review platform,
//! and the types it uses.
//!
//! It contains the model ([`model`]: customer, order, request), the trait
//! [`ReviewInviteProvider`] with everything it returns ([`provider`]), the error type ([`Error`]),
//! wrappers that combine providers, bulk sending and reading reviews. It contains no HTTP, no TLS and no
//! runtime. Backends usually depend on the crate `review-invites`, which re-exports it.
//!
//! ```
//! use review_core::provider::DynProvider;
//! use review_core::{Consent, InviteRequest, Result};
//!
//! async fn order_shipped(provider: &DynProvider, email: &str, number: &str) -> Result<()> {
//!     let consent = Consent::granted("checkbox at the checkout");
//!     let request = InviteRequest::builder(email, number, consent).build()?;
//!     let receipt = provider.send_invite(&request).await?;
//!     println!("{}: {}", receipt.provider, receipt.state);
//!     Ok(())
//! }
//! ```

#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod bulk;
pub mod config;
pub mod error;
pub mod model;
pub mod provider;
pub mod reviews;
pub mod wrappers;

pub use self::error::{Error, ErrorKind, ErrorScope, FieldError, Result, RetryAdvice, SendState};
pub use self::model::{Consent, InviteKind, InviteRequest, Product, SendAt};
pub use self::provider::{DynProvider, InviteReceipt, InviteState, ReviewInviteProvider};

/// The crates whose types appear in signatures of this crate, in compatible versions.
pub mod re_exports {
    pub use {async_trait, chrono, futures_util, url};
}
