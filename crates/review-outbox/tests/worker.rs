//! The worker over SQLite and PostgreSQL.
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]
#![allow(clippy::field_reassign_with_default)]

mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use review_core::provider::{BeforeSend, Capabilities, ProviderInfo};
use review_core::{Error, ErrorKind, InviteReceipt, InviteRequest, InviteState, ReviewInviteProvider};
use review_outbox::{
    Backoff, CircuitPolicy, CircuitState, Direct, DirectResult, Instance, Outbox, Resolution, SharedLimit,
    State, UnknownPolicy, Worker, WorkerOptions,
};
use support::database::Database;
use support::provider::ScriptedProvider;
use support::{in_state, request, requests};
use tokio::sync::Notify;

fn options() -> WorkerOptions {
    let mut options = WorkerOptions::default();
    options.poll = Duration::from_millis(5);
    options.sweep_every = Duration::from_millis(5);
    let mut backoff = Backoff::default();
    backoff.first = Duration::from_millis(1);
    backoff.max = Duration::from_millis(5);
    options.backoff = backoff;
    let mut circuit = CircuitPolicy::default();
    circuit.probe_after = Duration::from_millis(5);
    options.circuit = circuit;
    options
}

/// Runs a worker until a condition of the outbox holds. The condition is polled; a test that never meets it
/// ends by the limit.
async fn run_until(
    outbox: &Outbox,
    instance: Instance,
    options: WorkerOptions,
    condition: impl AsyncFn(&Outbox) -> bool,
) {
    let stop = Arc::new(Notify::new());
    let worker = Worker::new(outbox.clone(), [instance], options).unwrap();
    let stopped = Arc::clone(&stop);
    let task = tokio::spawn(async move { worker.run(stopped.notified()).await });
    let wait = async {
        while !condition(outbox).await {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    let met = tokio::time::timeout(Duration::from_secs(120), wait).await;
    stop.notify_one();
    task.await.unwrap();
    met.expect("the condition was never met");
}

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

#[tokio::test]
async fn unknown_outcomes_brake_the_instance() {
    for database in Database::all().await {
        let outbox = database.outbox().await;
        database.enqueue(requests(100)).await;
        let provider =
            ScriptedProvider::new(|_, _| Err(Error::new(ErrorKind::OutcomeUnknown, "no response")));
        let mut options = options();
        options.circuit.probe_after = Duration::from_secs(3600);
        let instance = Instance::new(provider.clone()).with_concurrency(1);
        run_until(&outbox, instance, options, async |outbox| {
            let health = outbox.health().await.unwrap();
            health.instances.get("acme").is_some_and(|acme| acme.circuit == CircuitState::Open)
        })
        .await;
        assert_eq!(provider.call_count(), 3, "{}", database.name());
        assert_eq!(in_state(&outbox, State::Unknown).await, 3);
        assert_eq!(in_state(&outbox, State::Pending).await, 97);
    }
}

#[tokio::test]
async fn lookup_closes_only_what_the_vendor_found() {
    for found in [true, false] {
        let database = Database::sqlite();
        let outbox = database.outbox().await;
        database.enqueue(requests(1)).await;
        let lost = |_: &InviteRequest, _| Err(Error::new(ErrorKind::OutcomeUnknown, "no response"));
        let provider = ScriptedProvider::build(lost, Duration::ZERO, found, true);
        let policy = UnknownPolicy::LookUp {
            every: Duration::from_millis(1),
            give_up_after: Duration::from_secs(3600),
        };
        let instance = Instance::new(provider.clone()).with_unknown_policy(policy);
        let counter = provider.clone();
        run_until(&outbox, instance, options(), async |outbox| {
            let accepted = in_state(outbox, State::Accepted).await == 1;
            accepted || (!found && *counter.lookups.lock().unwrap() >= 3)
        })
        .await;
        assert_eq!(provider.call_count(), 1, "a lookup never sends");
        let state = if found { State::Accepted } else { State::Unknown };
        let entry = outbox.list(state, 0, 1).await.unwrap().remove(0);
        assert_eq!(outbox.audit_records(entry.id).await.unwrap().len(), usize::from(found));
    }
}

#[tokio::test]
async fn resend_policy_sends_again_with_an_audit_record() {
    let database = Database::sqlite();
    let outbox = database.outbox().await;
    database.enqueue(requests(1)).await;
    let provider = ScriptedProvider::new(|_, call| match call {
        1 => Err(Error::new(ErrorKind::OutcomeUnknown, "no response")),
        _ => Ok(InviteState::Accepted),
    });
    let policy = UnknownPolicy::Resend { after: Duration::ZERO };
    let instance = Instance::new(provider.clone()).with_unknown_policy(policy);
    run_until(&outbox, instance, options(), async |outbox| in_state(outbox, State::Accepted).await == 1)
        .await;
    let entry = outbox.list(State::Accepted, 0, 1).await.unwrap().remove(0);
    assert_eq!(outbox.audit_records(entry.id).await.unwrap()[0].action, "resend");
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
async fn panicking_job_ends_dead_and_blocks_no_other() {
    for database in Database::all().await {
        let outbox = database.outbox().await;
        database.enqueue(requests(10)).await;
        let provider = ScriptedProvider::new(|request, _| {
            assert_ne!(request.order().reference().as_str(), "3", "poison");
            Ok(InviteState::Accepted)
        });
        // The panic comes after the request may have left: the row is unknown, not sent again.
        run_until(&outbox, Instance::new(provider.clone()), options(), async |outbox| {
            in_state(outbox, State::Accepted).await == 9 && in_state(outbox, State::Unknown).await == 1
        })
        .await;
        assert_eq!(provider.call_count(), 10);
    }
}

/// Panics after the response for order 1, as a tracing subscriber might.
#[derive(Debug)]
struct PanicsAfterResponse(Arc<ScriptedProvider>);

#[async_trait]
impl ReviewInviteProvider for PanicsAfterResponse {
    fn info(&self) -> &ProviderInfo {
        self.0.info()
    }

    fn capabilities(&self) -> &Capabilities {
        self.0.capabilities()
    }

    async fn send_invite(&self, request: &InviteRequest) -> review_core::Result<InviteReceipt> {
        let result = self.0.send_invite(request).await;
        assert_ne!(request.order().reference().as_str(), "1", "poison");
        result
    }
}

#[tokio::test]
async fn panic_after_an_acceptance_is_not_sent_again() {
    for database in Database::all().await {
        let outbox = database.outbox().await;
        database.enqueue(requests(3)).await;
        let provider = ScriptedProvider::accepting();
        let panicking: Arc<dyn ReviewInviteProvider> = Arc::new(PanicsAfterResponse(provider.clone()));
        run_until(&outbox, Instance::new(panicking), options(), async |outbox| {
            in_state(outbox, State::Accepted).await == 2 && in_state(outbox, State::Unknown).await == 1
        })
        .await;
        assert_eq!(provider.call_count(), 3);
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
async fn unknown_row_is_resolved_by_an_operator() {
    for database in Database::all().await {
        let outbox = database.outbox().await;
        database.enqueue(requests(1)).await;
        let provider = ScriptedProvider::new(|_, call| match call {
            1 => Err(Error::new(ErrorKind::OutcomeUnknown, "no response")),
            _ => Ok(InviteState::Accepted),
        });
        let instance = || Instance::new(provider.clone());
        run_until(&outbox, instance(), options(), async |outbox| in_state(outbox, State::Unknown).await == 1)
            .await;
        let id = outbox.list(State::Unknown, 0, 1).await.unwrap()[0].id;
        assert!(outbox.resolve(id, Resolution::NotSent, "jane", Some("asked the vendor")).await.unwrap());
        run_until(&outbox, instance(), options(), async |outbox| {
            in_state(outbox, State::Accepted).await == 1
        })
        .await;
        assert_eq!(provider.call_count(), 2);
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
