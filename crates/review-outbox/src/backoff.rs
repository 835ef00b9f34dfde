//! The wait after a failed attempt. It is stored in the row, so it survives restarts.

use std::time::Duration;

/// How often and how fast a request that was certainly not sent is tried again.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Backoff {
    /// The wait after the first failure. It doubles after each further one. Default: 30 seconds.
    pub first: Duration,
    /// The longest wait. Default: 6 hours.
    pub max: Duration,
    /// Attempts after which a row is `dead`. Default: 20, which is about three days.
    pub max_attempts: u32,
}

impl Default for Backoff {
    fn default() -> Self {
        Self { first: Duration::from_secs(30), max: Duration::from_secs(6 * 60 * 60), max_attempts: 20 }
    }
}

impl Backoff {
    /// Returns the wait after so many failures.
    #[must_use]
    pub fn after(&self, failures: u32) -> Duration {
        self.first.saturating_mul(1 << failures.saturating_sub(1).min(20)).min(self.max)
    }

    /// Returns whether a row with so many failures is dead.
    pub(crate) fn is_exhausted(&self, failures: u32) -> bool {
        failures >= self.max_attempts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn backoff_doubles_up_to_its_maximum() {
        let waits: Vec<_> = (1..=12).map(|failures| Backoff::default().after(failures).as_secs()).collect();
        assert_eq!(waits, [30, 60, 120, 240, 480, 960, 1920, 3840, 7680, 15360, 21600, 21600]);
        assert_eq!(Backoff::default().after(u32::MAX).as_secs(), 21600);
    }

    #[test]
    fn default_attempts_last_about_three_days() {
        let total: Duration = (1..20).map(|failures| Backoff::default().after(failures)).sum();
        assert!((2..4).contains(&(total.as_secs() / 86_400)), "{total:?}");
    }
}
