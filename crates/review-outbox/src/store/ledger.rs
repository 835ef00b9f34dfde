//! The records of a [`Ledger`](crate::Ledger): rows that are written as `sending`, and forget the request once
//! the vendor has accepted.

use std::time::Duration;

use review_core::model::InviteKey;
use review_core::provider::ProviderInfo;
use review_core::{Error, InviteRequest};

use super::claim::{Fence, Marked};
use super::complete::Completion;
use crate::circuit::{Circuit, CircuitState};
use crate::enqueue::payload;
use crate::error::Result;
use crate::key::{customer_hash, order_hash};
use crate::outbox::Outbox;
use crate::state::State;

/// A record that this process wrote.
#[derive(Clone, Debug)]
pub(crate) struct Claimed {
    id: i64,
    fence: Fence,
    /// The row was in the outbox before, so it is not removed if the request is not accepted.
    was_queued: bool,
}

/// The result of writing a record.
#[derive(Clone, Debug)]
pub(crate) enum Written {
    /// The record is durable: the request may leave.
    Yes(Claimed),
    /// Another process has a record, or took this one.
    Taken,
    /// The circuit of the instance does not allow the send.
    Stopped(Circuit),
}

impl Outbox {
    /// Writes the record that a request may leave.
    pub(crate) async fn ledger_claim(
        &self,
        request: &InviteRequest,
        info: &ProviderInfo,
        key: &InviteKey,
        fence: &Fence,
        lease: Duration,
    ) -> Result<Written> {
        let payload = payload(request)?;
        let (order, customer) = (order_hash(key), customer_hash(request.customer().email()));
        let (now, until) = (self.clock.now(), self.in_millis(lease));
        let values = [
            (&key.shop).into(),
            key.reference.as_str().into(),
            key.kind.as_str().into(),
            (&order).into(),
            (&customer).into(),
            info.instance().into(),
            (&payload).into(),
            now.into(),
            (&*fence.owner).into(),
            fence.claim.into(),
            until.into(),
        ];
        let claimed = |id, was_queued| Claimed { id, fence: fence.clone(), was_queued };
        if let Some(row) = self.pool.fetch(&self.sql.ledger_insert, &values).await?.first() {
            return Ok(Written::Yes(claimed(row.int("id")?, false)));
        }
        if let Some(entry) = self.find(key).await? {
            let (owner, instance) = (&*fence.owner, info.instance());
            let values = [
                owner.into(),
                fence.claim.into(),
                until.into(),
                entry.id.into(),
                now.into(),
                instance.into(),
            ];
            if self.pool.execute(&self.sql.ledger_take, &values).await? == 1 {
                return Ok(Written::Yes(claimed(entry.id, true)));
            }
            if entry.state != State::Pending || entry.run_at > now {
                return Ok(Written::Taken);
            }
        }
        self.stopped(info.instance()).await
    }

    /// Extends the lease of a record before a further attempt.
    pub(crate) async fn ledger_renew(
        &self,
        claimed: Claimed,
        instance: &str,
        lease: Duration,
    ) -> Result<Written> {
        match self.mark_sending(claimed.id, &claimed.fence, lease).await? {
            Marked::Yes => Ok(Written::Yes(claimed)),
            Marked::Stopped => self.stopped(instance).await,
            Marked::Lost => Ok(Written::Taken),
        }
    }

    /// Why a record was not written, if not by another process.
    async fn stopped(&self, instance: &str) -> Result<Written> {
        let circuit = self.circuits().await?.remove(instance).unwrap_or_default();
        let stops = circuit.state != CircuitState::Closed || circuit.paused_until > self.clock.now();
        Ok(if stops { Written::Stopped(circuit) } else { Written::Taken })
    }

    /// The vendor accepted: the request, the reference and the customer are forgotten, and what operators noted.
    pub(crate) async fn ledger_done(&self, claimed: &Claimed, outcome: &str) -> Result<()> {
        let Claimed { id, fence, .. } = claimed;
        let values = [
            (*id).into(),
            (&*fence.owner).into(),
            fence.claim.into(),
            outcome.into(),
            self.clock.now().into(),
        ];
        match self.pool.execute(&self.sql.ledger_done, &values).await? {
            0 => Ok(()),
            _ => self.forget_notes(*id).await,
        }
    }

    /// The outcome is unknown: the request is kept.
    pub(crate) async fn ledger_unknown(&self, claimed: &Claimed, error: &Error) -> Result<()> {
        let completion = Completion::unknown(error, self.clock.now());
        self.complete(claimed.id, &claimed.fence, &completion).await.map(drop)
    }

    /// It was certainly not accepted: the record is removed.
    pub(crate) async fn ledger_release(&self, claimed: &Claimed) -> Result<()> {
        if claimed.was_queued {
            return self.complete(claimed.id, &claimed.fence, &Completion::released()).await.map(drop);
        }
        let fence = &claimed.fence;
        let values = [claimed.id.into(), (&*fence.owner).into(), fence.claim.into()];
        self.pool.execute(&self.sql.ledger_remove, &values).await.map(drop)
    }

    /// Marks the requests of processes that were killed as unknown. Returns their number.
    pub(crate) async fn sweep_sending(&self) -> Result<usize> {
        let now = self.clock.now();
        let mut unknown = 0;
        // A statement moves a bounded number of rows.
        loop {
            match self.pool.fetch(&self.sql.sweep_sending, &[now.into()]).await?.len() {
                0 => return Ok(unknown),
                moved => unknown += moved,
            }
        }
    }
}
