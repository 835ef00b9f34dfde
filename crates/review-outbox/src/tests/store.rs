use std::time::Duration;

use review_core::model::EmailAddress;

use super::{LEASE, START, key, outbox, provider, request};
use crate::store::claim::{Marked, Owner, Which};
use crate::store::complete::Completion;
use crate::{Changed, Enqueued, Resolution, State};

async fn state(outbox: &crate::Outbox, id: i64) -> State {
    outbox.get(id).await.unwrap().unwrap().state
}

#[tokio::test]
async fn one_row_goes_from_pending_to_accepted() {
    let outbox = outbox().await;
    let id = outbox.enqueue_one("1").await;
    let owner = Owner::new();
    let fence = owner.next_fence();
    let rows = outbox.claim(Which::Due, &fence, "acme", 10, LEASE).await.unwrap();
    assert_eq!(rows.iter().map(|row| row.id).collect::<Vec<_>>(), [id]);
    assert_eq!(state(&outbox, id).await, State::Claimed);
    assert_eq!(outbox.mark_sending(id, &fence, LEASE).await.unwrap(), Marked::Yes);
    assert_eq!(outbox.mark_sending(id, &fence, LEASE).await.unwrap(), Marked::Yes, "a second attempt");
    assert!(outbox.complete(id, &fence, &Completion::new(State::Accepted)).await.unwrap());
    assert!(!outbox.complete(id, &fence, &Completion::new(State::Dead)).await.unwrap());
    assert_eq!(state(&outbox, id).await, State::Accepted);
}

#[tokio::test]
async fn same_key_is_queued_once_and_account_default_conflicts() {
    let outbox = outbox().await;
    let id = outbox.enqueue_one("1").await;
    let mut connection = outbox.sqlite().acquire().await.unwrap();
    let again = crate::enqueue(&mut *connection, &request("1"), &provider()).await.unwrap();
    assert_eq!(again, Enqueued::AlreadyQueued { id, state: State::Pending });
    for (kind, conflicts) in [("account_default", true), ("product", false), ("service_and_product", false)] {
        let consent = review_core::Consent::granted("checkbox");
        let request = review_core::InviteRequest::builder("jane@example.com", "1", consent)
            .kind(kind)
            .product(review_core::Product::builder("A", "Lamp"))
            .build()
            .unwrap();
        let result = crate::enqueue(&mut *connection, &request, &provider()).await.unwrap();
        assert_eq!(matches!(result, Enqueued::AlreadyQueued { .. }), conflicts, "{kind}");
    }
}

#[tokio::test]
async fn expired_claim_is_released_and_expired_send_is_unknown() {
    let outbox = outbox().await;
    let (first, second) = (outbox.enqueue_one("1").await, outbox.enqueue_one("2").await);
    let fence = Owner::new().next_fence();
    outbox.claim(Which::Due, &fence, "acme", 10, LEASE).await.unwrap();
    outbox.mark_sending(second, &fence, LEASE).await.unwrap();
    outbox.clock.advance(LEASE);
    outbox.sweep(5, Duration::from_secs(1)).await.unwrap();
    assert_eq!(state(&outbox, first).await, State::Claimed, "the lease holds until its end");
    outbox.clock.advance(Duration::from_millis(1));
    outbox.sweep(5, Duration::from_secs(1)).await.unwrap();
    assert_eq!(state(&outbox, first).await, State::Pending);
    assert_eq!(state(&outbox, second).await, State::Unknown);
    assert_eq!(outbox.mark_sending(first, &fence, LEASE).await.unwrap(), Marked::Lost);
    // The owner knows better than the sweeper.
    assert!(outbox.complete(second, &fence, &Completion::new(State::Accepted)).await.unwrap());
    assert_eq!(state(&outbox, second).await, State::Accepted);
}

#[tokio::test]
async fn row_whose_workers_die_becomes_dead() {
    let outbox = outbox().await;
    let id = outbox.enqueue_one("1").await;
    let owner = Owner::new();
    for crash in 0..3 {
        let which = if crash == 0 { Which::Due } else { Which::Suspect };
        outbox.clock.advance(Duration::from_secs(3600));
        let rows = outbox.claim(which, &owner.next_fence(), "acme", 1, LEASE).await.unwrap();
        assert_eq!(rows.len(), 1, "{crash}");
        outbox.clock.advance(LEASE * 2);
        outbox.sweep(3, Duration::from_secs(1)).await.unwrap();
    }
    let entry = outbox.get(id).await.unwrap().unwrap();
    assert_eq!(
        (entry.state, entry.crashes, entry.error_class.as_deref()),
        (State::Dead, 3, Some("worker_lost"))
    );
    assert!(outbox.requeue(id, "operator", Some("the cause was fixed")).await.unwrap());
    assert_eq!(state(&outbox, id).await, State::Pending);
    assert_eq!(outbox.audit_records(id).await.unwrap().len(), 1);
}

#[tokio::test]
async fn cancel_stops_everything_that_was_not_sent() {
    let outbox = outbox().await;
    let id = outbox.enqueue_one("1").await;
    let fence = Owner::new().next_fence();
    outbox.claim(Which::Due, &fence, "acme", 1, LEASE).await.unwrap();
    assert_eq!(outbox.cancel_one("1").await, Changed::Yes);
    assert_eq!(outbox.mark_sending(id, &fence, LEASE).await.unwrap(), Marked::Lost);
    assert_eq!(outbox.cancel_one("1").await, Changed::TooLate(State::Cancelled));
    assert_eq!(outbox.cancel_one("2").await, Changed::NotFound);
    let sending = outbox.enqueue_one("3").await;
    outbox.claim(Which::Due, &fence, "acme", 1, LEASE).await.unwrap();
    outbox.mark_sending(sending, &fence, LEASE).await.unwrap();
    assert_eq!(outbox.cancel_one("3").await, Changed::TooLate(State::Sending));
}

#[tokio::test]
async fn reschedule_moves_a_row_that_was_not_sent() {
    let outbox = outbox().await;
    let id = outbox.enqueue_one("1").await;
    let due = chrono::DateTime::from_timestamp_millis(START + 5_000).unwrap();
    let mut connection = outbox.sqlite().acquire().await.unwrap();
    assert_eq!(crate::reschedule(&mut *connection, &key("1"), due).await.unwrap(), Changed::Yes);
    drop(connection);
    assert_eq!(outbox.get(id).await.unwrap().unwrap().run_at, START + 5_000);
    let fence = Owner::new().next_fence();
    assert!(outbox.claim(Which::Due, &fence, "acme", 1, LEASE).await.unwrap().is_empty());
    outbox.clock.advance(Duration::from_secs(5));
    assert_eq!(outbox.claim(Which::Due, &fence, "acme", 1, LEASE).await.unwrap().len(), 1);
}

#[tokio::test]
async fn every_resolution_leaves_an_audit_record() {
    let outbox = outbox().await;
    let cases = [
        (Resolution::Sent, State::Accepted),
        (Resolution::NotSent, State::Pending),
        (Resolution::GiveUp, State::Dead),
    ];
    for (index, (resolution, to)) in cases.into_iter().enumerate() {
        let id = outbox.enqueue_one(&index.to_string()).await;
        assert!(!outbox.resolve(id, resolution, "operator", None).await.unwrap(), "not unknown yet");
        let fence = Owner::new().next_fence();
        outbox.claim(Which::Due, &fence, "acme", 9, LEASE).await.unwrap();
        outbox.mark_sending(id, &fence, LEASE).await.unwrap();
        outbox.complete(id, &fence, &Completion::new(State::Unknown)).await.unwrap();
        assert!(outbox.resolve(id, resolution, "operator", Some("asked the vendor")).await.unwrap());
        assert_eq!(state(&outbox, id).await, to);
        let records = outbox.audit_records(id).await.unwrap();
        assert_eq!(records.len(), 1);
        assert_eq!(
            (records[0].actor.as_str(), records[0].from, records[0].to),
            ("operator", State::Unknown, to)
        );
    }
}

#[tokio::test]
async fn health_counts_the_rows_that_wait() {
    let outbox = outbox().await;
    for reference in ["1", "2", "3"] {
        outbox.enqueue_one(reference).await;
    }
    let fence = Owner::new().next_fence();
    let rows = outbox.claim(Which::Due, &fence, "acme", 2, LEASE).await.unwrap();
    outbox.complete(rows[0].id, &fence, &Completion::new(State::Unknown)).await.unwrap();
    outbox.clock.advance(Duration::from_secs(7));
    let health = outbox.health().await.unwrap();
    let acme = &health.instances["acme"];
    assert_eq!((acme.pending, acme.in_flight, acme.unknown), (1, 1, 1));
    assert_eq!(acme.overdue, Duration::from_secs(7));
    assert!(health.needs_attention());
}

#[tokio::test]
async fn backoff_survives_a_restart() {
    use review_core::{Error, ErrorKind, SendState};

    use crate::Backoff;
    use crate::worker::verdict::{Circumstances, judge};

    let outbox = outbox().await;
    let id = outbox.enqueue_one("1").await;
    let backoff = Backoff::default();
    for failures in 1..=5 {
        // A new process for each attempt.
        let fence = Owner::new().next_fence();
        let rows = outbox.claim(Which::Due, &fence, "acme", 1, LEASE).await.unwrap();
        let attempts = rows[0].attempts;
        outbox.mark_sending(id, &fence, LEASE).await.unwrap();
        let now = outbox.clock.now();
        let circumstances = Circumstances { tracker: SendState::NotSent, attempts, now, backoff: &backoff };
        let verdict = judge(&Err(Error::new(ErrorKind::Transient, "x")), circumstances);
        outbox.complete(id, &fence, &verdict.completion).await.unwrap();
        let wait = backoff.after(failures);
        outbox.clock.advance(wait - Duration::from_millis(1));
        let early = outbox.claim(Which::Due, &Owner::new().next_fence(), "acme", 1, LEASE).await.unwrap();
        assert!(early.is_empty(), "attempt {failures} is followed too early");
        outbox.clock.advance(Duration::from_millis(1));
    }
}

#[tokio::test]
async fn key_of_an_entry_finds_it_until_it_is_erased() {
    let outbox = outbox().await;
    let id = outbox.enqueue_one("1").await;
    let entry = outbox.get(id).await.unwrap().unwrap();
    assert_eq!(entry.key().unwrap(), Some(key("1")));
    let newer = crate::Entry { kind: "hologram".to_owned(), ..entry };
    let error = newer.key().unwrap_err();
    assert!(matches!(error, crate::Error::Row { column: "kind", .. }), "{error:?}");
    outbox.erase_customer(&EmailAddress::new("jane@example.com").unwrap()).await.unwrap();
    assert_eq!(outbox.get(id).await.unwrap().unwrap().key().unwrap(), None);
}
