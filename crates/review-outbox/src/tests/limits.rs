use std::time::Duration;

use super::outbox;
use crate::SharedLimit;
use crate::clock::Clock;
use crate::outbox::Outbox;

/// The most calls within any window of this length, both ends counted.
fn most(calls: &[i64], window: i64) -> usize {
    let mut from = 0;
    let mut most = 0;
    for (to, call) in calls.iter().enumerate() {
        while *call - calls[from] > window {
            from += 1;
        }
        most = most.max(to + 1 - from);
    }
    most
}

#[tokio::test]
async fn two_workers_never_exceed_a_shared_window() {
    let first = outbox().await;
    let limit = SharedLimit::new("trustpilot", 833, Duration::from_secs(300));
    first.prepare_limit(&limit).await.unwrap();
    let second = Outbox { clock: Clock::manual(first.clock.now()), ..first.clone() };
    let end = first.clock.now() + 3 * 3_600_000;
    let mut calls = Vec::new();
    while first.clock.now() < end {
        for worker in [&first, &second] {
            while let Ok(_slot) = worker.take_slot(&limit).await.unwrap() {
                calls.push(worker.clock.now());
                // Bursts of 100, so that both workers get slots.
                if calls.len() % 100 == 0 {
                    break;
                }
            }
        }
        // A step that is no divisor of the window.
        let step = Duration::from_millis(7_919);
        first.clock.advance(step);
        second.clock.advance(step);
    }
    assert!(most(&calls, 300_000) <= 833, "{}", most(&calls, 300_000));
    assert!(most(&calls, 3_600_000) <= 10_000);
    assert!(calls.len() > 25_000, "{} calls in three hours", calls.len());
}

#[tokio::test]
async fn returned_slot_is_free_and_a_taken_one_is_not() {
    let outbox = outbox().await;
    let limit = SharedLimit::new("b", 1, Duration::from_secs(10));
    outbox.prepare_limit(&limit).await.unwrap();
    assert_eq!(outbox.free_slots(&limit, 5).await.unwrap(), 1);
    let slot = outbox.take_slot(&limit).await.unwrap().unwrap();
    assert_eq!(outbox.take_slot(&limit).await.unwrap(), Err(Duration::from_secs(11)));
    outbox.return_slot(&limit, slot).await.unwrap();
    assert!(outbox.take_slot(&limit).await.unwrap().is_ok());
    outbox.clock.advance(Duration::from_secs(11));
    assert!(outbox.take_slot(&limit).await.unwrap().is_ok());
}

#[tokio::test]
async fn a_smaller_limit_removes_slots() {
    let outbox = outbox().await;
    outbox.prepare_limit(&SharedLimit::new("b", 5, Duration::from_secs(10))).await.unwrap();
    let small = SharedLimit::new("b", 2, Duration::from_secs(10));
    outbox.prepare_limit(&small).await.unwrap();
    assert_eq!(outbox.free_slots(&small, 9).await.unwrap(), 2);
}
