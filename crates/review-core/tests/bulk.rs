//! The promises of bulk sending. Time is paused.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use std::sync::Arc;
use std::time::Duration;

use common::{Fake, closed, error};
use futures_util::{FutureExt, StreamExt, stream};
use review_core::bulk::{BulkItem, BulkOptions, BulkRetry, StopReason};
use review_core::model::Locale;
use review_core::provider::ReviewInviteProviderExt;
use review_core::wrappers::{KillSwitch, Route, Router, Switch};
use review_core::{Consent, ErrorKind, InviteRequest, InviteState, RetryAdvice, SendState};
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
    let summary = tracker.summary();
    let stopped: Vec<_> = summary.stopped_instances.iter().map(|(info, _)| info.instance()).collect();
    assert!(stopped == ["de"] && summary.stop_reason.is_none());
}

#[tokio::test]
async fn bulk_instance_with_unknown_outcomes_keeps_the_rest() {
    let broken = Fake::new("de").results((0..3).map(|_| Err(error(ErrorKind::OutcomeUnknown)))).share();
    let router = Router::builder("r")
        .route(Route::locale(Locale::new("de").unwrap()), broken.clone())
        .default_target(Fake::new("en"))
        .build()
        .unwrap();
    let input = stream::iter((0..20).map(|n| request(n, if n < 10 { "de" } else { "en" })));
    let bulk = router.send_all(input, BulkOptions::new().concurrency(1));
    let tracker = bulk.tracker();
    let items: Vec<_> = bulk.collect().await;
    assert_eq!((items.len(), broken.sent().len()), (20, 3));
    assert!(items[3..10].iter().all(is_kept) && items[10..].iter().all(|item| item.result.is_ok()));
    let may_have_left =
        |item: &&BulkItem| item.result.as_ref().is_err_and(review_core::Error::may_have_been_sent);
    assert_eq!(items.iter().filter(may_have_left).count(), 3);
    let summary = tracker.summary();
    assert_eq!((summary.unknown, summary.not_sent), (3, 7), "{summary}");
}

#[tokio::test]
async fn bulk_with_kill_switch_off_keeps_every_order() {
    let fake = Fake::new("a").share();
    let provider = KillSwitch::new(fake.clone(), Switch::new(false));
    let bulk = provider.send_all(requests(50), BulkOptions::new());
    let tracker = bulk.tracker();
    let items: Vec<_> = bulk.collect().await;
    assert!(fake.sent().is_empty() && items.iter().all(is_kept));
    let summary = tracker.summary();
    // The rest of the input was not read.
    assert_eq!((items.len(), summary.received, summary.not_sent), (1, 1, 1));
    assert!(
        matches!(summary.stop_reason, Some(StopReason::Error(error)) if error.kind() == ErrorKind::Blocked)
    );
}

/// Sends up to 100, one at a time, of which those with `true` have an unknown outcome; returns how many were
/// sent.
async fn sent_with_unknown(is_unknown: impl Fn(usize) -> bool, options: BulkOptions) -> usize {
    let unknown = || Err(error(ErrorKind::OutcomeUnknown));
    let results = (0..100).map(|n| if is_unknown(n) { unknown() } else { Ok(InviteState::Accepted) });
    let fake = Fake::new("a").results(results).share();
    let bulk = fake.send_all(requests(100), options.concurrency(1));
    let tracker = bulk.tracker();
    let items = bulk.count().await;
    let summary = tracker.summary();
    let sent = fake.sent().len();
    assert_eq!((items, summary.received), (sent, sent as u64));
    let reason = summary.stop_reason;
    assert_eq!(reason.is_some(), sent < 100);
    assert!(reason.is_none_or(|reason| {
        matches!(reason, StopReason::Error(error) if error.kind() == ErrorKind::OutcomeUnknown)
    }));
    sent
}

#[tokio::test]
async fn bulk_three_unknown_in_a_row_stop_it() {
    assert_eq!(sent_with_unknown(|_| true, BulkOptions::new()).await, 3);
    assert_eq!(sent_with_unknown(|n| n > 9, BulkOptions::new()).await, 13);
    assert_eq!(sent_with_unknown(|n| n % 50 < 2, BulkOptions::new()).await, 100);
}

#[tokio::test]
async fn bulk_five_unknown_of_the_last_twenty_stop_it() {
    assert_eq!(sent_with_unknown(|n| n % 2 == 0, BulkOptions::new()).await, 9);
    // The first and the fifth are 19 apart: within 20.
    assert_eq!(sent_with_unknown(|n| [0, 5, 10, 15, 19].contains(&n), BulkOptions::new()).await, 20);
    assert_eq!(sent_with_unknown(|n| [0, 5, 10, 15, 20].contains(&n), BulkOptions::new()).await, 100);
}

#[tokio::test]
async fn bulk_continue_on_error_sends_everything() {
    assert_eq!(sent_with_unknown(|_| true, BulkOptions::new().continue_on_error()).await, 100);
    let failed = [ErrorKind::Unauthorized, ErrorKind::RateLimited, ErrorKind::InvalidConfig];
    let fake = Fake::new("a").results(failed.map(|kind| Err(error(kind)))).share();
    let bulk = fake.send_all(requests(10), BulkOptions::new().continue_on_error());
    let tracker = bulk.tracker();
    assert_eq!((bulk.count().await, fake.sent().len()), (10, 10));
    let summary = tracker.summary();
    assert_eq!((summary.accepted, summary.errors.len()), (7, 3));
    assert!(summary.stop_reason.is_none() && summary.stopped_instances.is_empty());
}

#[tokio::test]
async fn bulk_rate_limit_without_retry_stops_it() {
    let fake =
        Fake::new("a").results([Ok(InviteState::Accepted), Err(error(ErrorKind::RateLimited))]).share();
    let bulk = fake.send_all(requests(50), BulkOptions::new().concurrency(1));
    let tracker = bulk.tracker();
    assert_eq!((bulk.count().await, fake.sent().len()), (2, 2));
    let summary = tracker.summary();
    assert_eq!((summary.received, summary.accepted, summary.rejected), (2, 1, 1));
    assert!(matches!(summary.stop_reason, Some(StopReason::Error(e)) if e.kind() == ErrorKind::RateLimited));
}

#[tokio::test(start_paused = true)]
async fn bulk_rate_limit_above_the_longest_wait_stops_it() {
    let hour = RetryAdvice::After(Duration::from_secs(3600));
    let fake = Fake::new("a").results([Err(error(ErrorKind::RateLimited).with_retry_advice(hour))]).share();
    let retry = BulkRetry::new(tokio::time::sleep).max_wait(Duration::from_secs(60));
    let start = tokio::time::Instant::now();
    let items = fake.send_all(requests(50), BulkOptions::new().concurrency(1).retry(retry)).count().await;
    assert_eq!((items, fake.sent().len(), start.elapsed()), (1, 1, Duration::ZERO));
}

#[tokio::test]
async fn bulk_after_an_unknown_outcome_sends_one_at_a_time() {
    let gate = closed();
    let results = [Err(error(ErrorKind::OutcomeUnknown))];
    let fake = Fake::new("a").results(results).waiting_after(&gate).share();
    let mut bulk = fake.send_all(requests(20), BulkOptions::new().concurrency(4));
    assert!(bulk.next().now_or_never().is_none());
    assert_eq!((fake.sent().len(), bulk.summary().received), (4, 4));
    // One unknown: three are in flight and one may be. Each success allows one more.
    for sent in [4, 4, 6, 8] {
        gate.add_permits(1);
        bulk.next().await.unwrap();
        assert!(bulk.next().now_or_never().is_none());
        assert_eq!(fake.sent().len(), sent);
    }
    gate.add_permits(20);
    assert_eq!(bulk.count().await, 16);
}

#[tokio::test(start_paused = true)]
async fn bulk_rate_limit_pauses_the_instance() {
    let busy = error(ErrorKind::RateLimited).with_retry_advice(RetryAdvice::After(Duration::from_secs(30)));
    let fake = Fake::new("a").results([Err(busy)]).share();
    let retry = BulkRetry::new(tokio::time::sleep);
    let start = tokio::time::Instant::now();
    let mut bulk = fake.send_all(requests(5), BulkOptions::new().concurrency(4).retry(retry));
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

#[tokio::test(start_paused = true)]
async fn bulk_ordered_results_keep_the_order_of_the_input() {
    let order = async |options: BulkOptions| {
        // The first is retried later than the others are sent.
        let fake = Fake::new("a").results([Err(error(ErrorKind::Transient))]);
        let options = options.concurrency(4).retry(BulkRetry::new(tokio::time::sleep));
        let items: Vec<_> = fake.send_all(requests(4), options).collect().await;
        items.into_iter().map(|item| item.index).collect::<Vec<_>>()
    };
    assert_eq!(order(BulkOptions::new()).await, [1, 2, 3, 0]);
    assert_eq!(order(BulkOptions::new().ordered()).await, [0, 1, 2, 3]);
}

#[tokio::test]
async fn bulk_dropped_tracker_separates_unsent_from_unknown() {
    let (before, after) = (Arc::new(Semaphore::new(2)), closed());
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
    let gate = closed();
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
async fn bulk_of_ready_requests_yields_to_other_tasks() {
    let other = tokio::spawn(async {});
    let fake = Fake::new("a");
    let mut bulk = fake.send_all(requests(1000), BulkOptions::new());
    let mut before = 0;
    while !other.is_finished() {
        bulk.next().await.unwrap();
        before += 1;
    }
    assert!(before < 100, "{before} results before the other task ran");
    assert_eq!(before + bulk.count().await, 1000);
}

#[tokio::test(start_paused = true)]
async fn bulk_ordered_stop_withholds_no_result() {
    let busy = error(ErrorKind::RateLimited).with_retry_advice(RetryAdvice::After(Duration::from_secs(30)));
    let german = Fake::new("de").results([Err(busy)]).share();
    let english = Fake::new("en").share();
    let router = Router::builder("r")
        .route(Route::locale(Locale::new("de").unwrap()), german.clone())
        .default_target(english.clone())
        .build()
        .unwrap();
    // The first waits for the limit, the second for the first; the others are sent.
    let input = stream::iter((0..4).map(|n| request(n, if n < 2 { "de" } else { "en" })));
    let options = BulkOptions::new().concurrency(4).ordered().retry(BulkRetry::new(tokio::time::sleep));
    let mut bulk = router.send_all(input, options);
    let tracker = bulk.tracker();
    assert!(bulk.next().now_or_never().is_none());
    assert_eq!((german.sent().len(), english.sent().len()), (1, 2));
    bulk.stop();
    let items: Vec<_> = bulk.by_ref().map(|item| (item.index, item.result.is_ok())).collect().await;
    assert_eq!(items, [(0, false), (2, true), (3, true)]);
    assert!(tracker.unread_results().is_empty());
    let pending: Vec<_> = tracker.pending().into_iter().map(|key| key.reference.to_string()).collect();
    assert_eq!(pending, ["1"]);
}
