//! The circuit breaker of an instance: when to stop claiming, and how to start again.
//!
//! A pure state machine; `circuit_store` keeps it in the database, so that all workers share it and it
//! survives restarts.

use std::time::Duration;

use crate::clock::{Millis, millis};
use crate::store::claim::Fence;

/// The last outcomes that the brake on unknown outcomes looks at.
const WINDOW: u32 = 20;

/// When a circuit opens, and how long it stays open.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CircuitPolicy {
    /// Opens after so many failures in a row in which nothing was sent. Default: 20.
    pub max_not_sent: u32,
    /// Opens after so many unknown outcomes in a row. Default: 3.
    pub max_unknown_in_a_row: u32,
    /// Opens after so many unknown outcomes among the last 20. Default: 5.
    pub max_unknown_of_20: u32,
    /// The wait before the first probe. It doubles after each failed probe. Default: 1 minute.
    pub probe_after: Duration,
    /// The longest wait before a probe. Default: 30 minutes.
    pub max_probe_after: Duration,
}

impl Default for CircuitPolicy {
    fn default() -> Self {
        Self {
            max_not_sent: 20,
            max_unknown_in_a_row: 3,
            max_unknown_of_20: 5,
            probe_after: Duration::from_secs(60),
            max_probe_after: Duration::from_secs(30 * 60),
        }
    }
}

/// The state of a circuit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CircuitState {
    /// Rows are sent.
    #[default]
    Closed,
    /// An outcome was unknown: one request at a time, over all workers, until one succeeds.
    Careful,
    /// Nothing is sent, except one probe from time to time. The rows are kept.
    Open,
    /// An operator stopped the instance. Nothing is sent until [`Outbox::resume`](crate::Outbox::resume).
    Stopped,
}

impl CircuitState {
    /// Returns the state as it is stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::Careful => "careful",
            Self::Open => "open",
            Self::Stopped => "stopped",
        }
    }

    pub(crate) fn parse(text: &str) -> Self {
        match text {
            "closed" => Self::Closed,
            "careful" => Self::Careful,
            "stopped" => Self::Stopped,
            // A state of a newer release: do not send.
            _ => Self::Open,
        }
    }
}

/// What a send showed about its instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Signal {
    /// The vendor handled a request, whether it accepted it or not.
    Success,
    /// The request did not get through.
    NotSent,
    /// The request may have got through; no usable response arrived.
    Unknown,
    /// The account needs attention.
    Account { class: &'static str },
    /// The vendor asked for a pause.
    Pause(Duration),
    /// A probe ended without a result, for example because its row was cancelled.
    NoResult,
}

/// The stored circuit of one instance.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Circuit {
    pub(crate) version: i64,
    pub(crate) state: CircuitState,
    pub(crate) reason: Option<String>,
    pub(crate) changed_at: Millis,
    pub(crate) probe_at: Millis,
    pub(crate) probe_failures: i64,
    pub(crate) probe: Option<(String, i64)>,
    pub(crate) probe_lease: Millis,
    pub(crate) paused_until: Millis,
    pub(crate) not_sent: i64,
    pub(crate) unknown_in_a_row: i64,
    pub(crate) recent: i64,
}

impl Circuit {
    /// Returns whether a success changes nothing.
    pub(crate) fn is_clean(&self) -> bool {
        self.state == CircuitState::Closed && (self.not_sent, self.unknown_in_a_row, self.recent) == (0, 0, 0)
    }

    /// Applies a signal. `from` is the claim that sent the request.
    pub(crate) fn apply(&mut self, signal: &Signal, from: &Fence, now: Millis, policy: &CircuitPolicy) {
        let is_probe =
            self.probe.as_ref().is_some_and(|(owner, claim)| **owner == *from.owner && *claim == from.claim);
        if is_probe {
            self.probe = None;
        }
        match signal {
            Signal::Success => {
                self.not_sent = 0;
                self.unknown_in_a_row = 0;
                self.recent = (self.recent << 1) & ((1 << WINDOW) - 1);
                // While open, only the probe counts: other responses can be older than the failure.
                if self.state == CircuitState::Careful || (self.state == CircuitState::Open && is_probe) {
                    if self.state == CircuitState::Open {
                        self.recent = 0;
                    }
                    self.set(CircuitState::Closed, None, now);
                    self.probe_failures = 0;
                    self.probe = None;
                }
            }
            Signal::NotSent => {
                self.not_sent += 1;
                if self.not_sent >= i64::from(policy.max_not_sent) || is_probe {
                    self.open("requests do not get through", is_probe, now, policy);
                }
            }
            Signal::Unknown => {
                self.unknown_in_a_row += 1;
                self.recent = ((self.recent << 1) | 1) & ((1 << WINDOW) - 1);
                let of_20 = self.recent.count_ones();
                // A probe of an open circuit got no response: wait longer before the next one.
                let failed_probe = is_probe && self.state == CircuitState::Open;
                if failed_probe
                    || self.unknown_in_a_row >= i64::from(policy.max_unknown_in_a_row)
                    || of_20 >= policy.max_unknown_of_20
                {
                    self.open("too many unknown outcomes", is_probe, now, policy);
                } else if self.state == CircuitState::Closed {
                    self.set(CircuitState::Careful, Some("an unknown outcome"), now);
                }
            }
            Signal::Account { class } => self.open(class, is_probe, now, policy),
            Signal::Pause(wait) => {
                self.paused_until = self.paused_until.max(now.saturating_add(millis(*wait)));
            }
            Signal::NoResult => {}
        }
    }

    fn open(&mut self, reason: &str, is_probe: bool, now: Millis, policy: &CircuitPolicy) {
        if self.state == CircuitState::Stopped {
            return;
        }
        // Requests that were in flight when the circuit opened do not lengthen the wait.
        if self.state == CircuitState::Open && !is_probe {
            return;
        }
        self.probe_failures = if is_probe { self.probe_failures + 1 } else { 0 };
        let doubled = policy.probe_after.saturating_mul(1 << self.probe_failures.clamp(0, 16));
        self.probe_at = now.saturating_add(millis(doubled.min(policy.max_probe_after)));
        self.probe = None;
        self.set(CircuitState::Open, Some(reason), now);
    }

    fn set(&mut self, state: CircuitState, reason: Option<&str>, now: Millis) {
        self.state = state;
        self.reason = reason.map(str::to_owned);
        self.changed_at = now;
    }

    /// Gives the right to send one row, if it is time for one. `lease`: until when.
    pub(crate) fn take_probe(&mut self, fence: &Fence, now: Millis, lease: Millis) -> bool {
        let due = match self.state {
            CircuitState::Careful => true,
            CircuitState::Open => self.probe_at <= now,
            CircuitState::Closed | CircuitState::Stopped => false,
        };
        let free = self.probe.is_none() || self.probe_lease < now;
        if !due || !free || self.paused_until > now {
            return false;
        }
        self.probe = Some((fence.owner.to_string(), fence.claim));
        self.probe_lease = lease;
        true
    }

    /// An operator stops or resumes the instance.
    pub(crate) fn switch(&mut self, stop: bool, now: Millis) {
        *self = Self { version: self.version, changed_at: now, ..Self::default() };
        if stop {
            self.set(CircuitState::Stopped, Some("stopped by an operator"), now);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fence(claim: i64) -> Fence {
        Fence { owner: "a".into(), claim }
    }

    fn after(signals: &[Signal]) -> Circuit {
        let mut circuit = Circuit::default();
        for signal in signals {
            circuit.apply(signal, &fence(1), 0, &CircuitPolicy::default());
        }
        circuit
    }

    #[test]
    fn three_unknown_outcomes_in_a_row_open_the_circuit() {
        assert_eq!(after(&[Signal::Unknown]).state, CircuitState::Careful);
        assert_eq!(after(&[Signal::Unknown, Signal::Success]).state, CircuitState::Closed);
        let two = [Signal::Unknown, Signal::Unknown];
        assert_eq!(after(&two).state, CircuitState::Careful);
        assert_eq!(after(&[two.as_slice(), &[Signal::Unknown]].concat()).state, CircuitState::Open);
    }

    #[test]
    fn five_unknown_outcomes_of_twenty_open_the_circuit() {
        let pair = [Signal::Unknown, Signal::Success];
        assert_eq!(after(&pair.repeat(4)).state, CircuitState::Closed);
        assert_eq!(after(&pair.repeat(5)[..9]).state, CircuitState::Open);
        // Spread over more than twenty outcomes they do not.
        let rare = [pair.as_slice(), &[Signal::Success; 4]].concat();
        assert_eq!(after(&rare.repeat(10)).state, CircuitState::Closed);
    }

    #[test]
    fn account_error_opens_and_only_a_probe_closes() {
        let policy = CircuitPolicy::default();
        let mut circuit = after(&[Signal::Account { class: "unauthorized" }]);
        assert_eq!(circuit.state, CircuitState::Open);
        circuit.apply(&Signal::Success, &fence(1), 1, &policy);
        assert_eq!(circuit.state, CircuitState::Open);
        assert!(!circuit.take_probe(&fence(2), 59_999, 1));
        assert!(circuit.take_probe(&fence(2), 60_000, 90_000));
        assert!(!circuit.take_probe(&fence(3), 60_001, 90_000), "one probe at a time");
        circuit.apply(&Signal::Account { class: "unauthorized" }, &fence(2), 60_100, &policy);
        assert_eq!((circuit.state, circuit.probe_at), (CircuitState::Open, 60_100 + 120_000));
        assert!(circuit.take_probe(&fence(4), 200_000, 230_000));
        circuit.apply(&Signal::Success, &fence(4), 200_100, &policy);
        assert!(circuit.is_clean());
    }

    #[test]
    fn a_lost_probe_is_replaced_after_its_lease() {
        let mut circuit = after(&[Signal::Unknown]);
        assert!(circuit.take_probe(&fence(2), 10, 100));
        assert!(!circuit.take_probe(&fence(3), 100, 200));
        assert!(circuit.take_probe(&fence(3), 101, 200));
    }

    #[test]
    fn repeated_not_sent_opens_the_circuit() {
        assert_eq!(after(&vec![Signal::NotSent; 19]).state, CircuitState::Closed);
        assert_eq!(after(&vec![Signal::NotSent; 20]).state, CircuitState::Open);
    }

    #[test]
    fn a_stopped_instance_is_not_probed() {
        let mut circuit = Circuit::default();
        circuit.switch(true, 5);
        circuit.apply(&Signal::Account { class: "x" }, &fence(1), 6, &CircuitPolicy::default());
        assert!(!circuit.take_probe(&fence(1), NEVER, NEVER));
        assert_eq!(circuit.state, CircuitState::Stopped);
        circuit.switch(false, 7);
        assert!(circuit.is_clean());
    }

    const NEVER: Millis = i64::MAX / 2;
}
