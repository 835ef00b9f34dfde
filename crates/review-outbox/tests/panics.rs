//! Providers that panic.
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]
#![allow(clippy::field_reassign_with_default)]

mod support;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use review_core::provider::{Capabilities, ProviderInfo};
use review_core::{InviteReceipt, InviteRequest, InviteState, ReviewInviteProvider};
use review_outbox::{CircuitState, Instance, State};
use support::database::Database;
use support::provider::ScriptedProvider;
use support::worker::{options, run_until};
use support::{in_state, requests};

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
async fn panics_after_sending_open_the_circuit() {
    for database in Database::all().await {
        let outbox = database.outbox().await;
        database.enqueue(requests(50)).await;
        let provider = ScriptedProvider::new(|_, _| panic!("poison"));
        let mut options = options();
        options.circuit.probe_after = Duration::from_secs(3600);
        let instance = Instance::new(provider.clone()).with_concurrency(1);
        run_until(&outbox, instance, options, async |outbox| {
            outbox
                .health()
                .await
                .unwrap()
                .instances
                .get("acme")
                .is_some_and(|acme| acme.circuit == CircuitState::Open && acme.in_flight == 0)
        })
        .await;
        // Each may have been sent, so the brake on unknown outcomes counts them.
        assert_eq!(provider.call_count(), 3, "{}", database.name());
        assert_eq!(in_state(&outbox, State::Unknown).await, 3);
        assert_eq!(in_state(&outbox, State::Pending).await, 47, "no order is lost");
    }
}
