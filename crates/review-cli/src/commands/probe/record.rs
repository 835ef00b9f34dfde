//! A transport that keeps requests and responses.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use review_invites::http::{DynTransport, HttpResponse, HttpTransport, TransportError};

/// A request and its response. `Debug` shows neither body: they contain personal data and tokens.
pub(super) struct Exchange {
    pub(super) method: String,
    /// Without the query, which can contain secrets.
    pub(super) path: String,
    pub(super) request: Bytes,
    pub(super) response: Option<Response>,
}

pub(super) struct Response {
    pub(super) status: u16,
    pub(super) content_type: Option<String>,
    pub(super) body: Bytes,
}

/// The exchanges since the last [`clear`](Self::clear).
#[derive(Clone, Default)]
pub(super) struct Exchanges(Arc<Mutex<Vec<Exchange>>>);

impl Exchanges {
    pub(super) fn wrap(&self, inner: DynTransport) -> DynTransport {
        Arc::new(Recording { inner, exchanges: self.clone() })
    }

    pub(super) fn clear(&self) {
        self.take();
    }

    /// Returns the exchanges, and forgets them. Those for access tokens are left out.
    pub(super) fn take(&self) -> Vec<Exchange> {
        let mut exchanges = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_token = |exchange: &Exchange| exchange.path.to_lowercase().contains("oauth");
        std::mem::take(&mut *exchanges).into_iter().filter(|exchange| !is_token(exchange)).collect()
    }
}

struct Recording {
    inner: DynTransport,
    exchanges: Exchanges,
}

impl fmt::Debug for Recording {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recording").field("inner", &self.inner).finish_non_exhaustive()
    }
}

#[async_trait]
impl HttpTransport for Recording {
    async fn send(
        &self,
        request: http::Request<Bytes>,
        timeout: Duration,
    ) -> Result<HttpResponse, TransportError> {
        let mut exchange = Exchange {
            method: request.method().to_string(),
            path: request.uri().path().to_owned(),
            request: request.body().clone(),
            response: None,
        };
        let result = self.inner.send(request, timeout).await;
        exchange.response = result.as_ref().ok().map(|response| Response {
            status: response.status.as_u16(),
            content_type: response
                .headers
                .get(http::header::CONTENT_TYPE)
                .and_then(|value| value.to_str().ok())
                .map(str::to_owned),
            body: response.body.clone(),
        });
        self.exchanges.0.lock().unwrap_or_else(PoisonError::into_inner).push(exchange);
        result
    }
}
