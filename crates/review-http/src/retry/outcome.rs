//! What a call came to. The whole judgement is in this file, and it is pure.

use std::time::Duration;

use http::{StatusCode, header};
use review_core::Sent;

use super::retry_after::parse_retry_after;
use crate::transport::{HttpResponse, TransportError, TransportErrorKind};

/// What one attempt came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AttemptOutcome {
    /// The vendor took it: any 2xx, whatever became of the answer's body.
    Accepted,
    /// The vendor cannot have a complete request.
    NotSent,
    /// The vendor refused it for good.
    Rejected,
    /// The vendor refused the token; it did not look at the request.
    Unauthorized,
    /// The vendor refused it for now, before processing; it may have named a time to wait.
    Throttled(Option<Duration>),
    /// The vendor may have processed it.
    Unknown,
}

impl AttemptOutcome {
    /// The name under which it stands in events and metrics.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::NotSent => "not_sent",
            Self::Rejected => "rejected",
            Self::Unauthorized => "unauthorized",
            Self::Throttled(_) => "throttled",
            Self::Unknown => "unknown",
        }
    }

    /// Judges an attempt by its status alone. Vendors' classifiers may know better.
    ///
    /// | ApiResponse | AttemptOutcome |
    /// | --- | --- |
    /// | 2xx | accepted |
    /// | 401 | unauthorized |
    /// | 429; 503 with `Retry-After` | throttled |
    /// | 408, 5xx (but 501) | unknown |
    /// | everything else | rejected |
    /// | none, since the request could not be built | rejected |
    /// | none, and no complete request can be there | not sent |
    /// | none otherwise | unknown |
    #[must_use]
    pub fn from_result(result: &Result<HttpResponse, TransportError>) -> Self {
        let response = match result {
            Ok(response) => response,
            // It will be put together no better a second time.
            Err(error) if error.kind() == TransportErrorKind::InvalidRequest => return Self::Rejected,
            Err(error) if error.sent() == Sent::No => return Self::NotSent,
            Err(_) => return Self::Unknown,
        };
        let wait = || {
            let value = response.headers.get(header::RETRY_AFTER)?.to_str().ok()?;
            parse_retry_after(value, std::time::SystemTime::now())
        };
        match response.status {
            status if status.is_success() => Self::Accepted,
            StatusCode::UNAUTHORIZED => Self::Unauthorized,
            StatusCode::TOO_MANY_REQUESTS => Self::Throttled(wait()),
            StatusCode::SERVICE_UNAVAILABLE => {
                wait().map_or(Self::Unknown, |wait| Self::Throttled(Some(wait)))
            }
            StatusCode::NOT_IMPLEMENTED => Self::Rejected,
            StatusCode::REQUEST_TIMEOUT => Self::Unknown,
            status if status.is_server_error() => Self::Unknown,
            _ => Self::Rejected,
        }
    }
}

/// Whether a call may be made again when it is not known what became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Idempotency {
    /// Classification, set-up, links, full token grants: twice is as good as once.
    Idempotent,
    /// Sending an invitation: at most once, unless [`RetryPolicy::at_least_once`](crate::RetryPolicy::at_least_once)
    /// says otherwise.
    AtMostOnce,
    /// Using up a refresh token: at most once, whatever the policy says.
    SingleUse,
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;
    use crate::transport::BodyStatus;

    fn answer(status: u16, wait: Option<&'static str>) -> Result<HttpResponse, TransportError> {
        let mut headers = http::HeaderMap::new();
        if let Some(wait) = wait {
            headers.insert(header::RETRY_AFTER, http::HeaderValue::from_static(wait));
        }
        let status = StatusCode::from_u16(status).unwrap();
        Ok(HttpResponse { status, headers, body: Bytes::new(), body_status: BodyStatus::Truncated })
    }

    #[test]
    fn every_status_has_one_outcome() {
        let ten = Some(Duration::from_secs(10));
        for status in 100..600 {
            let expected = match status {
                200..300 => AttemptOutcome::Accepted,
                401 => AttemptOutcome::Unauthorized,
                429 => AttemptOutcome::Throttled(None),
                501 => AttemptOutcome::Rejected,
                408 | 500..600 => AttemptOutcome::Unknown,
                _ => AttemptOutcome::Rejected,
            };
            assert_eq!(AttemptOutcome::from_result(&answer(status, None)), expected, "{status}");
        }
        assert_eq!(AttemptOutcome::from_result(&answer(429, Some("10"))), AttemptOutcome::Throttled(ten));
        assert_eq!(AttemptOutcome::from_result(&answer(503, Some("10"))), AttemptOutcome::Throttled(ten));
        assert_eq!(AttemptOutcome::from_result(&answer(503, Some("soon"))), AttemptOutcome::Unknown);
        assert_eq!(AttemptOutcome::from_result(&answer(500, Some("10"))), AttemptOutcome::Unknown);
    }

    #[test]
    fn without_an_answer_only_proof_counts() {
        for problem in
            [TransportErrorKind::Connect, TransportErrorKind::Timeout, TransportErrorKind::Interrupted]
        {
            assert_eq!(
                AttemptOutcome::from_result(&Err(TransportError::new(Sent::No, problem))),
                AttemptOutcome::NotSent
            );
            assert_eq!(
                AttemptOutcome::from_result(&Err(TransportError::new(Sent::Maybe, problem))),
                AttemptOutcome::Unknown
            );
        }
    }
}
