//! The faults of a transport.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderMap, HeaderValue, StatusCode};
use review_http::{BodyStatus, HttpResponse};

use crate::conformance::VendorFault;

/// The faults of a transport.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum TransportFault {
    /// Fails to connect. Nothing is forwarded, and the error has the state
    /// [`SendState::NotSent`](review_core::SendState::NotSent).
    RefuseConnection,
    /// Forwards the request and drops the response. The error has the state
    /// [`SendState::Unknown`](review_core::SendState::Unknown). If forwarding fails, the error of the inner transport is
    /// returned.
    DropResponse,
    /// Like [`DropResponse`](Self::DropResponse), but the error is returned only after the timeout of the request.
    Hang,
    /// Returns this response. Nothing is forwarded. See [`respond`](Self::respond).
    Respond(Responder),
    /// Forwards the request after this delay. If the delay is not shorter than the timeout of the request, nothing is
    /// forwarded, and the error has the state [`SendState::NotSent`](review_core::SendState::NotSent).
    Delay(Duration),
}

/// Creates a response in place of a vendor. `Debug` shows only the type name.
#[derive(Clone)]
pub struct Responder(Arc<Respond>);

type Respond = dyn Fn(&http::Request<Bytes>) -> HttpResponse + Send + Sync;

impl Responder {
    pub(super) fn respond(&self, request: &http::Request<Bytes>) -> HttpResponse {
        (self.0)(request)
    }
}

impl fmt::Debug for Responder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Responder")
    }
}

impl TransportFault {
    /// Creates a fault with this response.
    #[must_use]
    pub fn respond(response: HttpResponse) -> Self {
        Self::respond_with(move |_| response.clone())
    }

    /// Creates a fault with a response that depends on the request.
    #[must_use]
    pub fn respond_with(
        responder: impl Fn(&http::Request<Bytes>) -> HttpResponse + Send + Sync + 'static,
    ) -> Self {
        Self::Respond(Responder(Arc::new(responder)))
    }

    /// Creates a response with a status and a JSON body in the forms of all vendors: with the message in every member that
    /// vendors use for messages, and the result in the body.
    fn rejection(
        status: StatusCode,
        text: fn(&http::Request<Bytes>) -> String,
        wait: Option<Duration>,
    ) -> Self {
        Self::respond_with(move |request| {
            let text = text(request);
            let body = serde_json::json!({
                "message": text, "Message": text, "error": text, "details": text, "status": "error",
            });
            let mut headers = HeaderMap::new();
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
            if let Some(wait) = wait {
                let seconds = wait.as_millis().div_ceil(1000);
                headers.insert(RETRY_AFTER, HeaderValue::from(u64::try_from(seconds).unwrap_or(u64::MAX)));
            }
            HttpResponse { status, headers, body: body.to_string().into(), body_status: BodyStatus::Complete }
        })
    }
}

fn no_words(_: &http::Request<Bytes>) -> String {
    "set by the test".to_owned()
}

/// Returns the whole request as text. The body comes first, so that a truncated quote still contains personal data.
fn quote(request: &http::Request<Bytes>) -> String {
    let mut text =
        format!("{} {} {}", String::from_utf8_lossy(request.body()), request.method(), request.uri());
    for (name, value) in request.headers() {
        text += &format!(" {name}: {}", String::from_utf8_lossy(value.as_bytes()));
    }
    text
}

/// Converts a fault of the conformance suite. With it, a [`Harness`] whose provider accepts a transport does not need a
/// server that simulates faults:
///
/// ```
/// use review_testkit::conformance::VendorFault;
/// use review_testkit::{FaultRule, FaultTransport};
///
/// fn arm(faults: &FaultTransport, fault: VendorFault) {
///     let rule = FaultRule::new(fault.into());
///     faults.add(rule.when(|request| request.uri().path() == "/invitations").with_max_hits(1));
/// }
/// ```
///
/// [`Harness`]: crate::conformance::Harness
impl From<VendorFault> for TransportFault {
    fn from(fault: VendorFault) -> Self {
        match fault {
            VendorFault::DropResponse => Self::DropResponse,
            VendorFault::Hang => Self::Hang,
            VendorFault::RefuseConnection => Self::RefuseConnection,
            VendorFault::Throttle(wait) => {
                Self::rejection(StatusCode::TOO_MANY_REQUESTS, no_words, Some(wait))
            }
            VendorFault::Reject => Self::rejection(StatusCode::BAD_REQUEST, quote, None),
            VendorFault::Unauthorized => Self::rejection(StatusCode::UNAUTHORIZED, no_words, None),
            VendorFault::Forbidden => Self::rejection(StatusCode::FORBIDDEN, no_words, None),
            VendorFault::ServerError => Self::rejection(StatusCode::INTERNAL_SERVER_ERROR, no_words, None),
        }
    }
}
