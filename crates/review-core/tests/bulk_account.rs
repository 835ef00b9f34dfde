//! What is known of a bulk that was cut off: what was sent, what was not, and what nobody knows.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use std::collections::BTreeSet;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use common::*;
use futures_util::{FutureExt, StreamExt, stream};
use review_core::*;
use tokio::sync::Semaphore;

fn references(keys: &[InviteKey]) -> Vec<&str> {
    keys.iter().map(|key| key.reference.as_str()).collect()
}

#[tokio::test]
async fn a_bulk_that_is_dropped_leaves_an_exact_account() {
    let gate = Arc::new(Semaphore::new(3));
    let transient =
        Err(error(ErrorKind::Transient).with_retry_advice(RetryAdvice::After(Duration::from_secs(9))));
    let provider = Scripted::new("a").answering([transient]).behind(gate);
    let requests = stream::iter((0..50).map(|number| request(&number.to_string())));
    let options = BulkOptions::new().at_once(4);
    let never = Patience::new(|_| std::future::pending());
    let mut bulk = provider.send_all(requests, options.patience(never));
    let account = bulk.account();
    let first = bulk.next().await.unwrap();
    assert_eq!((first.index, account.summary().in_flight), (1, 3));
    drop(bulk);

    let summary = account.summary();
    assert_eq!(summary.to_string(), "6 taken, 2 accepted, 1 not sent, 3 unknown");
    assert_eq!(references(&account.in_flight()), ["3", "4", "5"]);
    assert_eq!(references(&account.waiting()), ["0"]);
    let undelivered = account.undelivered();
    assert_eq!(
        undelivered.iter().map(|item| (item.index, item.result.is_ok())).collect::<Vec<_>>(),
        [(2, true)]
    );
    assert_eq!(provider.calls(), ["send 0", "send 1", "send 2", "send 3", "send 4", "send 5"]);
    assert!(!format!("{account:?}").contains("jane"));
}

#[tokio::test]
async fn a_bulk_that_was_never_read_did_nothing() {
    let provider = Scripted::new("a");
    let account = provider.send_all(stream::iter([request("1")]), BulkOptions::new()).account();
    assert_eq!((account.summary().taken, provider.calls().len()), (0, 0));
}

/// Cut off after any number of results, in any mix of answers: nothing is missing and nothing is told
/// twice.
#[tokio::test(start_paused = true)]
async fn wherever_it_is_cut_off_the_account_adds_up() {
    for cut in 0..120 {
        let mut random = fastrand::Rng::with_seed(cut);
        let answers: Vec<_> = std::iter::repeat_with(|| match random.u8(0..6) {
            0 => Err(error(ErrorKind::RateLimited)),
            1 => Err(error(ErrorKind::Transient)),
            2 => Err(error(ErrorKind::OutcomeUnknown)),
            3 => Err(error(ErrorKind::InvalidRequest)),
            _ => Ok(InviteState::Accepted),
        })
        .take(200)
        .collect();
        let pace = |request: &InviteRequest| {
            let number: u64 = request.order().reference().as_str().parse().unwrap();
            Duration::from_millis(number * 7919 % 13)
        };
        let provider = Scripted::new("a").answering(answers).taking(pace);
        let mut options = BulkOptions::new().at_once(random.usize(1..9));
        if random.bool() {
            options = options.in_order();
        }
        if random.bool() {
            options = options.patience(Patience::new(tokio::time::sleep).tries(3));
        }
        let requests = stream::iter((0..100).map(|number| request(&number.to_string())));
        let mut bulk = provider.send_all(requests, options);
        let account = bulk.account();
        let given: Vec<BulkItem> = bulk.by_ref().take(usize::try_from(cut).unwrap()).collect().await;
        // A little later, in the middle of things.
        let more = tokio::time::timeout(Duration::from_millis(random.u64(0..9)), bulk.next()).await;
        drop(bulk);

        let given: Vec<BulkItem> = given.into_iter().chain(more.ok().flatten()).collect();
        let summary = account.summary();
        let (in_flight, waiting) = (account.in_flight(), account.waiting());
        let results: Vec<BulkItem> = given.into_iter().chain(account.undelivered()).collect();
        let settled: Vec<&InviteKey> = results.iter().map(|item| &item.key).collect();
        let all: BTreeSet<&InviteKey> = settled.iter().copied().chain(&in_flight).chain(&waiting).collect();
        assert_eq!(all.len() as u64, summary.taken);
        assert_eq!(settled.len() + in_flight.len() + waiting.len(), all.len());

        let count = |wanted: fn(&BulkItem) -> bool| results.iter().filter(|item| wanted(item)).count() as u64;
        assert_eq!(summary.accepted, count(|item| item.result.is_ok()));
        let maybe = count(|item| item.result.as_ref().is_err_and(|error| error.sent() == Sent::Maybe));
        assert_eq!(summary.unknown, maybe + in_flight.len() as u64);
        let sums = summary.accepted + summary.refused + summary.not_sent + summary.unknown;
        assert_eq!(sums, summary.taken, "{summary}");

        let begun: BTreeSet<String> = provider.calls().into_iter().collect();
        let told: BTreeSet<String> = all.iter().map(|key| format!("send {}", key.reference)).collect();
        assert!(begun.is_subset(&told), "the vendor knows of nothing that the account does not");
        for key in settled.iter().copied().chain(&in_flight) {
            assert!(begun.contains(&format!("send {}", key.reference)));
        }
        let tries: u32 = results.iter().map(|item| item.tries).sum();
        assert!(tries as usize + in_flight.len() <= provider.sends());
    }
}

/// A panic that the caller catches loses its request and nothing else, and the end still comes.
#[tokio::test(start_paused = true)]
async fn after_a_panic_the_account_is_exact_and_the_stream_ends() {
    let first_panics = |request: &InviteRequest| {
        assert_ne!(request.order().reference().as_str(), "0", "a fault of the provider");
        Duration::ZERO
    };
    let requests = || stream::iter((0..9).map(|number| request(&number.to_string())));
    let options = || BulkOptions::new().at_once(2);
    for (options, yields, given, taken) in [
        (options(), 0, 8, 9),
        (options(), 3, 8, 9),
        // It waits for the first, which never comes.
        (options().in_order(), 0, 0, 3),
        // It has no room for another.
        (options().at_once(1), 0, 0, 1),
    ] {
        let provider = Scripted::new("a").taking(first_panics).yielding(yields);
        let mut bulk = provider.send_all(requests(), options);
        let account = bulk.account();
        assert!(AssertUnwindSafe(bulk.next()).catch_unwind().await.is_err());
        let rest = tokio::time::timeout(Duration::from_secs(60), bulk.by_ref().count()).await;
        assert_eq!(rest.unwrap(), given);
        assert_eq!((account.summary().taken, references(&account.in_flight())), (taken, vec!["0"]));
        drop(bulk);
        let summary = account.summary();
        assert_eq!((summary.unknown, summary.accepted), (1, taken - 1));
        assert_eq!(account.undelivered().len() as u64, taken - 1 - given as u64);
    }
}
