//! Providers that wrap or combine other providers. Each implements
//! [`ReviewInviteProvider`](crate::ReviewInviteProvider), so the calling code does not change.
//!
//! | Wrapper | Purpose |
//! | --- | --- |
//! | [`Router`] | sends each request to one of several, by locale, country, shop, a rule or a [`WeightedSplit`] |
//! | [`Fallback`] | uses the next provider if the first certainly did not accept the request |
//! | [`Dedup`] | sends no invitation twice, recorded in a store |
//! | [`ConsentGate`] | applies the shop's own rules about whom it may invite |
//! | [`DryRun`] | does everything except sending |
//! | [`KillSwitch`] | stops all sending, by configuration or at run time |
//!
//! ```
//! use review_core::Result;
//! use review_core::model::CountryCode;
//! use review_core::provider::DynProvider;
//! use review_core::wrappers::{Dedup, KillSwitch, MemoryDedupStore, Route, Router, Switch};
//!
//! fn for_the_shop(etrusted: DynProvider, trustpilot: DynProvider, switch: Switch) -> Result<KillSwitch> {
//!     let router = Router::builder("shop")
//!         .route(Route::country(CountryCode::new("DE")?), etrusted)
//!         .default_target(trustpilot)
//!         .build()?;
//!     Ok(KillSwitch::new(Dedup::new(router, MemoryDedupStore::new()), switch))
//! }
//! ```

mod consent_gate;
mod decorator;
mod dedup;
mod dedup_hook;
mod dedup_store;
mod dry_run;
mod fallback;
mod kill_switch;
mod memory_store;
mod rejections;
mod route;
mod router;
mod split;
mod targets;

pub use self::consent_gate::ConsentGate;
pub use self::dedup::Dedup;
pub use self::dedup_store::{Claim, ClaimResult, Completion, DedupStore};
pub use self::dry_run::DryRun;
pub use self::fallback::Fallback;
pub use self::kill_switch::{KillSwitch, Switch};
pub use self::memory_store::MemoryDedupStore;
pub use self::route::Route;
pub use self::router::{Router, RouterBuilder};
pub use self::split::{Target, WeightedSplit};
