//! Rules that select requests for a fault.

use std::fmt;

use bytes::Bytes;

use super::TransportFault;

/// A fault and the requests that it applies to. By default, a rule applies to all requests.
pub struct FaultRule {
    pub(super) fault: TransportFault,
    when: Option<Condition>,
    times: Times,
    seen: u64,
}

type Condition = Box<dyn Fn(&http::Request<Bytes>) -> bool + Send + Sync>;

enum Times {
    Always,
    Nth(u64),
    First(u64),
    Share(f64, fastrand::Rng),
}

impl FaultRule {
    /// Creates a rule that injects this fault into every request.
    #[must_use]
    pub fn new(fault: TransportFault) -> Self {
        Self { fault, when: None, times: Times::Always, seen: 0 }
    }

    /// Sets a condition. The rule only matches and counts requests that fulfil it.
    #[must_use]
    pub fn when(mut self, condition: impl Fn(&http::Request<Bytes>) -> bool + Send + Sync + 'static) -> Self {
        self.when = Some(Box::new(condition));
        self
    }

    /// Injects the fault only into matching request `number`, counted from 1.
    #[must_use]
    pub fn nth(mut self, number: u64) -> Self {
        self.times = Times::Nth(number);
        self
    }

    /// Injects the fault only into the first `count` matching requests.
    #[must_use]
    pub fn with_max_hits(mut self, count: u64) -> Self {
        self.times = Times::First(count);
        self
    }

    /// Injects the fault into a share of the matching requests (0.0 to 1.0). The selection is deterministic for a seed and
    /// an order of requests.
    #[must_use]
    pub fn with_probability(mut self, share: f64, seed: u64) -> Self {
        self.times = Times::Share(share, fastrand::Rng::with_seed(seed));
        self
    }

    pub(super) fn fires(&mut self, request: &http::Request<Bytes>) -> bool {
        if self.when.as_ref().is_some_and(|condition| !condition(request)) {
            return false;
        }
        self.seen += 1;
        match &mut self.times {
            Times::Always => true,
            Times::Nth(number) => self.seen == *number,
            Times::First(count) => self.seen <= *count,
            Times::Share(share, random) => random.f64() < *share,
        }
    }
}

impl fmt::Debug for FaultRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FaultRule")
            .field("fault", &self.fault)
            .field("seen", &self.seen)
            .finish_non_exhaustive()
    }
}
