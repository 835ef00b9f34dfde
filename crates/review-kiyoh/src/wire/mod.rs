//! Kiyoh's responses, as far as they are used. Members of another type than documented count as missing.

pub(crate) mod catalogue;
pub(crate) mod review;
pub(crate) mod statistics;
