//! Calls that are dropped at every point where they wait, behind `Dedup`: no email without a word, none twice, and no
//! order that nothing knows about. Time is paused.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

mod common;

use std::collections::HashMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use common::{Tokens, classifier};
use review_core::model::InviteKey;
use review_core::provider::{Capabilities, InviteReceipt, InviteState, ProviderInfo, ReviewInviteProvider};
use review_core::wrappers::{ClaimResult, Completion, Dedup, DedupStore, MemoryDedupStore};
use review_core::{Consent, Error, ErrorKind, InviteRequest, Result, SendState};
use review_http::{
    ApiRequest, BodyStatus, Client, ClientOptions, HttpResponse, HttpTransport, RateLimits, RequestObserver,
    RequestTracker, RetryPolicy, TokenCache, TokenPlace, TransportError, TransportErrorKind,
};

/// Lets the caller be dropped at this point, a random number of times.
async fn wait() {
    for _ in 0..fastrand::u8(0..3) {
        tokio::task::yield_now().await;
    }
}

/// A vendor that sends an email for every invitation that it accepts.
#[derive(Debug, Default)]
struct Vendor(Mutex<HashMap<String, usize>>);

#[async_trait]
impl HttpTransport for Vendor {
    async fn send(&self, request: http::Request<Bytes>, _: Duration) -> Result<HttpResponse, TransportError> {
        let tracker = RequestTracker::from_request(&request);
        tracker.mark_unsent();
        wait().await;
        if fastrand::u8(0..10) == 0 {
            return Err(TransportError::new(SendState::NotSent, TransportErrorKind::Connect));
        }
        tracker.mark_sent();
        let (status, accepted) = match fastrand::u8(0..20) {
            0 => (401, false),
            1 => (429, false),
            2 => (500, fastrand::bool()),
            3 => (400, false),
            _ => (202, true),
        };
        wait().await;
        if accepted {
            let order = String::from_utf8(request.body().to_vec()).unwrap();
            *self.0.lock().unwrap().entry(order).or_default() += 1;
        }
        wait().await;
        if fastrand::u8(0..20) == 0 {
            return Err(TransportError::new(SendState::Unknown, TransportErrorKind::Interrupted));
        }
        let status = http::StatusCode::from_u16(status).unwrap();
        let (headers, body) = (http::HeaderMap::new(), Bytes::from_static(b"{}"));
        Ok(HttpResponse { status, headers, body, body_status: BodyStatus::Complete })
    }
}

/// The orders of the calls that were dropped after they may have left.
#[derive(Debug, Default)]
struct Abandoned(Mutex<Vec<String>>);

impl RequestObserver for Abandoned {
    fn on_abandoned(&self, order: Option<&str>, _: &Error) {
        self.0.lock().unwrap().extend(order.map(str::to_owned));
    }
}

#[derive(Debug)]
struct Provider(ProviderInfo, Capabilities, Client);

#[async_trait]
impl ReviewInviteProvider for Provider {
    fn info(&self) -> &ProviderInfo {
        &self.0
    }

    fn capabilities(&self) -> &Capabilities {
        &self.1
    }

    async fn send_invite(&self, request: &InviteRequest) -> Result<InviteReceipt> {
        let url = "https://vendor.example/invitations".parse().unwrap();
        let order = request.order().reference();
        let call = ApiRequest::at_most_once("send_invite", http::Method::POST, url)
            .json(&order.as_str())?
            .with_order_reference(Some(order.as_str()))
            .with_hooks(request.hooks().clone());
        self.2.send(call).await?;
        Ok(InviteReceipt::new(self.0.clone(), InviteState::Accepted))
    }
}

/// A store that waits before and after it works.
#[derive(Debug, Default)]
struct Store(MemoryDedupStore);

#[async_trait]
impl DedupStore for Store {
    async fn claim(&self, key: &InviteKey) -> Result<ClaimResult> {
        wait().await;
        let result = self.0.claim(key).await;
        wait().await;
        result
    }

    async fn complete(&self, key: &InviteKey, completion: Completion) -> Result<()> {
        wait().await;
        self.0.complete(key, completion).await?;
        wait().await;
        Ok(())
    }

    async fn release(&self, key: &InviteKey) -> Result<()> {
        self.0.release(key).await
    }
}

/// A future that is dropped after it was polled so many times. `None`: it was dropped.
struct DropAfter<F>(Option<Pin<Box<F>>>, usize);

impl<F: Future> Future for DropAfter<F> {
    type Output = Option<F::Output>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        if self.1 == 0 {
            self.0 = None;
        }
        self.1 = self.1.saturating_sub(1);
        match &mut self.0 {
            None => Poll::Ready(None),
            Some(future) => future.as_mut().poll(cx).map(Some),
        }
    }
}

#[tokio::test(start_paused = true)]
async fn dropped_calls_invite_no_one_twice_and_none_in_silence() {
    const ORDERS: usize = 6300;
    let vendor = Arc::new(Vendor::default());
    let abandoned = Arc::new(Abandoned::default());
    let limits = RateLimits::unlimited().with_limit(50, Duration::from_secs(1));
    let options = ClientOptions::from(RetryPolicy::default().with_retry_budget(u32::MAX))
        .with_rate_limits(limits)
        .with_observer(abandoned.clone());
    let info = ProviderInfo::new("vendor", "test");
    let tokens = TokenCache::new(info.clone(), Tokens::default());
    let client = Client::new(info.clone(), vendor.clone(), &options, classifier)
        .with_token_cache(Arc::new(tokens), TokenPlace::Bearer);
    let store = Arc::new(Store::default());
    let capabilities = Capabilities::all().with_send_hooks();
    let dedup = Arc::new(Dedup::new(Provider(info, capabilities, client), store.clone()));
    let mut dropped = 0;
    for order in (0..ORDERS).map(|number| format!("order-{number}")) {
        let consent = Consent::granted("test");
        let request = InviteRequest::builder("jane@example.com", order.as_str(), consent).build().unwrap();
        let send = Box::pin(dedup.send_invite(&request));
        let first = DropAfter(Some(send), fastrand::usize(0..20)).await;
        dropped += usize::from(first.is_none());
        let sent = || vendor.0.lock().unwrap().get(&format!("\"{order}\"")).copied().unwrap_or_default();
        let is_abandoned = abandoned.0.lock().unwrap().contains(&order);
        let is_unknown = |error: &Error| error.kind() == ErrorKind::OutcomeUnknown;
        match &first {
            Some(Ok(_)) => assert_eq!(sent(), 1, "{order}"),
            Some(Err(error)) => assert!(sent() == 0 || is_unknown(error), "{order}: {error}"),
            // The response may have arrived: then the caller is the store.
            None if sent() == 1 && !is_abandoned => {
                dedup.settle_dropped().await.unwrap();
                assert!(store.0.find(&request.key(dedup.info())).await.unwrap().is_some(), "{order}");
            }
            None => {}
        }
        // A second call never sends what may have been sent, and is never stuck on what was not.
        let second = dedup.send_invite(&request).await;
        assert!(sent() <= 1, "{order}: {} emails", sent());
        if let (None, Err(error), 0, false) = (&first, &second, sent(), is_abandoned) {
            assert!(!error.message().contains("another call"), "{order}: {error}");
        }
    }
    assert!(dropped > ORDERS / 4, "{dropped} were dropped");
    let emails: usize = vendor.0.lock().unwrap().values().sum();
    assert!(emails > ORDERS / 2, "{emails} emails");
}
