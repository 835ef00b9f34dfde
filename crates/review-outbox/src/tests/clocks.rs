//! Clocks that jump: that of the database, and that of the machine.

use std::sync::OnceLock;
use std::time::Duration;

use super::{LEASE, outbox, outbox_with, provider};
use crate::clock::millis;
use crate::database::dialect::Dialect;
use crate::schema::statements::Statements;
use crate::store::claim::{Marked, Owner, Which};
use crate::store::complete::Completion;
use crate::{Outbox, State};

async fn state(outbox: &Outbox, id: i64) -> State {
    outbox.get(id).await.unwrap().unwrap().state
}

/// A row that is claimed, and one that is being sent.
async fn two_rows(outbox: &Outbox) -> ([i64; 2], crate::store::claim::Fence) {
    let ids = [outbox.enqueue_one("1").await, outbox.enqueue_one("2").await];
    let fence = Owner::new().next_fence();
    assert_eq!(outbox.claim(Which::Due, &fence, "acme", 2, LEASE).await.unwrap().len(), 2);
    assert_eq!(outbox.mark_sending(ids[1], &fence, LEASE).await.unwrap(), Marked::Yes);
    (ids, fence)
}

#[tokio::test]
async fn clock_that_jumps_ahead_ends_leases_without_a_double() {
    let outbox = outbox().await;
    let ([claimed, sending], fence) = two_rows(&outbox).await;
    outbox.clock.advance(Duration::from_secs(3_600));
    outbox.sweep(5, LEASE).await.unwrap();
    assert_eq!(state(&outbox, claimed).await, State::Pending);
    assert_eq!(state(&outbox, sending).await, State::Unknown);
    // The worker is alive: it sends nothing that it lost, and still records what it sent.
    assert_eq!(outbox.mark_sending(claimed, &fence, LEASE).await.unwrap(), Marked::Lost);
    assert!(outbox.complete(sending, &fence, &Completion::new(State::Accepted)).await.unwrap());
    assert_eq!(state(&outbox, sending).await, State::Accepted);
}

#[tokio::test]
async fn clock_that_is_set_back_keeps_live_leases() {
    let outbox = outbox().await;
    let ([claimed, sending], fence) = two_rows(&outbox).await;
    outbox.clock.shift(-millis(Duration::from_secs(3_600)));
    outbox.sweep(5, LEASE).await.unwrap();
    assert_eq!(state(&outbox, claimed).await, State::Claimed);
    assert!(outbox.renew(claimed, &fence, LEASE).await.unwrap());
    // From its next renewal on, a lease counts from the new time. One that is not renewed lasts until the clock has
    // caught up.
    outbox.clock.advance(LEASE + Duration::from_millis(1));
    outbox.sweep(5, LEASE).await.unwrap();
    assert_eq!(state(&outbox, claimed).await, State::Pending);
    assert_eq!(state(&outbox, sending).await, State::Sending);
    outbox.clock.advance(Duration::from_secs(3_600));
    outbox.sweep(5, LEASE).await.unwrap();
    assert_eq!(state(&outbox, sending).await, State::Unknown);
}

#[tokio::test]
async fn due_time_of_now_is_the_time_of_the_database() {
    static SQL: OnceLock<Statements> = OnceLock::new();
    // A database whose clock is far from that of this machine.
    let sql = SQL.get_or_init(|| Statements::new(Dialect::Sqlite, |sql| sql.replace("{now}", "4711")));
    let outbox = outbox_with(sql).await;
    let consent = review_core::Consent::granted("checkbox");
    let request = review_core::InviteRequest::builder("jane@example.com", "1", consent);
    let request = request.send_at(review_core::SendAt::Now).build().unwrap();
    let mut pooled = outbox.sqlite().acquire().await.unwrap();
    let due = crate::enqueue::due(&request).unwrap();
    crate::enqueue::insert(&mut (&mut *pooled).into(), sql, &request, &provider(), due).await.unwrap();
    drop(pooled);
    assert_eq!(outbox.list(State::Pending, 0, 1).await.unwrap()[0].run_at, 4_711);
}
