//! The vendors' limits that several processes share.

use std::collections::BTreeMap;
use std::time::Duration;

use review_invites::http::RateLimits;
use review_outbox::SharedLimit;

/// Returns the limits that runs share. A limit that follows from a shorter window is left out.
pub(crate) fn shared_limits(instance: &str, limits: &RateLimits) -> Vec<SharedLimit> {
    let mut by_window: BTreeMap<Duration, usize> = BTreeMap::new();
    for (calls, window) in limits.iter() {
        by_window.entry(window).and_modify(|least| *least = calls.min(*least)).or_insert(calls);
    }
    let follows = |window: Duration, calls: usize| {
        by_window.range(..window).any(|(shorter, of_shorter)| {
            let windows = window.as_millis().div_ceil(shorter.as_millis().max(1));
            u128::try_from(*of_shorter).unwrap_or(u128::MAX).saturating_mul(windows)
                <= u128::try_from(calls).unwrap_or(u128::MAX)
        })
    };
    let needed = by_window.iter().filter(|(window, calls)| !follows(**window, **calls));
    let limit = |(window, calls): (&Duration, &usize)| {
        let bucket = format!("{instance}/{}s", window.as_secs());
        SharedLimit::new(bucket, u32::try_from(*calls).unwrap_or(u32::MAX), *window)
    };
    needed.map(limit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shared_limits_leave_out_what_follows() {
        let minutes = |minutes: u64| Duration::from_secs(minutes * 60);
        let limits = RateLimits::unlimited().with_limit(833, minutes(5)).with_limit(10_000, minutes(60));
        assert_eq!(shared_limits("a", &limits), [SharedLimit::new("a/300s", 833, minutes(5))]);
        let limits = RateLimits::unlimited().with_limit(833, minutes(5)).with_limit(1_000, minutes(60));
        assert_eq!(shared_limits("a", &limits).len(), 2);
        assert!(shared_limits("a", &RateLimits::unlimited()).is_empty());
    }
}
