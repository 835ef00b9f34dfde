use review_core::model::{InviteKey, InviteRequest};
use review_core::{Consent, InviteKind, Product};

use super::{LEASE, START, key, outbox, provider};
use crate::store::claim::{Owner, Which};
use crate::store::complete::Completion;
use crate::{Changed, Enqueued, Outbox, State};

/// An order with an invitation for the shop, which was sent, and one for its products, which waits.
async fn half_sent() -> (Outbox, InviteKey, [i64; 2]) {
    let outbox = outbox().await;
    let service = outbox.enqueue_one("1").await;
    let fence = Owner::new().next_fence();
    outbox.claim(Which::Due, &fence, "acme", 1, LEASE).await.unwrap();
    outbox.complete(service, &fence, &Completion::new(State::Accepted)).await.unwrap();
    let request = InviteRequest::builder("jane@example.com", "1", Consent::granted("checkbox"))
        .kind(InviteKind::Product)
        .product(Product::builder("A", "Lamp"))
        .build()
        .unwrap();
    let mut connection = outbox.sqlite().acquire().await.unwrap();
    let queued = crate::enqueue(&mut *connection, &request, &provider()).await.unwrap();
    let Enqueued::New { id: product } = queued else { panic!("{queued:?}") };
    drop(connection);
    // The account's default can be either of them.
    let both = InviteKey::new("shop", key("1").reference, InviteKind::AccountDefault);
    (outbox, both, [service, product])
}

async fn state(outbox: &Outbox, id: i64) -> State {
    outbox.get(id).await.unwrap().unwrap().state
}

#[tokio::test]
async fn cancel_reports_a_matching_row_that_has_left() {
    let (outbox, both, [service, product]) = half_sent().await;
    let mut connection = outbox.sqlite().acquire().await.unwrap();
    let changed = crate::cancel(&mut *connection, &both).await.unwrap();
    drop(connection);
    assert_eq!(changed, Changed::TooLate(State::Accepted));
    assert_eq!(state(&outbox, service).await, State::Accepted);
    assert_eq!(state(&outbox, product).await, State::Cancelled, "the other one does not leave");
}

#[tokio::test]
async fn reschedule_reports_a_matching_row_that_has_left() {
    let (outbox, both, [_, product]) = half_sent().await;
    let due = chrono::DateTime::from_timestamp_millis(START + 5_000).unwrap();
    let mut connection = outbox.sqlite().acquire().await.unwrap();
    let changed = crate::reschedule(&mut *connection, &both, due).await.unwrap();
    drop(connection);
    assert_eq!(changed, Changed::TooLate(State::Accepted));
    assert_eq!(outbox.get(product).await.unwrap().unwrap().run_at, START + 5_000);
}

#[tokio::test]
async fn purged_row_is_neither_rescheduled_nor_requeued() {
    let outbox = outbox().await;
    let id = outbox.enqueue_one("1").await;
    let fence = Owner::new().next_fence();
    outbox.claim(Which::Due, &fence, "acme", 1, LEASE).await.unwrap();
    let mut skipped = Completion::new(State::Skipped);
    (skipped.run_at, skipped.finished) = (Some(crate::outbox::NEVER), true);
    outbox.complete(id, &fence, &skipped).await.unwrap();
    outbox.clock.advance(LEASE);
    assert_eq!(outbox.purge(LEASE / 2).await.unwrap(), 1);
    assert_eq!(outbox.reschedule_one("1").await, Changed::TooLate(State::Skipped));
    assert!(!outbox.requeue(id, "operator", None).await.unwrap());
    assert_eq!(state(&outbox, id).await, State::Skipped);
    outbox.sweep(5, LEASE).await.unwrap();
    assert!(outbox.claim(Which::Due, &fence, "acme", 1, LEASE).await.unwrap().is_empty());
}
