use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use review_core::provider::{BeforeSend, Capabilities, ProviderInfo};
use review_core::{
    Error, ErrorKind, InviteKind, InviteReceipt, InviteRequest, InviteState, RetryAdvice,
    ReviewInviteProvider,
};

use super::{LEASE, key, outbox, request};
use crate::circuit::Signal;
use crate::store::claim::Owner;
use crate::store::ledger::Written;
use crate::{CircuitPolicy, Ledger, Outbox, Resolution, SharedLimit, State};

/// A provider that returns these results, and counts what left.
#[derive(Clone, Debug)]
struct Script {
    info: ProviderInfo,
    capabilities: Capabilities,
    results: Arc<Mutex<VecDeque<Result<InviteState, ErrorKind>>>>,
    sent: Arc<Mutex<Vec<String>>>,
    /// Whether it records that the vendor responded.
    is_tracked: bool,
}

impl Script {
    fn new(results: impl IntoIterator<Item = Result<InviteState, ErrorKind>>) -> Self {
        Self {
            info: super::provider(),
            capabilities: Capabilities::new().add_kind(InviteKind::Service).with_send_hooks(),
            results: Arc::new(Mutex::new(results.into_iter().collect())),
            sent: Arc::default(),
            is_tracked: true,
        }
    }

    fn sent(&self) -> Vec<String> {
        self.sent.lock().unwrap().clone()
    }
}

#[async_trait]
impl ReviewInviteProvider for Script {
    fn info(&self) -> &ProviderInfo {
        &self.info
    }

    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    async fn send_invite(&self, request: &InviteRequest) -> review_core::Result<InviteReceipt> {
        request.hooks().before_send().await?;
        request.hooks().check()?;
        request.hooks().mark_sent();
        self.sent.lock().unwrap().push(request.order().reference().as_str().to_owned());
        let next = self.results.lock().unwrap().pop_front();
        match next.unwrap_or(Ok(InviteState::Accepted)) {
            Ok(state) => Ok(InviteReceipt::new(self.info.clone(), state)),
            Err(kind) => {
                let error = Error::new(kind, "scripted");
                if self.is_tracked && !error.may_have_been_sent() {
                    request.hooks().mark_responded();
                }
                Err(error)
            }
        }
    }
}

/// A provider that adds a hook, which runs before the ledger's.
struct Hooked {
    inner: Script,
    hook: Arc<dyn BeforeSend>,
}

impl std::fmt::Debug for Hooked {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Hooked")
    }
}

#[async_trait]
impl ReviewInviteProvider for Hooked {
    fn info(&self) -> &ProviderInfo {
        &self.inner.info
    }

    fn capabilities(&self) -> &Capabilities {
        &self.inner.capabilities
    }

    async fn send_invite(&self, request: &InviteRequest) -> review_core::Result<InviteReceipt> {
        self.inner.send_invite(&request.clone().with_hook(Arc::clone(&self.hook))).await
    }
}

fn ledger(outbox: &Outbox, script: &Script) -> Ledger {
    Ledger::new(script.clone(), outbox.clone(), LEASE)
}

async fn payloads(outbox: &Outbox) -> Vec<Option<String>> {
    sqlx::query_scalar("SELECT payload FROM outbox ORDER BY id").fetch_all(outbox.sqlite()).await.unwrap()
}

#[tokio::test]
async fn accepted_invitation_leaves_only_its_hash() {
    let (outbox, script) = (outbox().await, Script::new([]));
    let first = ledger(&outbox, &script).send_invite(&request("1")).await.unwrap();
    assert_eq!(first.state, InviteState::Accepted);
    let row: (String, Option<String>, Option<String>, Option<String>) =
        sqlx::query_as("SELECT state, reference, customer_hash, payload FROM outbox")
            .fetch_one(outbox.sqlite())
            .await
            .unwrap();
    assert_eq!(row, ("accepted".to_owned(), None, None, None));
    let second = ledger(&outbox, &script).send_invite(&request("1")).await.unwrap();
    assert_eq!(second.state, InviteState::AlreadyInvited);
    assert_eq!(script.sent(), ["1"]);
}

#[tokio::test]
async fn request_that_was_not_accepted_leaves_no_record() {
    let skipped = InviteState::Skipped { reason: "recently".to_owned(), retry_at: None };
    let script = Script::new([Err(ErrorKind::Transient), Err(ErrorKind::Unauthorized), Ok(skipped)]);
    let outbox = outbox().await;
    for _ in 0..3 {
        let _ = ledger(&outbox, &script).send_invite(&request("1")).await;
        assert_eq!(outbox.find(&key("1")).await.unwrap(), None);
    }
    assert_eq!(
        ledger(&outbox, &script).send_invite(&request("1")).await.unwrap().state,
        InviteState::Accepted
    );
}

#[tokio::test]
async fn unknown_outcome_keeps_the_request_and_blocks() {
    let (outbox, script) = (outbox().await, Script::new([Err(ErrorKind::OutcomeUnknown)]));
    for _ in 0..2 {
        let error = ledger(&outbox, &script).send_invite(&request("1")).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::OutcomeUnknown);
    }
    assert_eq!(script.sent(), ["1"]);
    assert!(payloads(&outbox).await[0].as_deref().unwrap().contains("jane@example.com"));
    let entry = outbox.find(&key("1")).await.unwrap().unwrap();
    assert_eq!((entry.state, entry.error_class.as_deref()), (State::Unknown, Some("outcome_unknown")));
    assert_eq!(entry.unknown_at, Some(outbox.clock.now()));
    // An operator found out that the vendor does not have it.
    assert!(outbox.resolve(entry.id, Resolution::NotSent, "operator", None).await.unwrap());
    ledger(&outbox, &script).send_invite(&request("1")).await.unwrap();
    assert_eq!(script.sent(), ["1", "1"]);
    assert_eq!(payloads(&outbox).await, [None]);
}

#[tokio::test]
async fn tracker_overrules_an_error_that_denies_the_send() {
    let script = Script { is_tracked: false, ..Script::new([Err(ErrorKind::Transient)]) };
    let outbox = outbox().await;
    let error = ledger(&outbox, &script).send_invite(&request("1")).await.unwrap_err();
    assert_eq!(error.retry_advice(), RetryAdvice::Reconcile);
    assert_eq!(outbox.find(&key("1")).await.unwrap().unwrap().state, State::Unknown);
    ledger(&outbox, &script).send_invite(&request("1")).await.unwrap_err();
    assert_eq!(script.sent(), ["1"]);
}

#[tokio::test]
async fn resolved_row_is_forgotten_and_an_open_one_is_not() {
    let (outbox, script) = (outbox().await, Script::new([Err(ErrorKind::OutcomeUnknown)]));
    let _ = ledger(&outbox, &script).send_invite(&request("1")).await;
    let id = outbox.find(&key("1")).await.unwrap().unwrap().id;
    assert!(!outbox.forget(id).await.unwrap(), "it is not finished");
    assert!(payloads(&outbox).await[0].is_some());
    outbox.resolve(id, Resolution::Sent, "operator", None).await.unwrap();
    assert!(outbox.forget(id).await.unwrap());
    assert_eq!(payloads(&outbox).await, [None]);
    assert_eq!(outbox.get(id).await.unwrap().unwrap().reference, None);
}

#[tokio::test]
async fn record_of_a_killed_process_becomes_unknown() {
    let (outbox, script) = (outbox().await, Script::new([]));
    let fence = Owner::new().next_fence();
    let claim = outbox.ledger_claim(&request("1"), &script.info, &key("1"), &fence, LEASE).await.unwrap();
    assert!(matches!(claim, Written::Yes(_)));
    let next = ledger(&outbox, &script);
    assert_eq!(next.prepare().await.unwrap(), 0, "the lease has not ended");
    assert_eq!(next.send_invite(&request("1")).await.unwrap_err().kind(), ErrorKind::OutcomeUnknown);
    outbox.clock.advance(LEASE + Duration::from_secs(1));
    assert_eq!(next.prepare().await.unwrap(), 1);
    assert_eq!(outbox.find(&key("1")).await.unwrap().unwrap().state, State::Unknown);
    assert_eq!(script.sent(), Vec::<String>::new());
}

#[tokio::test]
async fn prepare_marks_more_rows_than_one_statement_moves() {
    let (outbox, script) = (outbox().await, Script::new([]));
    let fence = Owner::new().next_fence();
    for number in 0..501 {
        let reference = number.to_string();
        let (request, key) = (request(&reference), key(&reference));
        outbox.ledger_claim(&request, &script.info, &key, &fence, LEASE).await.unwrap();
    }
    outbox.clock.advance(LEASE + Duration::from_secs(1));
    assert_eq!(ledger(&outbox, &script).prepare().await.unwrap(), 501);
}

#[tokio::test]
async fn two_ledgers_share_the_limit_of_an_instance() {
    let (outbox, script) = (outbox().await, Script::new([]));
    let limited = || {
        let limit = SharedLimit::new("acme", 3, Duration::from_secs(300));
        ledger(&outbox, &script).add_limit("acme", limit)
    };
    let (first, second) = (limited(), limited());
    first.prepare().await.unwrap();
    assert_eq!(first.use_slots("acme", 1).await.unwrap(), None);
    first.send_invite(&request("1")).await.unwrap();
    second.send_invite(&request("2")).await.unwrap();
    let error = second.send_invite(&request("3")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::RateLimited);
    // The window is longer by the time to send, and by up to one segment.
    let RetryAdvice::After(wait) = error.retry_advice() else { panic!("{error:?}") };
    assert!((Duration::from_secs(301)..Duration::from_secs(306)).contains(&wait), "{wait:?}");
    assert_eq!(outbox.find(&key("3")).await.unwrap(), None);
    assert_eq!(second.use_slots("acme", 1).await.unwrap(), Some(wait));
    outbox.clock.advance(wait);
    second.send_invite(&request("3")).await.unwrap();
    assert_eq!(script.sent(), ["1", "2", "3"]);
}

/// Records the invitation as accepted by another process, just before the ledger's own hook.
struct Other(Outbox);

#[async_trait]
impl BeforeSend for Other {
    async fn before_send(&self) -> review_core::Result<()> {
        ledger(&self.0, &Script::new([])).send_invite(&request("1")).await.map(drop)
    }
}

#[tokio::test]
async fn race_for_one_record_is_won_by_one_process() {
    let (outbox, script) = (outbox().await, Script::new([]));
    // Both found no record. Hooks run in the reverse order, so the other one is added by a wrapper.
    let provider = Hooked { inner: script.clone(), hook: Arc::new(Other(outbox.clone())) };
    let receipt = Ledger::new(provider, outbox.clone(), LEASE).send_invite(&request("1")).await.unwrap();
    assert_eq!(receipt.state, InviteState::AlreadyInvited);
    assert_eq!(script.sent(), Vec::<String>::new());
}

#[tokio::test]
async fn operators_decision_is_not_overruled() {
    let (outbox, script) = (outbox().await, Script::new([]));
    let id = outbox.enqueue_one("1").await;
    assert_eq!(outbox.cancel_one("1").await, crate::Changed::Yes);
    let receipt = ledger(&outbox, &script).send_invite(&request("1")).await.unwrap();
    assert!(matches!(receipt.state, InviteState::Skipped { .. }), "{receipt:?}");
    // Queued again, the row is sent by the ledger, and not removed if the vendor rejects it.
    assert!(outbox.requeue(id, "operator", None).await.unwrap());
    let failing = Script::new([Err(ErrorKind::Unauthorized)]);
    assert!(ledger(&outbox, &failing).send_invite(&request("1")).await.is_err());
    assert_eq!(outbox.find(&key("1")).await.unwrap().unwrap().state, State::Pending);
}

#[tokio::test]
async fn ledger_sends_nothing_through_a_stopped_instance() {
    let (outbox, script) = (outbox().await, Script::new([]));
    outbox.enqueue_one("2").await;
    let signal = |signal| {
        let outbox = outbox.clone();
        async move {
            let fence = Owner::new().next_fence();
            outbox.signal("acme", &signal, &fence, &CircuitPolicy::default()).await.unwrap();
        }
    };
    // An invitation without a row, and one that is queued.
    let advice = async || {
        let mut advice = Vec::new();
        for reference in ["1", "2"] {
            let error = ledger(&outbox, &script).send_invite(&request(reference)).await.unwrap_err();
            assert!(!error.may_have_been_sent());
            advice.push(error.retry_advice());
        }
        advice
    };
    outbox.stop("acme").await.unwrap();
    assert_eq!(advice().await, [RetryAdvice::Hold; 2]);
    outbox.resume("acme").await.unwrap();
    signal(Signal::Pause(Duration::from_secs(90))).await;
    assert_eq!(advice().await, [RetryAdvice::After(Duration::from_secs(90)); 2]);
    outbox.clock.advance(Duration::from_secs(90));
    signal(Signal::Account { class: "unauthorized" }).await;
    assert_eq!(advice().await, [RetryAdvice::Hold; 2]);
    outbox.resume("acme").await.unwrap();
    signal(Signal::Unknown).await;
    assert_eq!(advice().await, [RetryAdvice::After(Duration::from_secs(1)); 2]);
    assert_eq!(outbox.find(&key("1")).await.unwrap(), None);
    assert_eq!(outbox.find(&key("2")).await.unwrap().unwrap().state, State::Pending);
    assert_eq!(script.sent(), Vec::<String>::new());
    outbox.resume("acme").await.unwrap();
    for reference in ["1", "2"] {
        ledger(&outbox, &script).send_invite(&request(reference)).await.unwrap();
    }
    assert_eq!(script.sent(), ["1", "2"]);
}

#[tokio::test]
async fn instance_stopped_between_attempts_ends_the_send() {
    let outbox = outbox().await;
    let fence = Owner::new().next_fence();
    let info = super::provider();
    let first = outbox.ledger_claim(&request("1"), &info, &key("1"), &fence, LEASE).await.unwrap();
    let Written::Yes(claimed) = first else { panic!("{first:?}") };
    let again = outbox.ledger_renew(claimed.clone(), "acme", LEASE).await.unwrap();
    assert!(matches!(again, Written::Yes(_)), "{again:?}");
    outbox.stop("acme").await.unwrap();
    let again = outbox.ledger_renew(claimed, "acme", LEASE).await.unwrap();
    assert!(matches!(again, Written::Stopped(_)), "{again:?}");
}
