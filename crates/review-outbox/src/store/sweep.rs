//! Sweepers: rows whose worker is gone.

use std::time::Duration;

use crate::clock::millis;
use crate::error::Result;
use crate::outbox::Outbox;
use crate::state::State;

/// How many rows a sweep moved.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Swept {
    /// Claimed rows that can be claimed again.
    pub(crate) released: usize,
    /// Claimed rows whose workers died too often.
    pub(crate) dead: usize,
    /// Rows that were being sent.
    pub(crate) unknown: usize,
    /// Skipped rows that are due again.
    pub(crate) due_again: usize,
}

impl Outbox {
    /// Moves the rows whose lease ran out: nothing was sent from a claimed one; the result of a sending one
    /// is unknown. Rows that are held although their circuit is closed become pending.
    pub(crate) async fn sweep(&self, max_crashes: u32, first_wait: Duration) -> Result<Swept> {
        let now = self.clock.now();
        let values = [now.into(), i64::from(max_crashes).into(), millis(first_wait).into()];
        let claimed = self.pool.fetch(&self.sql.sweep_claimed, &values).await?;
        let mut dead = 0;
        for row in &claimed {
            dead += usize::from(row.text("state")? == State::Dead.as_str());
        }
        let unknown = self.pool.fetch(&self.sql.sweep_sending, &[now.into()]).await?.len();
        self.pool.execute(&self.sql.sweep_held, &[]).await?;
        let due_again = self.pool.fetch(&self.sql.sweep_skipped, &[now.into()]).await?.len();
        Ok(Swept { released: claimed.len() - dead, dead, unknown, due_again })
    }
}
