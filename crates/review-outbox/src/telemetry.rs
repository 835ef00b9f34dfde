//! Metrics. Names and labels are stable and contain nothing about a customer.

use std::time::Duration;

use crate::circuit::CircuitState;
use crate::health::Health;
use crate::state::State;

/// Where a send ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// Before the request could leave: validation, a hook, the kill switch, a limit, a lost claim.
    BeforeSend,
    /// At the vendor.
    Vendor,
}

impl Stage {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::BeforeSend => "before_send",
            Self::Vendor => "vendor",
        }
    }
}

/// Counts the end of a send: `review_outbox_results_total{instance, state, stage, class}` and the time from
/// due to done, `review_outbox_delay_seconds{instance}`.
pub(crate) fn result(instance: &str, state: State, stage: Stage, class: &'static str, delay: Duration) {
    #[cfg(feature = "metrics")]
    {
        let labels = [
            metrics::Label::new("instance", instance.to_owned()),
            metrics::Label::from_static_parts("state", state.as_str()),
            metrics::Label::from_static_parts("stage", stage.as_str()),
            metrics::Label::from_static_parts("class", class),
        ];
        metrics::counter!("review_outbox_results_total", labels.to_vec()).increment(1);
        if state == State::Accepted {
            metrics::histogram!("review_outbox_delay_seconds", "instance" => instance.to_owned())
                .record(delay);
        }
    }
    #[cfg(not(feature = "metrics"))]
    let _ = (instance, state, stage.as_str(), class, delay);
}

/// Counts database errors of the worker: `review_outbox_database_errors_total`.
pub(crate) fn database_error() {
    #[cfg(feature = "metrics")]
    metrics::counter!("review_outbox_database_errors_total").increment(1);
}

/// Sets the gauges `review_outbox_rows{instance, state}`, `review_outbox_overdue_seconds{instance}` and
/// `review_outbox_circuit{instance}` (0 closed, 1 careful, 2 open, 3 stopped).
pub(crate) fn health(health: &Health) {
    #[cfg(feature = "metrics")]
    for (name, instance) in &health.instances {
        let rows = [
            (State::Pending.as_str(), instance.pending),
            ("in_flight", instance.in_flight),
            (State::Held.as_str(), instance.held),
            (State::Unknown.as_str(), instance.unknown),
            (State::Dead.as_str(), instance.dead),
        ];
        for (state, count) in rows {
            #[allow(clippy::cast_precision_loss)]
            metrics::gauge!("review_outbox_rows", "instance" => name.clone(), "state" => state)
                .set(count as f64);
        }
        metrics::gauge!("review_outbox_overdue_seconds", "instance" => name.clone())
            .set(instance.overdue.as_secs_f64());
        metrics::gauge!("review_outbox_circuit", "instance" => name.clone()).set(code(instance.circuit));
    }
    #[cfg(not(feature = "metrics"))]
    let _ = health.instances.values().map(|instance| code(instance.circuit));
}

const fn code(state: CircuitState) -> f64 {
    match state {
        CircuitState::Closed => 0.0,
        CircuitState::Careful => 1.0,
        CircuitState::Open => 2.0,
        CircuitState::Stopped => 3.0,
    }
}
