use std::time::Duration;

use review_core::model::EmailAddress;

use super::{LEASE, key, outbox, provider, request};
use crate::store::claim::{Fence, Owner, Which};
use crate::store::complete::Completion;
use crate::store::ledger::Written;
use crate::{Enqueued, Outbox, Resolution, State};

/// Every column that can contain something personal.
const PERSONAL: [&str; 6] =
    ["payload", "reference", "customer_hash", "vendor_id", "error_message", "correlation_id"];

fn jane() -> EmailAddress {
    EmailAddress::new("jane@example.com").unwrap()
}

async fn claim(outbox: &Outbox) -> Fence {
    let fence = Owner::new().next_fence();
    outbox.claim(Which::Due, &fence, "acme", 9, LEASE).await.unwrap();
    fence
}

fn filled(state: State) -> Completion {
    let mut completion = Completion::new(state);
    completion.vendor_id = Some("inv-1".into());
    completion.error_message = Some("a message".into());
    completion.correlation_id = Some("req-1".into());
    completion
}

/// A row that is accepted after an operator resolved it with a note; every column is filled.
async fn full_row(outbox: &Outbox, reference: &str) -> i64 {
    let id = outbox.enqueue_one(reference).await;
    let fence = claim(outbox).await;
    outbox.complete(id, &fence, &filled(State::Unknown)).await.unwrap();
    assert!(outbox.resolve(id, Resolution::Sent, "operator", Some("asked the vendor")).await.unwrap());
    assert_eq!(left(outbox, id).await, PERSONAL);
    id
}

/// The personal columns of a row that are not empty.
async fn left(outbox: &Outbox, id: i64) -> Vec<&'static str> {
    let sql = "SELECT payload, reference, customer_hash, vendor_id, error_message, correlation_id FROM outbox
        WHERE id = $1";
    let rows = outbox.pool.fetch(sql, &[id.into()]).await.unwrap();
    PERSONAL.into_iter().filter(|column| rows[0].opt_text(column).unwrap().is_some()).collect()
}

#[tokio::test]
async fn purge_and_erase_remove_what_export_returns() {
    for purge in [true, false] {
        let outbox = outbox().await;
        let id = full_row(&outbox, "1").await;
        let exported = outbox.export_customer(&jane()).await.unwrap().remove(0);
        assert!(exported.request.unwrap().contains("Jane Doe"));
        assert_eq!(exported.reference.as_deref(), Some("1"));
        assert_eq!(exported.vendor_id.as_deref(), Some("inv-1"));
        assert_eq!(exported.error_message.as_deref(), Some("a message"));
        assert_eq!(exported.correlation_id.as_deref(), Some("req-1"));
        assert_eq!(exported.outcome.as_deref(), Some("accepted"));
        assert_eq!(exported.audit[0].note.as_deref(), Some("asked the vendor"));
        if purge {
            assert_eq!(outbox.purge(Duration::from_secs(60)).await.unwrap(), 0);
            assert_eq!(left(&outbox, id).await, PERSONAL, "too early");
            outbox.clock.advance(Duration::from_secs(61));
            assert_eq!(outbox.purge(Duration::from_secs(60)).await.unwrap(), 1);
        } else {
            assert_eq!(outbox.erase_customer(&jane()).await.unwrap().at_vendor, 1);
        }
        assert!(left(&outbox, id).await.is_empty());
        assert!(outbox.export_customer(&jane()).await.unwrap().is_empty());
        let audit = outbox.audit_records(id).await.unwrap();
        assert_eq!((audit.len(), audit[0].note.as_deref()), (1, None));
        // The order is not invited again.
        let mut connection = outbox.sqlite().acquire().await.unwrap();
        let again = crate::enqueue(&mut *connection, &request("1"), &provider()).await.unwrap();
        assert_eq!(again, Enqueued::AlreadyQueued { id, state: State::Accepted });
    }
}

#[tokio::test]
async fn forget_removes_the_notes_of_that_row_only() {
    let outbox = outbox().await;
    let (id, other) = (full_row(&outbox, "1").await, full_row(&outbox, "2").await);
    assert!(outbox.forget(id).await.unwrap());
    assert!(left(&outbox, id).await.is_empty());
    assert_eq!(outbox.audit_records(id).await.unwrap()[0].note, None);
    assert!(outbox.audit_records(other).await.unwrap()[0].note.is_some());
}

#[tokio::test]
async fn row_that_a_ledger_sends_after_all_is_forgotten() {
    let outbox = outbox().await;
    let id = outbox.enqueue_one("1").await;
    let fence = claim(&outbox).await;
    outbox.complete(id, &fence, &filled(State::Unknown)).await.unwrap();
    assert!(outbox.resolve(id, Resolution::NotSent, "operator", Some("asked the vendor")).await.unwrap());
    assert_eq!(left(&outbox, id).await, PERSONAL);
    let fence = Owner::new().next_fence();
    let claimed = outbox.ledger_claim(&request("1"), &provider(), &key("1"), &fence, LEASE).await.unwrap();
    let Written::Yes(claimed) = claimed else { panic!("{claimed:?}") };
    outbox.ledger_done(&claimed, "accepted").await.unwrap();
    assert_eq!(outbox.get(id).await.unwrap().unwrap().state, State::Accepted);
    assert!(left(&outbox, id).await.is_empty());
    assert_eq!(outbox.audit_records(id).await.unwrap()[0].note, None);
}

#[tokio::test]
async fn purge_keeps_the_notes_of_rows_that_it_keeps() {
    let outbox = outbox().await;
    let id = full_row(&outbox, "1").await;
    assert_eq!(outbox.purge(Duration::from_secs(60)).await.unwrap(), 0);
    assert!(outbox.audit_records(id).await.unwrap()[0].note.is_some());
}

#[tokio::test]
async fn erase_cancels_what_was_not_sent() {
    let outbox = outbox().await;
    outbox.enqueue_one("1").await;
    let accepted = outbox.enqueue_one("2").await;
    let fence = claim(&outbox).await;
    outbox.complete(accepted, &fence, &Completion::new(State::Accepted)).await.unwrap();
    let exported = outbox.export_customer(&jane()).await.unwrap();
    assert_eq!(exported.len(), 2);
    assert!(!format!("{exported:?}").contains("Jane"));
    let erased = outbox.erase_customer(&jane()).await.unwrap();
    assert_eq!((erased.rows, erased.cancelled, erased.at_vendor), (2, 1, 1));
    assert!(outbox.export_customer(&jane()).await.unwrap().is_empty());
}

#[tokio::test]
async fn row_erased_in_flight_gets_nothing_personal_back() {
    // What the vendor responds, and the state of the row after it.
    let cases = [
        (State::Accepted, State::Accepted),
        (State::Unknown, State::Unknown),
        (State::Dead, State::Dead),
        (State::Pending, State::Cancelled),
        (State::Held, State::Cancelled),
        (State::Skipped, State::Cancelled),
    ];
    for (response, expected) in cases {
        let outbox = outbox().await;
        let id = outbox.enqueue_one("1").await;
        let fence = claim(&outbox).await;
        outbox.mark_sending(id, &fence, LEASE).await.unwrap();
        assert_eq!(outbox.erase_customer(&jane()).await.unwrap().at_vendor, 1);
        assert!(outbox.complete(id, &fence, &filled(response)).await.unwrap());
        assert_eq!(outbox.get(id).await.unwrap().unwrap().state, expected);
        assert!(left(&outbox, id).await.is_empty(), "{response}");
        let finished = outbox.get(id).await.unwrap().unwrap().finished_at;
        assert_eq!(finished.is_some(), expected.is_final(), "{response}");
    }
}
