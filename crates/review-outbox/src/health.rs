//! The condition of the outbox, for a supervisor and for dashboards.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::circuit::CircuitState;
use crate::error::Result;
use crate::outbox::Outbox;

/// The condition of the outbox.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Health {
    /// By instance: every instance that has waiting rows, or that a worker or a [`Direct`](crate::Direct) has sent
    /// with since the tables were created.
    pub instances: BTreeMap<String, InstanceHealth>,
}

/// The condition of one instance.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct InstanceHealth {
    /// The circuit.
    pub circuit: CircuitState,
    /// Why the circuit is not closed.
    pub reason: Option<String>,
    /// Rows in the state `pending`, due or not.
    pub pending: u64,
    /// How long the oldest due row has been waiting.
    pub overdue: Duration,
    /// Rows in the states `claimed` and `sending`.
    pub in_flight: u64,
    /// Rows in the state `held`.
    pub held: u64,
    /// Rows in the state `unknown`.
    pub unknown: u64,
    /// Rows in the state `dead`.
    pub dead: u64,
}

impl Health {
    /// Returns whether an operator should look: a circuit is open or stopped, or rows are held, unknown or
    /// dead.
    #[must_use]
    pub fn needs_attention(&self) -> bool {
        self.instances.values().any(|instance| {
            matches!(instance.circuit, CircuitState::Open | CircuitState::Stopped)
                || instance.held + instance.unknown + instance.dead > 0
        })
    }
}

impl Outbox {
    /// Returns the condition of the outbox. The cost grows with the rows that wait, not with the history.
    ///
    /// # Errors
    /// [`Error::Database`](crate::Error::Database) if a statement fails.
    pub async fn health(&self) -> Result<Health> {
        let now = self.clock.now();
        let mut health = Health::default();
        for row in self.pool.fetch(&self.sql.depth, &[]).await? {
            let instance = health.instances.entry(row.text("instance")?).or_default();
            let count = u64::try_from(row.int("count")?).unwrap_or(0);
            match row.text("state")?.as_str() {
                "pending" => {
                    instance.pending += count;
                    let waited = now.saturating_sub(row.opt_int("oldest")?.unwrap_or(now));
                    let waited = Duration::from_millis(u64::try_from(waited).unwrap_or(0));
                    instance.overdue = instance.overdue.max(waited);
                }
                "held" => instance.held += count,
                "unknown" => instance.unknown += count,
                "dead" => instance.dead += count,
                _ => instance.in_flight += count,
            }
        }
        for (name, circuit) in self.circuits().await? {
            let instance = health.instances.entry(name).or_default();
            (instance.circuit, instance.reason) = (circuit.state, circuit.reason);
        }
        Ok(health)
    }
}
