use std::time::Duration;

use review_core::wrappers::{ClaimResult, Completion, DedupStore as _};

use super::{LEASE, key, outbox};
use crate::{OutboxDedupStore, State};

async fn store() -> OutboxDedupStore {
    OutboxDedupStore::new(outbox().await, LEASE)
}

fn claim(result: ClaimResult) -> review_core::wrappers::Claim {
    match result {
        ClaimResult::Claimed(claim) => claim,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_claimed_key_is_not_claimed_again() {
    let store = store().await;
    let first = claim(store.claim(&key("1")).await.unwrap());
    assert_eq!(store.claim(&key("1")).await.unwrap(), ClaimResult::InProgress);
    store.complete(&key("1"), Completion::NotSent(first)).await.unwrap();
    let second = claim(store.claim(&key("1")).await.unwrap());
    assert_ne!(first, second, "numbers are never used again");
    // The first call ends late: it changes nothing.
    store.complete(&key("1"), Completion::NotSent(first)).await.unwrap();
    assert_eq!(store.find(&key("1")).await.unwrap(), Some(ClaimResult::InProgress));
    store.complete(&key("1"), Completion::Sent).await.unwrap();
    store.complete(&key("1"), Completion::OutcomeUnknown).await.unwrap();
    store.complete(&key("1"), Completion::NotSent(second)).await.unwrap();
    assert_eq!(store.claim(&key("1")).await.unwrap(), ClaimResult::AlreadySent);
}

#[tokio::test]
async fn result_of_a_released_key_is_still_recorded() {
    let store = store().await;
    claim(store.claim(&key("1")).await.unwrap());
    store.release(&key("1")).await.unwrap();
    assert_eq!(store.find(&key("1")).await.unwrap(), None);
    store.complete(&key("1"), Completion::OutcomeUnknown).await.unwrap();
    assert_eq!(store.claim(&key("1")).await.unwrap(), ClaimResult::OutcomeUnknown);
}

#[tokio::test]
async fn claim_of_a_killed_process_becomes_unknown() {
    let store = store().await;
    claim(store.claim(&key("1")).await.unwrap());
    store.outbox().clock.advance(LEASE + Duration::from_millis(1));
    assert_eq!(store.claim(&key("1")).await.unwrap(), ClaimResult::OutcomeUnknown);
}

#[tokio::test]
async fn key_in_the_outbox_cannot_be_claimed() {
    let store = store().await;
    let id = store.outbox().enqueue_one("1").await;
    assert_eq!(store.claim(&key("1")).await.unwrap(), ClaimResult::InProgress);
    store.release(&key("1")).await.unwrap();
    assert_eq!(store.outbox().get(id).await.unwrap().unwrap().state, State::Pending, "a waiting row stays");
}

#[tokio::test]
async fn dedup_store_leaves_the_rows_of_workers_alone() {
    use crate::store::claim::{Owner, Which};

    let store = store().await;
    let outbox = store.outbox();
    let id = outbox.enqueue_one("1").await;
    let fence = Owner::new().next_fence();
    outbox.claim(Which::Due, &fence, "acme", 1, LEASE).await.unwrap();
    outbox.mark_sending(id, &fence, LEASE).await.unwrap();
    claim(store.claim(&key("2")).await.unwrap());
    outbox.clock.advance(LEASE + Duration::from_millis(1));
    // Both leases are over. Only the claim that is asked for, and was the store's own, is given up.
    assert_eq!(store.find(&key("1")).await.unwrap(), Some(ClaimResult::InProgress));
    assert_eq!(outbox.get(id).await.unwrap().unwrap().state, State::Sending);
    assert_eq!(store.find(&key("2")).await.unwrap(), Some(ClaimResult::OutcomeUnknown));
}
