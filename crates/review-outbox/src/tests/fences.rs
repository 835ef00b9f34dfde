//! The model over the real statements, and over statements that lack one fence.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};

use super::model::World;
use super::model::ledger::Ledgers;
use super::outbox_with;
use crate::database::dialect::Dialect;
use crate::schema::statements::Statements;

/// A random number for each step, which chooses among the steps that are possible then.
fn choices() -> impl Strategy<Value = Vec<u32>> {
    prop::collection::vec(any::<u32>(), 1..50)
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
    explore(Statements::of(Dialect::Sqlite), 2, 600, 2_000).unwrap();
}

/// As `explore`, for two ledgers over one database.
fn explore_ledgers(sql: &'static Statements, cases: u32) -> Result<(), String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let outbox = runtime.block_on(outbox_with(sql));
    let config = Config { cases, max_shrink_iters: 0, failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let result = runner.run(&choices(), |numbers| {
        let checked = runtime.block_on(async {
            let mut ledgers = Ledgers::new(outbox.clone()).await;
            for number in &numbers {
                ledgers.step(*number).await?;
            }
            Ok::<_, &'static str>(())
        });
        checked.map_err(TestCaseError::fail)
    });
    result.map_err(|error| error.to_string())
}

#[test]
fn no_schedule_of_two_ledgers_leads_to_a_wrong_email() {
    explore_ledgers(Statements::of(Dialect::Sqlite), 300).unwrap();
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
                let violation = match $fence.starts_with("ledger_") {
                    true => explore_ledgers(sql, 20_000),
                    false => explore(sql, rows, 20_000, 0),
                };
                let violation = violation.unwrap_err();
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
    model_without_reschedule_state_finds_a_violation: "reschedule.state",
    model_without_claim_state_finds_a_violation: "claim.state",
    model_without_claim_suspect_state_finds_a_violation: "claim_suspect.state",
    model_without_claim_held_state_finds_a_violation: "claim_held.state",
    model_without_claim_one_state_finds_a_violation: "claim_one.state",
    model_without_renew_owner_finds_a_violation: "renew.owner",
    model_without_renew_claim_finds_a_violation: "renew.claim",
    model_without_renew_state_finds_a_violation: "renew.state",
    model_without_sweep_skipped_finds_a_violation: "sweep.skipped",
    model_without_sweep_held_finds_a_violation: "sweep.held",
    model_without_release_held_finds_a_violation: "release.held",
    model_without_resolve_state_finds_a_violation: "resolve.state",
    model_without_ledger_insert_circuit_finds_a_violation: "ledger_insert.circuit",
    model_without_ledger_take_state_finds_a_violation: "ledger_take.state",
    model_without_ledger_take_due_finds_a_violation: "ledger_take.due",
    model_without_ledger_take_circuit_finds_a_violation: "ledger_take.circuit",
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
