//! The flaws, by what they are about.

mod declared;
mod faults;
mod fields;
mod preview;
mod privacy;
mod sending;

pub(crate) use declared::*;
pub(crate) use faults::*;
pub(crate) use fields::*;
pub(crate) use preview::*;
pub(crate) use privacy::*;
pub(crate) use sending::*;
