//! A router as a transport: no sockets, and every request is recorded.

use std::convert::Infallible;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use http_body::Body;
use http_body_util::{BodyExt, Full};
use review_core::SendState;
use review_http::{BodyStatus, HttpResponse, HttpTransport, TransportError, TransportErrorKind};
use serde_json::Value;
use tower::{Service, ServiceExt};

/// The routes of a fake vendor: an `axum::Router`, or any other `tower::Service` with the same types, such as a
/// `tower::service_fn`.
pub trait FakeRouter: Send + Sync + 'static {
    /// Responds to a request.
    fn respond(&self, request: http::Request<Bytes>) -> BoxFuture<'static, HttpResponse>;
}

impl<S, B> FakeRouter for S
where
    S: Service<http::Request<Full<Bytes>>, Response = http::Response<B>, Error = Infallible>,
    S: Clone + Send + Sync + 'static,
    S::Future: Send + 'static,
    B: Body<Data = Bytes> + Send + 'static,
{
    fn respond(&self, request: http::Request<Bytes>) -> BoxFuture<'static, HttpResponse> {
        let response = self.clone().oneshot(request.map(Full::new));
        async move {
            let (head, body) = response.await.unwrap_or_else(|never| match never {}).into_parts();
            let (body, body_status) = match body.collect().await {
                Ok(body) => (body.to_bytes(), BodyStatus::Complete),
                Err(_) => (Bytes::new(), BodyStatus::Truncated),
            };
            HttpResponse { status: head.status, headers: head.headers, body, body_status }
        }
        .boxed()
    }
}

/// A request that the router received, and its response.
pub(super) struct Exchange {
    pub(super) request: http::Request<Bytes>,
    pub(super) response: Option<HttpResponse>,
}

impl Exchange {
    /// Returns whether this is a request with a path that ends like this.
    pub(super) fn is_to(&self, path: &str) -> bool {
        self.request.uri().path().ends_with(path)
    }

    pub(super) fn body_contains(&self, text: &str) -> bool {
        String::from_utf8_lossy(self.request.body()).contains(text)
    }

    /// Returns a member of the body, as text.
    pub(super) fn member(&self, pointer: &str) -> Option<String> {
        match serde_json::from_slice::<Value>(self.request.body()).ok()?.pointer(pointer)? {
            Value::String(text) => Some(text.clone()),
            other => Some(other.to_string()),
        }
    }

    /// Returns the body of the response, or null if it is not JSON.
    pub(super) fn response_json(&self) -> Value {
        let body = self.response.as_ref().and_then(|response| serde_json::from_slice(&response.body).ok());
        body.unwrap_or_default()
    }

    pub(super) fn to_text(&self) -> String {
        let request = &self.request;
        let mut text = format!("{} {}\n", request.method(), request.uri());
        for (name, value) in request.headers() {
            text += &format!("{name}: {}\n", String::from_utf8_lossy(value.as_bytes()));
        }
        text + &String::from_utf8_lossy(request.body()) + "\n"
    }
}

/// A transport to a router. Clones share the record.
#[derive(Clone)]
pub(super) struct RouterTransport {
    router: Arc<dyn FakeRouter>,
    exchanges: Arc<Mutex<Vec<Exchange>>>,
}

impl RouterTransport {
    pub(super) fn new(router: impl FakeRouter) -> Self {
        Self { router: Arc::new(router), exchanges: Arc::default() }
    }

    pub(super) fn exchanges(&self) -> MutexGuard<'_, Vec<Exchange>> {
        self.exchanges.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The record contains personal data.
impl fmt::Debug for RouterTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RouterTransport")
    }
}

#[async_trait]
impl HttpTransport for RouterTransport {
    async fn send(
        &self,
        request: http::Request<Bytes>,
        timeout: Duration,
    ) -> Result<HttpResponse, TransportError> {
        let index = self.exchanges().len();
        self.exchanges().push(Exchange { request: request.clone(), response: None });
        let Ok(response) = tokio::time::timeout(timeout, self.router.respond(request)).await else {
            return Err(TransportError::new(SendState::Unknown, TransportErrorKind::Timeout));
        };
        if let Some(exchange) = self.exchanges().get_mut(index) {
            exchange.response = Some(response.clone());
        }
        Ok(response)
    }
}
