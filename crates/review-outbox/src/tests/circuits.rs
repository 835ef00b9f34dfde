use super::{LEASE, outbox};
use crate::circuit::Signal;
use crate::store::claim::{Marked, Owner, Which};
use crate::store::complete::Completion;
use crate::{CircuitPolicy, CircuitState, State};

#[tokio::test]
async fn open_circuit_stops_rows_that_were_claimed_before() {
    let outbox = outbox().await;
    let id = outbox.enqueue_one("1").await;
    let owner = Owner::new();
    let fence = owner.next_fence();
    outbox.claim(Which::Due, &fence, "acme", 1, LEASE).await.unwrap();
    let other = owner.next_fence();
    let account = Signal::Account { class: "unauthorized" };
    outbox.signal("acme", &account, &other, &CircuitPolicy::default()).await.unwrap();
    assert_eq!(outbox.mark_sending(id, &fence, LEASE).await.unwrap(), Marked::Stopped);
    assert!(outbox.complete(id, &fence, &Completion::released()).await.unwrap());
}

#[tokio::test]
async fn probe_success_closes_and_releases_held_rows() {
    let outbox = outbox().await;
    let (held, pending) = (outbox.enqueue_one("1").await, outbox.enqueue_one("2").await);
    let owner = Owner::new();
    let fence = owner.next_fence();
    outbox.claim(Which::Due, &fence, "acme", 1, LEASE).await.unwrap();
    outbox.complete(held, &fence, &Completion::new(State::Held)).await.unwrap();
    let policy = CircuitPolicy::default();
    outbox.signal("acme", &Signal::Account { class: "x" }, &fence, &policy).await.unwrap();
    let probe = owner.next_fence();
    assert!(!outbox.take_probe("acme", &probe, LEASE).await.unwrap(), "not before its time");
    outbox.clock.advance(policy.probe_after);
    assert!(outbox.take_probe("acme", &probe, LEASE).await.unwrap());
    let rows = outbox.claim(Which::Due, &probe, "acme", 1, LEASE).await.unwrap();
    assert_eq!(rows[0].id, pending);
    assert_eq!(outbox.mark_sending(pending, &probe, LEASE).await.unwrap(), Marked::Yes);
    let (_, after) = outbox.signal("acme", &Signal::Success, &probe, &policy).await.unwrap();
    assert_eq!(after.state, CircuitState::Closed);
    assert_eq!(outbox.get(held).await.unwrap().unwrap().state, State::Pending);
}

#[tokio::test]
async fn held_row_of_a_closed_circuit_is_released_by_the_sweeper() {
    let outbox = outbox().await;
    let held = outbox.enqueue_one("1").await;
    let fence = Owner::new().next_fence();
    outbox.claim(Which::Due, &fence, "acme", 1, LEASE).await.unwrap();
    // The worker dies before it reports the account error to the circuit.
    outbox.complete(held, &fence, &Completion::new(State::Held)).await.unwrap();
    outbox.sweep(5, LEASE).await.unwrap();
    assert_eq!(outbox.get(held).await.unwrap().unwrap().state, State::Pending);
    // An open circuit keeps its rows.
    outbox.claim(Which::Due, &fence, "acme", 1, LEASE).await.unwrap();
    outbox.complete(held, &fence, &Completion::new(State::Held)).await.unwrap();
    let account = Signal::Account { class: "unauthorized" };
    outbox.signal("acme", &account, &fence, &CircuitPolicy::default()).await.unwrap();
    outbox.sweep(5, LEASE).await.unwrap();
    assert_eq!(outbox.get(held).await.unwrap().unwrap().state, State::Held);
}

#[tokio::test]
async fn unknown_probe_of_an_open_circuit_waits_longer() {
    let outbox = outbox().await;
    let owner = Owner::new();
    let policy = CircuitPolicy::default();
    outbox.signal("acme", &Signal::Account { class: "x" }, &owner.next_fence(), &policy).await.unwrap();
    outbox.clock.advance(policy.probe_after);
    let probe = owner.next_fence();
    assert!(outbox.take_probe("acme", &probe, LEASE).await.unwrap());
    outbox.signal("acme", &Signal::Unknown, &probe, &policy).await.unwrap();
    assert!(!outbox.take_probe("acme", &owner.next_fence(), LEASE).await.unwrap());
    outbox.clock.advance(policy.probe_after * 2);
    assert!(outbox.take_probe("acme", &owner.next_fence(), LEASE).await.unwrap());
}

#[tokio::test]
async fn stopped_instance_keeps_rows_until_it_is_resumed() {
    let outbox = outbox().await;
    let id = outbox.enqueue_one("1").await;
    let fence = Owner::new().next_fence();
    outbox.stop("acme").await.unwrap();
    assert!(!outbox.take_probe("acme", &fence, LEASE).await.unwrap());
    assert_eq!(outbox.health().await.unwrap().instances["acme"].circuit, CircuitState::Stopped);
    outbox.claim(Which::Due, &fence, "acme", 1, LEASE).await.unwrap();
    assert_eq!(outbox.mark_sending(id, &fence, LEASE).await.unwrap(), Marked::Stopped);
    outbox.resume("acme").await.unwrap();
    assert_eq!(outbox.mark_sending(id, &fence, LEASE).await.unwrap(), Marked::Yes);
}
