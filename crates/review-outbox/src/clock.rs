//! The time of the database, as every worker of it sees it.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

/// Milliseconds since 1970 in UTC.
pub(crate) type Millis = i64;

/// A clock in the time of the database: an offset that is measured against it, plus the monotonic time of
/// this process. A wrong or jumping clock of a machine therefore neither ends nor extends a lease.
#[derive(Clone, Debug)]
pub(crate) struct Clock(Arc<Inner>);

#[derive(Debug)]
enum Inner {
    Database {
        base: Instant,
        at_base: AtomicI64,
    },
    #[cfg(all(test, feature = "sqlite"))]
    Manual(AtomicI64),
}

impl Clock {
    /// Creates a clock that shows the database's time `now`.
    pub(crate) fn database(now: Millis) -> Self {
        let clock = Self(Arc::new(Inner::Database { base: Instant::now(), at_base: AtomicI64::new(now) }));
        clock.set(now);
        clock
    }

    /// Creates a clock that moves only when it is set.
    #[cfg(all(test, feature = "sqlite"))]
    pub(crate) fn manual(now: Millis) -> Self {
        Self(Arc::new(Inner::Manual(AtomicI64::new(now))))
    }

    /// Returns the time.
    pub(crate) fn now(&self) -> Millis {
        match &*self.0 {
            Inner::Database { base, at_base } => {
                at_base.load(Ordering::Relaxed).saturating_add(millis(base.elapsed()))
            }
            #[cfg(all(test, feature = "sqlite"))]
            Inner::Manual(now) => now.load(Ordering::Relaxed),
        }
    }

    /// Sets the time, as the database just reported it.
    pub(crate) fn set(&self, now: Millis) {
        match &*self.0 {
            Inner::Database { base, at_base } => {
                at_base.store(now.saturating_sub(millis(base.elapsed())), Ordering::Relaxed);
            }
            #[cfg(all(test, feature = "sqlite"))]
            Inner::Manual(_) => {}
        }
    }

    /// Moves a manual clock.
    #[cfg(all(test, feature = "sqlite"))]
    pub(crate) fn advance(&self, by: Duration) {
        if let Inner::Manual(now) = &*self.0 {
            now.fetch_add(millis(by), Ordering::Relaxed);
        }
    }
}

/// Returns a duration in milliseconds.
pub(crate) fn millis(duration: Duration) -> Millis {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX / 4)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clock_follows_the_database_and_not_the_machine() {
        // A machine whose own clock is a year ahead or behind gets the same time from the database.
        let clock = Clock::database(1_000_000);
        assert!((1_000_000..1_060_000).contains(&clock.now()));
        clock.set(5);
        assert!((5..60_005).contains(&clock.now()));
    }
}
