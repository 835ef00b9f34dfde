//! Circuits in the database, changed by compare-and-swap.

use std::collections::BTreeMap;

use crate::circuit::{Circuit, CircuitPolicy, CircuitState, Signal};
use crate::database::value::Row;
use crate::error::{DatabaseErrorKind, Error, Result};
use crate::outbox::Outbox;
use crate::store::claim::Fence;

/// Concurrent changes of one circuit that are retried.
const MAX_CONFLICTS: usize = 100;

impl Outbox {
    /// Returns the circuits by instance. An instance without one is closed.
    pub(crate) async fn circuits(&self) -> Result<BTreeMap<String, Circuit>> {
        let rows = self.pool.fetch(&self.sql.circuits, &[]).await?;
        rows.iter().map(|row| Ok((row.text("instance")?, circuit(row)?))).collect()
    }

    /// Creates the circuit of an instance, closed, unless there is one.
    pub(crate) async fn register(&self, instance: &str) -> Result<()> {
        self.pool.execute(&self.sql.circuit_create, &[instance.into()]).await.map(drop)
    }

    /// Applies a signal. Returns the circuit before and after.
    pub(crate) async fn signal(
        &self,
        instance: &str,
        signal: &Signal,
        from: &Fence,
        policy: &CircuitPolicy,
    ) -> Result<(Circuit, Circuit)> {
        let now = self.clock.now();
        let result = self.change_circuit(instance, |circuit| {
            circuit.apply(signal, from, now, policy);
            true
        });
        let (before, after, _) = result.await?;
        if before.state != CircuitState::Closed && after.state == CircuitState::Closed {
            self.pool.execute(&self.sql.release_held, &[instance.into()]).await?;
        }
        Ok((before, after))
    }

    /// Takes the right to send one row while the circuit is not closed.
    pub(crate) async fn take_probe(
        &self,
        instance: &str,
        fence: &Fence,
        lease: std::time::Duration,
    ) -> Result<bool> {
        let (now, until) = (self.clock.now(), self.in_millis(lease));
        let result = self.change_circuit(instance, |circuit| circuit.take_probe(fence, now, until));
        Ok(result.await?.2)
    }

    /// Stops an instance: its rows are kept and not sent, on all workers, until [`resume`](Self::resume).
    ///
    /// # Errors
    /// [`Error::Database`] if a statement fails.
    pub async fn stop(&self, instance: &str) -> Result<()> {
        self.switch(instance, true).await
    }

    /// Closes the circuit of an instance, for example after its account was corrected. Held rows become
    /// pending.
    ///
    /// # Errors
    /// [`Error::Database`] if a statement fails.
    pub async fn resume(&self, instance: &str) -> Result<()> {
        self.switch(instance, false).await?;
        self.pool.execute(&self.sql.release_held, &[instance.into()]).await.map(drop)
    }

    async fn switch(&self, instance: &str, stop: bool) -> Result<()> {
        let now = self.clock.now();
        let result = self.change_circuit(instance, |circuit| {
            circuit.switch(stop, now);
            true
        });
        result.await.map(drop)
    }

    /// Returns the circuit before and after, and whether `change` returned true. Saves only if it did.
    async fn change_circuit(
        &self,
        instance: &str,
        change: impl Fn(&mut Circuit) -> bool,
    ) -> Result<(Circuit, Circuit, bool)> {
        for _ in 0..MAX_CONFLICTS {
            let Some(before) = self.circuits().await?.remove(instance) else {
                self.register(instance).await?;
                continue;
            };
            let mut after = before.clone();
            if !change(&mut after) {
                return Ok((before.clone(), before, false));
            }
            if after == before || self.save(instance, &after).await? {
                return Ok((before, after, true));
            }
        }
        Err(Error::Database {
            kind: DatabaseErrorKind::Busy,
            code: None,
            message: "the circuit changed too often at the same time".into(),
        })
    }

    async fn save(&self, instance: &str, circuit: &Circuit) -> Result<bool> {
        let (owner, claim) = circuit
            .probe
            .as_ref()
            .map_or((None, None), |(owner, claim)| (Some(owner.as_str()), Some(*claim)));
        let values = [
            instance.into(),
            circuit.version.into(),
            circuit.state.as_str().into(),
            circuit.reason.as_deref().into(),
            circuit.changed_at.into(),
            circuit.probe_at.into(),
            circuit.probe_failures.into(),
            owner.into(),
            claim.into(),
            circuit.probe_lease.into(),
            circuit.paused_until.into(),
            circuit.not_sent.into(),
            circuit.unknown_in_a_row.into(),
            circuit.recent.into(),
        ];
        Ok(self.pool.execute(&self.sql.circuit_save, &values).await? == 1)
    }
}

fn circuit(row: &Row) -> Result<Circuit> {
    Ok(Circuit {
        version: row.int("version")?,
        state: CircuitState::parse(&row.text("state")?),
        reason: row.opt_text("reason")?,
        changed_at: row.int("changed_at")?,
        probe_at: row.int("probe_at")?,
        probe_failures: row.int("probe_failures")?,
        probe: row.opt_text("probe_owner")?.zip(row.opt_int("probe_claim")?),
        probe_lease: row.int("probe_lease")?,
        paused_until: row.int("paused_until")?,
        not_sent: row.int("not_sent")?,
        unknown_in_a_row: row.int("unknown_in_a_row")?,
        recent: row.int("recent")?,
    })
}
