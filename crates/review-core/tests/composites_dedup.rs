//! `Dedup`: what it lets through after what.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use common::*;
use futures_util::FutureExt;
use futures_util::future::join_all;
use review_core::reexport::async_trait::async_trait;
use review_core::*;

fn over(inner: &Arc<Scripted>) -> (Dedup, Arc<MemoryDedupStore>) {
    let store = Arc::new(MemoryDedupStore::new());
    (Dedup::new(inner.clone(), store.clone()), store)
}

#[tokio::test]
async fn what_the_vendor_has_is_not_sent_again() {
    for first in [
        Ok(InviteState::Accepted),
        Ok(InviteState::Scheduled("2024-05-01T00:00:00Z".parse().unwrap())),
        Ok(InviteState::AlreadyKnown),
        Err(error(ErrorKind::Duplicate)),
    ] {
        let inner = Scripted::new("a").answering([first.clone()]).shared();
        let (dedup, _) = over(&inner);
        let told = dedup.send_invite(&request("1")).await;
        assert_eq!(
            told.map(|receipt| receipt.state).map_err(|error| error.kind()),
            first.map_err(|e| e.kind())
        );
        for _ in 0..2 {
            let again = dedup.send_invite(&request("1")).await.unwrap();
            assert_eq!((&again.provider, again.state), (inner.info(), InviteState::AlreadyKnown));
        }
        dedup.send_invite(&request("2")).await.unwrap();
        assert_eq!(inner.calls(), ["send 1", "send 2"]);
    }
}

#[tokio::test]
async fn what_was_certainly_not_taken_may_be_sent_again() {
    for first in [
        error(ErrorKind::Transient),
        error(ErrorKind::RateLimited),
        error(ErrorKind::RateLimited).with_sent(Sent::No),
        error(ErrorKind::InvalidRequest).with_sent(Sent::Answered),
        error(ErrorKind::Unauthorized),
        error(ErrorKind::Blocked),
        error(ErrorKind::Unexpected),
    ] {
        let inner = Scripted::new("a").answering([Err(first.clone())]).shared();
        let (dedup, store) = over(&inner);
        assert_eq!(dedup.send_invite(&request("1")).await.unwrap_err().kind(), first.kind());
        assert_eq!(store.unsettled(), []);
        assert_eq!(dedup.send_invite(&request("1")).await.unwrap().state, InviteState::Accepted);
        assert_eq!(inner.sends(), 2);
    }
}

#[tokio::test]
async fn an_unknown_outcome_stays_so_until_somebody_finds_out() {
    for first in [
        error(ErrorKind::OutcomeUnknown),
        error(ErrorKind::Unexpected).with_sent(Sent::Maybe),
        error(ErrorKind::Unexpected).with_retry_advice(RetryAdvice::Reconcile),
    ] {
        let unknown = [Err(first.clone()), Err(first)];
        let inner = Scripted::new("a").answering(unknown).shared();
        let (dedup, store) = over(&inner);
        let keys = ["1", "2"].map(|reference| request(reference).key(dedup.info()));
        for reference in ["1", "2"] {
            dedup.send_invite(&request(reference)).await.unwrap_err();
        }
        assert_eq!(store.unsettled(), keys);
        let again = dedup.send_invite(&request("1")).await.unwrap_err();
        assert_eq!((again.kind(), again.sent()), (ErrorKind::OutcomeUnknown, Sent::Maybe));
        assert_eq!(again.retry_advice(), RetryAdvice::Reconcile);
        assert_eq!(again.provider(), Some(inner.info()));
        assert_eq!(inner.sends(), 2);

        dedup.confirm_sent(&keys[0]).await.unwrap();
        assert_eq!(dedup.send_invite(&request("1")).await.unwrap().state, InviteState::AlreadyKnown);
        dedup.forget(&keys[1]).await.unwrap();
        assert_eq!(dedup.send_invite(&request("2")).await.unwrap().state, InviteState::Accepted);
        assert_eq!((inner.sends(), store.unsettled()), (3, vec![]));
    }
}

#[tokio::test]
async fn a_call_that_was_cut_off_leaves_its_key_claimed() {
    let gate = Arc::new(tokio::sync::Semaphore::new(0));
    let inner = Scripted::new("a").behind(gate.clone()).shared();
    let (dedup, store) = over(&inner);
    assert!(dedup.send_invite(&request("1")).now_or_never().is_none());
    gate.add_permits(9);
    let again = dedup.send_invite(&request("1")).await.unwrap_err();
    assert_eq!((again.kind(), again.retry_advice()), (ErrorKind::OutcomeUnknown, RetryAdvice::Reconcile));
    assert_eq!((inner.sends(), store.unsettled().len()), (1, 1));
}

/// A call that is stuck in its send while others settle its key, in another process for instance, and
/// ends like this when the gate opens.
async fn stuck_call<T>(
    end: Result<InviteState>,
    store: &Arc<MemoryDedupStore>,
    meanwhile: impl AsyncFnOnce(&InviteKey) -> T,
) -> T {
    let gate = Arc::new(tokio::sync::Semaphore::new(0));
    let slow = Dedup::new(Scripted::new("a").behind(gate.clone()).answering([end]), store.clone());
    let request = request("1");
    let mut call = pin!(slow.send_invite(&request));
    assert!(call.as_mut().now_or_never().is_none());
    let result = meanwhile(&request.key(slow.info())).await;
    gate.add_permits(1);
    drop(call.await);
    result
}

#[tokio::test]
async fn a_call_that_ends_late_undoes_nothing() {
    for late in [error(ErrorKind::Transient), error(ErrorKind::OutcomeUnknown)] {
        let inner = Scripted::new("a").shared();
        let (dedup, store) = over(&inner);
        stuck_call(Err(late.clone()), &store, async |key| {
            dedup.forget(key).await.unwrap();
            dedup.send_invite(&request("1")).await.unwrap();
        })
        .await;
        assert_eq!(dedup.send_invite(&request("1")).await.unwrap().state, InviteState::AlreadyKnown);
        assert_eq!(inner.sends(), 1);

        let store = Arc::new(MemoryDedupStore::new());
        let dedup = Dedup::new(inner.clone(), store.clone());
        stuck_call(Err(late), &store, async |key| dedup.confirm_sent(key).await.unwrap()).await;
        assert_eq!(dedup.send_invite(&request("1")).await.unwrap().state, InviteState::AlreadyKnown);
        assert_eq!(inner.sends(), 1);
    }
}

#[tokio::test]
async fn a_call_that_ends_late_gives_up_no_claim_of_another() {
    let inner = Scripted::new("a").shared();
    let (dedup, store) = over(&inner);
    let begun = stuck_call(Err(error(ErrorKind::Transient)), &store, async |key| {
        dedup.forget(key).await.unwrap();
        store.begin(key).await.unwrap()
    })
    .await;
    assert!(matches!(begun, Begun::New(_)));
    let error = dedup.send_invite(&request("1")).await.unwrap_err();
    assert_eq!((error.kind(), inner.sends()), (ErrorKind::OutcomeUnknown, 0));
}

#[tokio::test]
async fn what_a_late_call_learned_is_noted_also_after_its_key_was_forgotten() {
    for (late, again) in [
        (Ok(InviteState::Accepted), Ok(InviteState::AlreadyKnown)),
        (Err(error(ErrorKind::OutcomeUnknown)), Err(ErrorKind::OutcomeUnknown)),
        (Err(error(ErrorKind::Transient)), Ok(InviteState::Accepted)),
    ] {
        let (dedup, store) = over(&Scripted::new("a").shared());
        stuck_call(late, &store, async |key| dedup.forget(key).await.unwrap()).await;
        let told = dedup.send_invite(&request("1")).await;
        assert_eq!(told.map(|receipt| receipt.state).map_err(|error| error.kind()), again);
    }
    // A second call is on its way when the first learns that the vendor may have it.
    let (dedup, store) = over(&Scripted::new("a").shared());
    let second = stuck_call(Err(error(ErrorKind::OutcomeUnknown)), &store, async |key| {
        dedup.forget(key).await.unwrap();
        store.begin(key).await.unwrap()
    });
    let Begun::New(claim) = second.await else { unreachable!("the key was forgotten") };
    let key = request("1").key(dedup.info());
    store.finish(&key, Settled::NotSent(claim)).await.unwrap();
    assert_eq!(store.begin(&key).await.unwrap(), Begun::Unknown);
}

#[tokio::test]
async fn of_many_calls_at_once_one_sends() {
    let gate = Arc::new(tokio::sync::Semaphore::new(1));
    let inner = Scripted::new("a").behind(gate).shared();
    let (dedup, _) = over(&inner);
    let request = request("1");
    let results = join_all((0..50).map(|_| dedup.send_invite(&request))).await;
    let accepted = results
        .iter()
        .filter(|result| result.as_ref().is_ok_and(|receipt| receipt.state == InviteState::Accepted));
    assert_eq!((accepted.count(), inner.sends()), (1, 1));
}

#[tokio::test]
async fn a_dry_run_settles_nothing_and_the_kind_and_the_instance_belong_to_the_key() {
    let inner = Scripted::new("a").able(|able| able.with_kind(InviteKind::Product)).shared();
    let store = Arc::new(MemoryDedupStore::new());
    let dry = Dedup::new(DryRun::new(inner.clone()), store.clone());
    for _ in 0..2 {
        assert_eq!(dry.send_invite(&request("1")).await.unwrap().state, InviteState::DryRun);
    }
    let other = Scripted::new("b").shared();
    let product = Product::new(Sku::new("S").unwrap(), ProductText::new("Shoe").unwrap());
    let products = InviteRequest::builder(
        customer("jane@example.com"),
        order("1").with_product(product),
        Consent::granted("test"),
    );
    let products = products.kind(InviteKind::Product).build().unwrap();
    let (one, two) = (Dedup::new(inner.clone(), store.clone()), Dedup::new(other.clone(), store));
    for _ in 0..2 {
        one.send_invite(&request("1")).await.unwrap();
        one.send_invite(&products).await.unwrap();
        two.send_invite(&request("1")).await.unwrap();
    }
    assert_eq!((inner.sends(), other.sends()), (2, 1));
}

#[tokio::test]
async fn everything_else_goes_through() {
    let inner = Scripted::new("a").shared();
    let (dedup, _) = over(&inner);
    assert_eq!((dedup.info(), dedup.capabilities()), (inner.info(), inner.capabilities()));
    assert_eq!(dedup.preview(&request("1")).unwrap(), inner.preview(&request("1")).unwrap());
    for _ in 0..2 {
        dedup.create_link(&request("1")).await.unwrap();
    }
    dedup.find_invite(&request("1").key(dedup.info())).await.unwrap();
    dedup.erase_customer(request("1").customer().email()).await.unwrap();
    dedup.check_setup().await.unwrap();
    assert_eq!(inner.calls(), ["link 1", "link 1", "find a/1", "erase", "check"]);
}

/// Fails before or after the send.
#[derive(Debug, Default)]
struct Broken {
    before: Option<Error>,
    works: AtomicBool,
    memory: MemoryDedupStore,
}

#[async_trait]
impl DedupStore for Broken {
    async fn begin(&self, key: &InviteKey) -> Result<Begun> {
        self.before.clone().map_or(Ok(()), Err)?;
        self.memory.begin(key).await
    }

    async fn finish(&self, key: &InviteKey, settled: Settled) -> Result<()> {
        if !self.works.load(Ordering::SeqCst) {
            return Err(error(ErrorKind::Transient));
        }
        self.memory.finish(key, settled).await
    }

    async fn forget(&self, key: &InviteKey) -> Result<()> {
        self.memory.forget(key).await
    }
}

#[tokio::test]
async fn without_a_store_nothing_is_sent_and_nobody_takes_its_error_for_the_vendors() {
    let soon = RetryAdvice::After(Error::USUAL_WAIT);
    for (kind, advice) in [
        (ErrorKind::Transient, soon),
        (ErrorKind::Config, RetryAdvice::Never),
        (ErrorKind::Duplicate, RetryAdvice::Never),
        (ErrorKind::OutcomeUnknown, RetryAdvice::Never),
    ] {
        let inner = Scripted::new("a").shared();
        let dedup = Dedup::new(inner.clone(), Broken { before: Some(error(kind)), ..Broken::default() });
        let error = dedup.send_or_known(&request("1")).await.unwrap_err();
        assert_eq!((error.kind(), error.sent()), (ErrorKind::Blocked, Sent::No));
        assert_eq!((error.retry_advice(), error.provider()), (advice, Some(inner.info())));
        assert_eq!(inner.calls(), [""; 0]);
    }
}

#[tokio::test]
async fn a_fallback_tries_nobody_else_where_the_store_does_not_say_who_was_asked() {
    let (a, b) = (Scripted::new("a").shared(), Scripted::new("b").shared());
    let down = Broken { before: Some(error(ErrorKind::Transient)), ..Broken::default() };
    // The first took the order before its store went down.
    let fallback = Fallback::new("both", Dedup::new(a, down)).then(b.clone());
    let error = fallback.send_invite(&request("1")).await.unwrap_err();
    assert_eq!((error.kind(), b.sends()), (ErrorKind::Blocked, 0));
}

#[tokio::test]
async fn a_store_that_fails_after_the_send_hides_no_answer_and_keeps_the_key() {
    let answers = [
        Ok(InviteState::Accepted),
        Err(error(ErrorKind::Transient)),
        Err(error(ErrorKind::RateLimited)),
        Err(error(ErrorKind::OutcomeUnknown)),
    ];
    let inner = Scripted::new("a").answering(answers).shared();
    let store = Arc::new(Broken::default());
    let dedup = Dedup::new(inner.clone(), store.clone());
    let receipt = dedup.send_invite(&request("1")).await.unwrap();
    assert_eq!(receipt.state, InviteState::Accepted);
    assert_eq!(receipt.warnings.iter().map(Warning::field).collect::<Vec<_>>(), ["dedup"]);
    for (reference, kind, advice) in [
        ("2", ErrorKind::Transient, RetryAdvice::Never),
        ("3", ErrorKind::RateLimited, RetryAdvice::Never),
        ("4", ErrorKind::OutcomeUnknown, RetryAdvice::Reconcile),
    ] {
        let refused = dedup.send_invite(&request(reference)).await.unwrap_err();
        assert_eq!((refused.kind(), refused.retry_advice()), (kind, advice));
        assert!(refused.message().contains("will not send until the key is forgotten"), "{refused}");
    }

    store.works.store(true, Ordering::SeqCst);
    for reference in ["1", "2", "3", "4"] {
        let again = dedup.send_invite(&request(reference)).await.unwrap_err();
        assert_eq!(again.kind(), ErrorKind::OutcomeUnknown);
    }
    assert_eq!(inner.sends(), 4);
}
