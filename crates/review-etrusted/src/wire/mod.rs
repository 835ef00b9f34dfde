//! eTrusted's responses, as far as they are used. Members of another type than documented count as missing.

pub(crate) mod channel;
pub(crate) mod invite;
pub(crate) mod page;
pub(crate) mod review;
pub(crate) mod setup;
