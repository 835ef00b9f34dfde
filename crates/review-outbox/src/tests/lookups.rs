use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use review_core::provider::{
    Capabilities, InviteLookup, InviteReceipt, InviteRef, InviteStatus, ProviderInfo,
};
use review_core::{Error, ErrorKind, InviteRequest, RetryAdvice, ReviewInviteProvider};

use super::{LEASE, outbox};
use crate::store::claim::{Owner, Which};
use crate::store::complete::Completion;
use crate::worker::send::Sender;
use crate::{Instance, Outbox, SharedLimit, State, UnknownPolicy, WorkerOptions};

/// Finds every invitation, or is asked for a pause.
#[derive(Debug)]
struct Finder {
    info: ProviderInfo,
    capabilities: Capabilities,
    pause: bool,
    lookups: AtomicU32,
}

#[async_trait]
impl ReviewInviteProvider for Finder {
    fn info(&self) -> &ProviderInfo {
        &self.info
    }

    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    async fn send_invite(&self, _: &InviteRequest) -> review_core::Result<InviteReceipt> {
        Err(Error::new(ErrorKind::Unsupported, "a lookup never sends"))
    }

    async fn find_invite(&self, _: &InviteRef) -> review_core::Result<InviteLookup> {
        self.lookups.fetch_add(1, Ordering::SeqCst);
        if self.pause {
            let limited = Error::new(ErrorKind::RateLimited, "too many requests");
            return Err(limited.with_retry_advice(RetryAdvice::After(Duration::from_secs(600))));
        }
        Ok(InviteLookup::Found(InviteStatus::new()))
    }
}

fn finder(pause: bool) -> Arc<Finder> {
    let (info, capabilities) = (super::provider(), Capabilities::all());
    Arc::new(Finder { info, capabilities, pause, lookups: AtomicU32::new(0) })
}

fn sender(outbox: &Outbox, provider: Arc<Finder>, limit: Option<SharedLimit>) -> Sender {
    let policy = UnknownPolicy::LookUp { every: LEASE, give_up_after: LEASE * 100 };
    let instance = Instance::new(provider).with_unknown_policy(policy);
    let instance = limit.into_iter().fold(instance, Instance::add_limit);
    Sender {
        outbox: outbox.clone(),
        instance: Arc::new(instance),
        options: Arc::new(WorkerOptions::default()),
        clean: Arc::default(),
    }
}

async fn unknown(outbox: &Outbox, references: &[&str]) -> Vec<i64> {
    let mut ids = Vec::new();
    for reference in references {
        let id = outbox.enqueue_one(reference).await;
        let fence = Owner::new().next_fence();
        outbox.claim(Which::Due, &fence, "acme", 1, LEASE).await.unwrap();
        outbox.complete(id, &fence, &Completion::new(State::Unknown)).await.unwrap();
        ids.push(id);
    }
    ids
}

async fn states(outbox: &Outbox, ids: &[i64]) -> Vec<State> {
    let mut states = Vec::new();
    for id in ids {
        states.push(outbox.get(*id).await.unwrap().unwrap().state);
    }
    states
}

#[tokio::test]
async fn unreadable_row_does_not_end_a_lookup_round() {
    let outbox = outbox().await;
    let ids = unknown(&outbox, &["1", "2", "3"]).await;
    outbox.pool.execute("UPDATE outbox SET reference = '' WHERE id = $1", &[ids[0].into()]).await.unwrap();
    outbox.pool.execute("UPDATE outbox SET reference = NULL WHERE id = $1", &[ids[1].into()]).await.unwrap();
    let provider = finder(false);
    sender(&outbox, provider.clone(), None).resolve_unknown().await;
    assert_eq!(states(&outbox, &ids).await, [State::Unknown, State::Unknown, State::Accepted]);
    assert_eq!(provider.lookups.load(Ordering::SeqCst), 1);
    // They wait for an operator: no further round reads them.
    outbox.clock.advance(LEASE * 50);
    sender(&outbox, provider, None).resolve_unknown().await;
    assert!(outbox.get(ids[0]).await.unwrap().unwrap().run_at > outbox.clock.now());
}

#[tokio::test]
async fn lookups_count_as_requests_of_a_shared_limit() {
    let outbox = outbox().await;
    let ids = unknown(&outbox, &["1", "2", "3"]).await;
    let limit = SharedLimit::new("acme", 2, Duration::from_secs(600));
    let provider = finder(false);
    for round in 0..3 {
        sender(&outbox, provider.clone(), Some(limit.clone())).resolve_unknown().await;
        assert_eq!(provider.lookups.load(Ordering::SeqCst), 2, "round {round}");
        outbox.clock.advance(LEASE);
    }
    assert_eq!(states(&outbox, &ids).await, [State::Accepted, State::Accepted, State::Unknown]);
    outbox.clock.advance(Duration::from_secs(700));
    sender(&outbox, provider.clone(), Some(limit)).resolve_unknown().await;
    assert_eq!(states(&outbox, &ids).await, [State::Accepted; 3]);
}

#[tokio::test]
async fn pause_asked_for_by_a_lookup_pauses_the_instance() {
    let outbox = outbox().await;
    unknown(&outbox, &["1"]).await;
    sender(&outbox, finder(true), None).resolve_unknown().await;
    let circuit = &outbox.circuits().await.unwrap()["acme"];
    assert_eq!(circuit.paused_until, outbox.clock.now() + 600_000);
}
