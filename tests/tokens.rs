//! One token for all: a thousand callers, two processes, and a token host that is down. Token requests are
//! counted at the sandbox.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may panic")]

use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use review_invites::transport::{ClientOptions, FileTokenStore, RetryPolicy};
use review_invites::trustpilot::{TrustpilotConfig, TrustpilotProvider};
use review_invites::*;
use review_invites_tests::{VENDORS, provider_with, request, settings, settings_with};
use review_sandbox::{Sandbox, Vendor};

fn unlimited() -> ClientOptions {
    ClientOptions::default().with_limits(RateLimits::none())
}

fn of(vendor: &str) -> Vendor {
    if vendor == "etrusted" { Vendor::Etrusted } else { Vendor::Trustpilot }
}

#[tokio::test]
async fn the_first_thousand_callers_make_one_token_request() {
    for vendor in VENDORS {
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
        assert_eq!((sandbox.token_requests(of(vendor)), sandbox.emails().len()), (1, 1000), "{vendor}");
    }
}

#[tokio::test]
async fn a_token_host_that_is_down_means_not_sent() {
    for vendor in VENDORS {
        let sandbox = Sandbox::start().await.unwrap();
        sandbox.set_gateway_down(of(vendor), true);
        let retry = RetryPolicy::default().with_waits(Duration::ZERO, Duration::ZERO);
        let provider = provider_with(vendor, settings(&sandbox, vendor), retry);
        let error = provider.send_invite(&request("1")).await.unwrap_err();
        assert_eq!((error.kind(), error.sent()), (ErrorKind::Transient, Sent::No), "{vendor}: {error}");
        sandbox.set_gateway_down(of(vendor), false);
        provider.send_invite(&request("1")).await.unwrap();
        assert_eq!(sandbox.emails_for("1").len(), 1, "{vendor}");
    }
}

#[tokio::test]
async fn a_token_host_where_nobody_listens_means_not_sent() {
    let sandbox = Sandbox::start().await.unwrap();
    let vars = settings_with(&sandbox, "etrusted", "/etrusted/login".to_owned(), String::new());
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let vars = |name: &str| match name {
        "ETRUSTED_LOGIN_URL" => Some(format!("http://127.0.0.1:{closed}")),
        name => vars(name),
    };
    let retry = RetryPolicy::default().with_waits(Duration::ZERO, Duration::ZERO);
    let error = provider_with("etrusted", vars, retry).send_invite(&request("1")).await.unwrap_err();
    assert_eq!((error.kind(), error.sent()), (ErrorKind::Transient, Sent::No), "{error}");
    assert!(sandbox.requests().is_empty());
}

/// Set for a process that this test starts of itself: the order it invites for, and the file of tokens.
const ORDER: &str = "REVIEW_TEST_ORDER";
const TOKEN_FILE: &str = "REVIEW_TEST_TOKEN_FILE";

/// One of the processes; without the variable it is a test that has nothing to do.
#[tokio::test]
async fn a_process_of_several() {
    let (Ok(order), Ok(file)) = (std::env::var(ORDER), std::env::var(TOKEN_FILE)) else { return };
    let config = TrustpilotConfig::from_vars(|name| std::env::var(name).ok()).unwrap();
    let config = config.with_token_store(Arc::new(FileTokenStore::new(file)));
    TrustpilotProvider::new(config).unwrap().send_invite(&request(&order)).await.unwrap();
}

/// Runs one process for each order, all at once, and waits for them.
async fn processes(sandbox: &Sandbox, file: &std::path::Path, orders: std::ops::Range<usize>) {
    let test = std::env::current_exe().unwrap();
    let children: Vec<_> = orders
        .map(|order| {
            Command::new(&test)
                .args(["--exact", "a_process_of_several", "--test-threads", "1"])
                .envs(sandbox.env_vars())
                .env(ORDER, format!("order-{order}"))
                .env(TOKEN_FILE, file)
                .stdout(Stdio::null())
                .spawn()
                .unwrap()
        })
        .collect();
    // The sandbox lives on this runtime: it must not be blocked.
    let waited =
        tokio::task::spawn_blocking(|| children.into_iter().map(|mut child| child.wait().unwrap().success()));
    assert!(waited.await.unwrap().all(|success| success));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn processes_that_share_a_file_log_in_once_and_refresh_once() {
    let folder = std::env::temp_dir().join(format!("review-invites-tokens-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("token.json");
    let sandbox = Sandbox::start().await.unwrap();
    processes(&sandbox, &file, 0..4).await;
    assert_eq!(sandbox.token_requests(Vendor::Trustpilot), 1, "one log-in for four processes");
    sandbox.expire_tokens(Vendor::Trustpilot);
    processes(&sandbox, &file, 4..8).await;
    let refreshes = sandbox.requests().iter().filter(|seen| seen.path.ends_with("/refresh")).count();
    assert_eq!((refreshes, sandbox.token_requests(Vendor::Trustpilot)), (1, 2), "one refresh for four more");
    assert_eq!(sandbox.emails().len(), 8);
    std::fs::remove_dir_all(&folder).unwrap();
}
