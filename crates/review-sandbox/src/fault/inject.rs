//! Injects faults, between the record and the endpoints.

use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::header::{AUTHORIZATION, CONNECTION};
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::kind::{Fault, FaultPhase};
use super::log::InjectedFault;
use super::request_view::RequestView;
use super::rules::Chosen;
use super::{malformed, response};
use crate::abort;
use crate::host::Host;
use crate::inbox::trace::Trace;
use crate::response::is_accepted;
use crate::state::App;

/// Injects the fault of a request, if it has one.
pub(crate) async fn inject(State(app): State<App>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    // The recorder has read and limited it already, so this cannot fail.
    let body = to_bytes(body, usize::MAX).await.unwrap_or_default();
    let view = RequestView::new(&parts, &body);
    let chosen = app.state().faults.choose(&view);
    let request = Request::from_parts(parts, Body::from(body));
    match chosen {
        Ok(None) => next.run(request).await,
        Ok(Some(chosen)) => meet(&app, &view, chosen, request, next).await,
        Err(text) => response::error(&view, StatusCode::BAD_REQUEST, &text).into_response(),
    }
}

async fn meet(app: &App, view: &RequestView, chosen: Chosen, request: Request, next: Next) -> Response {
    let Chosen { fault, reference } = chosen;
    if let Some(trace) = request.extensions().get::<Trace>() {
        trace.fault(fault.to_string());
    }
    let vendor = view.host.map(Host::vendor);
    let response = match fault.phase() {
        FaultPhase::BeforeCommit => None,
        FaultPhase::AfterCommit => {
            if fault == Fault::ExpiredToken {
                expire(app, view, &request);
            }
            Some(next.run(request).await)
        }
    };
    let mut met = InjectedFault {
        fault,
        vendor,
        reference,
        read: true,
        committed: response.as_ref().is_some_and(is_accepted),
        status: None,
        rejected: false,
    };
    if let (&Fault::Slow { millis }, Some(response)) = (&met.fault, response.as_ref()) {
        // Recorded before the wait: a client that does not wait gets no response.
        let status = response.status().as_u16();
        let entry = app.state().faults.log.note(met.clone());
        tokio::time::sleep(Duration::from_millis(millis.into())).await;
        app.state().faults.log.responded(&entry, &met, status);
    } else {
        let (response, status) = respond(app, &met.fault, view, response).await;
        met.status = status;
        met.rejected = is_documented_rejection(&met.fault, view);
        app.state().faults.log.note(met);
        return response;
    }
    response.unwrap_or_else(|| StatusCode::INTERNAL_SERVER_ERROR.into_response())
}

/// Returns the response for the client, or its replacement, and the status that the client can read.
async fn respond(
    app: &App,
    fault: &Fault,
    view: &RequestView,
    response: Option<Response>,
) -> (Response, Option<u16>) {
    let mut response = match malformed::abort(fault, response).await {
        Ok(cut) => cut.into_response(),
        Err(response) => response::build(fault, view, response),
    };
    if let Fault::Refuse { millis } = fault {
        app.refuse_connections(Duration::from_millis((*millis).into())).await;
        // Without it the client would stay on this connection.
        response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    }
    let unreadable = matches!(fault, Fault::ManyHeaders(_) | Fault::HugeHeader(_));
    let status = if unreadable { None } else { abort::readable_status(&response) };
    (response, status)
}

/// Returns whether the response is eTrusted's documented 503 to an event: "temporarily unavailable", in its own form.
fn is_documented_rejection(fault: &Fault, view: &RequestView) -> bool {
    matches!(fault, Fault::Status { code: 503, empty: false, .. })
        && view.host == Some(Host::EtrustedApi)
        && view.path == "/events"
}

/// Expires the token of a request.
fn expire(app: &App, view: &RequestView, request: &Request) {
    let value = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token = value.and_then(|value| value.strip_prefix("Bearer "));
    if let Some(host) = view.host {
        // Some vendors have one static token, which is not in this header.
        app.state().expire_token(host.vendor(), token.unwrap_or_default());
    }
}
