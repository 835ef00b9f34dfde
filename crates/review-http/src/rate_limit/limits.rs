//! Rate limits: a number of calls in a period.

use std::time::Duration;

/// The longest window, one year. No process counts calls for longer, and every instant can be computed.
const MAX_WINDOW: Duration = Duration::from_secs(366 * 24 * 60 * 60);

/// Limits of the form "at most N calls in any stretch of this length". Several can apply together.
///
/// ```
/// use std::time::Duration;
///
/// use review_http::RateLimits;
///
/// let limits = RateLimits::unlimited()
///     .with_limit(833, Duration::from_secs(5 * 60))
///     .with_limit(10_000, Duration::from_secs(60 * 60));
/// assert!(!limits.is_unlimited());
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RateLimits(Vec<(usize, Duration)>);

impl RateLimits {
    /// Returns limits that allow any number of calls.
    #[must_use]
    pub fn unlimited() -> Self {
        Self::default()
    }

    /// Adds a limit: at most `max_calls` (at least one) in any stretch of `window` (at most 366 days).
    #[must_use]
    pub fn with_limit(mut self, max_calls: u32, window: Duration) -> Self {
        let max_calls = usize::try_from(max_calls.max(1)).unwrap_or(usize::MAX);
        self.0.push((max_calls, window.min(MAX_WINDOW)));
        self
    }

    /// Returns whether any number of calls is allowed.
    #[must_use]
    pub fn is_unlimited(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns each limit: a number of calls and the length of its window.
    pub fn iter(&self) -> impl Iterator<Item = (usize, Duration)> + '_ {
        self.0.iter().copied()
    }
}
