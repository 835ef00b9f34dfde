//! The promises of bulk sending. Time is paused.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use std::sync::Arc;
use std::time::Duration;

use common::{Fake, error};
use futures_util::{FutureExt, StreamExt, stream};
use review_core::bulk::{BulkItem, BulkOptions, BulkRetry, StopReason};
use review_core::model::Locale;
use review_core::provider::ReviewInviteProviderExt;
use review_core::wrappers::{KillSwitch, Route, Router, Switch};
use review_core::{Consent, ErrorKind, InviteRequest, RetryAdvice, SendState};
use tokio::sync::Semaphore;

fn request(number: usize, locale: &str) -> InviteRequest {
    let consent = Consent::granted("test");
    InviteRequest::builder("jane@example.com", number.to_string(), consent).locale(locale).build().unwrap()
}

fn requests(count: usize) -> impl futures_util::Stream<Item = InviteRequest> + Send {
    stream::iter((0..count).map(|number| request(number, "en")))
}

fn is_kept(item: &BulkItem) -> bool {
    item.result.as_ref().is_err_and(|error| {
        error.retry_advice() == RetryAdvice::Hold && error.send_state() == SendState::NotSent
    })
}

#[tokio::test]
async fn bulk_account_error_stops_one_instance_of_a_router() {
    let broken = Fake::new("de").results([Err(error(ErrorKind::Unauthorized))]).share();
    let fine = Fake::new("en").share();
    let router = Router::builder("r")
        .route(Route::locale(Locale::new("de").unwrap()), broken.clone())
        .default_target(fine.clone())
        .build()
        .unwrap();
    let input = stream::iter((0..20).map(|n| request(n, if n % 2 == 0 { "de" } else { "en" })));
    let bulk = router.send_all(input, BulkOptions::new().concurrency(1));
    let tracker = bulk.tracker();
    let items: Vec<_> = bulk.collect().await;
    assert_eq!((items.len(), broken.sent().len(), fine.sent().len()), (20, 1, 10));
    assert_eq!(items.iter().filter(|item| is_kept(item)).count(), 9);
    assert!(
        items.iter().all(|item| item.provider.instance() == if item.index % 2 == 0 { "de" } else { "en" })
    );
    assert_eq!(tracker.summary().stopped_instances.len(), 1);
}

#[tokio::test]
async fn bulk_with_kill_switch_off_keeps_every_order() {
    let provider = KillSwitch::new(Fake::new("a"), Switch::new(false));
    let bulk = provider.send_all(requests(50), BulkOptions::new().concurrency(4));
    let tracker = bulk.tracker();
    let items: Vec<_> = bulk.collect().await;
    assert!(items.iter().all(is_kept), "{items:?}");
    // The requests that were not read remain with the caller.
    assert_eq!(tracker.summary().received, items.len() as u64);
    assert!(items.len() <= 4 && matches!(tracker.summary().stop_reason, Some(StopReason::Error(_))));
}

#[tokio::test]
async fn bulk_brake_stops_after_three_unknown_outcomes() {
    let fake = Fake::new("a").results((0..50).map(|_| Err(error(ErrorKind::OutcomeUnknown)))).share();
    let bulk = fake.send_all(requests(50), BulkOptions::new().concurrency(1));
    let tracker = bulk.tracker();
    let items: Vec<_> = bulk.collect().await;
    assert_eq!((items.len(), fake.sent().len(), tracker.summary().unknown), (3, 3, 3));
    assert!(matches!(tracker.summary().stop_reason, Some(StopReason::Error(_))));
}

#[tokio::test]
async fn bulk_after_an_unknown_outcome_sends_one_at_a_time() {
    let gate = Arc::new(Semaphore::new(0));
    let results = [Err(error(ErrorKind::OutcomeUnknown))];
    let fake = Fake::new("a").results(results).waiting_after(&gate).share();
    let mut bulk = fake.send_all(requests(20), BulkOptions::new().concurrency(4));
    assert!(bulk.next().now_or_never().is_none());
    gate.add_permits(4);
    for _ in 0..4 {
        bulk.next().await.unwrap();
    }
    // One unknown, then three successes of requests that were in flight before.
    assert!(bulk.next().now_or_never().is_none());
    assert!(fake.sent().len() <= 8);
    gate.add_permits(20);
    assert_eq!(bulk.count().await, 16);
}

#[tokio::test(start_paused = true)]
async fn bulk_rate_limit_pauses_the_instance() {
    let busy = error(ErrorKind::RateLimited).with_retry_advice(RetryAdvice::After(Duration::from_secs(30)));
    let fake = Fake::new("a").results([Err(busy)]).share();
    let retry = BulkRetry::new(tokio::time::sleep);
    let start = tokio::time::Instant::now();
    let mut bulk = fake.send_all(requests(5), BulkOptions::new().concurrency(1).retry(retry));
    let early = tokio::time::timeout(Duration::from_secs(29), bulk.next()).await;
    assert!(early.is_err() && fake.sent() == ["0"]);
    let items: Vec<_> = bulk.collect().await;
    assert!(items.iter().all(|item| item.result.is_ok()) && items[0].attempts == 2);
    assert_eq!(start.elapsed().as_secs(), 30);
}

#[tokio::test(start_paused = true)]
async fn bulk_retries_have_an_exponential_floor() {
    let now = || Err(error(ErrorKind::Transient).with_retry_advice(RetryAdvice::After(Duration::ZERO)));
    let fake = Fake::new("a").results((0..9).map(|_| now())).share();
    let retry = BulkRetry::new(tokio::time::sleep).max_attempts(5);
    let start = tokio::time::Instant::now();
    let items: Vec<_> = fake.send_all(requests(1), BulkOptions::new().retry(retry)).collect().await;
    assert_eq!((items[0].attempts, start.elapsed().as_millis()), (5, 150));
}

#[tokio::test]
async fn bulk_ordered_results_keep_the_order_of_the_input() {
    let fake = Fake::new("a");
    let bulk = fake.send_all(requests(200), BulkOptions::new().ordered());
    let order: Vec<_> = bulk.map(|item| item.index).collect().await;
    assert_eq!(order, (0..200).collect::<Vec<_>>());
}

#[tokio::test]
async fn bulk_dropped_tracker_separates_unsent_from_unknown() {
    let (before, after) = (Arc::new(Semaphore::new(2)), Arc::new(Semaphore::new(0)));
    let fake = Fake::new("a").waiting_before(&before).waiting_after(&after);
    let mut bulk = fake.send_all(requests(9), BulkOptions::new().concurrency(4));
    let tracker = bulk.tracker();
    assert!(bulk.next().now_or_never().is_none());
    drop(bulk);
    let summary = tracker.summary();
    assert_eq!((summary.unknown, summary.not_sent + summary.unknown), (2, summary.received));
    assert_eq!(tracker.in_flight().len(), 2);
}

#[tokio::test]
async fn bulk_stop_finishes_what_is_in_flight() {
    let gate = Arc::new(Semaphore::new(0));
    let fake = Fake::new("a").waiting_after(&gate);
    let mut bulk = fake.send_all(requests(100), BulkOptions::new().concurrency(2));
    let tracker = bulk.tracker();
    assert!(bulk.next().now_or_never().is_none());
    bulk.stop();
    gate.add_permits(100);
    let items: Vec<_> = bulk.collect().await;
    assert_eq!(items.iter().filter(|item| item.result.is_ok()).count(), 2);
    assert_eq!(items.len() as u64, tracker.summary().received);
}

#[tokio::test]
async fn bulk_of_ready_requests_yields_to_the_runtime() {
    let fake = Fake::new("a");
    let all = fake.send_all(requests(1000), BulkOptions::new()).count().now_or_never();
    assert!(all.is_none());
}
