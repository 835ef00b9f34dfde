//! Unknown outcomes: the brake, the policies, the operator.
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]
#![allow(clippy::field_reassign_with_default)]

mod support;

use std::time::Duration;

use review_core::{Error, ErrorKind, InviteRequest, InviteState};
use review_outbox::{CircuitState, Instance, Resolution, State, UnknownPolicy};
use support::database::Database;
use support::provider::ScriptedProvider;
use support::worker::{options, run_until};
use support::{in_state, request, requests};

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
async fn lookup_that_hangs_does_not_delay_sends() {
    for database in Database::all().await {
        let outbox = database.outbox().await;
        database.enqueue([request("lost")]).await;
        let provider = ScriptedProvider::new(|request, _| match request.order().reference().as_str() {
            "lost" => Err(Error::new(ErrorKind::OutcomeUnknown, "no response")),
            _ => Ok(InviteState::Accepted),
        });
        provider.hang_lookups();
        let policy = UnknownPolicy::LookUp {
            every: Duration::from_millis(1),
            give_up_after: Duration::from_secs(3600),
        };
        let instance = Instance::new(provider.clone()).with_unknown_policy(policy);
        let looking = provider.clone();
        run_until(&outbox, instance, options(), async |outbox| {
            // The lookup has begun, and never ends.
            if *looking.lookups.lock().unwrap() == 1 && in_state(outbox, State::Pending).await == 0 {
                database.enqueue(requests(20)).await;
            }
            in_state(outbox, State::Accepted).await == 20
        })
        .await;
        assert_eq!(*provider.lookups.lock().unwrap(), 1, "one lookup at a time");
    }
}
