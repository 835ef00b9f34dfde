//! Every fault the sandbox can play, at both vendors: what the caller is told is what happened, nobody gets
//! two mails, and nothing personal or secret shows.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may panic")]

use std::time::Duration;

use metrics_util::debugging::DebuggingRecorder;
use review_invites::transport::{ClientOptions, RetryPolicy, TransportOptions};
use review_invites::*;
use review_invites_tests::harness::secrets;
use review_invites_tests::{VENDORS, provider_with, settings};
use review_sandbox::{Fault, FaultRule, InjectedFault, Sandbox};
use review_testkit::Canary;

/// Those that come at two moments are tried at both.
const AT_TWO_MOMENTS: [&str; 18] = [
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
    "status-503-empty",
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

fn customer() -> Customer {
    Customer::new(EmailAddress::new("kiwi.quetzal@example.com").unwrap())
        .with_name(CustomerName::FirstAndLast(
            PersonName::new("Kiwibird").unwrap(),
            PersonName::new("Quetzalcoatl").unwrap(),
        ))
        .with_phone(PhoneNumber::new("+4915155500011").unwrap())
        .with_address(PostalAddress::new("Kolibriweg 17, 12345 Vogelstadt").unwrap())
        .with_reference(CustomerReference::new("cus-4711-quetzal").unwrap())
}

fn request(reference: &str) -> InviteRequest {
    let order = Order::new(OrderReference::new(reference).unwrap());
    InviteRequest::builder(customer(), order, Consent::granted("checkbox")).build().unwrap()
}

fn sends(vendor: &str) -> &'static str {
    if vendor == "etrusted" { "/events" } else { "/email-invitations" }
}

/// What the caller has to be told of a call whose only attempt met this fault.
fn expected(fault: &InjectedFault, error: Option<&Error>) -> bool {
    let told = error.map(|error| (error.kind(), error.sent()));
    match (fault.leaves_unknown(), fault.status) {
        (true, _) => told == Some((ErrorKind::OutcomeUnknown, Sent::Maybe)),
        (false, Some(200..300)) => told.is_none(),
        // A token that was dead is replaced, and the call made once more.
        (false, Some(401)) => told.is_none(),
        (false, Some(429 | 503)) => {
            told.is_some_and(|(kind, sent)| (kind, sent) == (ErrorKind::RateLimited, Sent::Answered))
        }
        (false, Some(_)) => told.is_some_and(|(_, sent)| sent == Sent::Answered),
        // A connection that ended before anything was read: not sent, or nobody can tell.
        (false, None) => {
            told.is_some_and(|(kind, _)| matches!(kind, ErrorKind::Transient | ErrorKind::OutcomeUnknown))
        }
    }
}

#[test]
fn each_is_told_as_what_it_was_and_shows_nothing() {
    let recorder = DebuggingRecorder::new();
    let snapshotter = recorder.snapshotter();
    metrics::with_local_recorder(&recorder, || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        for vendor in VENDORS {
            runtime.block_on(meet_all(vendor, &|| format!("{:?}", snapshotter.snapshot().into_vec())));
        }
    });
}

async fn meet_all(vendor: &str, metrics: &dyn Fn() -> String) {
    let sandbox = Sandbox::start().await.unwrap();
    let canary = Canary::new(customer().personal_values().into_iter().chain(secrets(&sandbox)));
    let log = canary.listen();
    let options = ClientOptions::default()
        .with_retry(RetryPolicy::no_retries().with_attempt_timeout(Duration::from_millis(1500)))
        .with_transport(TransportOptions::default().with_idle_timeout(Duration::ZERO));
    let provider = provider_with(vendor, settings(&sandbox, vendor), options);
    // The token is had before anything is spoilt.
    canary.show(&provider.send_invite(&request("order-0")).await.unwrap());
    for (number, fault) in (1..).zip(faults()) {
        let reference = format!("order-{number}");
        let rule = FaultRule::new(fault.clone());
        let rule = if fault.is_on_accept() {
            rule
        } else {
            rule.with_method("POST").with_path_contains(sends(vendor))
        };
        sandbox.add_fault(rule.with_max_hits(1)).unwrap();
        let caught = canary.catch_async(provider.send_invite(&request(&reference))).await;
        let result = caught.unwrap_or_else(|| panic!("{vendor}, {fault}: it panicked"));
        if let Err(error) = &result {
            canary.show_error(error);
        } else {
            canary.show(&result);
        }
        // One that stalls is noted once the client has gone.
        let met = loop {
            match sandbox.faults().pop() {
                Some(met) if met.fault == fault => break met,
                _ => tokio::time::sleep(Duration::from_millis(5)).await,
            }
        };
        assert!(expected(&met, result.as_ref().err()), "{vendor}: {met:?} was told as {result:?}");
        let mails = sandbox.emails_for(&reference).len();
        assert!(mails <= 1, "{vendor}, {fault}: {mails} mails");
        if result.is_ok() {
            assert_eq!(mails, 1, "{vendor}, {fault}: told as accepted");
        }
        sandbox.clear_faults();
    }
    drop(log);
    canary.note(&metrics());
    let tokens = sandbox.requests().into_iter().filter_map(|seen| {
        let value = seen.header("authorization")?.to_owned();
        value.split_once(' ').map(|(_, token)| token.to_owned())
    });
    canary.hide(tokens);
    assert!(canary.seen().contains("review_attempts_total") && canary.seen().contains("TRACE"));
    assert_eq!(canary.leaks(), Vec::<String>::new(), "{vendor}");
}
