//! How many repeats an instance may make while nothing succeeds.

use std::sync::atomic::{AtomicU32, Ordering};

/// What one repeat costs.
const REPEAT: u32 = 5;

/// A budget of repeats, shared by all callers of an instance: when a vendor is down, its callers soon
/// make one attempt each and no more, and do not hold it down. An acceptance gives one token back, or the
/// whole cost where it came by a repeat.
#[derive(Debug)]
pub(crate) struct Budget {
    left: AtomicU32,
    full: u32,
}

impl Budget {
    pub(crate) fn new(full: u32) -> Self {
        Self { left: AtomicU32::new(full), full }
    }

    /// Pays for a repeat; false where too little is left.
    pub(crate) fn spend(&self) -> bool {
        let spend = |left: u32| left.checked_sub(REPEAT);
        self.left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, spend).is_ok()
    }

    /// A call was accepted.
    pub(crate) fn give_back(&self, repeated: bool) {
        let more = if repeated { REPEAT } else { 1 };
        let fill = |left: u32| Some(left.saturating_add(more).min(self.full));
        // The closure never declines.
        let _ = self.left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, fill);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_runs_out_and_fills_again() {
        let budget = Budget::new(12);
        assert_eq!([budget.spend(), budget.spend(), budget.spend()], [true, true, false]);
        budget.give_back(false);
        budget.give_back(false);
        assert!(!budget.spend());
        budget.give_back(false);
        assert!(budget.spend());
        for _ in 0..100 {
            budget.give_back(true);
        }
        assert_eq!(budget.left.load(Ordering::SeqCst), 12);
    }
}
