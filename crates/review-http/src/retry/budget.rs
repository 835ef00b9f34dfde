//! The retry budget: how many retries an instance makes while nothing succeeds.

use std::sync::atomic::{AtomicU32, Ordering};

/// The cost of a retry. A success on the first attempt returns one unit to the budget.
const RETRY_COST: u32 = 5;

/// A budget of retries that all callers of an instance share. If a vendor is down, its callers soon send
/// each request once, and do not keep it down. A success returns a fifth of a retry, or a whole one if it
/// needed a retry.
#[derive(Debug)]
pub(crate) struct RetryBudget {
    remaining: AtomicU32,
    full: u32,
}

impl RetryBudget {
    /// Creates a full budget for this number of retries.
    pub(crate) fn new(retries: u32) -> Self {
        let full = retries.saturating_mul(RETRY_COST);
        Self { remaining: AtomicU32::new(full), full }
    }

    /// Pays for a retry. Returns false if too little remains.
    pub(crate) fn withdraw(&self) -> bool {
        let withdraw = |remaining: u32| remaining.checked_sub(RETRY_COST);
        self.remaining.fetch_update(Ordering::SeqCst, Ordering::SeqCst, withdraw).is_ok()
    }

    /// A request succeeded.
    pub(crate) fn deposit(&self, was_retried: bool) {
        let amount = if was_retried { RETRY_COST } else { 1 };
        let fill = |remaining: u32| Some(remaining.saturating_add(amount).min(self.full));
        // The closure always returns a value.
        let _ = self.remaining.fetch_update(Ordering::SeqCst, Ordering::SeqCst, fill);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_budget_fills_again_with_successes() {
        let budget = RetryBudget::new(2);
        assert_eq!([budget.withdraw(), budget.withdraw(), budget.withdraw()], [true, true, false]);
        (0..4).for_each(|_| budget.deposit(false));
        assert!(!budget.withdraw());
        budget.deposit(false);
        assert!(budget.withdraw());
        (0..100).for_each(|_| budget.deposit(true));
        assert_eq!([budget.withdraw(), budget.withdraw(), budget.withdraw()], [true, true, false]);
    }
}
