//! Fault injection: the faults, the rules for them, their form on the wire, and the record of them.

pub(crate) mod control;
pub(crate) mod inject;
pub(crate) mod kind;
pub(crate) mod log;
mod malformed;
pub(crate) mod name;
mod oversized;
mod recipient_faults;
mod request_view;
mod response;
pub(crate) mod rule;
pub(crate) mod rules;
