//! Rate limits of a vendor, and the pauses it requests.

mod limiter;
mod limits;
mod sliding_window;

pub(crate) use self::limiter::{RateLimiter, Reservation};
pub use self::limits::RateLimits;
