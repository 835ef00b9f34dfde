//! The active rules: which fault is injected into a request.

use std::collections::HashSet;
use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};

use super::kind::Fault;
use super::log::{FaultLog, InjectedFault};
use super::recipient_faults;
use super::request_view::RequestView;
use super::rule::{FaultRule, FaultRuleError, Trigger};
use crate::abort::ConnectionEnd;
use crate::customer::Customer;
use crate::host::Host;

/// How many faults are kept by default.
pub(crate) const MAX_RECORDED_FAULTS: usize = 10_000;

/// The id of a rule, to remove it. Ids are not reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FaultId(pub(super) u64);

impl fmt::Display for FaultId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// All rules, in order, and the record of injected faults.
pub(crate) struct Faults {
    pub(super) active: Vec<Active>,
    last_id: u64,
    /// The orders for which the fault of a `+once` address has been injected.
    had: SeenOrders,
    pub(crate) log: FaultLog,
}

/// An active rule.
pub(super) struct Active {
    pub(super) id: FaultId,
    pub(super) rule: FaultRule,
    /// How many requests it has matched.
    pub(super) matched: u64,
    /// How many it has hit.
    pub(super) hit: u64,
    chance: fastrand::Rng,
    orders: SeenOrders,
}

/// A fault that is to be injected into a request.
pub(super) struct Chosen {
    pub(super) fault: Fault,
    pub(super) reference: Option<String>,
}

impl Faults {
    pub(crate) fn new(keep: usize) -> Self {
        Self { active: Vec::new(), last_id: 0, had: SeenOrders::default(), log: FaultLog::new(keep) }
    }

    pub(crate) fn add(&mut self, rule: FaultRule) -> Result<FaultId, FaultRuleError> {
        rule.check()?;
        self.last_id += 1;
        let id = FaultId(self.last_id);
        let seed = if let Trigger::Probability { seed, .. } = rule.trigger { seed } else { 0 };
        let chance = fastrand::Rng::with_seed(seed);
        self.active.push(Active { id, rule, matched: 0, hit: 0, chance, orders: SeenOrders::default() });
        Ok(id)
    }

    /// Returns `false` if there is no such rule.
    pub(crate) fn remove(&mut self, id: FaultId) -> bool {
        let before = self.active.len();
        self.active.retain(|active| active.id != id);
        self.active.len() < before
    }

    pub(crate) fn clear(&mut self) {
        self.active.clear();
    }

    /// Returns how a new connection ends, if a rule hits it.
    pub(crate) fn on_accept(&mut self) -> Option<ConnectionEnd> {
        let connections = |rule: &FaultRule| rule.fault.is_on_accept();
        let fault =
            self.active.iter_mut().filter(|active| connections(&active.rule)).find_map(Active::count)?;
        let end = if fault == Fault::ResetOnAccept { ConnectionEnd::Reset } else { ConnectionEnd::Close };
        self.log.note(InjectedFault {
            fault,
            vendor: None,
            reference: None,
            read: false,
            committed: false,
            status: None,
            rejected: false,
        });
        Some(end)
    }

    /// Returns the fault for a request: that of its recipient, or otherwise of the first rule that hits it. An error,
    /// for people: the recipient names an unknown fault.
    pub(super) fn choose(&mut self, view: &RequestView) -> Result<Option<Chosen>, String> {
        for customer in &view.customers {
            let Some(magic) = customer.address.as_deref().and_then(recipient_faults::parse) else { continue };
            let magic = magic?;
            let reference = customer.reference.as_deref();
            let vendor = view.host.map(Host::vendor);
            if !magic.once || self.had.is_first(&(vendor, &magic.fault, reference)) {
                return Ok(Some(Chosen { fault: magic.fault, reference: customer.reference.clone() }));
            }
        }
        Ok(self.active.iter_mut().find_map(|active| {
            let reference = active.matches(view)?;
            Some(Chosen { fault: active.count()?, reference })
        }))
    }
}

impl Active {
    /// Returns the order reference of the matched request, if it matches.
    fn matches(&mut self, view: &RequestView) -> Option<Option<String>> {
        let rule = &self.rule;
        let fits = !rule.fault.is_on_accept()
            && rule.vendor.is_none_or(|vendor| view.host.map(Host::vendor) == Some(vendor))
            && rule.host.is_none_or(|host| view.host == Some(host))
            && rule.method.as_ref().is_none_or(|method| view.method == *method)
            && rule.path_prefix.as_ref().is_none_or(|prefix| view.path.starts_with(prefix))
            && rule.path_contains.as_ref().is_none_or(|part| view.path.contains(part));
        if !fits {
            return None;
        }
        if rule.recipient.is_none() && rule.reference.is_none() && !rule.once_per_reference {
            return Some(view.reference().map(str::to_owned));
        }
        let (rule, orders) = (&self.rule, &mut self.orders);
        let found = view.customers.iter().find(|customer| {
            fits_customer(rule, customer)
                && (!rule.once_per_reference
                    || customer
                        .reference
                        .as_deref()
                        .is_some_and(|reference| orders.is_first(&(view.host.map(Host::vendor), reference))))
        });
        found.map(|customer| customer.reference.clone())
    }

    /// Counts a matched request, and returns the fault if it is hit.
    fn count(&mut self) -> Option<Fault> {
        self.matched += 1;
        let hit = match self.rule.trigger {
            Trigger::Always => true,
            Trigger::Nth(number) => self.matched == number,
            Trigger::First(number) => self.matched <= number,
            Trigger::Every(number) => self.matched.is_multiple_of(number),
            Trigger::Probability { probability, .. } => self.chance.f64() < probability,
        };
        if !hit || self.rule.max_hits.is_some_and(|most| self.hit >= most) {
            return None;
        }
        self.hit += 1;
        Some(self.rule.fault.clone())
    }
}

fn fits_customer(rule: &FaultRule, customer: &Customer) -> bool {
    let address = customer.address.as_deref().unwrap_or_default();
    rule.recipient.as_ref().is_none_or(|wanted| wanted.to_lowercase() == address.to_lowercase())
        && rule.reference.as_ref().is_none_or(|wanted| customer.reference.as_ref() == Some(wanted))
}

/// Orders seen before, as hashes only: 100,000 of them take a megabyte, and two of them collide with a probability of
/// less than one in a billion.
#[derive(Default)]
struct SeenOrders(HashSet<u64>);

impl SeenOrders {
    fn is_first(&mut self, order: &impl Hash) -> bool {
        let mut hasher = DefaultHasher::new();
        order.hash(&mut hasher);
        self.0.insert(hasher.finish())
    }
}
