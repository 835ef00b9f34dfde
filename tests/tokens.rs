//! One token for all: a thousand callers, several processes, and a token endpoint that is down. Token requests
//! are counted at the sandbox.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may panic")]

use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use review_invites::http::{ClientOptions, RateLimits, RetryPolicy};
use review_invites::{ErrorKind, SendState};
use review_invites_tests::vendors::etrusted::ETRUSTED;
use review_invites_tests::vendors::trustpilot::TRUSTPILOT;
use review_invites_tests::{TestVendor, VENDORS, provider_with, request, settings, settings_with};
use review_sandbox::{Sandbox, Vendor};
use tokio::sync::Barrier;

fn with_tokens() -> impl Iterator<Item = &'static TestVendor> {
    VENDORS.into_iter().filter(|vendor| vendor.has_tokens)
}

fn unlimited() -> ClientOptions {
    // A thousand callers keep a busy machine occupied for longer than the usual timeout.
    let patient = Duration::from_secs(600);
    let retry = RetryPolicy::default().with_attempt_timeout(patient).with_total_timeout(patient);
    ClientOptions::from(retry).with_rate_limits(RateLimits::unlimited())
}

#[tokio::test]
async fn first_thousand_callers_make_one_token_request() {
    for vendor in with_tokens() {
        let sandbox = Sandbox::start().await.unwrap();
        let provider = provider_with(vendor, settings(&sandbox, vendor), unlimited());
        let callers: Vec<_> = (0..1000)
            .map(|number| {
                let provider = Arc::clone(&provider);
                tokio::spawn(async move { provider.send_invite(&request(&format!("order-{number}"))).await })
            })
            .collect();
        for caller in callers {
            caller.await.unwrap().unwrap();
        }
        assert_eq!((sandbox.token_requests(vendor.simulated), sandbox.emails().len()), (1, 1000), "{vendor}");
    }
}

#[tokio::test]
async fn two_hundred_callers_with_a_rejected_token_fetch_one() {
    for vendor in with_tokens() {
        let sandbox = Sandbox::start().await.unwrap();
        let provider = provider_with(vendor, settings(&sandbox, vendor), unlimited());
        provider.send_invite(&request("first")).await.unwrap();
        for round in 0..5 {
            sandbox.expire_tokens(vendor.simulated);
            let before = sandbox.token_requests(vendor.simulated);
            let gate = Arc::new(Barrier::new(200));
            let callers: Vec<_> = (0..200)
                .map(|number| {
                    let (provider, gate) = (Arc::clone(&provider), Arc::clone(&gate));
                    tokio::spawn(async move {
                        gate.wait().await;
                        provider.send_invite(&request(&format!("order-{round}-{number}"))).await
                    })
                })
                .collect();
            for caller in callers {
                caller.await.unwrap().unwrap();
            }
            assert_eq!(sandbox.token_requests(vendor.simulated) - before, 1, "{vendor}, round {round}");
        }
        assert_eq!(sandbox.emails().len(), 1001, "{vendor}: each order once");
    }
}

#[tokio::test]
async fn token_endpoint_that_is_down_means_not_sent() {
    for vendor in with_tokens() {
        let sandbox = Sandbox::start().await.unwrap();
        sandbox.set_gateway_down(vendor.simulated, true);
        let retry = RetryPolicy::default().with_backoff(Duration::ZERO, Duration::ZERO);
        let provider = provider_with(vendor, settings(&sandbox, vendor), retry);
        let error = provider.send_invite(&request("1")).await.unwrap_err();
        assert_eq!(
            (error.kind(), error.send_state()),
            (ErrorKind::Transient, SendState::NotSent),
            "{vendor}: {error}"
        );
        sandbox.set_gateway_down(vendor.simulated, false);
        provider.send_invite(&request("1")).await.unwrap();
        assert_eq!(sandbox.emails_for("1").len(), 1, "{vendor}");
    }
}

#[tokio::test]
async fn closed_token_endpoint_means_not_sent() {
    let sandbox = Sandbox::start().await.unwrap();
    let vars = settings_with(&sandbox, &ETRUSTED, "/etrusted/login".to_owned(), String::new());
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let vars = |name: &str| match name {
        "ETRUSTED_LOGIN_URL" => Some(format!("http://127.0.0.1:{closed}")),
        name => vars(name),
    };
    let retry = RetryPolicy::default().with_backoff(Duration::ZERO, Duration::ZERO);
    let error = provider_with(&ETRUSTED, vars, retry).send_invite(&request("1")).await.unwrap_err();
    assert_eq!((error.kind(), error.send_state()), (ErrorKind::Transient, SendState::NotSent), "{error}");
    assert!(sandbox.requests().is_empty());
}

/// Set for a process that this test starts: the order it invites for, and the token file.
const ORDER: &str = "REVIEW_TEST_ORDER";
const TOKEN_FILE: &str = "REVIEW_TEST_TOKEN_FILE";

/// One of the processes; without the variable it does nothing.
#[tokio::test]
async fn one_process_of_several() {
    let (Ok(order), Ok(file)) = (std::env::var(ORDER), std::env::var(TOKEN_FILE)) else { return };
    let lookup = |name: &str| match name {
        "TRUSTPILOT_TOKEN_FILE" => Some(file.clone()),
        name => std::env::var(name).ok(),
    };
    provider_with(&TRUSTPILOT, lookup, ClientOptions::default()).send_invite(&request(&order)).await.unwrap();
}

/// Runs one process for each order concurrently, and waits for them.
async fn processes(sandbox: &Sandbox, file: &std::path::Path, orders: std::ops::Range<usize>) {
    let test = std::env::current_exe().unwrap();
    let children: Vec<_> = orders
        .map(|order| {
            Command::new(&test)
                .args(["--exact", "one_process_of_several", "--test-threads", "1"])
                .envs(sandbox.env_vars())
                .env(ORDER, format!("order-{order}"))
                .env(TOKEN_FILE, file)
                .stdout(Stdio::null())
                .spawn()
                .unwrap()
        })
        .collect();
    // The sandbox runs on this runtime: it must not be blocked.
    let wait = || children.into_iter().map(|mut child| child.wait().unwrap().success()).collect::<Vec<_>>();
    let ended = tokio::task::spawn_blocking(wait).await.unwrap();
    assert!(ended.iter().all(|success| *success), "{ended:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn processes_with_one_token_file_share_grant_and_refresh() {
    let folder = std::env::temp_dir().join(format!("review-invites-tokens-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("token.json");
    let sandbox = Sandbox::start().await.unwrap();
    processes(&sandbox, &file, 0..4).await;
    assert_eq!(sandbox.token_requests(Vendor::Trustpilot), 1, "one grant for four processes");
    sandbox.expire_tokens(Vendor::Trustpilot);
    processes(&sandbox, &file, 4..8).await;
    let refreshes = sandbox.requests().iter().filter(|seen| seen.path.ends_with("/refresh")).count();
    assert_eq!((refreshes, sandbox.token_requests(Vendor::Trustpilot)), (1, 2), "one refresh for four more");
    assert_eq!(sandbox.emails().len(), 8);
    std::fs::remove_dir_all(&folder).unwrap();
}
