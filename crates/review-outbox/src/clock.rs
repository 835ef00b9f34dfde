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
        /// When it was last set, in milliseconds after `base`.
        set_at: AtomicI64,
    },
    #[cfg(all(test, feature = "sqlite"))]
    Manual(AtomicI64),
}

impl Clock {
    /// Creates a clock that shows the database's time `now`.
    pub(crate) fn database(now: Millis) -> Self {
        let clock = Self(Arc::new(Inner::Database {
            base: Instant::now(),
            at_base: AtomicI64::new(now),
            set_at: AtomicI64::new(0),
        }));
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
            Inner::Database { base, at_base, .. } => {
                at_base.load(Ordering::Relaxed).saturating_add(millis(base.elapsed()))
            }
            #[cfg(all(test, feature = "sqlite"))]
            Inner::Manual(now) => now.load(Ordering::Relaxed),
        }
    }

    /// Sets the time, as the database just reported it.
    pub(crate) fn set(&self, now: Millis) {
        match &*self.0 {
            Inner::Database { base, at_base, set_at } => {
                let elapsed = millis(base.elapsed());
                at_base.store(now.saturating_sub(elapsed), Ordering::Relaxed);
                set_at.store(elapsed, Ordering::Relaxed);
            }
            #[cfg(all(test, feature = "sqlite"))]
            Inner::Manual(_) => {}
        }
    }

    /// Returns how long ago the time was set.
    pub(crate) fn age(&self) -> Duration {
        match &*self.0 {
            Inner::Database { base, set_at, .. } => {
                let age = millis(base.elapsed()).saturating_sub(set_at.load(Ordering::Relaxed));
                Duration::from_millis(u64::try_from(age).unwrap_or(0))
            }
            #[cfg(all(test, feature = "sqlite"))]
            Inner::Manual(_) => Duration::ZERO,
        }
    }

    /// Moves a manual clock.
    #[cfg(all(test, feature = "sqlite"))]
    pub(crate) fn advance(&self, by: Duration) {
        self.shift(millis(by));
    }

    /// Moves a manual clock forwards or backwards.
    #[cfg(all(test, feature = "sqlite"))]
    pub(crate) fn shift(&self, by: Millis) {
        if let Inner::Manual(now) = &*self.0 {
            now.fetch_add(by, Ordering::Relaxed);
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
