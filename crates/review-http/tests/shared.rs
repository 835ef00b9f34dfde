//! What the callers of an instance share: pauses, limits, the retry budget; and what an observer receives about
//! cancelled callers. Time is paused.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

mod common;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use review_core::provider::ProviderInfo;
use review_core::{Error, ErrorKind, RetryAdvice, SendState};
use review_http::{
    ApiRequest, BodyStatus, Client, ClientOptions, HttpResponse, HttpTransport, RateLimits, RequestObserver,
    RetryPolicy, TransportError,
};
use tokio::time::Instant;

use common::{Marks, Script, Step, Tokens, classifier, client, invitation};

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

#[tokio::test(start_paused = true)]
async fn a_429_delays_all_callers_of_its_instance_only() {
    let (here, there) = (Script::default(), Script::default());
    here.steps.lock().unwrap().push_back(Step::RetryAfter(429, "20"));
    here.steps.lock().unwrap().extend([Step::Status(202); 20]);
    there.steps.lock().unwrap().extend([Step::Status(202); 20]);
    let throttled = client(&here, RetryPolicy::default(), Tokens::default());
    let other = client(&there, RetryPolicy::default(), Tokens::default());
    let began = Instant::now();
    let first = tokio::spawn({
        let client = throttled.clone();
        async move { client.send(invitation()).await.map(|_| began.elapsed()) }
    });
    tokio::time::sleep(Duration::from_millis(10)).await;
    let callers: Vec<_> = (0..19)
        .map(|_| {
            let client = throttled.clone();
            tokio::spawn(async move { client.send(invitation()).await.map(|_| began.elapsed()) })
        })
        .collect();
    for _ in 0..20 {
        other.send(invitation()).await.unwrap();
    }
    assert_eq!(began.elapsed(), Duration::from_millis(10), "the other instance goes on");
    for caller in callers.into_iter().chain([first]) {
        let went = caller.await.unwrap().unwrap();
        assert!((seconds(20)..=seconds(22)).contains(&went), "{went:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_pause_beyond_the_deadline_is_an_immediate_error() {
    let script = Script::default();
    script.steps.lock().unwrap().push_back(Step::RetryAfter(429, "600"));
    let client = client(&script, RetryPolicy::default(), Tokens::default());
    client.send(invitation()).await.unwrap_err();
    let began = Instant::now();
    let error = client.send(invitation()).await.unwrap_err();
    assert_eq!((error.kind(), error.send_state()), (ErrorKind::RateLimited, SendState::NotSent));
    let RetryAdvice::After(wait) = error.retry_advice() else { panic!("{error:?}") };
    assert!((seconds(600)..=seconds(601)).contains(&wait), "{wait:?}");
    assert_eq!(began.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn limits_are_kept_by_waiting_or_by_an_error() {
    let script = Script::default();
    script.steps.lock().unwrap().extend([Step::Status(202); 5]);
    let limits = RateLimits::unlimited().with_limit(2, seconds(20));
    let client = client(&script, ClientOptions::default().with_rate_limits(limits), Tokens::default());
    let began = Instant::now();
    for _ in 0..4 {
        client.send(invitation()).await.unwrap();
    }
    assert_eq!(began.elapsed(), Duration::from_millis(20_200));
    for _ in 0..2 {
        let waiting = client.send(invitation());
        assert!(tokio::time::timeout(seconds(1), waiting).await.is_err());
    }
    let busy: Vec<_> = (0..2)
        .map(|_| {
            let client = client.clone();
            tokio::spawn(async move { client.send(invitation()).await })
        })
        .collect();
    tokio::task::yield_now().await;
    let error = client.send(invitation()).await.unwrap_err();
    assert_eq!((error.kind(), error.send_state()), (ErrorKind::RateLimited, SendState::NotSent));
    busy.into_iter().for_each(|call| call.abort());
}

/// Rejects every connection until it is up again, and counts.
#[derive(Debug, Default)]
struct Down(Mutex<(bool, usize)>);

#[async_trait]
impl HttpTransport for Down {
    async fn send(&self, _: http::Request<Bytes>, _: Duration) -> Result<HttpResponse, TransportError> {
        let mut state = self.0.lock().unwrap();
        state.1 += 1;
        if state.0 {
            let (status, headers) = (http::StatusCode::ACCEPTED, http::HeaderMap::new());
            return Ok(HttpResponse {
                status,
                headers,
                body: Bytes::new(),
                body_status: BodyStatus::Complete,
            });
        }
        Err(TransportError::new(SendState::NotSent, review_http::TransportErrorKind::Connect))
    }
}

#[tokio::test(start_paused = true)]
async fn a_vendor_that_is_down_is_not_kept_down_by_retries() {
    const CALLS: usize = 6000;
    let down = Arc::new(Down::default());
    let transport = Arc::clone(&down) as review_http::DynTransport;
    let info = ProviderInfo::new("vendor", "test");
    let client = Client::new(info, transport, &RetryPolicy::default().into(), classifier);
    for _ in 0..CALLS {
        let client = client.clone();
        tokio::spawn(async move { client.send(invitation()).await });
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let attempts = down.0.lock().unwrap().1;
    assert!(attempts <= CALLS * 12 / 10, "{attempts} attempts for {CALLS} calls");
    assert!(attempts >= CALLS + 100, "the budget is used: {attempts} attempts");
    down.0.lock().unwrap().0 = true;
    let recovered = Instant::now();
    client.send(invitation()).await.unwrap();
    assert!(recovered.elapsed() < seconds(5));
    // And with successes the budget fills again.
    for _ in 0..10 {
        client.send(invitation()).await.unwrap();
    }
    down.0.lock().unwrap().0 = false;
    let before = down.0.lock().unwrap().1;
    client.send(invitation()).await.unwrap_err();
    assert_eq!(down.0.lock().unwrap().1 - before, 3);
}

#[derive(Debug, Default)]
struct Events(Mutex<Vec<(Option<String>, Error)>>);

impl RequestObserver for Events {
    fn on_abandoned(&self, reference: Option<&str>, error: &Error) {
        self.0.lock().unwrap().push((reference.map(str::to_owned), error.clone()));
    }
}

/// What the observer receives when the caller is cancelled after a second.
async fn abandoned(steps: &[Step], call: ApiRequest, policy: RetryPolicy) -> Vec<(Option<String>, Error)> {
    let script = Script::default();
    script.steps.lock().unwrap().extend(steps);
    let events = Arc::new(Events::default());
    let options = ClientOptions::from(policy).with_observer(Arc::clone(&events) as Arc<dyn RequestObserver>);
    let client = client(&script, options, Tokens::default());
    assert!(tokio::time::timeout(seconds(1), client.send(call)).await.is_err(), "it must be cancelled");
    std::mem::take(&mut *events.0.lock().unwrap())
}

#[tokio::test(start_paused = true)]
async fn a_cancelled_caller_is_reported_if_the_body_was_taken() {
    for marks in [Marks::Unmarked, Marks::Sent] {
        let events = abandoned(&[Step::Hang(marks)], invitation(), RetryPolicy::default()).await;
        let [(reference, error)] = events.as_slice() else { panic!("{marks:?}: {events:?}") };
        assert_eq!(reference.as_deref(), Some("1001"));
        assert_eq!((error.kind(), error.send_state()), (ErrorKind::OutcomeUnknown, SendState::Unknown));
        assert_eq!(error.retry_advice(), RetryAdvice::Reconcile);
        let text =
            "vendor/test: send_invite: outcome unknown: the caller was cancelled before a response arrived";
        assert_eq!(error.to_string(), text);
    }
}

#[tokio::test(start_paused = true)]
async fn unsent_and_idempotent_requests_are_not_reported() {
    let policy = RetryPolicy::default;
    assert!(abandoned(&[Step::Hang(Marks::Unsent)], invitation(), policy()).await.is_empty());
    let read = ApiRequest::idempotent("list", http::Method::GET, "https://vendor.example/".parse().unwrap());
    assert!(abandoned(&[Step::Hang(Marks::Sent)], read, policy()).await.is_empty());
    // Between two attempts, neither of which can have arrived.
    let steps = [Step::RetryAfter(429, "20"), Step::Status(202)];
    assert!(abandoned(&steps, invitation(), policy()).await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn an_unknown_attempt_is_reported_during_the_next_one() {
    let policy = RetryPolicy::at_least_once()
        .with_backoff(seconds(3600), seconds(3600))
        .with_total_timeout(seconds(7200));
    // Full jitter may wait next to nothing: a second attempt that hangs without having left is as good.
    let events = abandoned(&[Step::Lost, Step::Hang(Marks::Unsent)], invitation(), policy).await;
    assert_eq!(events.len(), 1);
}
