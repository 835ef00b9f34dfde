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

    pub(crate) fn json(status: StatusCode, body: &serde_json::Value) -> Self {
        Self::respond(response(status, "application/json", body.to_string()))
    }

    /// Creates a response with a status and a JSON body in the forms of all vendors: with the message in every member that
    /// vendors use for messages, and the result in the body.
    fn rejection(
        status: StatusCode,
        message: impl Fn(&http::Request<Bytes>) -> String + Send + Sync + 'static,
    ) -> Self {
        Self::respond_with(move |request| {
            let message = message(request);
            let code = status.is_success().then_some("conformance");
            let body = serde_json::json!({
                "message": message, "Message": message, "error": message, "details": message,
                "status": "error", "errorCode": code,
            });
            response(status, "application/json", body.to_string())
        })
    }
}

fn response(status: StatusCode, content_type: &'static str, body: String) -> HttpResponse {
    let headers = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static(content_type))]);
    HttpResponse { status, headers, body: body.into(), body_status: BodyStatus::Complete }
}

fn no_quote(_: &http::Request<Bytes>) -> String {
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
            VendorFault::Throttle(wait) => Self::respond_with(move |_| {
                let seconds = u64::try_from(wait.as_millis().div_ceil(1000)).unwrap_or(u64::MAX);
                let body = serde_json::json!({ "message": "set by the test" }).to_string();
                let mut response = response(StatusCode::TOO_MANY_REQUESTS, "application/json", body);
                response.headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
                response
            }),
            VendorFault::Reject => Self::rejection(StatusCode::BAD_REQUEST, quote),
            VendorFault::RejectQuoting(value) => Self::rejection(StatusCode::BAD_REQUEST, quoting(value)),
            VendorFault::RejectInSuccess(value) => Self::rejection(StatusCode::OK, quoting(value)),
            VendorFault::ForeignResponse => {
                let page = "<!doctype html><title>Sign in to the network</title>";
                Self::respond(response(StatusCode::OK, "text/html", page.to_owned()))
            }
            VendorFault::Unauthorized => Self::rejection(StatusCode::UNAUTHORIZED, no_quote),
            VendorFault::Forbidden => Self::rejection(StatusCode::FORBIDDEN, no_quote),
            VendorFault::ServerError => Self::rejection(StatusCode::INTERNAL_SERVER_ERROR, no_quote),
            VendorFault::RejectToken(value) => Self::rejection(StatusCode::UNAUTHORIZED, quoting(value)),
            VendorFault::RejectPreparation(_) => Self::rejection(StatusCode::BAD_REQUEST, no_quote),
        }
    }
}

fn quoting(value: String) -> impl Fn(&http::Request<Bytes>) -> String + Send + Sync + 'static {
    move |_| format!("the value {value} is invalid")
}
