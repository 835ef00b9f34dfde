//! Counts orders that an intermediary rejected in a row.

use std::sync::{Mutex, PoisonError};

/// A firewall that rejects so many different orders in a row rejects all of them.
const MAX_ORDERS: usize = 3;

/// The orders of an instance that an intermediary rejected since the vendor last responded itself.
#[derive(Debug, Default)]
pub(crate) struct InterceptedOrders(Mutex<Vec<String>>);

impl InterceptedOrders {
    /// Adds an order. Returns whether the problem concerns the account and not this order.
    pub(crate) fn add(&self, reference: &str) -> bool {
        let mut orders = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if orders.len() < MAX_ORDERS && !orders.iter().any(|order| order == reference) {
            orders.push(reference.to_owned());
        }
        orders.len() >= MAX_ORDERS
    }

    /// The vendor responded.
    pub(crate) fn clear(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_different_orders_in_a_row_concern_the_account() {
        let orders = InterceptedOrders::default();
        assert!(!["1", "2", "2", "1"].into_iter().any(|order| orders.add(order)));
        orders.clear();
        assert!(!["1", "3"].into_iter().any(|order| orders.add(order)));
        assert!(orders.add("2") && orders.add("1"));
    }
}
