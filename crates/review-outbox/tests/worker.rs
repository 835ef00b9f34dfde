//! The worker over SQLite and PostgreSQL.
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]
#![allow(clippy::field_reassign_with_default)]

mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use review_core::provider::BeforeSend;
use review_core::{Error, ErrorKind, InviteState};
use review_outbox::{CircuitState, Direct, DirectResult, Instance, Outbox, SharedLimit, State};
use support::database::Database;
use support::provider::ScriptedProvider;
use support::worker::{options, run_until};
use support::{in_state, request, requests};

#[tokio::test]
async fn worker_sends_every_row_once() {
    for database in Database::all().await {
        let outbox = database.outbox().await;
        database.enqueue(requests(200)).await;
        let provider = ScriptedProvider::accepting();
        let instance = Instance::new(provider.clone());
        run_until(&outbox, instance, options(), async |outbox| {
            in_state(outbox, State::Accepted).await == 200
        })
        .await;
        let mut calls = provider.calls.lock().unwrap().clone();
        calls.sort();
        calls.dedup();
        assert_eq!((calls.len(), provider.call_count()), (200, 200), "{}", database.name());
    }
}

#[tokio::test]
async fn two_workers_share_an_outbox_without_doubles() {
    for database in Database::all().await {
        let (one, two) = (database.outbox().await, database.outbox().await);
        database.enqueue(requests(300)).await;
        let provider = ScriptedProvider::accepting();
        let done = async |outbox: &Outbox| in_state(outbox, State::Accepted).await == 300;
        tokio::join!(
            run_until(&one, Instance::new(provider.clone()), options(), done),
            run_until(&two, Instance::new(provider.clone()), options(), done),
        );
        assert_eq!(provider.call_count(), 300, "{}", database.name());
    }
}

#[tokio::test]
async fn failed_attempts_back_off_and_end_dead() {
    for database in Database::all().await {
        let outbox = database.outbox().await;
        database.enqueue(requests(1)).await;
        let provider =
            ScriptedProvider::new(|_, _| Err(Error::new(ErrorKind::Transient, "connection refused")));
        let mut options = options();
        options.backoff.max_attempts = 4;
        options.circuit.max_not_sent = 100;
        // Core advises to wait a second, which the backoff cannot shorten.
        let instance = Instance::new(provider.clone());
        run_until(&outbox, instance, options, async |outbox| in_state(outbox, State::Dead).await == 1).await;
        assert_eq!(provider.call_count(), 4, "{}", database.name());
        let dead = outbox.list(State::Dead, 0, 10).await.unwrap().remove(0);
        assert_eq!((dead.attempts, dead.error_class.as_deref()), (4, Some("transient")));
    }
}

#[tokio::test]
async fn account_error_keeps_every_order_until_it_is_fixed() {
    for database in Database::all().await {
        let outbox = database.outbox().await;
        database.enqueue(requests(50)).await;
        let broken = Arc::new(AtomicBool::new(true));
        let account = Arc::clone(&broken);
        let provider = ScriptedProvider::new(move |_, _| {
            if account.load(Ordering::SeqCst) {
                return Err(Error::new(ErrorKind::Unauthorized, "the API key was rejected"));
            }
            Ok(InviteState::Accepted)
        });
        let mut closed = options();
        closed.circuit.probe_after = Duration::from_secs(3600);
        run_until(&outbox, Instance::new(provider.clone()).with_concurrency(4), closed, async |outbox| {
            let health = outbox.health().await.unwrap();
            health.instances["acme"].circuit == CircuitState::Open && health.instances["acme"].in_flight == 0
        })
        .await;
        // Only what was in flight met the error.
        assert!(provider.call_count() <= 4, "{} calls", provider.call_count());
        let health = outbox.health().await.unwrap();
        assert_eq!(health.instances["acme"].pending + health.instances["acme"].held, 50);
        assert_eq!(health.instances["acme"].reason.as_deref(), Some("unauthorized"));
        // The state survives a restart: a new worker sends nothing.
        let before = provider.call_count();
        let reopened = database.outbox().await;
        assert_eq!(reopened.health().await.unwrap().instances["acme"].circuit, CircuitState::Open);
        broken.store(false, Ordering::SeqCst);
        reopened.resume("acme").await.unwrap();
        run_until(&reopened, Instance::new(provider.clone()), options(), async |outbox| {
            in_state(outbox, State::Accepted).await == 50
        })
        .await;
        assert_eq!(provider.call_count() - before, 50);
    }
}

#[tokio::test]
async fn circuit_closes_after_a_successful_probe() {
    let database = Database::sqlite();
    let outbox = database.outbox().await;
    database.enqueue(requests(20)).await;
    let provider = ScriptedProvider::new(|_, call| {
        if call <= 3 {
            Err(Error::new(ErrorKind::Forbidden, "no permission"))
        } else {
            Ok(InviteState::Accepted)
        }
    });
    let instance = Instance::new(provider.clone()).with_concurrency(1);
    run_until(&outbox, instance, options(), async |outbox| in_state(outbox, State::Accepted).await == 20)
        .await;
    assert_eq!(provider.call_count(), 23);
    assert_eq!(outbox.health().await.unwrap().instances["acme"].circuit, CircuitState::Closed);
}

/// Rejects the requests of customers who objected.
struct Objected(bool);

#[async_trait]
impl BeforeSend for Objected {
    async fn before_send(&self) -> review_core::Result<()> {
        if self.0 { Err(Error::new(ErrorKind::Blocked, "the customer objected")) } else { Ok(()) }
    }
}

#[tokio::test]
async fn objection_after_the_order_cancels_the_invitation() {
    for hooks in [true, false] {
        let database = Database::sqlite();
        let outbox = database.outbox().await;
        database.enqueue(requests(4)).await;
        let provider =
            ScriptedProvider::build(|_, _| Ok(InviteState::Accepted), Duration::ZERO, false, hooks);
        let options = options().with_hook(|request| {
            Arc::new(Objected(matches!(request.order().reference().as_str(), "1" | "2")))
        });
        run_until(&outbox, Instance::new(provider.clone()), options, async |outbox| {
            in_state(outbox, State::Pending).await + in_state(outbox, State::Claimed).await == 0
                && in_state(outbox, State::Sending).await == 0
        })
        .await;
        assert_eq!(in_state(&outbox, State::Cancelled).await, 2);
        assert_eq!(provider.call_count(), 2);
    }
}

#[tokio::test]
async fn shared_limit_keeps_rows_in_the_table() {
    for database in Database::all().await {
        let outbox = database.outbox().await;
        database.enqueue(requests(20)).await;
        let provider = ScriptedProvider::accepting();
        let limit = SharedLimit::new("acme", 5, Duration::from_secs(3600));
        let instance = Instance::new(provider.clone()).add_limit(limit);
        run_until(&outbox, instance, options(), async |outbox| in_state(outbox, State::Accepted).await == 5)
            .await;
        assert_eq!(provider.call_count(), 5);
        assert_eq!(in_state(&outbox, State::Pending).await, 15);
        assert!(outbox.list(State::Pending, 0, 99).await.unwrap().iter().all(|entry| entry.attempts == 0));
    }
}

#[tokio::test]
async fn shutdown_finishes_what_is_in_flight() {
    for database in Database::all().await {
        let outbox = database.outbox().await;
        database.enqueue(requests(64)).await;
        let slow = Duration::from_millis(300);
        let provider = ScriptedProvider::build(|_, _| Ok(InviteState::Accepted), slow, false, true);
        let instance = Instance::new(provider.clone());
        let started = provider.clone();
        run_until(&outbox, instance, options(), async |_| started.call_count() >= 32).await;
        let sent = provider.call_count();
        assert_eq!(in_state(&outbox, State::Accepted).await, sent, "{}", database.name());
        assert_eq!(in_state(&outbox, State::Pending).await, 64 - sent, "the rest can be claimed again");
    }
}

#[tokio::test]
async fn skipped_row_is_sent_when_the_vendor_allows_it() {
    let database = Database::sqlite();
    let outbox = database.outbox().await;
    database.enqueue(requests(1)).await;
    let provider = ScriptedProvider::new(|_, call| match call {
        1 => {
            let retry_at = chrono::DateTime::from_timestamp_millis(1);
            Ok(InviteState::Skipped { reason: "invited recently".into(), retry_at })
        }
        _ => Ok(InviteState::AlreadyInvited),
    });
    run_until(&outbox, Instance::new(provider.clone()), options(), async |outbox| {
        in_state(outbox, State::Accepted).await == 1
    })
    .await;
    let entry = outbox.list(State::Accepted, 0, 1).await.unwrap().remove(0);
    assert_eq!(entry.outcome.as_deref(), Some("already_invited"));
}

#[tokio::test]
async fn direct_send_records_the_result_and_is_safe_to_run_twice() {
    for database in Database::all().await {
        let outbox = database.outbox().await;
        let provider = ScriptedProvider::accepting();
        let direct = Direct::new(outbox.clone(), Instance::new(provider.clone()), options());
        let DirectResult::Sent(entry) = direct.send(&request("1")).await.unwrap() else { panic!("sent") };
        assert!(entry.is_accepted());
        let again = direct.send(&request("1")).await.unwrap();
        assert!(matches!(again, DirectResult::AlreadyQueued(entry) if entry.is_accepted()));
        assert_eq!(provider.call_count(), 1);
    }
}

#[tokio::test]
async fn row_of_the_first_release_is_still_read() {
    for database in Database::all().await {
        let outbox = database.outbox().await;
        let insert = include_str!("data/row-v1.sql");
        database.execute(insert).await;
        let provider = ScriptedProvider::accepting();
        run_until(&outbox, Instance::new(provider.clone()), options(), async |outbox| {
            in_state(outbox, State::Accepted).await + in_state(outbox, State::Dead).await == 1
        })
        .await;
        assert_eq!(in_state(&outbox, State::Accepted).await, 1, "{}", database.name());
        assert_eq!(provider.calls.lock().unwrap().as_slice(), ["2024/1001"]);
    }
}

#[tokio::test]
async fn request_that_the_outbox_held_is_sent_now() {
    use review_core::{Consent, InviteRequest, SendAt};

    let database = Database::sqlite();
    let outbox = database.outbox().await;
    let due = chrono::DateTime::from_timestamp_millis(1_700_000_000_000).unwrap();
    let consent = || Consent::granted("checkbox");
    let at =
        InviteRequest::builder("jane@example.com", "at", consent()).send_at(SendAt::At(due)).build().unwrap();
    let account = InviteRequest::builder("jane@example.com", "account", consent());
    let account = account.send_at(SendAt::AccountDefault).build().unwrap();
    database.enqueue([at, account]).await;
    let provider = ScriptedProvider::new(|request, _| {
        let expected = match request.order().reference().as_str() {
            "at" => SendAt::Now,
            _ => SendAt::AccountDefault,
        };
        assert_eq!(request.send_at(), expected);
        Ok(InviteState::Accepted)
    });
    run_until(&outbox, Instance::new(provider), options(), async |outbox| {
        in_state(outbox, State::Accepted).await + in_state(outbox, State::Unknown).await == 2
    })
    .await;
    assert_eq!(in_state(&outbox, State::Accepted).await, 2);
}

#[tokio::test]
async fn result_with_odd_texts_is_recorded() {
    for database in Database::all().await {
        let outbox = database.outbox().await;
        database.enqueue(requests(1)).await;
        let message = format!("vendor says \0{}", "x".repeat(5_000));
        let provider = ScriptedProvider::new(move |_, _| {
            Err(Error::new(ErrorKind::InvalidRequest, message.clone()).with_request_id("id\0"))
        });
        run_until(&outbox, Instance::new(provider), options(), async |outbox| {
            in_state(outbox, State::Dead).await == 1
        })
        .await;
        let dead = outbox.list(State::Dead, 0, 1).await.unwrap().remove(0);
        assert_eq!(dead.correlation_id.as_deref(), Some("id"), "{}", database.name());
    }
}

#[tokio::test]
async fn idle_instance_is_part_of_the_health() {
    for database in Database::all().await {
        let outbox = database.outbox().await;
        let instance = Instance::new(ScriptedProvider::accepting());
        run_until(&outbox, instance, options(), async |outbox| {
            outbox.health().await.unwrap().instances.contains_key("acme")
        })
        .await;
        let health = outbox.health().await.unwrap();
        assert_eq!(health.instances["acme"].circuit, CircuitState::Closed, "{}", database.name());
        assert!(!health.needs_attention());
    }
}
