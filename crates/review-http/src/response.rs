//! Responses.

use std::borrow::Cow;
use std::fmt;
use std::sync::OnceLock;

use bytes::Bytes;
use http::{HeaderMap, StatusCode, header};
use review_core::{Error, ErrorKind};

use crate::transport::{BodyStatus, HttpResponse};
use crate::verdict::Verdict;

/// A response of any status, as far as it arrived. `Debug` shows the size of its body.
#[derive(Clone)]
#[non_exhaustive]
pub struct ApiResponse {
    /// The operation of the request.
    pub operation: &'static str,
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The meaning of the response. Set by [`Client::send`](crate::Client::send), whose responses are
    /// [`Accepted`](Verdict::Accepted), [`AlreadyInvited`](Verdict::AlreadyInvited) or
    /// [`Skipped`](Verdict::Skipped); a classifier sees the default.
    pub verdict: Verdict,
    /// The id that the vendor's support needs to find the request. Set by [`Client::send`](crate::Client::send).
    pub request_id: Option<String>,
    /// Whether the body is complete.
    pub body_status: BodyStatus,
    body: Bytes,
    /// The body as JSON, parsed once.
    json: OnceLock<Option<serde_json::Value>>,
}

impl fmt::Debug for ApiResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiResponse")
            .field("operation", &self.operation)
            .field("status", &self.status)
            .field("body_bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}

impl ApiResponse {
    /// Creates a response to a request of this operation, for example to test a classifier.
    #[must_use]
    pub fn new(operation: &'static str, response: HttpResponse) -> Self {
        let HttpResponse { status, headers, body, body_status } = response;
        Self {
            operation,
            status,
            headers,
            verdict: Verdict::default(),
            request_id: None,
            body_status,
            body,
            json: OnceLock::new(),
        }
    }

    pub(crate) fn with_verdict(self, verdict: Verdict, request_id: Option<String>) -> Self {
        Self { verdict, request_id, ..self }
    }

    /// Returns the body as JSON.
    ///
    /// # Errors
    /// [`ErrorKind::Unexpected`] if the body is truncated, too large, compressed or of another shape. The
    /// request itself succeeded nevertheless.
    pub fn json<T: serde::de::DeserializeOwned>(&self) -> Result<T, Error> {
        let message = match self.body_status {
            BodyStatus::Truncated => "the response is truncated".to_owned(),
            BodyStatus::TooLarge => "the response is larger than 1 MiB".to_owned(),
            BodyStatus::Complete => match serde_json::from_slice(&self.body) {
                Ok(value) => return Ok(value),
                Err(_) if self.is_compressed() => {
                    "the response is compressed, although no compression was requested; a proxy may have \
                     compressed it"
                        .to_owned()
                }
                // serde's own message may quote the value.
                Err(cause) => {
                    format!(
                        "the response is not the expected JSON (line {}, column {})",
                        cause.line(),
                        cause.column()
                    )
                }
            },
        };
        Err(Error::new(ErrorKind::Unexpected, message).with_http_status(self.status.as_u16()))
    }

    /// Returns the body as any JSON value, or `None` if it is something else. It is parsed once.
    #[must_use]
    pub fn json_value(&self) -> Option<&serde_json::Value> {
        self.json.get_or_init(|| serde_json::from_slice(&self.body).ok()).as_ref()
    }

    /// Returns the first member among these JSON pointers that is a number or a non-blank text.
    ///
    /// ```
    /// # use review_http::{ApiResponse, HttpResponse, BodyStatus};
    /// # let body = br#"{"error":{"code":12}}"#.as_slice().into();
    /// # let (status, headers) = (http::StatusCode::BAD_REQUEST, http::HeaderMap::new());
    /// # let parts = HttpResponse { status, headers, body, body_status: BodyStatus::Complete };
    /// # let response = ApiResponse::new("send_invite", parts);
    /// // {"error":{"code":12}}
    /// assert_eq!(response.text_at(&["/errorCode", "/error/code"]).as_deref(), Some("12"));
    /// ```
    #[must_use]
    pub fn text_at(&self, pointers: &[&str]) -> Option<String> {
        let body = self.json_value()?;
        pointers.iter().find_map(|pointer| match at(body, pointer)? {
            serde_json::Value::String(text) if !text.trim().is_empty() => Some(text.clone()),
            serde_json::Value::Number(number) => Some(number.to_string()),
            _ => None,
        })
    }

    /// Returns the body as text. Bytes that are not UTF-8 are replaced.
    #[must_use]
    pub fn text(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.body)
    }

    /// Returns whether a body that is cut off contains one of these members: it may be a rejection.
    #[must_use]
    pub fn is_cut_off_with(&self, members: &[&str]) -> bool {
        self.body_status != BodyStatus::Complete
            && members.iter().any(|member| self.text().contains(&format!("\"{member}\"")))
    }

    /// Returns the body as bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.body
    }

    /// Returns a header as text, if it is visible ASCII.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// Returns whether the body is blank.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.body.trim_ascii().is_empty()
    }

    /// Returns whether the body is compressed. The client never asks for that.
    #[must_use]
    pub fn is_compressed(&self) -> bool {
        let encoding = self.header(header::CONTENT_ENCODING.as_str()).map(str::trim);
        encoding.is_some_and(|encoding| !encoding.is_empty() && !encoding.eq_ignore_ascii_case("identity"))
    }
}

/// Follows a JSON pointer. Those without escapes, which all of ours are, need no copies.
fn at<'a>(body: &'a serde_json::Value, pointer: &str) -> Option<&'a serde_json::Value> {
    if pointer.contains('~') || !pointer.starts_with('/') {
        return body.pointer(pointer);
    }
    pointer.split('/').skip(1).try_fold(body, |value, name| match value {
        serde_json::Value::Object(members) => members.get(name),
        serde_json::Value::Array(items) => items.get(name.parse::<usize>().ok()?),
        _ => None,
    })
}

/// The response that an [`Error`] describes, for your own diagnosis. It may contain personal data, so
/// neither `Debug` nor `Display` shows it.
///
/// ```
/// use review_core::Error;
/// use review_http::RawResponse;
///
/// fn body_of(error: &Error) -> Option<String> {
///     Some(RawResponse::of(error)?.expose_text().into_owned())
/// }
/// ```
#[derive(Clone, Debug, thiserror::Error)]
#[error("the response is available as RawResponse")]
pub struct RawResponse(ApiResponse);

impl RawResponse {
    pub(crate) fn new(response: ApiResponse) -> Self {
        Self(response)
    }

    /// Returns the response that this error describes, if there was one.
    #[must_use]
    pub fn of(error: &Error) -> Option<&Self> {
        error.downcast_ref()
    }

    /// Returns the status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.0.status
    }

    /// Returns the headers.
    #[must_use]
    pub fn expose_headers(&self) -> &HeaderMap {
        &self.0.headers
    }

    /// Returns the body as text. At most 64 KiB of an error response are kept.
    #[must_use]
    pub fn expose_text(&self) -> Cow<'_, str> {
        self.0.text()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn response(headers: HeaderMap, body: &'static [u8]) -> ApiResponse {
        let (status, body) = (StatusCode::OK, Bytes::from_static(body));
        ApiResponse::new(
            "send_invite",
            HttpResponse { status, headers, body, body_status: BodyStatus::Complete },
        )
    }

    #[test]
    fn compressed_json_is_named() {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_ENCODING, http::HeaderValue::from_static("gzip"));
        let error = response(headers, b"\x1f\x8b\x08").json::<serde_json::Value>().unwrap_err();
        assert!(error.message().contains("compressed"), "{error}");
    }

    #[test]
    fn pointers_follow_members_items_and_escapes() {
        let body = serde_json::json!({ "a": [{ "b": 1 }], "c/d": 2, "": 3 });
        for (pointer, value) in [("/a/0/b", 1), ("/c~1d", 2), ("/", 3)] {
            assert_eq!(at(&body, pointer), Some(&value.into()), "{pointer}");
        }
        for pointer in ["/a/1", "/a/x", "/a/0/b/c", "a"] {
            assert_eq!(at(&body, pointer), None, "{pointer}");
        }
        assert_eq!(at(&body, ""), Some(&body));
    }

    #[test]
    fn body_is_parsed_once() {
        let response = response(HeaderMap::new(), b"{\"id\": 7}");
        let first = response.json_value().unwrap();
        assert_eq!(response.text_at(&["/id"]).as_deref(), Some("7"));
        assert!(std::ptr::eq(first, response.json_value().unwrap()));
    }
}
