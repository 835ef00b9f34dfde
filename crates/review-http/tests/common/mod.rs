//! A transport that plays a script, and a client on top of it.
#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may panic, and no test uses all of it"
)]

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use review_core::provider::ProviderInfo;
use review_core::{Error, ErrorKind, SendState};
use review_http::{
    ApiRequest, ApiResponse, BodyStatus, Classification, Client, ClientOptions, HttpResponse, HttpTransport,
    RequestTracker, Token, TokenCache, TokenPlace, TokenSource, TransportError, TransportErrorKind, Verdict,
};

/// The response of the script to one request.
#[derive(Clone, Copy, Debug)]
pub enum Step {
    Status(u16),
    RetryAfter(u16, &'static str),
    Body(u16, &'static str),
    Truncated(u16),
    /// Empty, with the headers of Cloudflare.
    Cloudflare(u16),
    /// Claims to be compressed.
    Compressed(u16),
    NotSent,
    Unbuilt,
    Lost,
    /// No response. The transport marks the request as stated.
    Hang(Marks),
}

/// How a transport marks a request without a response.
#[derive(Clone, Copy, Debug)]
pub enum Marks {
    Unmarked,
    Unsent,
    Sent,
}

#[derive(Clone, Debug, Default)]
pub struct Script {
    pub steps: Arc<Mutex<VecDeque<Step>>>,
    pub tokens: Arc<Mutex<Vec<String>>>,
}

#[async_trait]
impl HttpTransport for Script {
    async fn send(&self, request: http::Request<Bytes>, _: Duration) -> Result<HttpResponse, TransportError> {
        let token = request.headers().get("authorization").map(|value| {
            assert!(value.is_sensitive());
            value.to_str().unwrap().to_owned()
        });
        self.tokens.lock().unwrap().extend(token);
        let step = self.steps.lock().unwrap().pop_front().unwrap_or_else(|| panic!("one request too many"));
        if let Step::Hang(marks) = step {
            let tracker = RequestTracker::from_request(&request);
            match marks {
                Marks::Unmarked => {}
                Marks::Unsent => tracker.mark_unsent(),
                Marks::Sent => {
                    tracker.mark_unsent();
                    tracker.mark_sent();
                }
            }
            return std::future::pending().await;
        }
        let (status, wait, body) = match step {
            Step::Status(status) | Step::Cloudflare(status) => (status, None, ""),
            Step::RetryAfter(status, wait) => (status, Some(wait), ""),
            Step::Body(status, body) => (status, None, body),
            Step::Compressed(status) => (status, None, "\u{1f}\u{8b}"),
            Step::Truncated(status) => (status, None, "{\"half\":"),
            Step::Unbuilt => {
                return Err(TransportError::new(SendState::NotSent, TransportErrorKind::InvalidRequest));
            }
            Step::NotSent => {
                return Err(TransportError::new(SendState::NotSent, TransportErrorKind::Connect));
            }
            Step::Hang(_) => unreachable!("handled above"),
            Step::Lost => {
                return Err(TransportError::new(SendState::Unknown, TransportErrorKind::Interrupted));
            }
        };
        let mut headers = http::HeaderMap::new();
        if let Some(wait) = wait {
            headers.insert("retry-after", wait.parse().unwrap());
        }
        if let Step::Cloudflare(_) = step {
            headers.insert("server", "cloudflare".parse().unwrap());
            headers.insert("cf-ray", "8f0a1b2c3d4e5f60-FRA".parse().unwrap());
        }
        if let Step::Compressed(_) = step {
            headers.insert("content-encoding", "gzip".parse().unwrap());
        }
        let body_status =
            if matches!(step, Step::Truncated(_)) { BodyStatus::Truncated } else { BodyStatus::Complete };
        let status = http::StatusCode::from_u16(status).unwrap();
        Ok(HttpResponse { status, headers, body: Bytes::from_static(body.as_bytes()), body_status })
    }
}

/// Counts its tokens, fails with the given kind, and takes the given time.
#[derive(Clone, Debug, Default)]
pub struct Tokens(pub Arc<AtomicUsize>, pub Option<ErrorKind>, pub Duration);

#[async_trait]
impl TokenSource for Tokens {
    async fn fetch(&self, _: Option<&Token>) -> Result<Token, Error> {
        tokio::time::sleep(self.2).await;
        let number = self.0.fetch_add(1, Ordering::SeqCst) + 1;
        match self.1 {
            Some(kind) => Err(Error::new(kind, "check the key").with_http_status(401)),
            None => Token::new(format!("canary-token-{number}").into(), None),
        }
    }
}

/// An API whose bodies are JSON. An empty 2xx is an acceptance.
pub fn classifier(response: &ApiResponse) -> Classification {
    let found = Classification::by_status(response);
    let Some(json) = response.json_value() else { return found };
    let found = found.with_message(response.text_at(&["/message"])).with_code(response.text_at(&["/code"]));
    match json["verdict"].as_str() {
        Some("throttled") => found.with_verdict(Verdict::Throttled(None)),
        Some("throttled forever") => found.with_verdict(Verdict::Throttled(Some(Duration::MAX))),
        Some("rejected") => found.with_verdict(Verdict::Rejected),
        Some("token rejected") => found.with_verdict(Verdict::TokenRejected),
        Some("already invited") => found.with_verdict(Verdict::AlreadyInvited),
        _ => found,
    }
}

pub fn client(script: &Script, options: impl Into<ClientOptions>, tokens: Tokens) -> Client {
    let info = ProviderInfo::new("vendor", "test");
    Client::new(info.clone(), Arc::new(script.clone()), &options.into(), classifier)
        .with_token_cache(Arc::new(TokenCache::new(info, tokens)), TokenPlace::Bearer)
}

pub fn invitation() -> ApiRequest {
    let url = "https://vendor.example/invitations".parse().unwrap();
    let call = ApiRequest::at_most_once("send_invite", http::Method::POST, url)
        .json(&serde_json::json!({"a": 1}))
        .unwrap();
    call.with_order_reference(Some("1001")).redact(["jane@example.com".to_owned(), "Jane Canary".to_owned()])
}
