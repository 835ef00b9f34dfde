//! A request and its response, as they were on the wire.

use std::fmt;

use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use http_body::Body as _;

use crate::abort::Abort;

/// The largest body kept, in bytes; longer ones are cut.
const MAX_BODY: usize = 64 * 1024;

/// The largest value of a header kept, in bytes.
const MAX_HEADER: usize = 1024;

/// The most headers kept.
const MAX_HEADERS: usize = 100;

/// Headers with secrets. Their values are not kept.
const SECRET_HEADERS: [&str; 5] =
    ["authorization", "apikey", "cookie", "proxy-authorization", "x-publication-api-token"];

/// Query parameters with secrets. Their values are not kept.
const SECRET_PARAMETERS: [&str; 3] = ["code", "public_code", "hash"];

const HIDDEN: &str = "[hidden]";

/// The request behind an [`InboxEntry`](crate::InboxEntry), and its response, as they were on the wire.
///
/// Bodies are cut after 64 KiB, and values of headers with secrets are replaced. `Debug` prints no header and no body.
#[derive(Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct RawExchange {
    /// The method, upper case.
    pub method: String,
    /// Path and query as they arrived, with the host's prefix. Values of parameters with secrets are replaced.
    pub target: String,
    /// The headers of the request in order of arrival, names in lower case.
    pub request_headers: Vec<(String, String)>,
    /// The body of the request.
    pub request_body: Vec<u8>,
    /// The status; 0 if the client got none that it can read.
    pub status: u16,
    /// The headers of the response; empty if a fault replaced the response by other bytes.
    pub response_headers: Vec<(String, String)>,
    /// The body of the response, or all the bytes that were sent instead of a response.
    pub response_body: Vec<u8>,
    /// Whether a body was cut.
    pub is_cut: bool,
    /// The names of the faults that were injected.
    pub faults: Vec<String>,
}

impl RawExchange {
    pub(super) fn set_request_body(&mut self, body: &[u8]) {
        self.request_body = self.cut(body);
    }

    /// Keeps the response, and returns it unchanged. A body without a length or over the limit is not read.
    pub(super) async fn set_response(&mut self, response: Response) -> Response {
        if let Some(abort) = response.extensions().get::<Abort>() {
            self.status = abort.status.unwrap_or_default();
            self.response_body = self.cut(&abort.bytes);
            return response;
        }
        self.status = response.status().as_u16();
        self.response_headers = headers(response.headers());
        let size = response.body().size_hint().exact().and_then(|size| usize::try_from(size).ok());
        if size.is_none_or(|size| size > MAX_BODY) {
            self.is_cut = true;
            return response;
        }
        let (parts, body) = response.into_parts();
        // It is in memory already, so reading it cannot fail.
        let bytes = to_bytes(body, MAX_BODY).await.unwrap_or_default();
        self.response_body = bytes.to_vec();
        Response::from_parts(parts, Body::from(bytes))
    }

    fn cut(&mut self, body: &[u8]) -> Vec<u8> {
        self.is_cut |= body.len() > MAX_BODY;
        body.get(..MAX_BODY).unwrap_or(body).to_vec()
    }

    /// Returns the approximate size in memory, in bytes.
    pub(super) fn size(&self) -> usize {
        let headers = |list: &[(String, String)]| -> usize {
            list.iter().map(|(name, value)| name.len() + value.len() + size_of::<(String, String)>()).sum()
        };
        size_of::<Self>()
            + self.target.len()
            + headers(&self.request_headers)
            + headers(&self.response_headers)
            + self.request_body.len()
            + self.response_body.len()
    }
}

/// Path and query, without secrets.
pub(super) fn target(uri: &Uri) -> String {
    let Some(query) = uri.query() else { return uri.path().to_owned() };
    let pairs = query.split('&').map(|pair| match pair.split_once('=') {
        Some((name, _)) if SECRET_PARAMETERS.contains(&name) => format!("{name}={HIDDEN}"),
        _ => pair.to_owned(),
    });
    format!("{}?{}", uri.path(), pairs.collect::<Vec<_>>().join("&"))
}

/// The headers, without secrets and without excessive ones.
pub(super) fn headers(headers: &HeaderMap) -> Vec<(String, String)> {
    let kept = headers.iter().take(MAX_HEADERS).map(|(name, value)| {
        let value = value.as_bytes().get(..MAX_HEADER).unwrap_or(value.as_bytes());
        let value = match name.as_str() {
            name if SECRET_HEADERS.contains(&name) => HIDDEN.to_owned(),
            _ => String::from_utf8_lossy(value).into_owned(),
        };
        (name.to_string(), value)
    });
    kept.collect()
}

impl fmt::Debug for RawExchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawExchange")
            .field("method", &self.method)
            .field("status", &self.status)
            .field("faults", &self.faults)
            .finish_non_exhaustive()
    }
}
