//! A vendor with scripted responses.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use review_http::{BodyStatus, HttpResponse, HttpTransport, TransportError};

/// The access tokens of a vendor whose tokens are as they should be, one after the other.
pub const TOKENS: [&str; 2] = ["canary-access-token-one", "canary-access-token-two"];

/// Answers requests for tokens and all others, each in one way.
#[derive(Debug, Default)]
pub struct ScriptedVendor {
    /// What is answered to requests for tokens; good tokens where there is nothing.
    token: Option<HttpResponse>,
    /// What is answered to every other request; an acceptance where there is nothing.
    other: Option<HttpResponse>,
    tokens: AtomicUsize,
    sent: Mutex<Vec<http::Request<Bytes>>>,
}

impl ScriptedVendor {
    /// A vendor that gives good tokens, and this answer to everything else.
    pub fn answering(other: HttpResponse) -> Arc<Self> {
        Arc::new(Self { other: Some(other), ..Self::default() })
    }

    /// A vendor that answers this to requests for tokens, and accepts everything else.
    pub fn giving(token: HttpResponse) -> Arc<Self> {
        Arc::new(Self { token: Some(token), ..Self::default() })
    }

    /// Every request that was not for a token.
    pub fn sent(&self) -> Vec<http::Request<Bytes>> {
        self.sent.lock().unwrap().clone()
    }

    /// Returns whether the last request contains a value, so that a response may quote it.
    pub fn knows(&self, value: &str) -> bool {
        let sent = self.sent.lock().unwrap();
        let contains = |text: &[u8]| text.windows(value.len()).any(|window| window == value.as_bytes());
        sent.last().is_some_and(|request| {
            contains(request.body()) || request.headers().values().any(|header| contains(header.as_bytes()))
        })
    }

    fn good_token(&self) -> HttpResponse {
        let number = self.tokens.fetch_add(1, Ordering::SeqCst);
        let token = TOKENS[number % TOKENS.len()];
        answer(200, serde_json::json!({"access_token": token, "expires_in": 3600}).to_string())
    }
}

#[async_trait]
impl HttpTransport for ScriptedVendor {
    async fn send(&self, request: http::Request<Bytes>, _: Duration) -> Result<HttpResponse, TransportError> {
        if request.uri().path().contains("/oauth/") {
            return Ok(self.token.clone().unwrap_or_else(|| self.good_token()));
        }
        self.sent.lock().unwrap().push(request);
        Ok(self.other.clone().unwrap_or_else(|| answer(202, String::new())))
    }
}

fn answer(status: u16, body: String) -> HttpResponse {
    let status = http::StatusCode::from_u16(status).unwrap();
    HttpResponse { status, headers: Default::default(), body: body.into(), body_status: BodyStatus::Complete }
}
