//! Access tokens of a vendor whose refresh tokens are valid for one use. Time is paused.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use futures_util::StreamExt;
use http::{Method, StatusCode};
use review_core::bulk::BulkOptions;
use review_core::config::Secret;
use review_core::provider::{Capabilities, ProviderInfo, ReviewInviteProvider, ReviewInviteProviderExt};
use review_core::{Consent, ErrorKind, InviteKind, InviteRequest, Result, SendState};
use review_http::vendor::{Account, HttpProvider, HttpVendor, Plan, Step};
use review_http::{
    ApiResponse, BaseUrl, BodyStatus, Classification, ClientOptions, FileTokenStore, HttpResponse,
    HttpTransport, RateLimits, RetryPolicy, TokenStore, TransportError,
};
use serde_json::json;
use tokio::time::Instant;

#[derive(Debug)]
struct Acme {
    url: BaseUrl,
    /// Whether the grant is a code that is valid for one use.
    by_code: bool,
    store: Option<FileTokenStore>,
}

impl HttpVendor for Acme {
    type Account = ();
    const NAME: &'static str = "acme";

    fn capabilities(&self) -> Capabilities {
        Capabilities::new().add_kind(InviteKind::Service)
    }

    fn secrets(&self) -> Vec<&Secret> {
        Vec::new()
    }

    fn account(&self) -> Account<()> {
        Account::Known(())
    }

    fn plan(&self, request: &InviteRequest, (): &(), _: DateTime<Utc>) -> Result<Plan> {
        let body = json!({ "order": request.order().reference().as_str() });
        Ok(Plan::new(Step::at_most_once("invite", Method::POST, &self.url, &["invitations"]).json(body, &[])))
    }

    fn classify(response: &ApiResponse) -> Classification {
        let found = Classification::by_status(response);
        if response.status == 400 { found.with_kind(ErrorKind::Unauthorized) } else { found }
    }

    fn token_step(&self, refresh_token: Option<&Secret>) -> Option<Step> {
        let step = if self.by_code { Step::single_use } else { Step::idempotent };
        let step = step("fetch_token", Method::POST, &self.url, &["token"]);
        Some(match refresh_token {
            Some(token) => step.form([("refresh_token", token.clone())]),
            None => step.form([(if self.by_code { "code" } else { "password" }, "hunter2".into())]),
        })
    }

    fn token_store(&self) -> Option<Arc<dyn TokenStore>> {
        self.store.clone().map(|store| Arc::new(store) as Arc<dyn TokenStore>)
    }
}

/// What the token endpoint does.
#[derive(Debug)]
struct Endpoint {
    /// The time between processing a request and its response.
    delay: Duration,
    lifetime: serde_json::Value,
    /// Whether a refresh returns a new refresh token. If so, the old one is used up.
    rotates: bool,
}

#[derive(Debug, Default)]
struct Seen {
    grants: usize,
    refreshes: usize,
    rejected: usize,
    used: HashSet<String>,
    invitations: usize,
    /// When each access token was issued.
    issued: HashMap<String, Instant>,
    /// Invitations with a token that had expired.
    expired: usize,
    /// The time that the next invitation is asked to wait.
    retry_after: Option<&'static str>,
}

#[derive(Debug)]
struct Server(Endpoint, Mutex<Seen>);

impl Server {
    fn token(&self, form: &str) -> (StatusCode, serde_json::Value) {
        let mut seen = self.1.lock().unwrap();
        let mut body = json!({ "expires_in": self.0.lifetime });
        match form.strip_prefix("refresh_token=") {
            None if form.starts_with("code=") && !seen.used.insert(form.to_owned()) => {
                seen.rejected += 1;
                return (StatusCode::BAD_REQUEST, json!({ "error": "invalid_grant" }));
            }
            None => {
                seen.grants += 1;
                body["refresh_token"] = format!("refresh-{}", seen.grants).into();
            }
            Some(old) if self.0.rotates && !seen.used.insert(old.to_owned()) => {
                seen.rejected += 1;
                return (StatusCode::UNAUTHORIZED, json!({}));
            }
            Some(_) => {
                seen.refreshes += 1;
                if self.0.rotates {
                    body["refresh_token"] = format!("refresh-again-{}", seen.refreshes).into();
                }
            }
        }
        let access = format!("access-{}-{}", seen.grants, seen.refreshes);
        body["access_token"] = access.clone().into();
        seen.issued.insert(format!("Bearer {access}"), Instant::now());
        (StatusCode::OK, body)
    }

    fn invitation(&self, token: &str) -> (StatusCode, http::HeaderMap) {
        let mut seen = self.1.lock().unwrap();
        let mut headers = http::HeaderMap::new();
        if let Some(wait) = seen.retry_after.take() {
            headers.insert("retry-after", wait.parse().unwrap());
            return (StatusCode::TOO_MANY_REQUESTS, headers);
        }
        let lifetime = self.0.lifetime.as_u64().filter(|seconds| *seconds > 0).map(Duration::from_secs);
        if lifetime.is_some_and(|lifetime| seen.issued[token].elapsed() > lifetime) {
            seen.expired += 1;
            return (StatusCode::UNAUTHORIZED, headers);
        }
        seen.invitations += 1;
        (StatusCode::OK, headers)
    }
}

#[async_trait]
impl HttpTransport for Server {
    async fn send(&self, request: http::Request<Bytes>, _: Duration) -> Result<HttpResponse, TransportError> {
        let (status, headers, body) = if request.uri().path() == "/token" {
            let (status, body) = self.token(&String::from_utf8_lossy(request.body()));
            tokio::time::sleep(self.0.delay).await;
            (status, http::HeaderMap::new(), body)
        } else {
            let token = request.headers()["authorization"].to_str().unwrap();
            let (status, headers) = self.invitation(token);
            (status, headers, json!({}))
        };
        Ok(HttpResponse { status, headers, body: body.to_string().into(), body_status: BodyStatus::Complete })
    }
}

fn provider(endpoint: Endpoint) -> (Arc<HttpProvider<Acme>>, Arc<Server>) {
    provider_with(endpoint, RetryPolicy::no_retries().into())
}

fn provider_with(endpoint: Endpoint, options: ClientOptions) -> (Arc<HttpProvider<Acme>>, Arc<Server>) {
    let server = Arc::new(Server(endpoint, Mutex::default()));
    let acme = Acme { url: BaseUrl::new("https://api.acme.example").unwrap(), by_code: false, store: None };
    (provider_of(acme, options, &server), server)
}

fn provider_of(acme: Acme, options: ClientOptions, server: &Arc<Server>) -> Arc<HttpProvider<Acme>> {
    let info = ProviderInfo::new("acme", "shop-de");
    Arc::new(HttpProvider::with_transport(acme, info, options, server.clone()))
}

fn request(number: usize) -> InviteRequest {
    let consent = Consent::granted("checkbox");
    InviteRequest::builder("jane@example.com", number.to_string(), consent).build().unwrap()
}

#[tokio::test(start_paused = true)]
async fn refresh_without_a_new_refresh_token_keeps_the_old_one() {
    let endpoint = Endpoint { delay: Duration::ZERO, lifetime: json!(300), rotates: false };
    let (provider, server) = provider(endpoint);
    for number in 0..4 {
        provider.send_invite(&request(number)).await.unwrap();
        tokio::time::advance(Duration::from_secs(301)).await;
    }
    let seen = server.1.lock().unwrap();
    assert_eq!((seen.grants, seen.refreshes, seen.invitations), (1, 3, 4));
}

#[tokio::test(start_paused = true)]
async fn impatient_callers_use_up_no_refresh_token() {
    // The endpoint takes longer than each caller waits.
    let endpoint = Endpoint { delay: Duration::from_millis(1200), lifetime: json!("300"), rotates: true };
    let (provider, server) = provider(endpoint);
    let mut served = 0;
    for number in 0..2000 {
        let request = request(number);
        let send = provider.send_invite(&request);
        served += usize::from(
            tokio::time::timeout(Duration::from_secs(1), send).await.is_ok_and(|sent| sent.is_ok()),
        );
        tokio::time::sleep(Duration::from_millis(900)).await;
    }
    let seen = server.1.lock().unwrap();
    assert_eq!((seen.grants, seen.rejected), (1, 0));
    // About 1800 s with a token that is refreshed each 240 s.
    assert!((7..=10).contains(&seen.refreshes), "{} refreshes", seen.refreshes);
    // Each fetch outlasts the one caller that started it.
    assert_eq!(served + seen.grants + seen.refreshes, 2000);
}

/// Sends this many invitations concurrently; each must be accepted.
async fn send_together(provider: &Arc<HttpProvider<Acme>>, count: usize) {
    let callers: Vec<_> = (0..count)
        .map(|number| {
            let provider = Arc::clone(provider);
            tokio::spawn(async move { provider.send_invite(&request(number)).await })
        })
        .collect();
    for caller in callers {
        caller.await.unwrap().unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn lifetime_of_zero_causes_one_fetch_for_all_waiting() {
    for lifetime in [json!(0), json!("0"), json!(0.4)] {
        let endpoint = Endpoint { delay: Duration::from_millis(100), lifetime, rotates: true };
        let (provider, server) = provider(endpoint);
        send_together(&provider, 500).await;
        let seen = server.1.lock().unwrap();
        assert_eq!((seen.grants + seen.refreshes, seen.invitations), (1, 500));
    }
}

/// The limits and the deadline of the documentation of `ClientOptions`, with tokens that live shorter than the wait.
fn queueing() -> (Endpoint, ClientOptions) {
    let endpoint = Endpoint { delay: Duration::from_millis(20), lifetime: json!(300), rotates: true };
    let retry = RetryPolicy::default().with_total_timeout(Duration::from_secs(1200));
    let limits = RateLimits::unlimited().with_limit(100, Duration::from_secs(60));
    (endpoint, ClientOptions::from(retry).with_rate_limits(limits))
}

#[tokio::test(start_paused = true)]
async fn no_request_carries_a_token_that_expired_in_the_queue() {
    let (endpoint, options) = queueing();
    let (provider, server) = provider_with(endpoint, options);
    let requests = futures_util::stream::iter((0..1900).map(request));
    // 950 at once: the last waits for nine minutes.
    let bulk = provider.send_all(requests, BulkOptions::new().concurrency(950));
    let tracker = bulk.tracker();
    assert_eq!(bulk.count().await, 1900);
    let seen = server.1.lock().unwrap();
    assert_eq!((tracker.summary().accepted, seen.invitations, seen.expired), (1900, 1900, 0));
    assert!(seen.grants + seen.refreshes < 8, "{} tokens for 19 minutes", seen.grants + seen.refreshes);
}

#[tokio::test(start_paused = true)]
async fn no_request_carries_a_token_that_expired_in_a_pause() {
    let (endpoint, options) = queueing();
    let (provider, server) = provider_with(endpoint, options);
    server.1.lock().unwrap().retry_after = Some("400");
    send_together(&provider, 50).await;
    let seen = server.1.lock().unwrap();
    assert_eq!((seen.invitations, seen.expired, seen.grants + seen.refreshes), (50, 0, 2));
}

#[tokio::test(start_paused = true)]
async fn half_a_token_file_is_replaced_unless_the_code_was_used() {
    let file = std::env::temp_dir().join(format!("review-http-half-{}", std::process::id()));
    for by_code in [false, true] {
        std::fs::write(&file, r#"{"access_token":"half"#).unwrap();
        let endpoint = Endpoint { delay: Duration::ZERO, lifetime: json!(300), rotates: true };
        let server = Arc::new(Server(endpoint, Mutex::default()));
        server.1.lock().unwrap().used.insert("code=hunter2".to_owned());
        let url = BaseUrl::new("https://api.acme.example").unwrap();
        let acme = Acme { url, by_code, store: Some(FileTokenStore::new(&file)) };
        let provider = provider_of(acme, RetryPolicy::no_retries().into(), &server);
        let result = provider.send_invite(&request(1)).await;
        let is_whole = std::fs::read_to_string(&file).unwrap().ends_with('}');
        assert_eq!((result.is_ok(), is_whole), (!by_code, !by_code), "{result:?}");
        if let Err(error) = result {
            assert_eq!((error.kind(), error.send_state()), (ErrorKind::Unauthorized, SendState::NotSent));
            assert!(error.help().unwrap().contains("log in again for a new code"), "{error:?}");
        }
    }
    let _ = std::fs::remove_file(file.with_extension("lock"));
    std::fs::remove_file(file).unwrap();
}
