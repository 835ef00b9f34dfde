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
use review_core::{Error, ErrorKind, ProviderInfo, Sent};
use review_http::{
    ApiRequest, AttemptOutcome, BodyStatus, Classification, Client, ClientOptions, ErrorResponse,
    HttpResponse, HttpTransport, SendTracker, Token, TokenCache, TokenSource, TransportError,
    TransportErrorKind,
};

/// What the script answers to one request.
#[derive(Clone, Copy, Debug)]
pub enum Step {
    Status(u16),
    RetryAfter(u16, &'static str),
    Body(u16, &'static str),
    Truncated(u16),
    NotSent,
    Unbuilt,
    Lost,
    /// No answer, ever; the vendor may have it, or not, as the transport tells.
    Hang(Departs),
}

/// What a transport tells of a request that gets no answer.
#[derive(Clone, Copy, Debug)]
pub enum Departs {
    Untold,
    CachedToken,
    Released,
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
        if let Step::Hang(departs) = step {
            let tracker = SendTracker::from_request(&request);
            match departs {
                Departs::Untold => {}
                Departs::CachedToken => tracker.mark_unsent(),
                Departs::Released => {
                    tracker.mark_unsent();
                    tracker.mark_sent();
                }
            }
            return std::future::pending().await;
        }
        let (status, wait, body) = match step {
            Step::Status(status) => (status, None, ""),
            Step::RetryAfter(status, wait) => (status, Some(wait), ""),
            Step::Body(status, body) => (status, None, body),
            Step::Truncated(status) => (status, None, "{\"half\":"),
            Step::Unbuilt => return Err(TransportError::new(Sent::No, TransportErrorKind::InvalidRequest)),
            Step::NotSent => return Err(TransportError::new(Sent::No, TransportErrorKind::Connect)),
            Step::Hang(_) => unreachable!("answered above"),
            Step::Lost => return Err(TransportError::new(Sent::Maybe, TransportErrorKind::Interrupted)),
        };
        let mut headers = http::HeaderMap::new();
        if let Some(wait) = wait {
            headers.insert("retry-after", wait.parse().unwrap());
        }
        let body_status =
            if matches!(step, Step::Truncated(_)) { BodyStatus::Truncated } else { BodyStatus::Complete };
        let status = http::StatusCode::from_u16(status).unwrap();
        Ok(HttpResponse { status, headers, body: Bytes::from_static(body.as_bytes()), body_status })
    }
}

/// Counts what it gives, fails if told to, and takes its time.
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

pub fn classifier(refusal: &ErrorResponse<'_>) -> Classification {
    let mut reading = Classification::default();
    if let Some(json) = refusal.json() {
        reading.message = json["message"].as_str().map(str::to_owned);
        reading.code = json["code"].as_str().map(str::to_owned);
        if json["refused"].as_bool() == Some(true) {
            reading.outcome = Some(AttemptOutcome::Throttled(None));
        }
        if json["forever"].as_bool() == Some(true) {
            reading.outcome = Some(AttemptOutcome::Throttled(Some(Duration::MAX)));
        }
        if json["forbidden"].as_bool() == Some(true) {
            reading.outcome = Some(AttemptOutcome::Rejected);
        }
    }
    reading
}

pub fn client(script: &Script, options: impl Into<ClientOptions>, tokens: Tokens) -> Client {
    let info = ProviderInfo::new("vendor", "test");
    Client::new(info.clone(), Arc::new(script.clone()), &options.into(), classifier)
        .with_token_cache(Arc::new(TokenCache::new(info, tokens)))
}

pub fn invitation() -> ApiRequest {
    let url = "https://vendor.example/invitations".parse().unwrap();
    let call = ApiRequest::at_most_once("send_invite", http::Method::POST, url)
        .json(&serde_json::json!({"a": 1}))
        .unwrap();
    call.with_order_reference(Some("1001")).redact(["jane@example.com".to_owned(), "Jane Canary".to_owned()])
}
