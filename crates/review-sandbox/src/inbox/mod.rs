//! The inbox: each invitation as the customer would get it, with the requests behind it.

pub(crate) mod control;
pub(crate) mod draft;
pub(crate) mod entry;
pub(crate) mod exchange;
pub(crate) mod recording;
pub(crate) mod review;
pub(crate) mod store;
pub(crate) mod trace;
