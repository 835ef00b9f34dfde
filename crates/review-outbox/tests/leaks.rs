//! No personal data in spans, events, errors, audit records, dead letters and `Debug` of the outbox.
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

mod support;

use std::time::Duration;

use review_core::{Consent, InviteRequest, SendAt};
use review_invites::Registry;
use review_outbox::{CircuitState, Direct, Instance, Outbox, Resolution, State, UnknownPolicy};
use review_sandbox::{FaultRule, Sandbox};
use review_testkit::Canary;
use support::database::Database;
use support::in_state;
use support::sandbox::configuration;
use support::worker::{options, run_until};

fn request(reference: &str) -> InviteRequest {
    InviteRequest::builder("quetzal+shop@example.com", reference, Consent::granted("checkbox"))
        .first_name("Quetzalina")
        .last_name("Fitzcarraldo")
        .phone("+4917655500011")
        .address("Kolibriweg 17, 12345 Vogelstadt")
        .customer_reference("cus-4711-quetzal")
        .send_at(SendAt::Now)
        .build()
        .unwrap()
}

/// Responses of all classes.
fn faults() -> [FaultRule; 3] {
    let fault = |name: &str, reference: &str| {
        FaultRule::new(name.parse().unwrap()).with_path_contains("/events").with_reference(reference)
    };
    [fault("status-400", "rejected"), fault("close-after-commit", "lost"), fault("status-403", "account")]
}

#[tokio::test]
async fn worker_writes_and_logs_no_personal_data() {
    for database in Database::all().await {
        let sandbox = Sandbox::start().await.unwrap();
        for fault in faults() {
            sandbox.add_fault(fault).unwrap();
        }
        let secrets = ["ETRUSTED_CLIENT_SECRET"].map(|name| sandbox.env_var(name).unwrap());
        let canary = Canary::new(request("1").customer().pii_values().into_iter().chain(secrets));
        let guard = canary.capture_tracing();
        let variables = sandbox.env_vars();
        let variable = move |name: &str| {
            variables.iter().find(|(known, _)| *known == name).map(|(_, value)| value.clone())
        };
        let registry = Registry::builder().env_lookup(variable);
        let registry = registry.from_toml(&configuration("etrusted", "none")).unwrap();
        let outbox = database.outbox().await;
        database.enqueue(["sent", "rejected", "lost"].map(request)).await;
        let unreadable = request("unreadable");
        database.enqueue([unreadable]).await;
        database
            .execute("UPDATE outbox SET payload = REPLACE(payload, '\"version\"', '\"x\"') WHERE reference = 'unreadable'")
            .await;
        let policy = UnknownPolicy::LookUp {
            every: Duration::from_millis(1),
            give_up_after: Duration::from_secs(3600),
        };
        let instance = || Instance::new(registry.get("acme").unwrap()).with_unknown_policy(policy.clone());
        run_until(&outbox, instance(), options(), async |outbox| {
            in_state(outbox, State::Dead).await == 2
                && in_state(outbox, State::Accepted).await + in_state(outbox, State::Unknown).await == 2
        })
        .await;
        // An account error opens the circuit; the row is held.
        outbox.resume("acme").await.unwrap();
        let direct = Direct::new(outbox.clone(), instance(), options());
        canary.check_debug(&direct);
        canary.check_debug(&direct.send(&request("account")).await.unwrap());
        assert_eq!(outbox.health().await.unwrap().instances["acme"].circuit, CircuitState::Open);
        check(&canary, &database, &outbox).await;
        drop(guard);
        let log = canary.captured();
        assert!(log.contains("TRACE") && log.contains("row finished"), "the log was not captured");
        assert_eq!(canary.leaks(), Vec::<String>::new(), "{}", database.name());
    }
}

async fn check(canary: &Canary, database: &Database, outbox: &Outbox) {
    for state in State::ALL {
        for entry in outbox.list(*state, 0, 99).await.unwrap() {
            canary.check_debug(&entry);
            outbox.resolve(entry.id, Resolution::Sent, "operator", Some("asked the vendor")).await.unwrap();
            outbox.requeue(entry.id, "operator", None).await.unwrap();
            canary.check_debug(&outbox.audit_records(entry.id).await.unwrap());
        }
    }
    let email = request("1").customer().email().clone();
    canary.check_debug(&outbox.export_customer(&email).await.unwrap());
    canary.check_debug(&outbox.health().await.unwrap());
    canary.check_debug(outbox);
    // Everything that is stored outside of the request.
    for columns in [
        "COALESCE(error_class, '') || COALESCE(error_message, '') || COALESCE(outcome, '')",
        "COALESCE(vendor_id, '') || COALESCE(correlation_id, '') || COALESCE(owner, '')",
    ] {
        for text in database.texts(&format!("SELECT {columns} FROM outbox")).await {
            canary.check_text(&text);
        }
    }
    for text in database.texts("SELECT actor || action || COALESCE(note, '') FROM outbox_audit").await {
        canary.check_text(&text);
    }
    // Errors of the database can quote rows.
    let broken = "UPDATE outbox SET state = payload WHERE reference = 'sent'";
    canary.check_error(&database.try_execute(broken).await.map_err(review_outbox::Error::from).unwrap_err());
    database.execute("DROP TABLE outbox").await;
    canary.check_error(&outbox.list(State::Pending, 0, 9).await.unwrap_err());
}
