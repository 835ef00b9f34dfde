//! Where faults come in: between the record and the end points.

use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::header::{AUTHORIZATION, CONNECTION, RETRY_AFTER};
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
use crate::response::Rejected;
use crate::state::App;

/// Lets a call meet its fault, if it has one.
pub(crate) async fn inject(State(app): State<App>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    // The recorder has read it already, and limited it, so this cannot fail.
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
    let vendor = view.host.map(Host::vendor);
    let answer = match fault.phase() {
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
        committed: answer.as_ref().is_some_and(is_committed),
        status: None,
        retry_after: false,
    };
    if let (&Fault::Slow { millis }, Some(answer)) = (&met.fault, answer.as_ref()) {
        // Noted before the wait: a client that does not wait has no answer.
        let status = answer.status().as_u16();
        let entry = app.state().faults.log.note(met.clone());
        tokio::time::sleep(Duration::from_millis(millis.into())).await;
        app.state().faults.log.responded(&entry, &met, status);
    } else {
        let (response, status) = spoil(app, &met.fault, view, answer).await;
        met.status = status;
        met.retry_after = response.headers().contains_key(RETRY_AFTER);
        app.state().faults.log.note(met);
        return response;
    }
    answer.unwrap_or_else(|| StatusCode::INTERNAL_SERVER_ERROR.into_response())
}

/// The answer the client is to get, or what stands in its place, and the status it can read.
async fn spoil(
    app: &App,
    fault: &Fault,
    view: &RequestView,
    answer: Option<Response>,
) -> (Response, Option<u16>) {
    let mut response = match malformed::abort(fault, answer).await {
        Ok(cut) => cut.into_response(),
        Err(answer) => response::spoilt(fault, view, answer),
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

/// Whether the end point did its work. A rejection can have a 2xx status as well.
fn is_committed(answer: &Response) -> bool {
    answer.status().is_success() && answer.extensions().get::<Rejected>().is_none()
}

/// Ends the life of the token that a call carries.
fn expire(app: &App, view: &RequestView, request: &Request) {
    let value = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token = value.and_then(|value| value.strip_prefix("Bearer "));
    if let Some(host) = view.host {
        // Some vendors have one static token, which is not in this header.
        app.state().expire_token(host.vendor(), token.unwrap_or_default());
    }
}
