//! Runs the cases.

use std::panic::AssertUnwindSafe;

use futures_util::FutureExt;

use super::cases::{CASES, play};
use super::stage::Stage;
use super::{CaseResult, Harness};
use crate::Canary;
use crate::canary::panic_message;

/// Runs one of [`CASES`] with a new harness. Requires a tokio runtime with time enabled. The case that captures the log
/// requires a current-thread runtime. A panic of the provider or of the harness is a failure.
pub async fn run_case<H: Harness>(name: &str) -> CaseResult {
    let work = async {
        let stage = Stage::start::<H>(Canary::default()).await;
        (play(name, &stage).await, stage)
    };
    match AssertUnwindSafe(work).catch_unwind().await {
        Ok((Ok(()), _)) => CaseResult::Passed,
        Ok((Err(stop), stage)) => stop.outcome(stage.can()),
        Err(panic) => CaseResult::Failed(format!("the case panicked: {}", panic_message(&*panic))),
    }
}

/// Runs all [`CASES`] sequentially.
///
/// ```
/// use review_testkit::FakeHarness;
/// use review_testkit::conformance::run_all;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// for (case, outcome) in run_all::<FakeHarness>().await {
///     println!("{case}: {outcome}");
///     assert!(!outcome.is_failure());
/// }
/// # }
/// ```
pub async fn run_all<H: Harness>() -> Vec<(&'static str, CaseResult)> {
    let mut outcomes = Vec::with_capacity(CASES.len());
    for name in CASES {
        outcomes.push((*name, run_case::<H>(name).await));
    }
    outcomes
}

/// Runs a case as a test of `conformance_suite!`.
///
/// # Panics
/// If the case fails, or does not fail as expected.
#[doc(hidden)]
#[allow(clippy::print_stdout, reason = "skipped cases must be visible")]
pub fn run_test<H: Harness>(name: &str, expected_failures: &[(&str, &str)]) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let outcome = match runtime {
        Ok(runtime) => runtime.block_on(async {
            if H::uses_paused_time() {
                tokio::time::pause();
            }
            run_case::<H>(name).await
        }),
        Err(error) => CaseResult::Failed(format!("failed to create a tokio runtime: {error}")),
    };
    let expected = expected_failures.iter().find(|(case, _)| *case == name).map(|(_, reason)| *reason);
    match judge(name, &outcome, expected) {
        Ok(note) => print!("{note}"),
        Err(problem) => assert!(problem.is_empty(), "{problem}"),
    }
}

/// Returns the line to print, or the failure.
fn judge(name: &str, outcome: &CaseResult, expected: Option<&str>) -> Result<String, String> {
    match (outcome, expected) {
        (CaseResult::Passed, None) => Ok(String::new()),
        (CaseResult::Skipped(reason), None) => Ok(format!("SKIPPED {name}: {reason}\n")),
        (CaseResult::Failed(reason), None) => Err(format!("{name}: {reason}")),
        (CaseResult::Failed(reason), Some(why)) => Ok(format!("EXPECTED {name}: {why} ({reason})\n")),
        (CaseResult::Passed | CaseResult::Skipped(_), Some(_)) => {
            Err(format!("{name} no longer fails ({outcome}); remove it from the expected failures"))
        }
    }
}

/// Checks the list of tests and of expected failures of `conformance_suite!`.
///
/// # Panics
/// If a case has no test, or if an expected failure is not a case or has no reason.
#[doc(hidden)]
pub fn check_list(tests: &[&str], expected_failures: &[(&str, &str)]) {
    assert_eq!(tests, CASES, "the suite must have exactly one test for each case");
    for (name, reason) in expected_failures {
        assert!(CASES.contains(name), "{name} is in the expected failures but is not a case");
        assert!(!reason.trim().is_empty(), "{name} is in the expected failures without a reason");
    }
}

/// Creates a module with one test for each of [`CASES`](crate::conformance::CASES), and one test that checks that the list
/// is complete. Only the harness must be in scope.
///
/// ```
/// # use review_testkit::FakeHarness;
/// review_testkit::conformance_suite! {
///     harness: FakeHarness,
/// }
/// ```
///
/// Set `name` if a file has several suites. List known failures in `expected_failures`:
///
/// ```
/// # use review_testkit::FakeHarness;
/// review_testkit::conformance_suite! {
///     name: acme,
///     harness: FakeHarness,
///     expected_failures: {
///         tags_work_as_declared => "ACME drops tags until its version 7",
///     },
/// }
/// ```
///
/// `cargo test -- --nocapture` shows the skipped cases and the reasons.
#[macro_export]
macro_rules! conformance_suite {
    (harness: $harness:ty $(, expected_failures: { $($failing:ident => $reason:expr),* $(,)? })? $(,)?) => {
        $crate::conformance_suite! {
            name: conformance,
            harness: $harness
            $(, expected_failures: { $($failing => $reason),* })?
        }
    };
    (
        name: $name:ident, harness: $harness:ty
        $(, expected_failures: { $($failing:ident => $reason:expr),* $(,)? })? $(,)?
    ) => {
        #[cfg(test)]
        mod $name {
            #[allow(unused_imports)]
            use super::*;

            const EXPECTED_FAILURES: &[(&str, &str)] = &[$($((stringify!($failing), $reason)),*)?];

            $crate::__conformance_cases! { ($crate::__conformance_tests) $harness }
        }
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __conformance_tests {
    ([$($case:ident)*] $harness:ty) => {
        #[test]
        fn list_of_cases_is_complete() {
            $crate::conformance::check_list(&[$(stringify!($case)),*], EXPECTED_FAILURES);
        }

        $(
            #[test]
            fn $case() {
                $crate::conformance::run_test::<$harness>(stringify!($case), EXPECTED_FAILURES);
            }
        )*
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expected_failure_must_fail() {
        let failed = CaseResult::Failed("f".to_owned());
        let skipped = CaseResult::Skipped("s".to_owned());
        assert_eq!(judge("c", &CaseResult::Passed, None), Ok(String::new()));
        assert_eq!(judge("c", &skipped, None), Ok("SKIPPED c: s\n".to_owned()));
        assert_eq!(judge("c", &failed, Some("why")), Ok("EXPECTED c: why (f)\n".to_owned()));
        assert_eq!(judge("c", &failed, None), Err("c: f".to_owned()));
        for outcome in [CaseResult::Passed, skipped] {
            assert!(judge("c", &outcome, Some("why")).unwrap_err().contains("no longer fails"));
        }
    }

    #[test]
    #[should_panic(expected = "exactly one test for each case")]
    fn incomplete_list_of_cases_panics() {
        check_list(&CASES[1..], &[]);
    }

    #[test]
    #[should_panic(expected = "no_such_case is in the expected failures but is not a case")]
    fn expected_failure_must_be_a_case() {
        check_list(CASES, &[("no_such_case", "r")]);
    }

    #[test]
    #[should_panic(expected = "without a reason")]
    fn expected_failure_has_a_reason() {
        check_list(CASES, &[(CASES[0], " ")]);
    }

    #[test]
    fn readme_describes_every_case() {
        let readme = include_str!("../../README.md");
        let rows = readme.lines().filter_map(|line| line.strip_prefix("| `")?.split_once("` | "));
        let described: Vec<_> = rows.filter(|(_, text)| text.len() > 10).map(|(name, _)| name).collect();
        assert_eq!(described, CASES, "the table in README.md must list the cases in their order");
    }

    #[tokio::test]
    async fn unknown_case_is_a_failure() {
        assert!(run_case::<crate::FakeHarness>("nope").await.is_failure());
    }
}
