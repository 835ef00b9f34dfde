//! `send_all`: how many at once, in which order, and when it ends. Time is paused.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use common::*;
use futures_util::{FutureExt, Stream, StreamExt, future, stream};
use review_core::*;
use tokio::time::Instant;

fn numbered(count: u64) -> impl Stream<Item = InviteRequest> + Send {
    stream::iter((0..count).map(|number| request(&number.to_string())))
}

fn number(request: &InviteRequest) -> u64 {
    request.order().reference().as_str().parse().unwrap()
}

async fn indices(bulk: Bulk<'_>) -> Vec<u64> {
    bulk.map(|item| item.index).collect().await
}

#[tokio::test(start_paused = true)]
async fn so_many_are_under_way_and_no_more_are_read() {
    let provider = Scripted::new("a").taking(|_| Duration::from_secs(1));
    for (asked, at_once, seconds) in [(0, 1, 12), (1, 1, 12), (5, 5, 3), (100, 12, 1)] {
        let read = Arc::new(AtomicU64::new(0));
        let counter = read.clone();
        let input = numbered(12).inspect(move |_| {
            counter.fetch_add(1, Ordering::SeqCst);
        });
        let start = Instant::now();
        let mut bulk = provider.send_all(input, BulkOptions::new().at_once(asked));
        assert!(bulk.next().now_or_never().is_none());
        assert_eq!((read.load(Ordering::SeqCst), bulk.summary().in_flight), (at_once, at_once));
        assert_eq!(bulk.by_ref().count().await, 12);
        assert_eq!(start.elapsed().as_secs(), seconds);
        assert_eq!(bulk.summary().to_string(), "12 taken, 12 accepted");
    }
}

/// Even numbers take long, and the first longest.
fn uneven(request: &InviteRequest) -> Duration {
    Duration::from_secs(match number(request) {
        0 => 50,
        even if even % 2 == 0 => 5,
        _ => 1,
    })
}

#[tokio::test(start_paused = true)]
async fn results_come_as_they_are_there_or_in_the_order_of_the_requests() {
    let provider = Scripted::new("a").taking(uneven);
    let options = BulkOptions::new().at_once(3);
    assert_eq!(indices(provider.send_all(numbered(6), options.clone())).await, [1, 3, 2, 5, 4, 0]);
    let mut bulk = provider.send_all(numbered(100), options.in_order());
    let within = tokio::time::timeout(Duration::from_secs(49), bulk.next()).await;
    assert!(within.is_err(), "nothing comes before the first");
    let summary = bulk.summary();
    assert!(summary.taken <= 6, "as many as are sent at once wait for the first: {summary}");
    assert_eq!(indices(bulk).await, (0..100).collect::<Vec<_>>());
}

#[tokio::test]
async fn each_result_has_its_key_and_each_error_is_counted() {
    let provider = Scripted::new("a").answering([
        Ok(InviteState::Accepted),
        Ok(InviteState::Scheduled("2024-05-01T00:00:00Z".parse().unwrap())),
        Ok(InviteState::AlreadyKnown),
        Err(error(ErrorKind::Duplicate)),
        Err(error(ErrorKind::OutcomeUnknown)),
        Err(error(ErrorKind::Transient)),
        Err(error(ErrorKind::Transient)),
        Err(error(ErrorKind::Unexpected).with_retry_advice(RetryAdvice::Reconcile)),
    ]);
    let mut bulk = provider.send_all(numbered(9), BulkOptions::new().at_once(1));
    let items: Vec<BulkItem> = bulk.by_ref().collect().await;
    for (item, place) in items.iter().zip(0..) {
        assert_eq!((item.index, item.tries), (place, 1));
        assert_eq!(item.key, request(&place.to_string()).key(provider.info()));
    }
    let summary = bulk.summary();
    let told = "9 taken, 2 accepted, 1 scheduled, 1 already known, 1 refused, 2 not sent, 2 unknown; \
                errors: already known: 1, outcome unknown: 1, temporary failure: 2, unexpected answer: 1";
    assert_eq!(summary.to_string(), told);
    assert!(summary.stopped_by.is_none());
}

#[tokio::test(start_paused = true)]
async fn an_error_that_concerns_all_ends_it_after_what_is_under_way() {
    for kind in [ErrorKind::Unauthorized, ErrorKind::Forbidden, ErrorKind::Config] {
        let accepted = || Ok(InviteState::Accepted);
        let answers = || [accepted(), Err(error(kind)), accepted()];
        let provider = Scripted::new("a").answering(answers()).taking(uneven);
        let mut bulk = provider.send_all(numbered(9), BulkOptions::new().at_once(3));
        let results: Vec<_> = bulk.by_ref().map(|item| (item.index, item.result.is_ok())).collect().await;
        assert_eq!(results, [(1, false), (2, true), (0, true)]);
        let summary = bulk.summary();
        assert!(matches!(&summary.stopped_by, Some(Stopped::Error(error)) if error.kind() == kind));
        assert!(summary.to_string().contains("; stopped by scripted/a: "), "{summary}");
        assert_eq!((summary.taken, provider.sends()), (3, 3));

        let provider = Scripted::new("a").answering(answers());
        let mut bulk = provider.send_all(numbered(9), BulkOptions::new().keep_going());
        assert_eq!(bulk.by_ref().count().await, 9);
        assert!(bulk.summary().stopped_by.is_none());
    }
}

#[tokio::test]
async fn a_refusal_of_one_request_stops_no_other() {
    let of_this_one = Error::config(vec![FieldError::new("order.shop", "is not configured")]);
    let answers = [Err(of_this_one), Err(error(ErrorKind::InvalidRequest)), Err(error(ErrorKind::Blocked))];
    let provider = Scripted::new("a").answering(answers);
    assert_eq!(provider.send_all(numbered(9), BulkOptions::new()).count().await, 9);
}

#[tokio::test]
async fn a_target_that_takes_nothing_stops_no_other() {
    let forbidden = std::iter::repeat_with(|| Err(error(ErrorKind::Forbidden))).take(9);
    let broken = Scripted::new("broken").answering(forbidden).shared();
    let good = Scripted::new("good").shared();
    let router = Router::builder("shops")
        .route(Route::when("below 5", |request| number(request) < 5), broken.clone())
        .otherwise(good.clone())
        .build()
        .unwrap();
    let mut bulk = router.send_all(numbered(10), BulkOptions::new().at_once(1));
    assert_eq!(bulk.by_ref().count().await, 10);
    assert!(bulk.summary().stopped_by.is_none());
    assert_eq!((broken.sends(), good.sends()), (5, 5));

    // A provider that takes nothing at all still ends it: a spare that fails too, for instance.
    let spare = Scripted::new("spare").answering([Err(error(ErrorKind::Forbidden))]);
    let broken = Scripted::new("broken").answering([Err(error(ErrorKind::Forbidden))]);
    let both = Fallback::new("both", broken).then(spare);
    let mut bulk = both.send_all(numbered(10), BulkOptions::new().at_once(1));
    assert_eq!(bulk.by_ref().count().await, 1);
    assert!(matches!(bulk.summary().stopped_by, Some(Stopped::Error(_))));
}

#[tokio::test(start_paused = true)]
async fn stop_finishes_what_is_under_way_and_touches_nothing_else() {
    let provider = Scripted::new("a").taking(uneven);
    let mut bulk = provider.send_all(numbered(9), BulkOptions::new().at_once(3));
    assert_eq!(bulk.next().await.unwrap().index, 1);
    bulk.stop();
    // The fourth was begun as the second came back, before its result was given out.
    assert_eq!(bulk.by_ref().map(|item| item.index).collect::<Vec<_>>().await, [3, 2, 0]);
    let summary = bulk.summary();
    assert!(matches!(summary.stopped_by, Some(Stopped::Caller)));
    assert_eq!(summary.to_string(), "4 taken, 4 accepted; stopped by the caller");
    assert_eq!(provider.calls(), ["send 0", "send 1", "send 2", "send 3"]);

    let mut bulk = provider.send_all(numbered(1), BulkOptions::new());
    while bulk.next().await.is_some() {}
    bulk.stop();
    assert!(bulk.summary().stopped_by.is_none(), "there was nothing left to stop");
}

/// The set of running sends leaves some for later when others are ready at once again and again.
#[tokio::test]
async fn after_a_stop_nothing_is_begun_however_busy_the_sends_are() {
    for at_once in 1..9 {
        let provider = Scripted::new("a").yielding(50);
        let mut bulk = provider.send_all(numbered(20), BulkOptions::new().at_once(at_once));
        assert!(bulk.next().now_or_never().is_none());
        bulk.stop();
        let begun = provider.sends();
        assert_eq!((begun, bulk.summary().waiting), (at_once, 0));
        assert_eq!(bulk.count().await, begun);
        assert_eq!(provider.sends(), begun);
    }
}

#[tokio::test]
async fn an_input_that_can_fail_is_split_on_the_way() {
    let rows = [Ok(request("1")), Err(error(ErrorKind::InvalidRequest)), Ok(request("2"))];
    let mut unreadable = Vec::new();
    let requests = stream::iter(rows)
        .filter_map(|row: Result<_>| future::ready(row.map_err(|error| unreadable.push(error)).ok()));
    let provider: DynProvider = Scripted::new("a").shared();
    assert_eq!(provider.send_all(requests, BulkOptions::new()).count().await, 2);
    assert_eq!(unreadable.len(), 1);
}

#[tokio::test]
async fn it_can_be_sent_to_another_task() {
    let provider: DynProvider = Scripted::new("a").shared();
    let task = tokio::spawn(async move { provider.send_all(numbered(3), BulkOptions::new()).count().await });
    assert_eq!(task.await.unwrap(), 3);
}
