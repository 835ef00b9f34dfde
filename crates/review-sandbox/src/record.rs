//! Records each request with the status of its response.

use axum::body::Body;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::abort;
use crate::body_limit;
use crate::host::Host;
use crate::inbox::recording::Recording;
use crate::request_log::RecordedRequest;
use crate::state::App;

/// The largest body accepted, in bytes. UNK: no vendor documents a limit; this one protects against a runaway client.
const BODY_LIMIT: usize = 1024 * 1024;

/// The largest body of eTrusted's `POST /invites`, which accepts up to 10,000 invites, in bytes.
const INVITES_LIMIT: usize = 32 * BODY_LIMIT;

/// Reads the whole body, calls the endpoint, and records both.
pub(crate) async fn record(State(app): State<App>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let mut recording = Recording::start(&app, &mut parts);
    let (host, path) = match Host::split(parts.uri.path()) {
        Some((host, path)) => (Some(host), path),
        None => (None, parts.uri.path()),
    };
    let mut recorded = RecordedRequest {
        host,
        method: parts.method.to_string(),
        path: path.to_owned(),
        query: parts.uri.query().map(str::to_owned),
        headers: parts
            .headers
            .iter()
            .map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
            .collect(),
        body: Vec::new(),
        status: 0,
    };
    let many = (host, path) == (Some(Host::EtrustedApi), "/invites");
    let limit = if many { INVITES_LIMIT } else { BODY_LIMIT };
    let response = match body_limit::read(body, limit, app.options().request_timeout).await {
        Ok(body) => {
            recorded.body = body.to_vec();
            recording.body(&body);
            next.run(Request::from_parts(parts, Body::from(body))).await
        }
        Err(status) => status.into_response(),
    };
    recorded.status = abort::readable_status(&response).unwrap_or_default();
    app.state().log.push(recorded);
    recording.finish(response).await
}
