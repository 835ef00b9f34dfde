//! Rate limits of a vendor, and the pauses it requests.

mod limiter;
mod limits;
mod sliding_window;

pub use self::limiter::RateLimiter;
pub(crate) use self::limiter::Reservation;
pub use self::limits::RateLimits;
