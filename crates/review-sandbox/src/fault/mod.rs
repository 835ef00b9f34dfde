//! Faults on demand: what can go wrong, when it does, how it looks on the wire, and the account of it.

mod account;
mod answer;
mod broken;
pub(crate) mod control;
mod flood;
mod inject;
mod kind;
mod magic;
mod name;
mod rule;
mod rules;
mod seen;

pub use account::{FaultCount, InjectedFault};
pub(crate) use inject::inject;
pub use kind::{Fault, Moment, RetryAfter};
pub use name::UnknownFault;
pub use rule::{FaultRule, InvalidFault, When};
pub use rules::FaultId;
pub(crate) use rules::{Faults, KEPT_FAULTS};
