//! A model of two workers with random crash points over the real statements. It checks that no schedule
//! leads to two emails, to an email after a cancellation, or to a stuck row; and that each fence is needed.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;
use std::time::Duration;

use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};

use super::{LEASE, outbox_with};
use crate::circuit::Signal;
use crate::database::dialect::Dialect;
use crate::outbox::Outbox;
use crate::schema::statements::Statements;
use crate::store::claim::{Claimed, Marked, Owner, Which};
use crate::store::complete::Completion;
use crate::{Changed, CircuitPolicy, CircuitState, Resolution, State};

const REFERENCES: [&str; 2] = ["1", "2"];

#[derive(Clone, Copy, Debug)]
enum Response {
    Accepted,
    /// The vendor has it, the response was lost.
    LostAfter,
    /// The vendor does not have it, the response was lost.
    LostBefore,
    /// Nothing left.
    NotSent,
    /// The vendor rejected the account.
    Account,
}

#[derive(Clone, Debug)]
enum Step {
    Claim { process: usize },
    Mark { process: usize, hand: usize },
    Transmit { process: usize, hand: usize, response: Response },
    Complete { process: usize, hand: usize },
    Release { process: usize, hand: usize },
    Renew { process: usize, hand: usize },
    Crash { process: usize },
    Advance { leases: u32 },
    Sweep,
    Cancel { row: usize },
    Resolve { row: usize },
    Requeue { row: usize },
}

/// A random number for each step, which chooses among the steps that are possible then.
fn choices() -> impl Strategy<Value = Vec<u32>> {
    prop::collection::vec(any::<u32>(), 1..50)
}

#[derive(Clone, Debug)]
enum Stage {
    Claimed,
    Marked,
    Done(Completion, Signal),
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

struct World {
    outbox: Outbox,
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

type Check = Result<(), String>;

impl World {
    async fn new(outbox: Outbox, rows: usize) -> Self {
        outbox.reset().await;
        let mut ids = Vec::new();
        for reference in &REFERENCES[..rows] {
            ids.push(outbox.enqueue_one(reference).await);
        }
        // A short wait, so that probes happen.
        let policy = CircuitPolicy { probe_after: Duration::from_secs(30), ..CircuitPolicy::default() };
        let mut world = Self {
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

    /// Returns the step that a number chooses.
    fn choose(&self, number: u32) -> Step {
        let response = match number % 7 {
            0..=2 => Response::Accepted,
            3 => Response::LostAfter,
            4 => Response::LostBefore,
            5 => Response::NotSent,
            _ => Response::Account,
        };
        let number = number / 7;
        let mut steps = Vec::new();
        for process in 0..2 {
            steps.extend([Step::Claim { process }, Step::Claim { process }]);
            let stages = |wanted: fn(&Stage) -> bool| {
                0..self.processes[process].hands.iter().filter(|hand| wanted(&hand.stage)).count()
            };
            for hand in stages(|stage| matches!(stage, Stage::Claimed)) {
                steps.extend([Step::Mark { process, hand }, Step::Mark { process, hand }]);
                steps.push(Step::Release { process, hand });
            }
            for hand in stages(|stage| matches!(stage, Stage::Marked)) {
                steps.extend([1, 2].map(|_| Step::Transmit { process, hand, response }));
            }
            for hand in stages(|stage| matches!(stage, Stage::Done(..))) {
                steps.push(Step::Complete { process, hand });
            }
            for hand in stages(|stage| !matches!(stage, Stage::Done(..))) {
                steps.push(Step::Renew { process, hand });
            }
            steps.push(Step::Crash { process });
        }
        for leases in 0..2 {
            steps.push(Step::Advance { leases });
        }
        steps.extend([Step::Sweep, Step::Sweep]);
        for row in 0..self.ids.len() {
            steps.extend([Step::Cancel { row }, Step::Resolve { row }, Step::Requeue { row }]);
        }
        steps.swap_remove(number as usize % steps.len())
    }

    async fn run(&mut self, step: &Step) -> Check {
        match step {
            Step::Claim { process } => self.claim(*process).await,
            Step::Mark { process, hand } => self.mark(*process, *hand).await?,
            Step::Transmit { process, hand, response } => self.transmit(*process, *hand, *response)?,
            Step::Complete { process, hand } => self.complete(*process, *hand).await,
            Step::Release { process, hand } => self.release(*process, *hand).await,
            Step::Renew { process, hand } => self.renew(*process, *hand).await,
            Step::Crash { process } => self.processes[*process] = self.start(),
            Step::Advance { leases } => self.outbox.clock.advance(LEASE * *leases + Duration::from_millis(1)),
            Step::Sweep => self.sweep().await?,
            Step::Cancel { row } => self.cancel(*row).await?,
            Step::Resolve { row } => self.resolve(*row).await,
            Step::Requeue { row } => self.requeue(*row).await,
        }
        Ok(())
    }

    async fn claim(&mut self, process: usize) {
        let fence = self.processes[process].owner.next_fence();
        let circuits = self.outbox.circuits().await.unwrap();
        let closed = circuits.get("acme").is_none_or(|circuit| circuit.state == CircuitState::Closed);
        let limit = if closed { 2 } else { 1 };
        if !closed && !self.outbox.take_probe("acme", &fence, LEASE).await.unwrap() {
            return;
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
        let lease_until = self.lease_until();
        let hands = rows.into_iter().map(|row| Hand { row, stage: Stage::Claimed, lease_until });
        self.processes[process].hands.extend(hands);
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
                self.marked.insert(row.id);
                let lease_until = self.lease_until();
                self.processes[process].hands.push(Hand { row, stage: Stage::Marked, lease_until });
            }
            Marked::Stopped => {
                assert!(self.outbox.complete(row.id, &row.fence, &Completion::released()).await.unwrap());
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
        let Some(hand) = self.take(process, hand, |stage| matches!(stage, Stage::Done(..))) else { return };
        let Stage::Done(completion, signal) = hand.stage else { return };
        self.outbox.complete(hand.row.id, &hand.row.fence, &completion).await.unwrap();
        self.outbox.signal("acme", &signal, &hand.row.fence, &self.policy).await.unwrap();
    }

    async fn release(&mut self, process: usize, hand: usize) {
        if let Some(hand) = self.take(process, hand, |stage| matches!(stage, Stage::Claimed)) {
            self.outbox.complete(hand.row.id, &hand.row.fence, &Completion::released()).await.unwrap();
        }
    }

    async fn renew(&mut self, process: usize, hand: usize) {
        if let Some(mut hand) = self.take(process, hand, |stage| !matches!(stage, Stage::Done(..))) {
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
                if hand.lease_until >= now && matches!(state, State::Claimed | State::Sending) {
                    held.push((hand.row.id, state));
                }
            }
        }
        self.outbox.sweep(100, Duration::ZERO).await.unwrap();
        for (id, before) in held {
            // A stale hand of the same row does not count: the lease in the database decides.
            let live =
                self.processes.iter().flat_map(|process| &process.hands).filter(|hand| hand.row.id == id);
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
            // Its holder loses the row, also if it is requeued.
            let hands = self.processes.iter_mut().flat_map(|process| &mut process.hands);
            hands.filter(|hand| hand.row.id == id).for_each(|hand| hand.lease_until = 0);
            if self.sent.contains_key(&id) {
                return Err("an invitation was reported as cancelled although it was sent".into());
            }
        }
        Ok(())
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

    /// All processes die, and two leases later nothing may be stuck, lost or about to be sent twice.
    async fn settle(&mut self) -> Check {
        self.processes.clear();
        self.outbox.clock.advance(LEASE * 2);
        self.outbox.sweep(100, Duration::ZERO).await.unwrap();
        for id in &self.ids {
            let state = self.state(*id).await;
            let sent = self.sent.contains_key(id);
            match state {
                State::Claimed | State::Sending => return Err(format!("a row is stuck as {state}")),
                State::Pending | State::Held | State::Dead | State::Cancelled if sent => {
                    return Err(format!("a sent row is {state}"));
                }
                State::Accepted if !sent => return Err("a row is accepted and was not sent".into()),
                State::Unknown if !self.marked.contains(id) => {
                    return Err("a row is unknown and was never in flight".into());
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn take(&mut self, process: usize, hand: usize, wanted: impl Fn(&Stage) -> bool) -> Option<Hand> {
        let hands = &mut self.processes[process].hands;
        let matching: Vec<usize> = (0..hands.len()).filter(|index| wanted(&hands[*index].stage)).collect();
        let index = *matching.get(hand % matching.len().max(1))?;
        Some(hands.remove(index))
    }
}

fn explore(sql: &'static Statements, rows: usize, cases: u32, shrink: u32) -> Result<(), String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let outbox = runtime.block_on(outbox_with(sql));
    let config = Config { cases, max_shrink_iters: shrink, failure_persistence: None, ..Config::default() };
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let mut runner = TestRunner::new_with_rng(config, rng);
    let result = runner.run(&choices(), |numbers| {
        runtime.block_on(async {
            let mut world = World::new(outbox.clone(), rows).await;
            let mut trace = Vec::new();
            for number in numbers {
                let step = world.choose(number);
                let result = world.run(&step).await;
                trace.push(step);
                result.map_err(|violation| TestCaseError::fail(format!("{violation}: {trace:?}")))?;
            }
            let settled = world.settle().await;
            settled.map_err(|violation| TestCaseError::fail(format!("{violation}: {trace:?}")))
        })
    });
    result.map_err(|error| error.to_string())
}

/// Removes one fence from a statement.
fn without(name: &str, template: &str) -> String {
    let begin = format!("/*fence:{name}*/");
    let Some((before, rest)) = template.split_once(&begin) else { return template.to_owned() };
    let (_, after) = rest.split_once("/*end*/").unwrap();
    format!("{before}{after}")
}

#[test]
fn no_schedule_leads_to_two_emails_or_a_stuck_row() {
    explore(Statements::of(Dialect::Sqlite), 2, 1_500, 2_000).unwrap();
}

macro_rules! fences {
    ($($test:ident: $fence:literal,)*) => {
        const FENCES: &[&str] = &[$($fence),*];
        $(
            #[test]
            fn $test() {
                static SQL: OnceLock<Statements> = OnceLock::new();
                let sql = SQL.get_or_init(|| Statements::new(Dialect::Sqlite, |sql| without($fence, sql)));
                // One row is enough to collide on; a circuit needs another row to open it.
                let rows = if $fence == "mark.circuit" { 2 } else { 1 };
                let violation = explore(sql, rows, 20_000, 0).unwrap_err();
                println!("{}: {violation}", $fence);
            }
        )*
    };
}

fences! {
    model_without_mark_owner_finds_a_violation: "mark.owner",
    model_without_mark_claim_finds_a_violation: "mark.claim",
    model_without_mark_state_finds_a_violation: "mark.state",
    model_without_mark_circuit_finds_a_violation: "mark.circuit",
    model_without_complete_owner_finds_a_violation: "complete.owner",
    model_without_complete_claim_finds_a_violation: "complete.claim",
    model_without_complete_state_finds_a_violation: "complete.state",
    model_without_sweep_claimed_finds_a_violation: "sweep.claimed",
    model_without_sweep_sending_finds_a_violation: "sweep.sending",
    model_without_cancel_state_finds_a_violation: "cancel.state",
}

#[test]
fn every_fence_of_the_statements_is_tested() {
    let seen = std::sync::Mutex::new(BTreeSet::new());
    let _ = Statements::new(Dialect::Sqlite, |template| {
        for part in template.split("/*fence:").skip(1) {
            seen.lock().unwrap().insert(part.split("*/").next().unwrap().to_owned());
        }
        template.to_owned()
    });
    assert_eq!(seen.into_inner().unwrap(), FENCES.iter().map(ToString::to_string).collect());
}
