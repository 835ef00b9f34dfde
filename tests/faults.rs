//! Every fault of the sandbox but `refuse-…`, which concerns no single request, with every vendor: the error reports what
//! happened, no customer gets two emails, and no personal data and no secret is shown.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test may panic")]

use std::time::Duration;

use metrics_util::debugging::DebuggingRecorder;
use review_invites::http::{ClientOptions, RetryPolicy, TransportOptions};
use review_invites::prelude::*;
use review_invites::{ErrorKind, SendState};
use review_invites_tests::{TestVendor, VENDORS, provider_with, secrets, settings, tokens};
use review_sandbox::{Fault, FaultRule, InjectedFault, Sandbox};
use review_testkit::Canary;

/// Faults with two phases are tested in both.
const AT_TWO_MOMENTS: [&str; 20] = [
    "close",
    "reset",
    "stall",
    "half-status-line",
    "half-header",
    "half-header-stall",
    "continue-only",
    "garbage",
    "two-lengths",
    "many-headers",
    "huge-header",
    "status-408",
    "status-500",
    "status-503",
    "status-503-empty",
    "status-503-retry-after-0-empty",
    "status-503-retry-after-0",
    "status-429-retry-after-date-0",
    "html",
    "redirect-307",
];
const OTHERS: [&str; 15] = [
    "cut-length",
    "cut-chunked",
    "cut-until-close",
    "stall-body",
    "status-400",
    "status-403",
    "status-429",
    "status-502",
    "status-504",
    "slow-50",
    "expired-token",
    "gzip-bomb",
    "endless-body",
    "close-on-accept",
    "reset-on-accept",
];

fn faults() -> Vec<Fault> {
    let twice = AT_TWO_MOMENTS
        .iter()
        .flat_map(|name| ["before", "after"].map(|moment| format!("{name}-{moment}-commit")));
    twice.chain(OTHERS.map(str::to_owned)).map(|name| name.parse().unwrap()).collect()
}

fn request(reference: &str) -> InviteRequest {
    InviteRequest::builder(
        format!("kiwi.quetzal+{reference}@example.com"),
        reference,
        Consent::granted("checkbox"),
    )
    .first_name("Kiwibird")
    .last_name("Quetzalcoatl")
    .phone("+4915155500011")
    .address("Kolibriweg 17, 12345 Vogelstadt")
    .customer_reference("cus-4711-quetzal")
    .build()
    .unwrap()
}

/// Returns whether this is the right result of a call whose only attempt met this fault.
fn expected(vendor: &TestVendor, fault: &InjectedFault, error: Option<&Error>) -> bool {
    let found = error.map(|error| (error.kind(), error.send_state()));
    match (fault.leaves_unknown(), fault.status) {
        (true, _) => found == Some((ErrorKind::OutcomeUnknown, SendState::Unknown)),
        // A body that is compressed, or that is invalid JSON without being known to be truncated, may be from a
        // proxy or CDN.
        (false, Some(200..300)) if matches!(fault.fault, Fault::CutUntilClose | Fault::GzipBomb) => {
            found == Some((ErrorKind::OutcomeUnknown, SendState::Unknown))
        }
        // The body is endless and blank.
        (false, Some(200..300)) if vendor.has_result_in_body && fault.fault == Fault::EndlessBody => {
            found == Some((ErrorKind::OutcomeUnknown, SendState::Unknown))
        }
        (false, Some(200..300)) => found.is_none(),
        // An expired token is replaced, and the call is retried once.
        (false, Some(401)) => found.is_none(),
        (false, Some(429 | 503)) => {
            found.is_some_and(|(kind, state)| (kind, state) == (ErrorKind::RateLimited, SendState::Responded))
        }
        (false, Some(_)) => found.is_some_and(|(_, state)| state == SendState::Responded),
        // The connection ended before anything was read: not sent, or unknown.
        (false, None) => {
            found.is_some_and(|(kind, _)| matches!(kind, ErrorKind::Transient | ErrorKind::OutcomeUnknown))
        }
    }
}

#[test]
fn each_fault_has_the_right_error_and_leaks_nothing() {
    let recorder = DebuggingRecorder::new();
    let snapshotter = recorder.snapshotter();
    metrics::with_local_recorder(&recorder, || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        for vendor in VENDORS {
            runtime.block_on(meet_all(vendor, &|| format!("{:?}", snapshotter.snapshot().into_vec())));
        }
    });
}

/// The timeouts of an attempt. One that must end with its timeout is tried with more patience before it counts as
/// wrong: a busy machine may need longer to respond.
const PATIENCE: [Duration; 3] = [Duration::from_secs(1), Duration::from_secs(10), Duration::from_secs(60)];

fn is_stall(fault: &Fault) -> bool {
    fault.to_string().contains("stall")
}

/// Returns the fault that a send met. One that stalls is recorded after the client has closed.
async fn met(sandbox: &Sandbox, fault: &Fault) -> InjectedFault {
    let recorded = async {
        loop {
            match sandbox.faults().pop() {
                Some(met) if met.fault == *fault => return met,
                _ => tokio::time::sleep(Duration::from_millis(5)).await,
            }
        }
    };
    tokio::time::timeout(PATIENCE[2], recorded).await.unwrap_or_else(|_| panic!("{fault} was not injected"))
}

async fn meet_all(vendor: &TestVendor, metrics: &dyn Fn() -> String) {
    let sandbox = Sandbox::start().await.unwrap();
    let canary = Canary::new(request("order-0").customer().pii_values().into_iter().chain(secrets(&sandbox)));
    let log = canary.capture_tracing();
    let mut providers = Vec::new();
    for (number, timeout) in PATIENCE.into_iter().enumerate() {
        let options = ClientOptions::default()
            .with_retry(
                RetryPolicy::no_retries().with_attempt_timeout(timeout).with_total_timeout(2 * timeout),
            )
            .with_transport(TransportOptions::default().with_idle_timeout(Duration::ZERO));
        let provider = provider_with(vendor, settings(&sandbox, vendor), options);
        // The token is requested before the first fault.
        canary.check_debug(&provider.send_invite(&request(&format!("first-{number}"))).await.unwrap());
        providers.push(provider);
    }
    // Without tokens, the fault would revoke the credentials for good.
    let faults = faults().into_iter().filter(|fault| vendor.has_tokens || *fault != Fault::ExpiredToken);
    for (number, fault) in faults.enumerate() {
        let tries = if is_stall(&fault) { providers.as_slice() } else { &providers[2..] };
        let mut wrong = String::new();
        for (attempt, provider) in tries.iter().enumerate() {
            let reference = format!("order-{number}-{attempt}");
            let rule = FaultRule::new(fault.clone());
            let rule = if fault.is_on_accept() {
                rule
            } else {
                rule.with_method("POST").with_path_contains(vendor.sends)
            };
            sandbox.add_fault(rule.with_max_hits(1)).unwrap();
            let caught = canary.catch_panic_async(provider.send_invite(&request(&reference))).await;
            let result = caught.unwrap_or_else(|| panic!("{vendor}, {fault}: it panicked"));
            match &result {
                Err(error) => canary.check_error(error),
                Ok(receipt) => canary.check_debug(receipt),
            }
            let met = met(&sandbox, &fault).await;
            sandbox.clear_faults();
            let emails = sandbox.emails_for(&reference).len();
            assert!(emails <= 1, "{vendor}, {fault}: {emails} emails");
            if result.is_ok() {
                assert_eq!(emails, 1, "{vendor}, {fault}: reported as accepted");
            }
            if expected(vendor, &met, result.as_ref().err()) {
                wrong.clear();
                break;
            }
            wrong = format!("{vendor}: {met:?} was reported as {result:?}");
        }
        assert!(wrong.is_empty(), "{wrong}");
    }
    drop(log);
    canary.check_text(&metrics());
    canary.expect_absent(tokens(&sandbox));
    assert!(canary.captured().contains("review_attempts_total") && canary.captured().contains("TRACE"));
    assert_eq!(canary.leaks(), Vec::<String>::new(), "{vendor}");
}
