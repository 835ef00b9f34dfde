//! A model of two workers with random crash points over the real statements. It checks that no schedule
//! leads to two emails, to an email after a cancellation, or to a stuck row; and that each fence is needed.

mod choose;
pub(super) mod ledger;
mod settle;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use review_core::model::EmailAddress;

use super::LEASE;
use crate::circuit::Signal;
use crate::clock::{Millis, millis};
use crate::outbox::Outbox;
use crate::store::claim::{Claimed, Marked, Owner, Which, claim_one};
use crate::store::complete::Completion;
use crate::{Changed, CircuitPolicy, CircuitState, Resolution, State};

const REFERENCES: [&str; 2] = ["1", "2"];

#[derive(Clone, Copy, Debug)]
pub(super) enum Response {
    Accepted,
    /// The vendor has it, the response was lost.
    LostAfter,
    /// The vendor does not have it, the response was lost.
    LostBefore,
    /// Nothing left.
    NotSent,
    /// The vendor rejected the account.
    Account,
    /// The vendor did not invite this order for now.
    Skipped,
    /// The vendor asked for a pause.
    Paused,
}

#[derive(Clone, Debug)]
pub(super) enum Step {
    Claim {
        process: usize,
    },
    ClaimOne {
        process: usize,
        row: usize,
    },
    Mark {
        process: usize,
        hand: usize,
    },
    Transmit {
        process: usize,
        hand: usize,
        response: Response,
    },
    /// Records the row. A crash can come before the circuit.
    Complete {
        process: usize,
        hand: usize,
    },
    /// Records the circuit.
    Report {
        process: usize,
        hand: usize,
    },
    Release {
        process: usize,
        hand: usize,
    },
    Renew {
        process: usize,
        hand: usize,
    },
    Crash {
        process: usize,
    },
    Advance {
        leases: u32,
    },
    /// The clock of the database is set back.
    SetBack,
    Sweep,
    Cancel {
        row: usize,
    },
    Reschedule {
        row: usize,
    },
    Erase,
    Resolve {
        row: usize,
    },
    Requeue {
        row: usize,
    },
}

#[derive(Clone, Debug)]
enum Stage {
    Claimed,
    Marked,
    Done(Completion, Signal),
    Recorded(Signal),
}

/// A row in the memory of a process.
struct Hand {
    row: Claimed,
    stage: Stage,
    lease_until: i64,
}

struct Process {
    owner: Owner,
    hands: Vec<Hand>,
}

pub(super) struct World {
    outbox: Outbox,
    /// The latest time of the clock.
    latest: Millis,
    ids: Vec<i64>,
    processes: Vec<Process>,
    starts: usize,
    /// Emails by row.
    sent: BTreeMap<i64, u32>,
    marked: BTreeSet<i64>,
    /// Rows that were cancelled and not requeued since.
    cancelled: BTreeSet<i64>,
    policy: CircuitPolicy,
}

pub(super) type Check = Result<(), String>;

impl World {
    pub(super) async fn new(outbox: Outbox, rows: usize) -> Self {
        outbox.reset().await;
        let mut ids = Vec::new();
        for reference in &REFERENCES[..rows] {
            ids.push(outbox.enqueue_one(reference).await);
        }
        // A short wait, so that probes happen.
        let policy = CircuitPolicy { probe_after: Duration::from_secs(30), ..CircuitPolicy::default() };
        let mut world = Self {
            latest: outbox.clock.now(),
            outbox,
            ids,
            processes: Vec::new(),
            starts: 0,
            sent: BTreeMap::new(),
            marked: BTreeSet::new(),
            cancelled: BTreeSet::new(),
            policy,
        };
        for _ in 0..2 {
            let process = world.start();
            world.processes.push(process);
        }
        world
    }

    fn start(&mut self) -> Process {
        self.starts += 1;
        Process { owner: Owner::named(&format!("process-{}", self.starts)), hands: Vec::new() }
    }

    fn lease_until(&self) -> i64 {
        self.outbox.in_millis(LEASE)
    }

    async fn state(&self, id: i64) -> State {
        self.outbox.get(id).await.unwrap().unwrap().state
    }

    pub(super) async fn run(&mut self, step: &Step) -> Check {
        match step {
            Step::Claim { process } => self.claim(*process).await?,
            Step::ClaimOne { process, row } => self.claim_one(*process, *row).await?,
            Step::Mark { process, hand } => self.mark(*process, *hand).await?,
            Step::Transmit { process, hand, response } => self.transmit(*process, *hand, *response)?,
            Step::Complete { process, hand } => self.complete(*process, *hand).await,
            Step::Report { process, hand } => self.report(*process, *hand).await,
            Step::Release { process, hand } => self.release(*process, *hand).await,
            Step::Renew { process, hand } => self.renew(*process, *hand).await,
            Step::Crash { process } => self.processes[*process] = self.start(),
            Step::Advance { leases } => self.outbox.clock.advance(LEASE * *leases + Duration::from_millis(1)),
            Step::SetBack => self.set_back(),
            Step::Sweep => self.sweep().await?,
            Step::Cancel { row } => self.cancel(*row).await?,
            Step::Reschedule { row } => self.reschedule(*row).await?,
            Step::Erase => self.erase().await,
            Step::Resolve { row } => self.resolve(*row).await,
            Step::Requeue { row } => self.requeue(*row).await,
        }
        self.latest = self.latest.max(self.outbox.clock.now());
        Ok(())
    }

    async fn claim(&mut self, process: usize) -> Check {
        let fence = self.processes[process].owner.next_fence();
        let circuits = self.outbox.circuits().await.unwrap();
        let closed = circuits.get("acme").is_none_or(|circuit| circuit.state == CircuitState::Closed);
        let limit = if closed { 2 } else { 1 };
        if !closed && !self.outbox.take_probe("acme", &fence, LEASE).await.unwrap() {
            return Ok(());
        }
        let mut rows = Vec::new();
        for which in [Which::Due, Which::Suspect, Which::Held] {
            if rows.is_empty() && (which != Which::Held || !closed) {
                rows = self.outbox.claim(which, &fence, "acme", limit, LEASE).await.unwrap();
            }
        }
        if rows.is_empty() {
            // Processes whose claims have the same numbers are the worst case.
            self.processes[process].owner.forget_claim();
        }
        self.hold(process, rows)
    }

    async fn claim_one(&mut self, process: usize, row: usize) -> Check {
        let fence = self.processes[process].owner.next_fence();
        let (lease, now) = (self.lease_until(), self.outbox.clock.now());
        let mut connection = self.outbox.sqlite().acquire().await.unwrap();
        let mut connection = (&mut *connection).into();
        let row = (self.ids[row % self.ids.len()], "acme");
        let claimed = claim_one(&mut connection, self.outbox.sql, &fence, row, lease, now).await.unwrap();
        if claimed.is_none() {
            self.processes[process].owner.forget_claim();
        }
        self.hold(process, claimed)
    }

    fn hold(&mut self, process: usize, rows: impl IntoIterator<Item = Claimed>) -> Check {
        let lease_until = self.lease_until();
        for row in rows {
            if row.payload.is_none() {
                return Err("an erased row was claimed".into());
            }
            self.processes[process].hands.push(Hand { row, stage: Stage::Claimed, lease_until });
        }
        Ok(())
    }

    /// Leases that were measured before say nothing after it.
    fn set_back(&mut self) {
        self.outbox.clock.shift(-3 * millis(LEASE));
        self.processes
            .iter_mut()
            .flat_map(|process| &mut process.hands)
            .for_each(|hand| hand.lease_until = 0);
    }

    async fn mark(&mut self, process: usize, hand: usize) -> Check {
        let Some(hand) = self.take(process, hand, |stage| matches!(stage, Stage::Claimed)) else {
            return Ok(());
        };
        let Hand { row, lease_until, .. } = hand;
        let now = self.outbox.clock.now();
        let circuit = self.outbox.circuits().await.unwrap().remove("acme").unwrap_or_default();
        match self.outbox.mark_sending(row.id, &row.fence, LEASE).await.unwrap() {
            Marked::Yes => {
                let is_probe = circuit
                    .probe
                    .is_some_and(|(owner, claim)| *owner == *row.fence.owner && claim == row.fence.claim);
                if circuit.state != CircuitState::Closed && !is_probe {
                    return Err("a row was sent through an open circuit".into());
                }
                if circuit.paused_until > now {
                    return Err("a row was sent during a pause".into());
                }
                self.marked.insert(row.id);
                let lease_until = self.lease_until();
                self.processes[process].hands.push(Hand { row, stage: Stage::Marked, lease_until });
            }
            Marked::Stopped => {
                if !self.outbox.complete(row.id, &row.fence, &Completion::released()).await.unwrap() {
                    return Err("a row was reported as held and was lost".into());
                }
            }
            Marked::Lost => {
                if lease_until >= now {
                    return Err("a row was lost within its lease".into());
                }
            }
        }
        Ok(())
    }

    fn transmit(&mut self, process: usize, hand: usize, response: Response) -> Check {
        let Some(mut hand) = self.take(process, hand, |stage| matches!(stage, Stage::Marked)) else {
            return Ok(());
        };
        if self.cancelled.contains(&hand.row.id) {
            return Err("a cancelled row was sent".into());
        }
        let (state, signal) = match response {
            Response::Accepted => (State::Accepted, Signal::Success),
            Response::LostAfter | Response::LostBefore => (State::Unknown, Signal::Unknown),
            Response::NotSent => (State::Pending, Signal::NotSent),
            Response::Account => (State::Held, Signal::Account { class: "unauthorized" }),
            Response::Skipped => (State::Skipped, Signal::Success),
            Response::Paused => (State::Pending, Signal::Pause(LEASE)),
        };
        if matches!(response, Response::Accepted | Response::LostAfter) {
            let sent = self.sent.entry(hand.row.id).or_default();
            *sent += 1;
            if *sent > 1 {
                return Err("a customer got two emails".into());
            }
        }
        hand.stage = Stage::Done(Completion::new(state), signal);
        self.processes[process].hands.push(hand);
        Ok(())
    }

    async fn complete(&mut self, process: usize, hand: usize) {
        let Some(mut hand) = self.take(process, hand, |stage| matches!(stage, Stage::Done(..))) else {
            return;
        };
        let Stage::Done(completion, signal) = hand.stage else { return };
        self.outbox.complete(hand.row.id, &hand.row.fence, &completion).await.unwrap();
        hand.stage = Stage::Recorded(signal);
        self.processes[process].hands.push(hand);
    }

    async fn report(&mut self, process: usize, hand: usize) {
        let hand = self.take(process, hand, |stage| matches!(stage, Stage::Recorded(..)));
        if let Some(Hand { row, stage: Stage::Recorded(signal), .. }) = hand {
            self.outbox.signal("acme", &signal, &row.fence, &self.policy).await.unwrap();
        }
    }

    async fn release(&mut self, process: usize, hand: usize) {
        if let Some(hand) = self.take(process, hand, |stage| matches!(stage, Stage::Claimed)) {
            self.outbox.complete(hand.row.id, &hand.row.fence, &Completion::released()).await.unwrap();
        }
    }

    async fn renew(&mut self, process: usize, hand: usize) {
        if let Some(mut hand) =
            self.take(process, hand, |stage| matches!(stage, Stage::Claimed | Stage::Marked))
        {
            if self.outbox.renew(hand.row.id, &hand.row.fence, LEASE).await.unwrap() {
                hand.lease_until = self.lease_until();
            }
            self.processes[process].hands.push(hand);
        }
    }

    async fn sweep(&mut self) -> Check {
        let mut held = Vec::new();
        let now = self.outbox.clock.now();
        for process in &self.processes {
            for hand in &process.hands {
                let state = self.state(hand.row.id).await;
                if !matches!(hand.stage, Stage::Recorded(..))
                    && hand.lease_until >= now
                    && matches!(state, State::Claimed | State::Sending)
                {
                    held.push((hand.row.id, state));
                }
            }
        }
        self.outbox.sweep(100, Duration::ZERO).await.unwrap();
        for (id, before) in held {
            // A stale hand of the same row does not count: the lease in the database decides.
            let live = self
                .processes
                .iter()
                .flat_map(|process| &process.hands)
                .filter(|hand| hand.row.id == id && !matches!(hand.stage, Stage::Recorded(..)));
            let one = live.count() == 1;
            if one && self.state(id).await != before {
                return Err("a row was taken from a live worker".into());
            }
        }
        Ok(())
    }

    async fn cancel(&mut self, row: usize) -> Check {
        let id = self.ids[row % self.ids.len()];
        if self.outbox.cancel_one(REFERENCES[row % self.ids.len()]).await == Changed::Yes {
            self.cancelled.insert(id);
            self.lose(id);
            if self.sent.contains_key(&id) {
                return Err("an invitation was reported as cancelled although it was sent".into());
            }
        }
        Ok(())
    }

    /// The holder of a row loses it, also if the row is claimed again.
    fn lose(&mut self, id: i64) {
        let hands = self.processes.iter_mut().flat_map(|process| &mut process.hands);
        hands.filter(|hand| hand.row.id == id).for_each(|hand| hand.lease_until = 0);
    }

    async fn reschedule(&mut self, row: usize) -> Check {
        let id = self.ids[row % self.ids.len()];
        if self.outbox.reschedule_one(REFERENCES[row % self.ids.len()]).await == Changed::Yes {
            self.lose(id);
            if self.sent.contains_key(&id) || self.cancelled.contains(&id) {
                return Err("a row that was sent or cancelled was rescheduled".into());
            }
        }
        Ok(())
    }

    async fn erase(&mut self) {
        self.outbox.erase_customer(&EmailAddress::new("jane@example.com").unwrap()).await.unwrap();
        for id in self.ids.clone() {
            if self.state(id).await == State::Cancelled {
                self.cancelled.insert(id);
                self.lose(id);
            }
        }
    }

    /// The operator resolves truthfully, and only once nothing can be on the wire.
    async fn resolve(&mut self, row: usize) {
        let id = self.ids[row % self.ids.len()];
        let mut hands = self.processes.iter().flat_map(|process| &process.hands);
        if hands.any(|hand| hand.row.id == id && matches!(hand.stage, Stage::Marked)) {
            return;
        }
        let truth = if self.sent.contains_key(&id) { Resolution::Sent } else { Resolution::NotSent };
        self.outbox.resolve(id, truth, "operator", None).await.unwrap();
    }

    async fn requeue(&mut self, row: usize) {
        let id = self.ids[row % self.ids.len()];
        if self.outbox.requeue(id, "operator", None).await.unwrap() {
            self.cancelled.remove(&id);
        }
    }

    fn take(&mut self, process: usize, hand: usize, wanted: impl Fn(&Stage) -> bool) -> Option<Hand> {
        let hands = &mut self.processes[process].hands;
        let matching: Vec<usize> = (0..hands.len()).filter(|index| wanted(&hands[*index].stage)).collect();
        let index = *matching.get(hand % matching.len().max(1))?;
        Some(hands.remove(index))
    }
}
