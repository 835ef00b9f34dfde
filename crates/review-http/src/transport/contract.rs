//! The contract of a transport.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use review_core::SendState;

#[cfg(doc)]
use super::request_tracker::RequestTracker;

/// Carries one request to the vendor and returns the response. It does not retry, follow redirects or
/// decompress.
///
/// [`TransportError::send_state`] must be [`SendState::NotSent`] only if the vendor cannot have a complete
/// request. A transport that knows this while the request is in flight also marks its [`RequestTracker`].
///
/// ```
/// use std::time::Duration;
///
/// use async_trait::async_trait;
/// use bytes::Bytes;
/// use review_core::SendState;
/// use review_http::{HttpResponse, HttpTransport, TransportErrorKind, TransportError};
///
/// /// The vendor cannot be reached.
/// #[derive(Debug)]
/// struct Unplugged;
///
/// #[async_trait]
/// impl HttpTransport for Unplugged {
///     async fn send(&self, _: http::Request<Bytes>, _: Duration) -> Result<HttpResponse, TransportError> {
///         Err(TransportError::new(SendState::NotSent, TransportErrorKind::Connect))
///     }
/// }
/// ```
#[async_trait]
pub trait HttpTransport: fmt::Debug + Send + Sync + 'static {
    /// Sends a request and reads the response, both within `timeout`.
    ///
    /// After the head of a response arrived, this returns `Ok`, even if the body is incomplete.
    async fn send(
        &self,
        request: http::Request<Bytes>,
        timeout: Duration,
    ) -> Result<HttpResponse, TransportError>;
}

/// A shared transport.
pub type DynTransport = Arc<dyn HttpTransport>;

/// A response, as far as it arrived.
#[derive(Clone)]
pub struct HttpResponse {
    /// The status.
    pub status: http::StatusCode,
    /// The headers.
    pub headers: http::HeaderMap,
    /// The body, as far as it arrived.
    pub body: Bytes,
    /// Whether the body is complete.
    pub body_status: BodyStatus,
}

/// Shows the size of the body, not the body.
impl fmt::Debug for HttpResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpResponse")
            .field("status", &self.status)
            .field("body_bytes", &self.body.len())
            .field("body_status", &self.body_status)
            .finish_non_exhaustive()
    }
}

/// How the body of a response ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BodyStatus {
    /// It is complete.
    Complete,
    /// The connection ended or the timeout expired before the end.
    Truncated,
    /// It is larger than the limit; the rest was not read.
    TooLarge,
}

/// A request without a response.
#[derive(Debug, thiserror::Error)]
#[error("{kind}")]
pub struct TransportError {
    send_state: SendState,
    kind: TransportErrorKind,
    help: Option<&'static str>,
    #[source]
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

/// Why there is no response.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TransportErrorKind {
    /// No connection: name, address, port, TLS.
    #[error("no connection to the vendor")]
    Connect,
    /// The server's certificate is not trusted, has expired, or is for another host.
    #[error("the server's certificate is not trusted")]
    Certificate,
    /// The proxy requires credentials.
    #[error("the proxy rejected the connection")]
    Proxy,
    /// The timeout expired.
    #[error("timed out waiting for a response")]
    Timeout,
    /// The connection ended before a response arrived, or the response was not HTTP.
    #[error("the connection ended before a response arrived")]
    Interrupted,
    /// The request could not be built because of the configuration.
    #[error("the request could not be built")]
    InvalidRequest,
}

impl TransportError {
    /// Creates an error.
    pub fn new(send_state: SendState, kind: TransportErrorKind) -> Self {
        Self { send_state, kind, help: None, source: None }
    }

    /// Sets the cause. It must show no URL, no header and no body.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// Sets what an operator can do about it.
    #[must_use]
    pub fn with_help(self, help: &'static str) -> Self {
        Self { help: Some(help), ..self }
    }

    /// Returns what an operator can do about it.
    #[must_use]
    pub fn help(&self) -> Option<&'static str> {
        self.help
    }

    /// Returns whether the vendor can have a complete request: [`SendState::NotSent`] or [`SendState::Unknown`].
    #[must_use]
    pub fn send_state(&self) -> SendState {
        self.send_state
    }

    /// Returns why there is no response.
    #[must_use]
    pub fn kind(&self) -> TransportErrorKind {
        self.kind
    }
}
