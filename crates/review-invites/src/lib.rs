//! Asks a shop's customers for reviews, through whichever review platform the shop uses.
//!
//! This is the crate to depend on. It re-exports the contract ([`ReviewInviteProvider`] and the words
//! it is written in), has the vendors behind features, and makes a provider from the environment.
//!
//! ```no_run
//! use review_invites::{
//!     Consent, Customer, EmailAddress, InviteRequest, Order, OrderReference, ReviewInviteProviderExt,
//! };
//!
//! # async fn example() -> review_invites::Result<()> {
//! let provider = review_invites::from_env()?; // REVIEW_PROVIDER=trustpilot, TRUSTPILOT_API_KEY=…
//! let request = InviteRequest::builder(
//!     Customer::new(EmailAddress::new("jane@example.com")?),
//!     Order::new(OrderReference::new("1001")?),
//!     Consent::granted("checkbox at the checkout"),
//! )
//! .build()?;
//! let receipt = provider.send_or_known(&request).await?;
//! println!("{:?}", receipt.state);
//! # Ok(())
//! # }
//! ```
//!
//! # Features
//! | Feature | |
//! | --- | --- |
//! | `etrusted`, `trustpilot`, `full` | the vendors; none is on by default |
//! | `mock` | [`MockReviewInviteProvider`](review_core::ReviewInviteProvider#testing-code-that-uses-a-provider) |
//! | `rustls` (default), `rustls-no-provider`, `native-tls` | TLS; with several, rustls is used |

#![cfg_attr(docsrs, feature(doc_cfg))]

mod vendors;

pub use review_core::*;
#[cfg(feature = "etrusted")]
pub use review_etrusted as etrusted;
#[cfg(feature = "trustpilot")]
pub use review_trustpilot as trustpilot;
#[cfg(any(feature = "etrusted", feature = "trustpilot"))]
pub mod transport {
    //! For configuring a vendor in code: secrets, ids, how calls are made, token stores, and transports of
    //! your own.

    pub use review_http::{
        BaseUrl, BodyEnd, ClientOptions, Departure, DynTransport, FileTokenStore, HeldStore, HttpResponse,
        HttpTransport, HttpVersion, Id, MemoryTokenStore, Observer, Problem, RetryPolicy, Secret,
        StoredToken, TokenStore, TransportError, TransportOptions, default_transport,
    };
}
pub use vendors::{PROVIDER_VARIABLE, compiled_in, from_env, from_vars, reader_from_env, reader_from_vars};
