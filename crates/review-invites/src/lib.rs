//! Asks a shop's customers for reviews, through whichever review platform the shop uses.
//!
//! This is the crate to depend on. It re-exports the contract ([`ReviewInviteProvider`] and the words
//! it is written in), has the vendors behind features, and makes providers from a configuration: one from
//! the environment as below, or several with routes between them by a [`Registry`].
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
//! | `toml` | configuration files: [`Registry::from_toml`](Registry), `REVIEW_CONFIG` |
//! | `mock` | [`MockReviewInviteProvider`](review_core::ReviewInviteProvider#testing-code-that-uses-a-provider) |
//! | `testkit` | `testkit`: a recording fake, the leak canary, the conformance suite for providers of your own |
//! | `rustls` (default), `rustls-no-provider`, `native-tls` | TLS; with several, rustls is used |
//! | `metrics` | counts and times through the facade of the crate `metrics` |
//! | `business-links` | Trustpilot's links that are made without a call |
//!
//! Features only add: every choice of them builds, and none changes what another does.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod config;
mod faults;
mod registry;
mod shortcuts;
mod vendors;

pub use config::{
    HttpConfig, InstanceConfig, LimitConfig, RegistryConfig, RouteConfig, SettingValue, TargetConfig,
};
pub use registry::{
    CONFIG_VARIABLE, Instance, InstanceSettings, PROVIDER_VARIABLE, ProviderFactory, Registry,
    RegistryBuilder, SENDING_VARIABLE,
};
pub use review_core::*;
#[cfg(feature = "etrusted")]
pub use review_etrusted as etrusted;
pub use review_http::{ConfigKey, ConfigReader, Presence, Secret};
#[cfg(feature = "testkit")]
pub use review_testkit as testkit;
#[cfg(feature = "trustpilot")]
pub use review_trustpilot as trustpilot;
pub mod transport {
    //! For configuring a vendor in code: secrets, ids, how calls are made, token stores, and transports of
    //! your own.

    pub use review_http::{
        BaseUrl, BodyStatus, ClientOptions, DynTransport, FileTokenStore, HttpResponse, HttpTransport,
        MemoryTokenStore, RequestObserver, ResourceId, RetryPolicy, Secret, SendTracker, StoredToken,
        TokenStore, TokenStoreGuard, TransportError, TransportErrorKind, TransportOptions, default_transport,
    };
}
pub use shortcuts::{from_env, from_vars, reader_from_env, reader_from_vars};
pub use vendors::compiled_in;
