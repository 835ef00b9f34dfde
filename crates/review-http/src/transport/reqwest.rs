//! The transport over reqwest. No other file of the project names that library.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use http_body::{Body, Frame, SizeHint};
use review_core::{Error, ErrorKind, Sent};

use super::{
    BodyStatus, HttpResponse, HttpTransport, SendTracker, TransportError, TransportErrorKind,
    TransportOptions, tls,
};

/// The most that is read of an answer that says yes: 1 MiB.
const MAX_SUCCESS_BODY: usize = 1024 * 1024;
/// The most that is read of an answer that says no: 64 KiB.
const MAX_ERROR_BODY: usize = 64 * 1024;

/// "Without end" is told as an endless time; clocks cannot count that far, and a day is as good.
const MAX_TIMEOUT: Duration = Duration::from_secs(24 * 60 * 60);

/// How much of a body hyper is given at once. An invitation fits many times; of a batch of thousands, what
/// broke off in the middle is known not to have been sent.
const FRAME: usize = 64 * 1024;

/// Sends requests with reqwest. Build one and share it: building reads the platform's certificates,
/// which takes milliseconds.
#[derive(Clone)]
pub struct ReqwestTransport(reqwest::Client);

impl std::fmt::Debug for ReqwestTransport {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ReqwestTransport")
    }
}

impl ReqwestTransport {
    /// Builds the transport.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] where the platform has no certificates, or, with the feature
    /// `rustls-no-provider` alone, where the process has no crypto provider.
    pub fn new(options: TransportOptions) -> Result<Self, Error> {
        // Each of these is on by default and each has a measured leak or hazard: a redirect re-posts
        // the customer's address to another host, a retry may send twice, Referer repeats the whole
        // URL, a proxy from the environment reads along.
        let builder = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .no_proxy()
            // Another crate may have switched these on for the whole program; an answer that unpacks to
            // a gigabyte is not read.
            .no_gzip()
            .no_brotli()
            .no_deflate()
            .no_zstd()
            .connect_timeout(options.connect_timeout.min(MAX_TIMEOUT))
            .pool_idle_timeout(options.idle_timeout.min(MAX_TIMEOUT))
            .pool_max_idle_per_host(if options.idle_timeout.is_zero() { 0 } else { usize::MAX })
            .http1_only()
            .user_agent(concat!("review-invites/", env!("CARGO_PKG_VERSION")));
        let client = tls::configure(builder)?.build().map_err(|cause| {
            Error::new(
                ErrorKind::Config,
                "the HTTP client could not be built; are the system's CA certificates installed?",
            )
            .with_source(cause.without_url())
        })?;
        Ok(Self(client))
    }
}

#[async_trait]
impl HttpTransport for ReqwestTransport {
    async fn send(
        &self,
        request: http::Request<Bytes>,
        timeout: Duration,
    ) -> Result<HttpResponse, TransportError> {
        let tracker = SendTracker::from_request(&request);
        let (parts, bytes) = request.into_parts();
        let mut builder = self
            .0
            .request(parts.method, parts.uri.to_string())
            .headers(parts.headers)
            .timeout(timeout.min(MAX_TIMEOUT));
        // An empty body gets no probe: hyper need not take it, so it would prove nothing.
        if !bytes.is_empty() {
            tracker.mark_unsent();
            let probe = Probe { left: bytes, tracker: tracker.clone() };
            builder = builder.body(reqwest::Body::wrap(probe));
        }
        match builder.send().await {
            Ok(response) => Ok(read(response).await),
            Err(error) => Err(classify_error(error, tracker.is_unsent())),
        }
    }
}

/// reqwest's own questions cannot tell "nothing was sent" from "all was sent" (its error for a
/// connection closed on accept and for one closed after reading everything is the same), so whether
/// hyper took the body decides. A connection error is asked for before a time-out, since it can be
/// both, and only the first proves that nothing was sent.
fn classify_error(error: reqwest::Error, body_not_taken: bool) -> TransportError {
    let kind = if error.is_builder() {
        TransportErrorKind::InvalidRequest
    } else if error.is_connect() {
        TransportErrorKind::Connect
    } else if error.is_timeout() {
        TransportErrorKind::Timeout
    } else {
        TransportErrorKind::Interrupted
    };
    let not_sent =
        matches!(kind, TransportErrorKind::InvalidRequest | TransportErrorKind::Connect) || body_not_taken;
    let sent = if not_sent { Sent::No } else { Sent::Maybe };
    // Both Display and Debug of the error would show the URL with its query.
    TransportError::new(sent, kind).with_source(error.without_url())
}

/// Reads the body in pieces, so that an endless one costs no more than the limit.
async fn read(mut response: reqwest::Response) -> HttpResponse {
    let status = response.status();
    let headers = std::mem::take(response.headers_mut());
    let most = if status.is_success() { MAX_SUCCESS_BODY } else { MAX_ERROR_BODY };
    let mut body = BytesMut::new();
    let body_status = loop {
        match response.chunk().await {
            Ok(Some(chunk)) if body.len() + chunk.len() > most => {
                let room = most - body.len();
                body.extend_from_slice(chunk.get(..room).unwrap_or_default());
                break BodyStatus::TooLarge;
            }
            Ok(Some(chunk)) => body.extend_from_slice(&chunk),
            Ok(None) => break BodyStatus::Complete,
            Err(_) => break BodyStatus::Truncated,
        }
    };
    HttpResponse { status, headers, body: body.freeze(), body_status }
}

/// A body that notes when hyper takes the last of it. Until then the vendor cannot have a complete
/// request. It cannot be cloned, so reqwest can neither retry nor replay it.
struct Probe {
    left: Bytes,
    tracker: SendTracker,
}

impl Body for Probe {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if self.left.is_empty() {
            return Poll::Ready(None);
        }
        let size = self.left.len().min(FRAME);
        let frame = self.left.split_to(size);
        if self.left.is_empty() {
            self.tracker.mark_sent();
        }
        Poll::Ready(Some(Ok(Frame::data(frame))))
    }

    fn is_end_stream(&self) -> bool {
        self.left.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left.len() as u64)
    }
}
