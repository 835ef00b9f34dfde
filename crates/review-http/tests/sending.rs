//! The order of a send: token, rate limit, hooks, one check without waiting. Time is paused.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

mod common;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use review_core::provider::{BeforeSend, SendTracker};
use review_core::{Consent, Error, ErrorKind, InviteRequest, Result, RetryAdvice, SendState};
use review_http::{
    ApiRequest, Client, ClientOptions, RateLimits, RetryPolicy, Token, TokenCache, TokenPlace, TokenSource,
};
use tokio::time::Instant;

use common::{Marks, Script, Step, Tokens, client, invitation};

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn patient() -> ClientOptions {
    let limits = RateLimits::unlimited().with_limit(1, seconds(100));
    let retry = RetryPolicy::default().with_total_timeout(seconds(20_000));
    ClientOptions::from(retry).with_rate_limits(limits)
}

/// A kill switch, a hook that takes a while, and what they saw.
#[derive(Default)]
struct Hook {
    is_off: AtomicBool,
    started: AtomicUsize,
    wait: Duration,
}

#[async_trait]
impl BeforeSend for Hook {
    async fn before_send(&self) -> Result<()> {
        self.started.fetch_add(1, Ordering::SeqCst);
        tokio::time::sleep(self.wait).await;
        Ok(())
    }

    fn check(&self) -> Result<()> {
        if self.is_off.load(Ordering::SeqCst) {
            return Err(Error::new(ErrorKind::Blocked, "switched off"));
        }
        Ok(())
    }
}

fn with_hook(hook: &Arc<Hook>) -> (ApiRequest, SendTracker) {
    let tracker = SendTracker::new();
    let invite = InviteRequest::builder("jane@example.com", "1001", Consent::granted("checkbox"))
        .build()
        .unwrap()
        .with_hook(Arc::clone(hook) as Arc<dyn BeforeSend>)
        .with_tracker(tracker.clone());
    (invitation().with_hooks(invite.hooks().clone()), tracker)
}

/// Tokens with this lifetime.
#[derive(Debug)]
struct ShortTokens(Duration, AtomicUsize);

#[async_trait]
impl TokenSource for ShortTokens {
    async fn fetch(&self, _: Option<&Token>) -> Result<Token> {
        tokio::time::sleep(seconds(1)).await;
        let number = self.1.fetch_add(1, Ordering::SeqCst) + 1;
        Token::new(format!("canary-token-{number}").into(), Some(self.0))
    }
}

fn with_short_tokens(script: &Script, expires_in: Duration) -> Client {
    let client = client(script, patient(), Tokens::default());
    let cache = TokenCache::new(client.info().clone(), ShortTokens(expires_in, AtomicUsize::new(0)));
    client.with_token_cache(Arc::new(cache), TokenPlace::Bearer)
}

#[tokio::test(start_paused = true)]
async fn a_token_that_expires_in_the_queue_is_replaced() {
    let script = Script::default();
    script.steps.lock().unwrap().extend([Step::Status(202); 5]);
    let client = with_short_tokens(&script, seconds(50));
    let began = Instant::now();
    let callers: Vec<_> = (0..5)
        .map(|_| {
            let client = client.clone();
            tokio::spawn(async move { client.send(invitation()).await.map(|_| ()) })
        })
        .collect();
    for caller in callers {
        caller.await.unwrap().unwrap();
    }
    let expected = [1, 2, 3, 4, 5].map(|number| format!("Bearer canary-token-{number}"));
    assert_eq!(*script.tokens.lock().unwrap(), expected);
    let took = began.elapsed();
    assert!((seconds(404)..seconds(415)).contains(&took), "a slot was lost: {took:?}");
}

#[tokio::test(start_paused = true)]
async fn a_token_that_expires_during_a_hook_is_replaced() {
    struct FirstIsSlow(AtomicUsize);
    #[async_trait]
    impl BeforeSend for FirstIsSlow {
        async fn before_send(&self) -> Result<()> {
            if self.0.fetch_add(1, Ordering::SeqCst) == 0 {
                tokio::time::sleep(seconds(60)).await;
            }
            Ok(())
        }
    }
    let script = Script::default();
    script.steps.lock().unwrap().push_back(Step::Status(202));
    let invite = InviteRequest::builder("jane@example.com", "1001", Consent::granted("checkbox"))
        .build()
        .unwrap()
        .with_hook(Arc::new(FirstIsSlow(AtomicUsize::new(0))));
    let request = invitation().with_hooks(invite.hooks().clone());
    with_short_tokens(&script, seconds(50)).send(request).await.unwrap();
    assert_eq!(*script.tokens.lock().unwrap(), ["Bearer canary-token-2"]);
}

#[tokio::test(start_paused = true)]
async fn a_token_without_a_lifetime_is_usable_once() {
    let script = Script::default();
    script.steps.lock().unwrap().push_back(Step::Status(202));
    with_short_tokens(&script, Duration::ZERO).send(invitation()).await.unwrap();
    assert_eq!(*script.tokens.lock().unwrap(), ["Bearer canary-token-1"]);
}

#[tokio::test(start_paused = true)]
async fn nothing_leaves_after_the_switch_is_off() {
    let script = Script::default();
    script.steps.lock().unwrap().extend([Step::Status(202); 2]);
    let client = client(&script, patient(), Tokens::default());
    let hook = Arc::new(Hook::default());
    let callers: Vec<_> = (0..20)
        .map(|_| {
            let (client, (request, tracker)) = (client.clone(), with_hook(&hook));
            tokio::spawn(async move { (client.send(request).await.map(|_| ()), tracker.state()) })
        })
        .collect();
    tokio::time::sleep(seconds(50)).await;
    hook.is_off.store(true, Ordering::SeqCst);
    let mut sent = 0;
    for caller in callers {
        match caller.await.unwrap() {
            (Ok(()), SendState::Unknown) => sent += 1,
            (Err(error), SendState::NotSent) => {
                assert_eq!((error.kind(), error.send_state()), (ErrorKind::Blocked, SendState::NotSent));
                assert_eq!(error.operation(), Some("send_invite"));
            }
            other => panic!("{other:?}"),
        }
    }
    assert_eq!((sent, script.steps.lock().unwrap().len()), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn the_switch_is_checked_after_the_last_hook() {
    let script = Script::default();
    let client = client(&script, RetryPolicy::default(), Tokens::default());
    let hook = Arc::new(Hook { wait: seconds(5), ..Hook::default() });
    let (request, tracker) = with_hook(&hook);
    let send = tokio::spawn(async move { client.send(request).await.map(|_| ()) });
    tokio::time::sleep(seconds(2)).await;
    hook.is_off.store(true, Ordering::SeqCst);
    assert_eq!(send.await.unwrap().unwrap_err().kind(), ErrorKind::Blocked);
    assert_eq!(tracker.state(), SendState::NotSent);
}

#[tokio::test(start_paused = true)]
async fn slow_hooks_do_not_overfill_the_window() {
    let script = Script::default();
    script.steps.lock().unwrap().extend([Step::Status(202); 4]);
    let client = client(&script, patient(), Tokens::default());
    let hook = Arc::new(Hook { wait: seconds(10), ..Hook::default() });
    let began = Instant::now();
    let mut left = Vec::new();
    for _ in 0..4 {
        client.send(with_hook(&hook).0).await.unwrap();
        left.push(began.elapsed());
    }
    assert!(left.windows(2).all(|pair| pair[1] - pair[0] >= seconds(101)), "{left:?}");
}

#[tokio::test(start_paused = true)]
async fn hooks_run_for_every_attempt() {
    let script = Script::default();
    script.steps.lock().unwrap().extend([Step::NotSent, Step::RetryAfter(429, "3"), Step::Status(202)]);
    let client = client(&script, RetryPolicy::default(), Tokens::default());
    let hook = Arc::new(Hook::default());
    let (request, tracker) = with_hook(&hook);
    client.send(request).await.unwrap();
    assert_eq!((hook.started.load(Ordering::SeqCst), tracker.state()), (3, SendState::Unknown));
}

#[tokio::test(start_paused = true)]
async fn trackers_record_how_far_a_send_got() {
    for (steps, state) in [
        (&[Step::NotSent][..], SendState::NotSent),
        (&[Step::Lost], SendState::Unknown),
        (&[Step::Status(500)], SendState::Unknown),
        (&[Step::Body(400, "{}")], SendState::Responded),
        (&[Step::Lost, Step::NotSent], SendState::Unknown),
        (&[Step::Hang(Marks::Unmarked)], SendState::Unknown),
        (&[Step::Hang(Marks::Unsent)], SendState::NotSent),
        (&[Step::Hang(Marks::Sent)], SendState::Unknown),
        (&[Step::Lost, Step::Hang(Marks::Unsent)], SendState::Unknown),
    ] {
        let script = Script::default();
        script.steps.lock().unwrap().extend(steps);
        let attempts = u32::try_from(steps.len()).unwrap();
        let policy = RetryPolicy::at_least_once().with_max_attempts(attempts);
        let client = client(&script, policy, Tokens::default());
        let (request, tracker) = with_hook(&Arc::default());
        let result = tokio::time::timeout(seconds(20), client.send(request)).await;
        assert!(result.is_err() || result.is_ok_and(|result| result.is_err()), "{steps:?}");
        assert_eq!(tracker.state(), state, "{steps:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_hook_that_hangs_ends_with_the_deadline() {
    let script = Script::default();
    let client = client(&script, RetryPolicy::default(), Tokens::default());
    let hook = Arc::new(Hook { wait: seconds(3600), ..Hook::default() });
    let error = client.send(with_hook(&hook).0).await.unwrap_err();
    assert_eq!((error.kind(), error.send_state()), (ErrorKind::Transient, SendState::NotSent));
}

#[tokio::test(start_paused = true)]
async fn impatient_callers_share_one_token() {
    let script = Script::default();
    script.steps.lock().unwrap().push_back(Step::Status(202));
    let tokens = Tokens(Arc::default(), None, Duration::from_millis(1200));
    let client = client(&script, RetryPolicy::default(), tokens.clone());
    let callers: Vec<_> = (0..300)
        .map(|_| {
            let client = client.clone();
            tokio::spawn(async move { tokio::time::timeout(seconds(1), client.send(invitation())).await })
        })
        .collect();
    for caller in callers {
        assert!(caller.await.unwrap().is_err());
    }
    tokio::time::sleep(seconds(1)).await;
    client.send(invitation()).await.unwrap();
    assert_eq!(tokens.0.load(Ordering::SeqCst), 1);
}

#[tokio::test(start_paused = true)]
async fn an_empty_403_is_not_resent_but_renews_the_token() {
    let script = Script::default();
    script.steps.lock().unwrap().extend([Step::Status(403), Step::Status(202)]);
    let client = client(&script, RetryPolicy::default(), Tokens::default());
    let error = client.send(invitation()).await.unwrap_err();
    assert_eq!(error.retry_advice(), RetryAdvice::After(seconds(60)));
    client.send(invitation()).await.unwrap();
    assert_eq!(*script.tokens.lock().unwrap(), ["Bearer canary-token-1", "Bearer canary-token-2"]);

    let read = ApiRequest::idempotent("list", http::Method::GET, "https://vendor.example/".parse().unwrap());
    script.steps.lock().unwrap().extend([Step::Status(403), Step::Status(200)]);
    client.send(read.clone()).await.unwrap();
    assert_eq!(script.tokens.lock().unwrap().len(), 4, "an idempotent request is sent again");
    script.steps.lock().unwrap().push_back(Step::Status(200));
    client.send(read.without_token()).await.unwrap();
    assert_eq!(script.tokens.lock().unwrap().len(), 4, "and one without a token carries none");
}
