//! How a request gets to the vendor, and what is known when it does not.

#[cfg(feature = "reqwest")]
mod reqwest;
mod send_tracker;
#[cfg(feature = "reqwest")]
mod tls;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use review_core::{Error, Sent};

#[cfg(feature = "reqwest")]
pub use self::reqwest::ReqwestTransport;
pub use self::send_tracker::SendTracker;

/// Carries one request to the vendor and its answer back: no retries, no redirects, no
/// decompression, no proxy from the environment.
///
/// The one thing asked of an implementation beyond that is honesty about a request without an
/// answer: [`TransportError::sent`] may be [`Sent::No`] only if the vendor cannot have a complete
/// request. One that can tell while the request is on its way does so by its [`SendTracker`].
///
/// ```
/// use std::time::Duration;
///
/// use async_trait::async_trait;
/// use bytes::Bytes;
/// use review_core::Sent;
/// use review_http::{HttpResponse, HttpTransport, TransportErrorKind, TransportError};
///
/// /// The vendor is out of reach.
/// #[derive(Debug)]
/// struct Unplugged;
///
/// #[async_trait]
/// impl HttpTransport for Unplugged {
///     async fn send(&self, _: http::Request<Bytes>, _: Duration) -> Result<HttpResponse, TransportError> {
///         Err(TransportError::new(Sent::No, TransportErrorKind::Connect))
///     }
/// }
/// ```
#[async_trait]
pub trait HttpTransport: fmt::Debug + Send + Sync + 'static {
    /// Sends a request and reads the answer, both within `timeout`.
    ///
    /// Once the head of an answer is there this returns `Ok`, whatever becomes of the body.
    async fn send(
        &self,
        request: http::Request<Bytes>,
        timeout: Duration,
    ) -> Result<HttpResponse, TransportError>;
}

/// A transport that is shared.
pub type DynTransport = Arc<dyn HttpTransport>;

/// An answer, as far as it came.
#[derive(Clone)]
pub struct HttpResponse {
    /// The status.
    pub status: http::StatusCode,
    /// The headers.
    pub headers: http::HeaderMap,
    /// The body, as far as it came.
    pub body: Bytes,
    /// Whether that was all of it.
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

/// How the body of an answer ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BodyStatus {
    /// It is complete.
    Complete,
    /// The connection broke or the time ran out before its end.
    Truncated,
    /// It is larger than the limit; the rest was not read.
    TooLarge,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
#[error("{kind}")]
pub struct TransportError {
    sent: Sent,
    kind: TransportErrorKind,
    #[source]
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

/// What stood in the way of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TransportErrorKind {
    /// No connection: name, address, port, TLS.
    #[error("no connection to the vendor")]
    Connect,
    /// The time ran out.
    #[error("no answer in time")]
    Timeout,
    /// The connection ended before an answer came, or what came was no HTTP.
    #[error("the connection ended before an answer came")]
    Interrupted,
    /// The request could not be put together; it is a fault of the configuration.
    #[error("the request could not be built")]
    InvalidRequest,
}

impl TransportError {
    /// A failure. The source must show no URL, no header and no body.
    pub fn new(sent: Sent, kind: TransportErrorKind) -> Self {
        Self { sent, kind, source: None }
    }

    /// Adds the cause.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// Whether the vendor can have a complete request: [`Sent::No`] or [`Sent::Maybe`].
    #[must_use]
    pub fn sent(&self) -> Sent {
        self.sent
    }

    /// What stood in the way.
    #[must_use]
    pub fn kind(&self) -> TransportErrorKind {
        self.kind
    }
}

/// How the transport of this crate connects.
///
/// ```
/// use std::time::Duration;
///
/// use review_http::{TransportOptions, default_transport};
///
/// let options = TransportOptions::default().with_connect_timeout(Duration::from_secs(2));
/// # #[cfg(feature = "rustls")]
/// let transport = default_transport(options)?;
/// # Ok::<(), review_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TransportOptions {
    /// How long a connection may take to come about. Default 5 s. It must stay below the time-out of
    /// an attempt: only then is a connection that never came known as "nothing was sent".
    pub connect_timeout: Duration,
    /// How long an unused connection is kept. Default 5 s, zero for none. A server that closes a kept
    /// connection first turns the next request into a false "outcome unknown", and servers commonly
    /// close after 60 s or more.
    pub idle_timeout: Duration,
}

impl Default for TransportOptions {
    fn default() -> Self {
        Self { connect_timeout: Duration::from_secs(5), idle_timeout: Duration::from_secs(5) }
    }
}

impl TransportOptions {
    /// Sets how long a connection may take to come about.
    #[must_use]
    pub fn with_connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// Sets how long an unused connection is kept; zero keeps none.
    #[must_use]
    pub fn with_idle_timeout(mut self, timeout: Duration) -> Self {
        self.idle_timeout = timeout;
        self
    }
}

/// The transport this crate was built with.
///
/// # Errors
/// [`ErrorKind::Config`](review_core::ErrorKind::Config) if it was built with none, or if the
/// platform's certificates or the process's crypto provider are missing.
pub fn default_transport(options: TransportOptions) -> Result<DynTransport, Error> {
    #[cfg(feature = "reqwest")]
    return ReqwestTransport::new(options).map(|transport| Arc::new(transport) as DynTransport);
    #[cfg(not(feature = "reqwest"))]
    {
        let _ = options;
        Err(Error::new(
            review_core::ErrorKind::Config,
            "no HTTP transport is compiled in; switch on one of the features rustls, native-tls and \
             rustls-no-provider, or pass a transport of your own",
        ))
    }
}
