//! `send_all` with a timer: what is tried again, when, and what is not. Time is paused.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use std::time::Duration;

use common::*;
use futures_util::{Stream, StreamExt, stream};
use review_core::*;
use tokio::time::Instant;

fn numbered(count: u64) -> impl Stream<Item = InviteRequest> + Send {
    stream::iter((0..count).map(|number| request(&number.to_string())))
}

fn patient() -> BulkOptions {
    BulkOptions::new().at_once(2).patience(Patience::new(tokio::time::sleep))
}

fn wait(kind: ErrorKind, seconds: u64) -> Result<InviteState> {
    Err(error(kind).with_retry_advice(RetryAdvice::After(Duration::from_secs(seconds))))
}

/// Index, tries and success of each result, and the whole seconds it all took.
async fn run(provider: &Scripted, count: u64, options: BulkOptions) -> (Vec<(u64, u32, bool)>, u64) {
    let start = Instant::now();
    let bulk = provider.send_all(numbered(count), options);
    let results = bulk.map(|item| (item.index, item.tries, item.result.is_ok())).collect().await;
    (results, start.elapsed().as_secs())
}

#[tokio::test(start_paused = true)]
async fn a_rate_limit_holds_up_everything_until_its_time() {
    let provider =
        Scripted::new("a").answering([Ok(InviteState::Accepted), wait(ErrorKind::RateLimited, 30)]);
    let mut bulk = provider.send_all(numbered(5), patient());
    assert_eq!(bulk.next().await.unwrap().index, 0);
    let early = tokio::time::timeout(Duration::from_secs(29), bulk.next()).await;
    assert!(early.is_err());
    assert_eq!(
        (provider.calls(), bulk.summary().waiting),
        (vec!["send 0".to_owned(), "send 1".to_owned()], 1)
    );
    let rest: Vec<_> = bulk.map(|item| (item.index, item.tries)).collect().await;
    assert_eq!(rest, [(1, 2), (2, 1), (3, 1), (4, 1)]);
    assert_eq!(provider.calls()[2..], ["send 1", "send 2", "send 3", "send 4"]);
}

#[tokio::test(start_paused = true)]
async fn the_longest_of_several_rate_limits_counts() {
    let answers = [wait(ErrorKind::RateLimited, 10), wait(ErrorKind::RateLimited, 40)];
    let provider = Scripted::new("a").answering(answers).taking(|_| Duration::from_secs(1));
    let (results, seconds) = run(&provider, 3, patient()).await;
    assert_eq!(results, [(0, 2, true), (1, 2, true), (2, 1, true)]);
    // Both are refused after 1 s; 40 s of waiting; two at once, then the third.
    assert_eq!(seconds, 43);
}

#[tokio::test(start_paused = true)]
async fn a_passing_fault_holds_up_nobody_else() {
    let provider = Scripted::new("a").answering([wait(ErrorKind::Transient, 60)]);
    let (results, seconds) = run(&provider, 4, patient()).await;
    assert_eq!(results, [(1, 1, true), (2, 1, true), (3, 1, true), (0, 2, true)]);
    assert_eq!(seconds, 60);
}

#[tokio::test(start_paused = true)]
async fn patience_ends_at_its_tries_and_at_a_wait_that_is_too_long() {
    let never = || (0..9).map(|_| wait(ErrorKind::RateLimited, 10));
    let patience = || Patience::new(tokio::time::sleep).tries(3).longest_wait(Duration::from_secs(10));
    let options = BulkOptions::new().patience(patience());
    assert_eq!(
        run(&Scripted::new("a").answering(never()), 1, options.clone()).await,
        (vec![(0, 3, false)], 20)
    );
    let longer = Scripted::new("a").answering([wait(ErrorKind::RateLimited, 11)]);
    assert_eq!(run(&longer, 1, options).await, (vec![(0, 1, false)], 0));
    let without = Scripted::new("a").answering(never());
    assert_eq!(run(&without, 1, BulkOptions::new()).await, (vec![(0, 1, false)], 0));
}

#[tokio::test(start_paused = true)]
async fn a_limit_that_nobody_waits_for_ends_it_and_leaves_the_rest_alone() {
    let short = Patience::new(tokio::time::sleep).longest_wait(Duration::from_secs(59));
    for options in [BulkOptions::new(), BulkOptions::new().patience(short)] {
        let limits = RateLimits::none().with_at_most(10, Duration::from_secs(100));
        let provider = RateLimited::new(Scripted::new("a"), limits).with_clock(|| Instant::now().into_std());
        let mut bulk = provider.send_all(numbered(1_000_000), options.clone().at_once(2));
        while bulk.next().await.is_some() {}
        let summary = bulk.summary();
        assert_eq!((summary.accepted, summary.unknown), (10, 0));
        assert!(summary.taken <= 12, "{summary}");
        let stopped = matches!(&summary.stopped_by, Some(Stopped::Error(error)) if error.kind() == ErrorKind::RateLimited);
        assert!(stopped, "{summary}");

        let provider = RateLimited::new(
            Scripted::new("a"),
            RateLimits::none().with_at_most(1, Duration::from_secs(100)),
        );
        let mut bulk = provider.send_all(numbered(5), options.keep_going());
        while bulk.next().await.is_some() {}
        assert_eq!((bulk.summary().accepted, bulk.summary().not_sent), (1, 4));
    }
}

#[tokio::test(start_paused = true)]
async fn what_the_customer_may_have_is_never_tried_again() {
    let after = RetryAdvice::After(Duration::from_secs(1));
    for open in [
        error(ErrorKind::OutcomeUnknown),
        error(ErrorKind::OutcomeUnknown).with_retry_advice(after),
        error(ErrorKind::Transient).with_sent(Sent::Maybe),
        error(ErrorKind::Duplicate),
        error(ErrorKind::InvalidRequest),
    ] {
        let provider = Scripted::new("a").answering([Err(open)]);
        assert_eq!(run(&provider, 1, patient()).await, (vec![(0, 1, false)], 0));
        assert_eq!(provider.sends(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn an_end_of_all_ends_the_waiting_too() {
    let answers = [wait(ErrorKind::Transient, 60), Err(error(ErrorKind::Unauthorized))];
    let provider = Scripted::new("a").answering(answers);
    let (results, seconds) = run(&provider, 9, patient()).await;
    assert_eq!((results, seconds), (vec![(1, 1, false), (0, 1, false)], 0));

    let provider = Scripted::new("a").answering([wait(ErrorKind::RateLimited, 60)]);
    let mut bulk = provider.send_all(numbered(9), patient());
    assert!(tokio::time::timeout(Duration::from_secs(1), bulk.next()).await.is_err());
    bulk.stop();
    let item = bulk.next().await.unwrap();
    assert_eq!(item.result.unwrap_err().kind(), ErrorKind::RateLimited);
    assert!(bulk.next().await.is_none());
    assert_eq!(
        bulk.summary().to_string(),
        "1 taken, 1 refused; errors: rate limited: 1; stopped by the caller"
    );
}

#[tokio::test(start_paused = true)]
async fn after_a_stop_nothing_is_tried_again_however_long_the_rest_takes() {
    let answers = [wait(ErrorKind::RateLimited, 5), wait(ErrorKind::Transient, 5)];
    let slow = |request: &InviteRequest| {
        Duration::from_secs(if request.order().reference().as_str() == "1" { 60 } else { 1 })
    };
    let provider = Scripted::new("a").answering(answers).taking(slow);
    let mut bulk = provider.send_all(numbered(9), patient());
    assert!(tokio::time::timeout(Duration::from_secs(2), bulk.next()).await.is_err());
    bulk.stop();
    let results: Vec<_> = bulk.map(|item| (item.index, item.tries)).collect().await;
    assert_eq!(results, [(0, 1), (1, 1)]);
    assert_eq!(provider.calls(), ["send 0", "send 1"]);
}

#[tokio::test(start_paused = true)]
async fn a_limit_of_our_own_is_kept_and_everything_gets_through() {
    let inner = Scripted::new("a").shared();
    let limits = RateLimits::none().with_at_most(10, Duration::from_secs(1));
    let provider = RateLimited::new(inner.clone(), limits).with_clock(|| Instant::now().into_std());
    let start = Instant::now();
    let mut bulk = provider.send_all(numbered(95), patient().at_once(8).in_order());
    let mut tries = 0;
    while let Some(item) = bulk.next().await {
        assert!(item.result.is_ok());
        tries = tries.max(item.tries);
    }
    assert_eq!((inner.sends(), tries), (95, 2));
    // Nine windows of 1.01 s pass between the first ten and the last five; tokio counts in milliseconds.
    assert!((9_000..9_500).contains(&start.elapsed().as_millis()), "{:?}", start.elapsed());
}

#[tokio::test(start_paused = true)]
async fn patience_outlasts_a_limit_that_lets_a_few_through_at_a_time() {
    for most in 1..=9 {
        for at_once in [1, 2, 8, 40] {
            let limits = RateLimits::none().with_at_most(most, Duration::from_secs(10));
            let provider = Scripted::new("a").taking(|_| Duration::from_millis(100)).letting_through(limits);
            let options = BulkOptions::new().at_once(at_once).patience(Patience::new(tokio::time::sleep));
            let start = Instant::now();
            let mut bulk = provider.send_all(numbered(40), options);
            while bulk.next().await.is_some() {}
            let case = format!("{most} in ten seconds, {at_once} at once");
            assert_eq!(bulk.summary().to_string(), "40 taken, 40 accepted", "{case}");
            // No window is wasted.
            let windows = 40_u64.div_ceil(most.into());
            assert!(start.elapsed().as_secs() <= windows * 11, "{case}: {:?}", start.elapsed());
        }
    }
}

#[tokio::test(start_paused = true)]
async fn after_a_rate_limit_one_more_is_under_way_for_each_that_gets_through() {
    let answers = [wait(ErrorKind::RateLimited, 10)];
    let provider = Scripted::new("a").answering(answers).taking(|_| Duration::from_secs(1));
    let start = Instant::now();
    let mut bulk = provider.send_all(numbered(16), patient().at_once(4));
    // All four, nobody while one waits, then one, two, four.
    for (tenths, in_flight) in [(5, 4), (105, 0), (115, 1), (125, 2), (135, 4)] {
        let moment = start + Duration::from_millis(tenths * 100);
        let read_on = async { while bulk.next().await.is_some() {} };
        assert!(tokio::time::timeout_at(moment, read_on).await.is_err());
        assert_eq!(bulk.summary().in_flight, in_flight, "after {tenths} tenths of a second");
    }
}
