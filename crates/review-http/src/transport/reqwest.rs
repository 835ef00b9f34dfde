//! The transport over reqwest. No other file of the project names that library.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use http_body::{Body, Frame, SizeHint};
use review_core::{Error, ErrorKind, SendState};
use url::Url;

use super::contract::{BodyStatus, HttpResponse, HttpTransport, TransportError, TransportErrorKind};
use super::options::{ProxyOption, TransportOptions};
use super::request_tracker::RequestTracker;
use super::request_url::RequestUrl;
use super::tls;

/// The most that is read of a successful response: 1 MiB.
const MAX_SUCCESS_BODY: usize = 1024 * 1024;
/// The most that is read of an error response: 64 KiB.
const MAX_ERROR_BODY: usize = 64 * 1024;

/// `Duration::MAX` means "no timeout", but adding it to an `Instant` overflows. One day is long enough.
const MAX_TIMEOUT: Duration = Duration::from_secs(24 * 60 * 60);

/// The size of the pieces in which hyper gets a body. An invitation fits into one; a large batch whose
/// connection breaks in the middle is known not to have been sent.
const FRAME: usize = 64 * 1024;

/// Sends requests with reqwest. Build one and share it: building reads the platform's certificates, which
/// takes milliseconds.
#[derive(Clone)]
pub struct ReqwestTransport {
    client: reqwest::Client,
    ignores_proxy: bool,
}

impl std::fmt::Debug for ReqwestTransport {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ReqwestTransport")
    }
}

impl ReqwestTransport {
    /// Builds the transport.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidConfig`] if the proxy URL or a certificate is invalid, if the platform has no
    /// certificates, or, with the feature `rustls-no-provider` alone, if the process has no crypto provider.
    pub fn new(options: TransportOptions) -> Result<Self, Error> {
        let TransportOptions { connect_timeout, idle_timeout, proxy: option, root_certificates } = options;
        // Each of these is on by default and each has a measured leak or hazard: a redirect posts the
        // customer's address to another host, a retry may send twice, Referer repeats the whole URL.
        let builder = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .no_proxy()
            // Another crate may have enabled these for the whole program. A response that unpacks to a
            // gigabyte must not be read.
            .no_gzip()
            .no_brotli()
            .no_deflate()
            .no_zstd()
            .connect_timeout(connect_timeout.min(MAX_TIMEOUT))
            .pool_idle_timeout(idle_timeout.min(MAX_TIMEOUT))
            .pool_max_idle_per_host(if idle_timeout.is_zero() { 0 } else { usize::MAX })
            .http1_only()
            .user_agent(concat!("review-invites/", env!("CARGO_PKG_VERSION")));
        let builder = match proxy(&option)? {
            Some(proxy) => builder.proxy(proxy),
            None => builder,
        };
        let client = tls::configure(builder, &root_certificates)?.build().map_err(|cause| {
            Error::new(ErrorKind::InvalidConfig, "the HTTP client could not be built")
                .with_help("install the system's CA certificates")
                .with_source(cause.without_url())
        })?;
        let ignores_proxy = option == ProxyOption::None && proxy_from_environment().is_some();
        Ok(Self { client, ignores_proxy })
    }
}

fn proxy(option: &ProxyOption) -> Result<Option<reqwest::Proxy>, Error> {
    let (url, exceptions) = match option {
        ProxyOption::None => return Ok(None),
        ProxyOption::Environment => (proxy_from_environment(), reqwest::NoProxy::from_env()),
        ProxyOption::Url(url) => (Some(url.clone()), None),
    };
    let Some(url) = url else { return Ok(None) };
    // The cause may repeat the URL with its password.
    let proxy = reqwest::Proxy::https(url)
        .map_err(|_| Error::new(ErrorKind::InvalidConfig, "invalid proxy URL; expected http://host:port"))?;
    Ok(Some(proxy.no_proxy(exceptions)))
}

fn proxy_from_environment() -> Option<String> {
    let names = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];
    names.into_iter().find_map(|name| std::env::var(name).ok().filter(|url| !url.trim().is_empty()))
}

#[async_trait]
impl HttpTransport for ReqwestTransport {
    async fn send(
        &self,
        request: http::Request<Bytes>,
        timeout: Duration,
    ) -> Result<HttpResponse, TransportError> {
        let tracker = RequestTracker::from_request(&request);
        let (mut parts, bytes) = request.into_parts();
        let url = match RequestUrl::take(&mut parts.extensions, &parts.uri) {
            Some(url) => url,
            None => Url::parse(&parts.uri.to_string()).map_err(|cause| {
                TransportError::new(SendState::NotSent, TransportErrorKind::InvalidRequest).with_source(cause)
            })?,
        };
        let mut request = reqwest::Request::new(parts.method, url);
        *request.headers_mut() = parts.headers;
        *request.timeout_mut() = Some(timeout.min(MAX_TIMEOUT));
        // An empty body gets no probe: hyper need not take it, so it would prove nothing.
        if !bytes.is_empty() {
            tracker.mark_unsent();
            let probe = Probe { left: bytes, tracker: tracker.clone() };
            *request.body_mut() = Some(reqwest::Body::wrap(probe));
        }
        match self.client.execute(request).await {
            Ok(response) => Ok(read(response).await),
            Err(error) => Err(classify_error(error, tracker.is_unsent(), self.ignores_proxy)),
        }
    }
}

/// reqwest's own predicates cannot distinguish "nothing was sent" from "everything was sent": its error for a
/// connection closed on accept is the same as for one closed after reading everything. So whether hyper took
/// the body decides. A connection error is checked before a timeout, since it can be both, and only the
/// first proves that nothing was sent.
fn classify_error(error: reqwest::Error, body_not_taken: bool, ignores_proxy: bool) -> TransportError {
    let (kind, help) = if error.is_builder() {
        (TransportErrorKind::InvalidRequest, None)
    } else if error.is_connect() {
        connect_error(&error, ignores_proxy)
    } else if error.is_timeout() {
        (TransportErrorKind::Timeout, None)
    } else {
        (TransportErrorKind::Interrupted, None)
    };
    let not_sent = body_not_taken || error.is_builder() || error.is_connect();
    let send_state = if not_sent { SendState::NotSent } else { SendState::Unknown };
    // Both Display and Debug of the error would show the URL with its query.
    let transport_error = TransportError::new(send_state, kind).with_source(error.without_url());
    match help {
        Some(help) => transport_error.with_help(help),
        None => transport_error,
    }
}

/// Returns why no connection was established, and how to fix it. The libraries below reqwest share no error
/// type, so their texts are searched: "invalid peer certificate: …", "certificate verify failed …", "proxy
/// authorization required".
fn connect_error(error: &reqwest::Error, ignores_proxy: bool) -> (TransportErrorKind, Option<&'static str>) {
    let mut text = String::new();
    let mut next = std::error::Error::source(error);
    while let Some(cause) = next {
        text.push_str(&cause.to_string().to_lowercase());
        next = cause.source();
    }
    let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
    if has(&["proxy auth"]) {
        return (TransportErrorKind::Proxy, Some("add valid credentials to the proxy URL"));
    }
    if has(&["peer certificate", "certificate verify"]) {
        let help = if has(&["expired", "not valid yet", "notvalidyet", "not yet valid"]) {
            "the certificate has expired or is not valid yet; check this machine's clock, then contact the \
             operator of the server"
        } else if has(&["not valid for name", "notvalidforname", "hostname mismatch", "name mismatch"]) {
            "the certificate is for another host; check the base URL, and whether a proxy intercepts TLS"
        } else {
            "add the CA certificate of your company's proxy to the root certificates, or install the system's \
             CA certificates"
        };
        return (TransportErrorKind::Certificate, Some(help));
    }
    let help = "HTTPS_PROXY is set, but proxies of the environment are not used; set the proxy option to \
                \"environment\"";
    (TransportErrorKind::Connect, ignores_proxy.then_some(help))
}

/// Reads the body in pieces, so that an endless one costs no more than the limit.
async fn read(mut response: reqwest::Response) -> HttpResponse {
    let status = response.status();
    let headers = std::mem::take(response.headers_mut());
    let limit = if status.is_success() { MAX_SUCCESS_BODY } else { MAX_ERROR_BODY };
    let mut body = BytesMut::new();
    let body_status = loop {
        match response.chunk().await {
            Ok(Some(chunk)) if body.len() + chunk.len() > limit => {
                let room = limit - body.len();
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

/// A body that records when hyper reads its last part. Until then the vendor cannot have a complete
/// request. It cannot be cloned, so reqwest can neither retry nor replay it.
struct Probe {
    left: Bytes,
    tracker: RequestTracker,
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
