//! The promises of `Dedup` and its store.
#![allow(clippy::panic, clippy::unwrap_used, reason = "a test may panic")]

mod common;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use common::{Fake, closed, error, request};
use futures_util::{FutureExt, StreamExt, stream};
use review_core::bulk::BulkOptions;
use review_core::model::{InviteKey, InviteKind, OrderReference};
use review_core::provider::{
    BeforeSend, Capabilities, InviteReceipt, ProviderInfo, ReviewInviteProvider, ReviewInviteProviderExt,
};
use review_core::wrappers::{Claim, ClaimResult, Completion, Dedup, DedupStore, Fallback, MemoryDedupStore};
use review_core::{Consent, Error, ErrorKind, InviteRequest, InviteState, Result, RetryAdvice, SendState};
use tokio::sync::Semaphore;

fn dedup(fake: &Arc<Fake>) -> (Dedup, Arc<MemoryDedupStore>) {
    let store = Arc::new(MemoryDedupStore::new());
    (Dedup::new(fake.clone(), store.clone()), store)
}

#[tokio::test]
async fn dedup_second_send_is_already_invited() {
    for fake in [Fake::new("a"), Fake::new("a").without_hooks()] {
        let fake = fake.share();
        let (dedup, _) = dedup(&fake);
        assert_eq!(dedup.send_invite(&request("1")).await.unwrap().state, InviteState::Accepted);
        assert_eq!(dedup.send_invite(&request("1")).await.unwrap().state, InviteState::AlreadyInvited);
        assert_eq!(fake.sent(), ["1"]);
    }
}

#[tokio::test]
async fn dedup_call_dropped_before_it_left_releases_its_claim() {
    let gate = closed();
    let fake = Fake::new("a").waiting_before(&gate).share();
    let (dedup, store) = dedup(&fake);
    assert!(dedup.send_invite(&request("1")).now_or_never().is_none());
    assert!(store.pending_keys().is_empty());
    gate.add_permits(1);
    assert_eq!(dedup.send_invite(&request("1")).await.unwrap().state, InviteState::Accepted);
}

/// Waits before the request leaves, after the claim.
struct WaitHook(Arc<Semaphore>);

#[async_trait]
impl BeforeSend for WaitHook {
    async fn before_send(&self) -> Result<()> {
        self.0.acquire().await.unwrap().forget();
        Ok(())
    }
}

#[tokio::test]
async fn dedup_call_dropped_with_its_claim_releases_it() {
    let fake = Fake::new("a").share();
    let (dedup, store) = dedup(&fake);
    let waiting = request("1").with_hook(Arc::new(WaitHook(closed())));
    assert!(dedup.send_invite(&waiting).now_or_never().is_none());
    assert_eq!((store.pending_keys().len(), fake.sent().len()), (1, 0));
    assert_eq!(dedup.send_invite(&request("1")).await.unwrap().state, InviteState::Accepted);
}

/// Claims at once, and returns the claim when the gate opens.
#[derive(Debug)]
struct SlowStore(MemoryDedupStore, Arc<Semaphore>);

#[async_trait]
impl DedupStore for SlowStore {
    async fn claim(&self, key: &InviteKey) -> Result<ClaimResult> {
        let claimed = self.0.claim(key).await;
        self.1.acquire().await.unwrap().forget();
        claimed
    }

    async fn complete(&self, key: &InviteKey, completion: Completion) -> Result<()> {
        self.1.acquire().await.unwrap().forget();
        self.0.complete(key, completion).await
    }

    async fn release(&self, key: &InviteKey) -> Result<()> {
        self.0.release(key).await
    }
}

#[tokio::test]
async fn dedup_call_dropped_while_claiming_releases_the_key() {
    let gate = closed();
    let fake = Fake::new("a").share();
    let store = Arc::new(SlowStore(MemoryDedupStore::new(), gate.clone()));
    let dedup = Dedup::new(fake.clone(), store.clone());
    assert!(dedup.send_invite(&request("1")).now_or_never().is_none());
    assert_eq!((store.0.pending_keys().len(), fake.sent().len()), (1, 0));
    // The claim of the dropped call ends, and settling it is cancelled, too.
    gate.add_permits(1);
    assert!(dedup.settle_dropped().now_or_never().is_none());
    gate.add_permits(9);
    assert_eq!(dedup.send_invite(&request("1")).await.unwrap().state, InviteState::Accepted);
    assert_eq!((store.0.pending_keys().len(), fake.sent().len()), (0, 1));
}

/// Gives up its first attempt while the claim is being made, as a deadline does, and makes a second one.
#[derive(Debug)]
struct Impatient(Fake);

#[async_trait]
impl ReviewInviteProvider for Impatient {
    fn info(&self) -> &ProviderInfo {
        self.0.info()
    }

    fn capabilities(&self) -> &Capabilities {
        self.0.capabilities()
    }

    async fn send_invite(&self, request: &InviteRequest) -> Result<InviteReceipt> {
        assert!(self.0.send_invite(request).now_or_never().is_none());
        self.0.send_invite(request).await
    }
}

#[tokio::test]
async fn dedup_attempt_dropped_while_claiming_keeps_its_claim() {
    let gate = closed();
    let dedup = Dedup::new(Impatient(Fake::new("a")), SlowStore(MemoryDedupStore::new(), gate.clone()));
    let request = request("1");
    let mut send = dedup.send_invite(&request);
    assert!((&mut send).now_or_never().is_none());
    gate.add_permits(9);
    assert_eq!(send.await.unwrap().state, InviteState::Accepted);
}

/// Leaves, and then panics.
#[derive(Debug)]
struct Panics(Fake);

#[async_trait]
impl ReviewInviteProvider for Panics {
    fn info(&self) -> &ProviderInfo {
        self.0.info()
    }

    fn capabilities(&self) -> &Capabilities {
        self.0.capabilities()
    }

    async fn send_invite(&self, request: &InviteRequest) -> Result<InviteReceipt> {
        self.0.send_invite(request).await?;
        panic!("a defect after the acceptance")
    }
}

#[tokio::test]
async fn dedup_panic_after_an_acceptance_leaves_it_unknown() {
    let store = Arc::new(MemoryDedupStore::new());
    let dedup = Dedup::new(Panics(Fake::new("a")), store.clone());
    let request = request("1");
    let send = std::panic::AssertUnwindSafe(dedup.send_invite(&request));
    assert!(send.catch_unwind().await.is_err());
    let error = dedup.send_invite(&request).await.unwrap_err();
    assert_eq!((error.kind(), error.retry_advice()), (ErrorKind::OutcomeUnknown, RetryAdvice::Reconcile));
    let key = request.key(dedup.info());
    assert_eq!(store.find(&key).await.unwrap(), Some(ClaimResult::OutcomeUnknown));
}

#[tokio::test]
async fn dedup_call_dropped_after_a_rejection_releases_its_claim() {
    let gate = Arc::new(Semaphore::new(1));
    let fake = Fake::new("a").results([Err(error(ErrorKind::Unexpected))]).share();
    let store = Arc::new(SlowStore(MemoryDedupStore::new(), gate.clone()));
    let dedup = Dedup::new(fake.clone(), store.clone());
    // The permit is for the claim: the store waits while it records the rejection.
    assert!(dedup.send_invite(&request("1")).now_or_never().is_none());
    assert_eq!((store.0.pending_keys().len(), fake.sent().len()), (1, 1));
    gate.add_permits(9);
    dedup.settle_dropped().await.unwrap();
    assert!(store.0.pending_keys().is_empty());
    assert_eq!(dedup.send_invite(&request("1")).await.unwrap().state, InviteState::Accepted);
}

#[tokio::test]
async fn dedup_call_dropped_after_it_left_is_unknown() {
    let gate = closed();
    let fake = Fake::new("a").waiting_after(&gate).share();
    let (dedup, store) = dedup(&fake);
    assert!(dedup.send_invite(&request("1")).now_or_never().is_none());
    gate.add_permits(9);
    let error = dedup.send_invite(&request("1")).await.unwrap_err();
    assert_eq!((error.kind(), error.retry_advice()), (ErrorKind::OutcomeUnknown, RetryAdvice::Reconcile));
    assert_eq!((fake.sent().len(), store.pending_keys().len()), (1, 1));
    dedup.release(&store.pending_keys()[0]).await.unwrap();
    assert!(dedup.send_invite(&request("1")).await.is_ok());
}

#[tokio::test]
async fn dedup_skipped_invitation_may_be_sent_again() {
    let skipped = InviteState::Skipped { reason: "invited recently".into(), retry_at: None };
    let fake = Fake::new("a").results([Ok(skipped)]).share();
    let (dedup, _) = dedup(&fake);
    assert!(!dedup.send_invite(&request("1")).await.unwrap().state.is_done());
    assert_eq!(dedup.send_invite(&request("1")).await.unwrap().state, InviteState::Accepted);
}

#[tokio::test]
async fn dedup_account_default_conflicts_with_other_kinds() {
    let fake = Fake::new("a").share();
    let (dedup, _) = dedup(&fake);
    let consent = Consent::granted("test");
    let any = InviteRequest::builder("jane@example.com", "1", consent).kind(InviteKind::AccountDefault);
    dedup.send_invite(&any.build().unwrap()).await.unwrap();
    assert_eq!(dedup.send_invite(&request("1")).await.unwrap().state, InviteState::AlreadyInvited);
}

#[tokio::test]
async fn dedup_around_fallback_sends_once() {
    let first = Fake::new("a").results([Err(error(ErrorKind::Unexpected))]).share();
    let spare = Fake::new("b").without_hooks().share();
    let fallback = Fallback::new("f", first.clone()).then(spare.clone()).unwrap();
    let dedup = Dedup::new(fallback, MemoryDedupStore::new());
    let receipt = dedup.send_invite(&request("1")).await.unwrap();
    assert_eq!((receipt.provider.instance(), receipt.warnings.len()), ("b", 1));
    assert_eq!(dedup.send_invite(&request("1")).await.unwrap().state, InviteState::AlreadyInvited);
    assert_eq!((first.sent().len(), spare.sent().len()), (1, 1));
}

#[tokio::test]
async fn dedup_known_order_does_not_call_the_provider() {
    let gate = closed();
    let fake = Fake::new("a").waiting_before(&gate).share();
    let (dedup, store) = dedup(&fake);
    let key = request("1").key(dedup.info());
    store.complete(&key, Completion::Sent).await.unwrap();
    // The provider would wait for ever.
    let receipt = dedup.send_invite(&request("1")).now_or_never().unwrap().unwrap();
    assert_eq!((receipt.state, receipt.provider.instance()), (InviteState::AlreadyInvited, "a"));
    assert!(fake.calls() == 0 && fake.sent().is_empty());
}

#[tokio::test]
async fn dedup_unknown_orders_of_an_earlier_run_do_not_stop_the_next() {
    let fake = Fake::new("a").share();
    let (dedup, store) = dedup(&fake);
    for number in 0..5 {
        store
            .complete(&request(&number.to_string()).key(fake.info()), Completion::OutcomeUnknown)
            .await
            .unwrap();
    }
    let requests = stream::iter((0..20).map(|number| request(&number.to_string())));
    let items: Vec<_> = dedup.send_all(requests, BulkOptions::new().concurrency(1)).collect().await;
    assert_eq!((items.len(), fake.sent().len()), (20, 15));
    assert!(
        items
            .iter()
            .take(5)
            .all(|item| item.result.as_ref().is_err_and(|error| error.kind() == ErrorKind::OutcomeUnknown))
    );
}

#[tokio::test]
async fn dedup_dropped_claims_are_settled_before_the_end() {
    let gate = closed();
    let fake = Fake::new("a").waiting_after(&gate).share();
    let (dedup, store) = dedup(&fake);
    let key = request("1").key(dedup.info());
    assert!(dedup.send_invite(&request("1")).now_or_never().is_none());
    assert_eq!(store.find(&key).await.unwrap(), Some(ClaimResult::InProgress));
    dedup.settle_dropped().await.unwrap();
    assert_eq!(store.find(&key).await.unwrap(), Some(ClaimResult::OutcomeUnknown));
    dedup.confirm_sent(&key).await.unwrap();
    assert_eq!(dedup.send_invite(&request("1")).await.unwrap().state, InviteState::AlreadyInvited);
}

#[tokio::test]
async fn dedup_in_progress_elsewhere_sends_nothing() {
    let fake = Fake::new("a").share();
    let (dedup, store) = dedup(&fake);
    let key = request("1").key(dedup.info());
    assert!(matches!(store.claim(&key).await.unwrap(), ClaimResult::Claimed(_)));
    let error = dedup.send_invite(&request("1")).await.unwrap_err();
    assert_eq!((error.kind(), fake.calls()), (ErrorKind::OutcomeUnknown, 0));
    assert_eq!(error.retry_advice(), RetryAdvice::Reconcile);
}

/// Attempts each request twice in one call, as a provider that retries inside does.
#[derive(Debug)]
struct Twice(Fake);

#[async_trait]
impl ReviewInviteProvider for Twice {
    fn info(&self) -> &ProviderInfo {
        self.0.info()
    }

    fn capabilities(&self) -> &Capabilities {
        self.0.capabilities()
    }

    async fn send_invite(&self, request: &InviteRequest) -> Result<InviteReceipt> {
        match self.0.send_invite(request).await {
            Err(error) if error.kind() == ErrorKind::Transient => self.0.send_invite(request).await,
            result => result,
        }
    }
}

#[tokio::test]
async fn dedup_hook_that_runs_twice_keeps_its_claim() {
    let provider = Twice(Fake::new("a").results([Err(error(ErrorKind::Transient))]));
    let store = Arc::new(CountingStore::default());
    let dedup = Dedup::new(provider, store.clone());
    assert_eq!(dedup.send_invite(&request("1")).await.unwrap().state, InviteState::Accepted);
    assert_eq!(store.claims.load(Ordering::SeqCst), 1);
    assert_eq!(dedup.send_invite(&request("1")).await.unwrap().state, InviteState::AlreadyInvited);
}

/// Counts claims, fails on demand, and does not implement `find`.
#[derive(Debug, Default)]
struct CountingStore {
    inner: MemoryDedupStore,
    claims: AtomicUsize,
    fails_to_claim: AtomicBool,
    fails_to_complete: AtomicBool,
}

impl CountingStore {
    fn fail_if(flag: &AtomicBool) -> Result<()> {
        let failed = Error::new(ErrorKind::Unexpected, "the disk is full");
        if flag.load(Ordering::SeqCst) { Err(failed) } else { Ok(()) }
    }
}

#[async_trait]
impl DedupStore for CountingStore {
    async fn claim(&self, key: &InviteKey) -> Result<ClaimResult> {
        self.claims.fetch_add(1, Ordering::SeqCst);
        Self::fail_if(&self.fails_to_claim)?;
        self.inner.claim(key).await
    }

    async fn complete(&self, key: &InviteKey, completion: Completion) -> Result<()> {
        Self::fail_if(&self.fails_to_complete)?;
        self.inner.complete(key, completion).await
    }

    async fn release(&self, key: &InviteKey) -> Result<()> {
        self.inner.release(key).await
    }
}

#[tokio::test]
async fn store_failure_before_the_send_blocks_it() {
    for hooks in [true, false] {
        let (first, second) = (Fake::new("a"), Fake::new("b").share());
        let first = if hooks { first } else { first.without_hooks() }.share();
        let fallback = Fallback::new("f", first.clone()).then(second.clone()).unwrap();
        let store = Arc::new(CountingStore::default());
        store.fails_to_claim.store(true, Ordering::SeqCst);
        let dedup = Dedup::new(fallback, store.clone());
        let error = dedup.send_invite(&request("1")).await.unwrap_err();
        assert_eq!((error.kind(), error.send_state()), (ErrorKind::Blocked, SendState::NotSent));
        assert_eq!(error.retry_advice(), RetryAdvice::After(Error::DEFAULT_RETRY_AFTER));
        assert!(error.message().contains("dedup store failed"), "{error}");
        assert!(first.sent().is_empty() && second.sent().is_empty());
        store.fails_to_claim.store(false, Ordering::SeqCst);
        assert_eq!(dedup.send_invite(&request("1")).await.unwrap().state, InviteState::Accepted);
    }
}

#[tokio::test]
async fn store_failure_after_acceptance_is_a_warning() {
    let fake = Fake::new("a").share();
    let store = Arc::new(CountingStore::default());
    store.fails_to_complete.store(true, Ordering::SeqCst);
    let dedup = Dedup::new(fake.clone(), store.clone());
    let receipt = dedup.send_invite(&request("1")).await.unwrap();
    assert_eq!((receipt.state, receipt.warnings[0].field()), (InviteState::Accepted, "dedup"));
    // The claim stays, so that nothing is sent twice.
    store.fails_to_complete.store(false, Ordering::SeqCst);
    assert_eq!(dedup.send_invite(&request("1")).await.unwrap_err().kind(), ErrorKind::OutcomeUnknown);
    assert_eq!(fake.sent(), ["1"]);
}

#[tokio::test]
async fn store_failure_after_rejection_advises_no_retry() {
    let busy = error(ErrorKind::RateLimited).with_retry_advice(RetryAdvice::After(Duration::from_secs(9)));
    let store = Arc::new(CountingStore::default());
    store.fails_to_complete.store(true, Ordering::SeqCst);
    let dedup = Dedup::new(Fake::new("a").results([Err(busy)]), store.clone());
    let error = dedup.send_invite(&request("1")).await.unwrap_err();
    assert_eq!((error.kind(), error.retry_advice()), (ErrorKind::RateLimited, RetryAdvice::Reconcile));
    assert!(error.message().contains("until it is released"), "{error}");
    store.fails_to_complete.store(false, Ordering::SeqCst);
    dedup.release(&request("1").key(dedup.info())).await.unwrap();
    assert_eq!(dedup.send_invite(&request("1")).await.unwrap().state, InviteState::Accepted);
}

#[tokio::test]
async fn store_failure_while_settling_keeps_the_claims() {
    let gate = closed();
    let store = Arc::new(CountingStore::default());
    let dedup = Dedup::new(Fake::new("a").waiting_after(&gate), store.clone());
    assert!(dedup.send_invite(&request("1")).now_or_never().is_none());
    store.fails_to_complete.store(true, Ordering::SeqCst);
    assert!(dedup.settle_dropped().await.is_err());
    // Another order is blocked meanwhile: the store is down.
    assert_eq!(dedup.send_invite(&request("2")).await.unwrap_err().kind(), ErrorKind::Blocked);
    store.fails_to_complete.store(false, Ordering::SeqCst);
    dedup.settle_dropped().await.unwrap();
    let key = request("1").key(dedup.info());
    assert_eq!(store.inner.find(&key).await.unwrap(), Some(ClaimResult::OutcomeUnknown));
}

fn key(reference: &str, kind: InviteKind) -> InviteKey {
    InviteKey::new("shop", OrderReference::new(reference).unwrap(), kind)
}

async fn claim(store: &MemoryDedupStore, key: &InviteKey) -> Claim {
    match store.claim(key).await.unwrap() {
        ClaimResult::Claimed(claim) => claim,
        other => panic!("not claimed: {other:?}"),
    }
}

#[tokio::test]
async fn memory_store_account_default_conflicts_with_all_kinds() {
    for kind in InviteKind::ALL {
        for (first, second) in [(InviteKind::AccountDefault, *kind), (*kind, InviteKind::AccountDefault)] {
            let store = MemoryDedupStore::new();
            let (first, second) = (key("1", first), key("1", second));
            claim(&store, &first).await;
            assert_eq!(store.claim(&second).await.unwrap(), ClaimResult::InProgress);
            store.complete(&first, Completion::Sent).await.unwrap();
            assert_eq!(store.find(&second).await.unwrap(), Some(ClaimResult::AlreadySent));
            assert_eq!(store.claim(&second).await.unwrap(), ClaimResult::AlreadySent);
            claim(&store, &key("2", *kind)).await;
        }
    }
    let store = MemoryDedupStore::new();
    store.complete(&key("1", InviteKind::Product), Completion::Sent).await.unwrap();
    claim(&store, &key("1", InviteKind::Service)).await;
    // Of several conflicts, the one that is most certain to have been sent.
    let any = key("1", InviteKind::AccountDefault);
    assert_eq!(store.claim(&any).await.unwrap(), ClaimResult::AlreadySent);
}

#[tokio::test]
async fn memory_store_late_call_cannot_undo_a_newer_one() {
    let (store, key) = (MemoryDedupStore::new(), key("1", InviteKind::Service));
    let late = claim(&store, &key).await;
    store.release(&key).await.unwrap();
    let newer = claim(&store, &key).await;
    assert_ne!(late, newer);
    store.complete(&key, Completion::NotSent(late)).await.unwrap();
    assert_eq!(store.find(&key).await.unwrap(), Some(ClaimResult::InProgress));
    store.complete(&key, Completion::Sent).await.unwrap();
    for completion in [Completion::OutcomeUnknown, Completion::NotSent(late), Completion::NotSent(newer)] {
        store.complete(&key, completion).await.unwrap();
        assert_eq!(store.find(&key).await.unwrap(), Some(ClaimResult::AlreadySent), "{completion:?}");
    }
    assert!(store.pending_keys().is_empty());
}
