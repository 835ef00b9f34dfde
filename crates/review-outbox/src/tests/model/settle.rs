//! What must hold at the end of every schedule.

use std::time::Duration;

use super::{Check, LEASE, Response, Stage, World};
use crate::State;

impl World {
    /// All processes die, and two leases later nothing may be stuck, lost or about to be sent twice.
    pub(in crate::tests) async fn settle(&mut self) -> Check {
        self.processes.clear();
        self.outbox.clock.shift(self.latest - self.outbox.clock.now());
        self.outbox.clock.advance(LEASE * 2);
        self.outbox.sweep(100, Duration::ZERO).await.unwrap();
        for id in &self.ids {
            let state = self.state(*id).await;
            let sent = self.sent.contains_key(id);
            match state {
                State::Claimed | State::Sending => return Err(format!("a row is stuck as {state}")),
                State::Pending | State::Held | State::Skipped | State::Dead | State::Cancelled if sent => {
                    return Err(format!("a sent row is {state}"));
                }
                State::Accepted if !sent => return Err("a row is accepted and was not sent".into()),
                State::Unknown if !self.marked.contains(id) => {
                    return Err("a row is unknown and was never in flight".into());
                }
                _ => {}
            }
        }
        self.finish().await
    }

    /// A vendor that accepts everything: every row that waits is sent, whatever the circuit was.
    async fn finish(&mut self) -> Check {
        let process = self.start();
        self.processes.push(process);
        // A probe is due after at most half an hour, and closes the circuit.
        for _ in 0..5 {
            if !self.waits().await {
                break;
            }
            self.outbox.clock.advance(Duration::from_secs(3_600));
            self.sweep().await?;
            self.claim(0).await?;
            while self.processes[0].hands.iter().any(|hand| matches!(hand.stage, Stage::Claimed)) {
                self.mark(0, 0).await?;
            }
            while !self.processes[0].hands.is_empty() {
                self.transmit(0, 0, Response::Accepted)?;
                self.complete(0, 0).await;
                self.report(0, 0).await;
            }
        }
        for id in &self.ids {
            let state = self.state(*id).await;
            if matches!(state, State::Pending | State::Held | State::Skipped) {
                return Err(format!("a row is stuck as {state}"));
            }
        }
        Ok(())
    }

    async fn waits(&self) -> bool {
        let rows = "SELECT 1 FROM outbox WHERE state IN ('pending', 'held', 'skipped') LIMIT 1";
        !self.outbox.pool.fetch(rows, &[]).await.unwrap().is_empty()
    }
}
