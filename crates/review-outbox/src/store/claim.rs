//! Claiming rows, keeping them, giving them back.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use uuid::Uuid;

use crate::clock::Millis;
use crate::database::connection::Connection;
use crate::database::value::Row;
use crate::error::Result;
use crate::outbox::Outbox;
use crate::schema::statements::Statements;

/// The name of a process, new at every start: a configured name would let a restarted worker hold the rows
/// of its predecessor.
#[derive(Clone, Debug)]
pub(crate) struct Owner {
    name: Arc<str>,
    claims: Arc<AtomicI64>,
}

impl Owner {
    pub(crate) fn new() -> Self {
        let name = format!("{}-{}", std::process::id(), Uuid::new_v4().simple());
        Self { name: name.into(), claims: Arc::default() }
    }

    /// Returns the fence of the next claim.
    pub(crate) fn next_fence(&self) -> Fence {
        Fence { owner: Arc::clone(&self.name), claim: self.claims.fetch_add(1, Ordering::Relaxed) + 1 }
    }

    #[cfg(all(test, feature = "sqlite"))]
    pub(crate) fn forget_claim(&self) {
        self.claims.fetch_sub(1, Ordering::Relaxed);
    }

    #[cfg(all(test, feature = "sqlite"))]
    pub(crate) fn named(name: &str) -> Self {
        Self { name: name.into(), claims: Arc::default() }
    }
}

/// The right to a claimed row: the process and the number of its claim. A row that was claimed again, by
/// another process or by this one, has another fence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fence {
    pub(crate) owner: Arc<str>,
    pub(crate) claim: i64,
}

/// A claimed row.
#[derive(Clone)]
pub(crate) struct Claimed {
    pub(crate) id: i64,
    pub(crate) payload: Option<String>,
    pub(crate) attempts: i64,
    pub(crate) run_at: Millis,
    pub(crate) fence: Fence,
}

/// Which rows to claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Which {
    /// Due rows.
    Due,
    /// Due rows that were held when a worker died. At most one is in flight in a process: if one of them
    /// kills its worker, it takes no other suspect with it.
    Suspect,
    /// Rows that an account error held back, for a probe.
    Held,
}

/// The result of marking a row as `sending`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Marked {
    /// The row is `sending`: the request may leave.
    Yes,
    /// The row is still claimed, but the circuit of its instance is not closed.
    Stopped,
    /// The row was cancelled, or its lease ran out.
    Lost,
}

impl Outbox {
    pub(crate) async fn claim(
        &self,
        which: Which,
        fence: &Fence,
        instance: &str,
        limit: usize,
        lease: Duration,
    ) -> Result<Vec<Claimed>> {
        let statement = match which {
            Which::Due => &self.sql.claim,
            Which::Suspect => &self.sql.claim_suspect,
            Which::Held => &self.sql.claim_held,
        };
        let values = [
            (&*fence.owner).into(),
            fence.claim.into(),
            self.in_millis(lease).into(),
            instance.into(),
            self.clock.now().into(),
            i64::try_from(limit).unwrap_or(i64::MAX).into(),
        ];
        let rows = self.pool.fetch(statement, &values).await?;
        let mut claimed = rows.iter().map(|row| claimed(row, fence)).collect::<Result<Vec<_>>>()?;
        claimed.sort_by_key(|row| (row.run_at, row.id));
        Ok(claimed)
    }

    /// Marks a row as `sending`. Durable when it returns. May run again for a further attempt of the same
    /// send.
    pub(crate) async fn mark_sending(&self, id: i64, fence: &Fence, lease: Duration) -> Result<Marked> {
        let values = [
            id.into(),
            (&*fence.owner).into(),
            fence.claim.into(),
            self.in_millis(lease).into(),
            self.clock.now().into(),
        ];
        if self.pool.execute(&self.sql.mark, &values).await? == 1 {
            return Ok(Marked::Yes);
        }
        // If the row is still ours, its circuit stopped it.
        Ok(if self.renew(id, fence, lease).await? { Marked::Stopped } else { Marked::Lost })
    }

    /// Extends a lease. Returns whether the row is still held.
    pub(crate) async fn renew(&self, id: i64, fence: &Fence, lease: Duration) -> Result<bool> {
        let values = [id.into(), (&*fence.owner).into(), fence.claim.into(), self.in_millis(lease).into()];
        Ok(self.pool.execute(&self.sql.renew, &values).await? == 1)
    }
}

/// Claims one pending row of an instance that is due until then, inside a transaction.
pub(crate) async fn claim_one(
    connection: &mut Connection<'_>,
    sql: &'static Statements,
    fence: &Fence,
    (id, instance): (i64, &str),
    lease: Millis,
    due: Millis,
) -> Result<Option<Claimed>> {
    let owner = (&*fence.owner).into();
    let values = [owner, fence.claim.into(), lease.into(), id.into(), instance.into(), due.into()];
    let rows = connection.fetch(&sql.claim_one, &values).await?;
    rows.first().map(|row| claimed(row, fence)).transpose()
}

fn claimed(row: &Row, fence: &Fence) -> Result<Claimed> {
    Ok(Claimed {
        id: row.int("id")?,
        payload: row.opt_text("payload")?,
        attempts: row.int("attempts")?,
        run_at: row.int("run_at")?,
        fence: fence.clone(),
    })
}
