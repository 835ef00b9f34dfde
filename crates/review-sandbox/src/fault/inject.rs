//! Where faults come in: between the record and the end points.

use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::header::{AUTHORIZATION, CONNECTION, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::account::InjectedFault;
use super::kind::{Fault, Moment};
use super::rules::Chosen;
use super::seen::Seen;
use super::{answer, broken};
use crate::cut;
use crate::host::Host;
use crate::state::App;

/// Lets a call meet its fault, if it has one.
pub(crate) async fn inject(State(app): State<App>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    // The recorder has read it already, and limited it, so this cannot fail.
    let body = to_bytes(body, usize::MAX).await.unwrap_or_default();
    let seen = Seen::new(&parts, &body);
    let chosen = app.state().faults.choose(&seen);
    let request = Request::from_parts(parts, Body::from(body));
    match chosen {
        Ok(None) => next.run(request).await,
        Ok(Some(chosen)) => meet(&app, &seen, chosen, request, next).await,
        Err(text) => answer::error(&seen, StatusCode::BAD_REQUEST, &text).into_response(),
    }
}

async fn meet(app: &App, seen: &Seen, chosen: Chosen, request: Request, next: Next) -> Response {
    let Chosen { fault, reference } = chosen;
    let vendor = seen.host.map(Host::vendor);
    let answer = match fault.moment() {
        Moment::BeforeCommit => None,
        Moment::AfterCommit => {
            if fault == Fault::ExpiredToken {
                expire(app, seen, &request);
            }
            Some(next.run(request).await)
        }
    };
    let mut met = InjectedFault {
        fault,
        vendor,
        reference,
        http2: seen.http2,
        read: true,
        committed: answer.as_ref().is_some_and(|answer| answer.status().is_success()),
        status: None,
        retry_after: false,
    };
    if let (&Fault::Slow { millis }, Some(answer)) = (&met.fault, answer.as_ref()) {
        // Noted before the wait: a client that does not wait has no answer.
        let status = answer.status().as_u16();
        let entry = app.state().faults.account.note(met.clone());
        tokio::time::sleep(Duration::from_millis(millis.into())).await;
        app.state().faults.account.answered(&entry, &met, status);
    } else {
        let (response, status) = spoil(app, &met.fault, seen, answer).await;
        met.status = status;
        met.retry_after = response.headers().contains_key(RETRY_AFTER);
        app.state().faults.account.note(met);
        return response;
    }
    answer.unwrap_or_else(|| StatusCode::INTERNAL_SERVER_ERROR.into_response())
}

/// The answer the client is to get, or what stands in its place, and the status it can read.
async fn spoil(app: &App, fault: &Fault, seen: &Seen, answer: Option<Response>) -> (Response, Option<u16>) {
    let mut response = match broken::cut(fault, seen.http2, answer).await {
        Ok(cut) => cut.into_response(),
        Err(answer) => answer::spoilt(fault, seen, answer),
    };
    if let Fault::Refuse { millis } = fault {
        app.shut(Duration::from_millis((*millis).into())).await;
        // Or else the client would go on on this connection. HTTP/2 has no such header.
        if !seen.http2 {
            response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
        }
    }
    let unreadable = matches!(fault, Fault::ManyHeaders(_) | Fault::HugeHeader(_));
    let status = if unreadable { None } else { cut::answered(&response) };
    (response, status)
}

/// Ends the life of the token that a call carries.
fn expire(app: &App, seen: &Seen, request: &Request) {
    let value = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token = value.and_then(|value| value.strip_prefix("Bearer "));
    if let (Some(host), Some(token)) = (seen.host, token) {
        app.state().expire_token(host.vendor(), token);
    }
}
