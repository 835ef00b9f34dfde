//! The result of one attempt: accepted, rejected, throttled (429), unauthorized, or an unknown outcome. The whole
//! judgement is in this file, and it is pure.

use std::time::Duration;

use review_core::SendState;

use super::retry_after::retry_after;
use crate::response::ApiResponse;
use crate::transport::{TransportError, TransportErrorKind};
use crate::verdict::Verdict;

/// The result of one attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AttemptOutcome {
    /// The vendor accepted it, or has nothing to do: it was invited before, or is skipped.
    Accepted,
    /// The vendor cannot have a complete request.
    NotSent,
    /// The vendor rejected it for good.
    Rejected,
    /// The vendor rejected the token; it did not process the request.
    Unauthorized,
    /// The vendor did not process it, and may have named a time to wait.
    Throttled(Option<Duration>),
    /// An intermediary (a firewall, a CDN, a proxy) rejected it. The vendor did not see it.
    Intercepted,
    /// The vendor may have processed it.
    Unknown,
}

impl AttemptOutcome {
    /// Returns the name used in events and metrics.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::NotSent => "not_sent",
            Self::Rejected => "rejected",
            Self::Unauthorized => "unauthorized",
            Self::Throttled(_) => "throttled",
            Self::Intercepted => "intercepted",
            Self::Unknown => "unknown",
        }
    }

    /// Judges a response by its status and by what the vendor's body states. The first row that fits decides.
    ///
    /// | Status | Body states | Outcome |
    /// | --- | --- | --- |
    /// | 429 | anything but a final rejection | throttled, whichever hop sent it |
    /// | 503, or no server error | throttled | throttled |
    /// | 401, or no server error | anything, or token rejected | unauthorized |
    /// | 2xx | accepted | accepted |
    /// | 2xx, 4xx | already invited, skipped | accepted |
    /// | 2xx, 4xx but 408 | rejected | rejected |
    /// | 301, 307, 308 | anything | intercepted: a redirect of this kind was not processed |
    /// | 521, 523, 525, 526 with `server: cloudflare` and `cf-ray` | anything | not sent: the origin was not reached |
    /// | 407 | anything | rejected by your own proxy |
    /// | 4xx but 408 | not from the vendor | intercepted |
    /// | everything else | anything | unknown |
    #[must_use]
    pub fn from_response(response: &ApiResponse, verdict: &Verdict) -> Self {
        let status = response.status.as_u16();
        let wait = retry_after(&response.headers);
        match (verdict, status) {
            (Verdict::Throttled(named), 429 | 503 | 200..=499) => Self::Throttled((*named).max(wait)),
            (verdict, 429) if *verdict != Verdict::Rejected => Self::Throttled(wait),
            (_, 401) | (Verdict::TokenRejected, 200..=499) => Self::Unauthorized,
            (Verdict::Accepted { .. }, 200..=299) => Self::Accepted,
            (Verdict::AlreadyInvited | Verdict::Skipped { .. }, 200..=299 | 400..=499) => Self::Accepted,
            (_, 408) => Self::Unknown,
            (Verdict::Rejected, 200..=299 | 400..=499) | (_, 407) => Self::Rejected,
            (_, 301 | 307 | 308) | (Verdict::NotFromVendor, 400..=499) => Self::Intercepted,
            (_, 521 | 523 | 525 | 526) if is_from_cloudflare(response) => Self::NotSent,
            _ => Self::Unknown,
        }
    }

    /// Judges an attempt without a response.
    #[must_use]
    pub fn from_error(error: &TransportError) -> Self {
        match (error.kind(), error.send_state()) {
            // It fails in the same way a second time.
            (
                TransportErrorKind::InvalidRequest
                | TransportErrorKind::Certificate
                | TransportErrorKind::Proxy,
                _,
            ) => Self::Rejected,
            (_, SendState::NotSent) => Self::NotSent,
            _ => Self::Unknown,
        }
    }
}

/// Cloudflare sends these codes itself; other servers use them for their own purposes.
fn is_from_cloudflare(response: &ApiResponse) -> bool {
    response.header("server").is_some_and(|server| server.eq_ignore_ascii_case("cloudflare"))
        && response.header("cf-ray").is_some()
}

/// Whether a request can be sent again if its outcome is unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Idempotency {
    /// Reading, setup, links, full token grants: twice has the same effect as once.
    Idempotent,
    /// Sending an invitation: at most once, unless [`RetryPolicy::at_least_once`](crate::RetryPolicy::at_least_once)
    /// states otherwise.
    AtMostOnce,
    /// Using up a refresh token: at most once, whatever the policy states.
    SingleUse,
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use http::StatusCode;

    use super::*;
    use crate::transport::{BodyStatus, HttpResponse};

    fn response(status: u16, headers: &[(&'static str, &'static str)]) -> ApiResponse {
        let headers = headers.iter().map(|(name, value)| ((*name).parse().unwrap(), value.parse().unwrap()));
        let (status, headers) = (StatusCode::from_u16(status).unwrap(), headers.collect());
        ApiResponse::new(
            "x",
            HttpResponse { status, headers, body: Bytes::new(), body_status: BodyStatus::Complete },
        )
    }

    fn outcome(status: u16, verdict: &Verdict) -> AttemptOutcome {
        AttemptOutcome::from_response(&response(status, &[]), verdict)
    }

    #[test]
    fn foreign_responses_are_never_accepted_by_any_status() {
        for status in 100..1000 {
            let expected = match status {
                401 => AttemptOutcome::Unauthorized,
                407 => AttemptOutcome::Rejected,
                429 => AttemptOutcome::Throttled(None),
                301 | 307 | 308 => AttemptOutcome::Intercepted,
                400..500 if status != 408 => AttemptOutcome::Intercepted,
                _ => AttemptOutcome::Unknown,
            };
            assert_eq!(outcome(status, &Verdict::NotFromVendor), expected, "{status}");
        }
    }

    #[test]
    fn failure_that_the_vendor_reports_is_unknown() {
        for status in [200, 400, 404, 500, 503] {
            assert_eq!(outcome(status, &Verdict::Failed), AttemptOutcome::Unknown, "{status}");
        }
        assert_eq!(outcome(401, &Verdict::Failed), AttemptOutcome::Unauthorized);
        assert_eq!(outcome(429, &Verdict::Failed), AttemptOutcome::Throttled(None));
    }

    #[test]
    fn vendor_verdicts_count_where_the_status_allows() {
        let accepted = Verdict::Accepted { vendor_id: None };
        let skipped = Verdict::Skipped { reason: "x".into(), retry_at: None };
        for status in 100..1000 {
            let is_2xx = (200..300).contains(&status);
            let found = outcome(status, &accepted);
            assert_eq!(found == AttemptOutcome::Accepted, is_2xx, "{status}: {found:?}");
            for done in [&Verdict::AlreadyInvited, &skipped] {
                let is_done = is_2xx || ((400..500).contains(&status) && ![401, 429].contains(&status));
                assert_eq!(outcome(status, done) == AttemptOutcome::Accepted, is_done, "{status}");
            }
            let rejected = match status {
                401 => AttemptOutcome::Unauthorized,
                301 | 307 | 308 => AttemptOutcome::Intercepted,
                408 => AttemptOutcome::Unknown,
                200..=299 | 400..=499 => AttemptOutcome::Rejected,
                _ => AttemptOutcome::Unknown,
            };
            assert_eq!(outcome(status, &Verdict::Rejected), rejected, "{status}");
            let throttled = outcome(status, &Verdict::Throttled(None));
            let may_throttle = status == 503 || (200..500).contains(&status);
            assert_eq!(throttled == AttemptOutcome::Throttled(None), may_throttle, "{status}");
        }
    }

    #[test]
    fn of_two_waits_the_longer_applies() {
        let seconds = |seconds| Some(Duration::from_secs(seconds));
        let response = response(429, &[("retry-after", "7")]);
        for (named, wait) in [(None, 7), (seconds(3), 7), (seconds(9), 9)] {
            let outcome = AttemptOutcome::from_response(&response, &Verdict::Throttled(named));
            assert_eq!(outcome, AttemptOutcome::Throttled(seconds(wait)));
        }
    }

    #[test]
    fn cloudflare_codes_need_both_headers_to_be_unsent() {
        let both = [("server", "cloudflare"), ("cf-ray", "8f0-FRA")];
        for status in 520..528 {
            let judge =
                |headers| AttemptOutcome::from_response(&response(status, headers), &Verdict::NotFromVendor);
            let unsent = matches!(status, 521 | 523 | 525 | 526);
            assert_eq!(judge(&both) == AttemptOutcome::NotSent, unsent, "{status}");
            for one in [&both[..1], &both[1..], &[]] {
                assert_eq!(judge(one), AttemptOutcome::Unknown, "{status}");
            }
        }
    }

    #[test]
    fn attempts_without_a_response_need_proof() {
        use TransportErrorKind::{Certificate, Connect, Interrupted, InvalidRequest, Proxy, Timeout};
        for kind in [Connect, Timeout, Interrupted] {
            let judge = |state| AttemptOutcome::from_error(&TransportError::new(state, kind));
            assert_eq!(judge(SendState::NotSent), AttemptOutcome::NotSent);
            assert_eq!(judge(SendState::Unknown), AttemptOutcome::Unknown);
        }
        for kind in [InvalidRequest, Certificate, Proxy] {
            let error = TransportError::new(SendState::NotSent, kind);
            assert_eq!(AttemptOutcome::from_error(&error), AttemptOutcome::Rejected);
        }
    }
}
