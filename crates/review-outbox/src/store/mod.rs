//! The steps of a delivery, each one statement, fenced by owner, claim and state.

pub(crate) mod claim;
pub(crate) mod complete;
pub(crate) mod ledger;
pub(crate) mod sweep;
