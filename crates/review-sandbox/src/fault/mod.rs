//! Fault injection: the faults, the rules for them, their form on the wire, and the record of them.

pub(crate) mod control;
mod inject;
mod kind;
mod log;
mod malformed;
mod name;
mod oversized;
mod recipient_faults;
mod request_view;
mod response;
mod rule;
mod rules;

pub(crate) use inject::inject;
pub use kind::{Fault, FaultPhase, RetryAfter};
pub use log::{FaultCount, InjectedFault};
pub use name::ParseFaultError;
pub use rule::{FaultRule, FaultRuleError, Trigger};
pub use rules::FaultId;
pub(crate) use rules::{Faults, MAX_RECORDED_FAULTS};
