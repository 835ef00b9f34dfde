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
    assert_eq!(outbox.free_slots(&limit, 5).await.unwrap(), 1);
    let slot = outbox.take_slot(&limit).await.unwrap().unwrap();
    let wait = outbox.take_slot(&limit).await.unwrap().unwrap_err();
    // The window, the send delay, and at most one segment.
    assert!((11_000..=11_172).contains(&wait.as_millis()), "{wait:?}");
    outbox.return_slot(&limit, slot).await.unwrap();
    assert!(outbox.take_slot(&limit).await.unwrap().is_ok());
    outbox.clock.advance(wait - Duration::from_millis(1));
    assert!(outbox.take_slot(&limit).await.unwrap().is_err());
    outbox.clock.advance(Duration::from_millis(1));
    assert!(outbox.take_slot(&limit).await.unwrap().is_ok());
}

#[tokio::test]
async fn limit_of_any_size_is_one_bounded_row() {
    let outbox = outbox().await;
    let limit = SharedLimit::new("b", 1_000_000, Duration::from_secs(60));
    for _ in 0..500 {
        outbox.take_slot(&limit).await.unwrap().unwrap();
        outbox.clock.advance(Duration::from_millis(331));
    }
    let rows = outbox.pool.fetch("SELECT used FROM outbox_limit", &[]).await.unwrap();
    assert_eq!(rows.len(), 1);
    let used = rows[0].text("used").unwrap();
    assert!(used.split(',').count() <= 66, "{used}");
}

#[tokio::test]
async fn smaller_limit_counts_the_calls_of_the_larger() {
    let outbox = outbox().await;
    let large = SharedLimit::new("b", 5, Duration::from_secs(10));
    for _ in 0..4 {
        outbox.take_slot(&large).await.unwrap().unwrap();
    }
    let small = SharedLimit::new("b", 2, Duration::from_secs(10));
    assert_eq!(outbox.free_slots(&small, 9).await.unwrap(), 0);
    assert!(outbox.take_slot(&small).await.unwrap().is_err());
}

#[tokio::test]
async fn clock_that_goes_back_does_not_block_a_limit() {
    let outbox = outbox().await;
    let limit = SharedLimit::new("b", 2, Duration::from_secs(10));
    outbox.take_slot(&limit).await.unwrap().unwrap();
    outbox.take_slot(&limit).await.unwrap().unwrap();
    outbox.clock.shift(-3_600_000);
    assert!(outbox.take_slot(&limit).await.unwrap().is_err(), "the calls still count");
    outbox.clock.advance(Duration::from_secs(12));
    assert!(outbox.take_slot(&limit).await.unwrap().is_ok(), "they leave the window in time");
}

#[tokio::test]
async fn slots_are_returned_if_another_limit_is_reached() {
    let outbox = outbox().await;
    let (free, full) = (
        SharedLimit::new("free", 2, Duration::from_secs(10)),
        SharedLimit::new("full", 1, Duration::from_secs(10)),
    );
    assert!(outbox.take_slots([&full]).await.unwrap().is_ok());
    let wait = outbox.take_slots([&free, &full]).await.unwrap().unwrap_err();
    assert!(wait > Duration::from_secs(10), "{wait:?}");
    assert_eq!(outbox.free_slots(&free, 5).await.unwrap(), 2);
    assert!(outbox.take_slots([&free, &free]).await.unwrap().is_ok());
    assert_eq!(outbox.free_slots(&free, 5).await.unwrap(), 0);
}
