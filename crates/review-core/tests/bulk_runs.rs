//! Random bulk runs: every request is in exactly one place, whatever fails, stops or is dropped. Time is paused.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may panic")]

mod common;

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use common::error;
use fastrand::Rng;
use futures_util::{StreamExt, stream};
use review_core::bulk::{BulkItem, BulkOptions, BulkRetry};
use review_core::model::Locale;
use review_core::provider::{
    Capabilities, InviteReceipt, ProviderInfo, ReviewInviteProvider, ReviewInviteProviderExt,
};
use review_core::wrappers::{Route, Router};
use review_core::{Consent, ErrorKind, InviteRequest, InviteState, Result, RetryAdvice};

/// The emails for each order.
type Emails = Arc<Mutex<HashMap<String, usize>>>;

/// Takes a random time, and accepts, rejects, loses or delays at random.
#[derive(Debug)]
struct Vendor {
    info: ProviderInfo,
    capabilities: Capabilities,
    rng: Mutex<Rng>,
    emails: Emails,
}

impl Vendor {
    fn new(instance: &str, rng: &mut Rng, emails: &Emails) -> Self {
        Self {
            info: ProviderInfo::new("fake", instance),
            capabilities: Capabilities::all().with_send_hooks(),
            rng: Mutex::new(rng.fork()),
            emails: emails.clone(),
        }
    }

    fn random(&self, below: u64) -> u64 {
        self.rng.lock().unwrap().u64(0..below)
    }

    async fn wait(&self) {
        tokio::time::sleep(Duration::from_millis(self.random(3))).await;
    }
}

#[async_trait]
impl ReviewInviteProvider for Vendor {
    fn info(&self) -> &ProviderInfo {
        &self.info
    }

    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    async fn send_invite(&self, request: &InviteRequest) -> Result<InviteReceipt> {
        self.wait().await;
        request.hooks().before_send().await?;
        request.hooks().check()?;
        let again =
            |kind, wait| error(kind).with_retry_advice(RetryAdvice::After(Duration::from_millis(wait)));
        let outcome = self.random(100);
        if outcome < 8 {
            return Err(again(ErrorKind::Transient, 0));
        }
        request.hooks().mark_sent();
        self.wait().await;
        if matches!(outcome, 8..12 | 31..) {
            let order = request.order().reference().to_string();
            *self.emails.lock().unwrap().entry(order).or_default() += 1;
        }
        self.wait().await;
        let result = match outcome {
            8..16 => Err(error(ErrorKind::OutcomeUnknown)),
            16..22 => Err(again(ErrorKind::RateLimited, 5)),
            22..28 => Err(error(ErrorKind::InvalidRequest)),
            28 => Err(error(ErrorKind::Unauthorized)),
            29 | 30 => Ok(InviteState::Skipped { reason: "recently".into(), retry_at: None }),
            _ => Ok(InviteState::Accepted),
        };
        let result = result.map(|state| InviteReceipt::new(self.info.clone(), state));
        let result = result.map_err(|error| error.with_provider(&self.info));
        request.hooks().record(&result);
        result
    }
}

fn options(rng: &mut Rng) -> BulkOptions {
    let mut options = BulkOptions::new().concurrency(rng.usize(1..9));
    if rng.bool() {
        options = options.ordered();
    }
    if rng.bool() {
        options = options.retry(BulkRetry::new(tokio::time::sleep).max_attempts(rng.u32(1..5)));
    }
    if rng.u8(0..4) == 0 {
        options = options.continue_on_error();
    }
    options
}

fn may_be_sent(item: &BulkItem) -> bool {
    match &item.result {
        Ok(receipt) => receipt.state == InviteState::Accepted,
        Err(error) => error.kind() == ErrorKind::OutcomeUnknown,
    }
}

async fn run(seed: u64) {
    let mut rng = Rng::with_seed(seed);
    let emails = Emails::default();
    let router = Router::builder("r")
        .route(Route::locale(Locale::new("de").unwrap()), Vendor::new("de", &mut rng, &emails))
        .default_target(Vendor::new("en", &mut rng, &emails))
        .build()
        .unwrap();
    let count = rng.usize(1..40);
    let mut languages = rng.fork();
    let input = stream::iter((0..count).map(move |number| {
        let locale = if languages.bool() { "de" } else { "en" };
        let consent = Consent::granted("test");
        InviteRequest::builder("jane@example.com", number.to_string(), consent)
            .locale(locale)
            .build()
            .unwrap()
    }));
    let options = options(&mut rng);
    let is_ordered = format!("{options:?}").contains("ordered: true");
    let mut bulk = router.send_all(input, options);
    let tracker = bulk.tracker();
    let mut items: Vec<BulkItem> = Vec::new();
    // Read to the end, stop after some results, or be dropped after some time.
    let (stop_after, limit) = match rng.u8(0..3) {
        0 => (usize::MAX, Duration::MAX),
        1 => (rng.usize(0..10), Duration::MAX),
        _ => (usize::MAX, Duration::from_millis(rng.u64(0..30))),
    };
    let drain = async {
        while let Some(item) = bulk.next().await {
            items.push(item);
            if items.len() == stop_after {
                bulk.stop();
            }
        }
    };
    let is_dropped = tokio::time::timeout(limit, drain).await.is_err();
    drop(bulk);

    let unread = tracker.unread_results();
    let references =
        |keys: Vec<review_core::model::InviteKey>| keys.into_iter().map(|key| key.reference.to_string());
    let (in_flight, pending): (Vec<_>, Vec<_>) =
        (references(tracker.in_flight()).collect(), references(tracker.pending()).collect());
    let with_result = items.iter().chain(&unread).map(|item| item.key.reference.to_string());
    let mut places: Vec<String> = with_result.chain(in_flight.clone()).chain(pending).collect();
    let summary = tracker.summary();
    let total = places.len();
    places.sort();
    places.dedup();
    assert_eq!((total, places.len() as u64), (places.len(), summary.received), "seed {seed}: {summary}");
    let counted = summary.accepted + summary.skipped + summary.rejected + summary.not_sent + summary.unknown;
    assert_eq!(counted, summary.received, "seed {seed}: {summary}");
    if !is_dropped {
        assert!(unread.is_empty() && in_flight.is_empty(), "seed {seed}: results were withheld");
        assert!(summary.received == count as u64 || summary.stop_reason.is_some(), "seed {seed}");
    }
    if is_ordered {
        assert!(items.is_sorted_by_key(|item| item.index), "seed {seed}");
    }
    for (order, sent) in &*emails.lock().unwrap() {
        assert_eq!(*sent, 1, "seed {seed}: order {order} was sent twice");
        let is_known =
            items.iter().chain(&unread).any(|item| item.key.reference.as_str() == order && may_be_sent(item));
        assert!(is_known || in_flight.contains(order), "seed {seed}: order {order} was sent in silence");
    }
}

#[tokio::test(start_paused = true)]
async fn bulk_random_runs_keep_each_request_in_one_place() {
    for seed in 0..4000 {
        run(seed).await;
    }
}
