//! Providers made of other providers. Each is a [`ReviewInviteProvider`](crate::ReviewInviteProvider)
//! itself, so they are put together as wished and the caller's code stays as it is.

mod consent_gate;
mod dedup;
mod dedup_store;
mod dry_run;
mod fallback;
mod guard;
mod rate_limited;
mod route;
mod router;
mod switch;
mod targets;

pub use consent_gate::ConsentGate;
pub use dedup::Dedup;
pub use dedup_store::{Begun, Claim, DedupStore, MemoryDedupStore, Settled};
pub use dry_run::DryRun;
pub use fallback::Fallback;
pub use rate_limited::RateLimited;
pub use route::{Route, Split, Target};
pub use router::{Router, RouterBuilder};
pub use switch::{SendingSwitch, Switch};
