//! How many repeats an instance may make while nothing succeeds.

use std::sync::atomic::{AtomicU32, Ordering};

/// What one repeat costs.
const RETRY_COST: u32 = 5;

/// A budget of repeats, shared by all callers of an instance: when a vendor is down, its callers soon
/// make one attempt each and no more, and do not hold it down. An acceptance gives one token back, or the
/// whole cost where it came by a repeat.
#[derive(Debug)]
pub(crate) struct RetryBudget {
    remaining: AtomicU32,
    full: u32,
}

impl RetryBudget {
    pub(crate) fn new(full: u32) -> Self {
        Self { remaining: AtomicU32::new(full), full }
    }

    /// Pays for a repeat; false where too little is remaining.
    pub(crate) fn withdraw(&self) -> bool {
        let spend = |remaining: u32| remaining.checked_sub(RETRY_COST);
        self.remaining.fetch_update(Ordering::SeqCst, Ordering::SeqCst, spend).is_ok()
    }

    /// A call was accepted.
    pub(crate) fn deposit(&self, repeated: bool) {
        let more = if repeated { RETRY_COST } else { 1 };
        let fill = |remaining: u32| Some(remaining.saturating_add(more).min(self.full));
        // The closure never declines.
        let _ = self.remaining.fetch_update(Ordering::SeqCst, Ordering::SeqCst, fill);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_runs_out_and_fills_again() {
        let budget = RetryBudget::new(12);
        assert_eq!([budget.withdraw(), budget.withdraw(), budget.withdraw()], [true, true, false]);
        budget.deposit(false);
        budget.deposit(false);
        assert!(!budget.withdraw());
        budget.deposit(false);
        assert!(budget.withdraw());
        for _ in 0..100 {
            budget.deposit(true);
        }
        assert_eq!(budget.remaining.load(Ordering::SeqCst), 12);
    }
}
