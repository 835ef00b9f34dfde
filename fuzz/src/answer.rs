//! A vendor's answer, out of a fuzz input.

use http::header::{HeaderValue, RETRY_AFTER};
use review_http::{BodyStatus, HttpResponse};

use crate::Route;

/// An answer, and the way a request took to it.
///
/// The form is one that a person can write and that every input has: a first line such as `t 503 120`, then the
/// body. The letter is the way (`t` Trustpilot, `e` eTrusted by events, `d` eTrusted directly), the number the
/// status, and the rest of the line, if there is any, the header `Retry-After`. A capital letter cuts the body off.
pub struct Answer {
    pub route: Route,
    pub response: HttpResponse,
}

impl Answer {
    pub fn read(input: &[u8]) -> Self {
        let end = input.iter().position(|byte| *byte == b'\n').unwrap_or(input.len());
        let (line, rest) = input.split_at(end);
        let letter = line.first().copied().unwrap_or(b't');
        let line = String::from_utf8_lossy(line.get(1..).unwrap_or_default()).into_owned();
        let mut words = line.trim_start().splitn(2, ' ');
        let status = words.next().and_then(|word| word.parse().ok());
        let status = status.and_then(|status| http::StatusCode::from_u16(status).ok());
        let wait = words.next().and_then(|wait| HeaderValue::from_str(wait).ok());
        Self {
            route: match letter.to_ascii_lowercase() {
                b'e' => Route::Events,
                b'd' => Route::Direct,
                _ => Route::Trustpilot,
            },
            response: HttpResponse {
                status: status.unwrap_or(http::StatusCode::BAD_REQUEST),
                headers: wait.into_iter().map(|wait| (RETRY_AFTER, wait)).collect(),
                body: bytes::Bytes::copy_from_slice(rest.get(1..).unwrap_or_default()),
                body_status: if letter.is_ascii_uppercase() {
                    BodyStatus::Truncated
                } else {
                    BodyStatus::Complete
                },
            },
        }
    }

    /// Returns whether the complete body is JSON with a text or number that is not blank at this pointer.
    pub fn has_text(&self, pointer: &str) -> bool {
        let body = serde_json::from_slice::<serde_json::Value>(&self.response.body).ok();
        body.as_ref().and_then(|body| body.pointer(pointer)).is_some_and(|member| {
            member.is_number() || member.as_str().is_some_and(|text| !text.trim().is_empty())
        })
    }

    pub fn status(&self) -> http::StatusCode {
        self.response.status
    }
}
