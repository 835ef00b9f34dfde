//! Runs checks by name, and prints a summary.

use std::time::Instant;

use anyhow::{Result, bail};

use crate::checks::{
    browser, dependencies, documentation, examples, features, oldest_rust, programs, public_items, simple,
    text,
};
use crate::context::Context;
use crate::{fuzz, tools};

type Check = fn(&Context) -> Result<()>;

/// All checks, in the order in which they run. To add one, add a line here.
const CHECKS: &[(&str, Check)] = &[
    ("tools", tools::install),
    ("format", simple::format),
    ("text", text::check),
    ("clippy", simple::clippy),
    ("main_job", simple::main_job),
    ("tests", simple::tests),
    ("documentation", documentation::check),
    ("examples", examples::check),
    ("soak", programs::soak),
    ("public_items", public_items::check),
    ("features", features::build),
    ("feature_tests", features::test),
    ("dependencies", dependencies::check),
    ("oldest_rust", oldest_rust::check),
    ("counts", simple::counts),
    ("fuzzing", fuzz::check),
    ("programs", programs::check),
    ("browser", browser::check),
    ("packages", simple::packages),
];

/// Checks that run only if they are named: the counts depend on the processor a little.
const ON_REQUEST: &[&str] = &["counts"];

/// Runs the named checks, or all. Stops at the first failure.
///
/// The summary lists how long each check took, the test results, and what was skipped.
pub(crate) fn run(context: &Context, names: &[&str]) -> Result<()> {
    let known: Vec<&str> = CHECKS.iter().map(|(name, _)| *name).collect();
    if let Some(unknown) = names.iter().find(|name| !known.contains(name)) {
        bail!("unknown check: {unknown}; the checks are: {}", known.join(" "));
    }
    let is_selected = |(name, _): &&(&str, Check)| match names {
        [] => !ON_REQUEST.contains(name),
        names => names.contains(name),
    };
    let mut times = String::new();
    let mut result = Ok(());
    for (name, check) in CHECKS.iter().filter(is_selected) {
        println!("\n== {name}");
        let begin = Instant::now();
        result = check(context).map_err(|error| error.context(format!("the check {name} failed")));
        times += &format!("{:>5} s  {name}\n", begin.elapsed().as_secs());
        if result.is_err() {
            break;
        }
    }
    println!("\n== {}\n{times}", if result.is_ok() { "done" } else { "failed" });
    context.print_summary();
    result
}
