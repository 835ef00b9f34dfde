//! What the fuzz targets share: an answer made of their input, a vendor that gives it, accounts at both vendors,
//! and an invitation whose personal values must never show.

mod account;
mod answer;
mod canary;
mod orders;
mod vendor;

pub use account::{Route, SECRETS, send};
pub use answer::Answer;
pub use canary::{PERSONAL, assert_hidden, request};
pub use orders::{assert_same_in_pieces, check_orders};
pub use vendor::{ScriptedVendor, TOKENS};
