//! The CDN in front of the API, when it blocks every request.

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Response};

use crate::host::{Host, Vendor};
use crate::state::App;

/// Seen from some networks for every request: HTML, not JSON. The texts are the CDN's, the rest of the page is ours.
const PAGE: &str = "<!DOCTYPE HTML PUBLIC \"-//W3C//DTD HTML 4.01 Transitional//EN\">\n\
    <HTML><HEAD><TITLE>ERROR: The request could not be satisfied</TITLE></HEAD>\n\
    <BODY><H1>403 ERROR</H1><H2>The request could not be satisfied.</H2><HR>\n\
    Request blocked. There might be too much traffic or a configuration error.\n\
    </BODY></HTML>\n";

/// Rejects a request before Trustpilot sees it, if blocking is on. It is not counted as a token request either.
pub(crate) async fn guard(State(app): State<App>, request: Request, next: Next) -> Response {
    let vendor = Host::split(request.uri().path()).map(|(host, _)| host.vendor());
    if vendor == Some(Vendor::Trustpilot) && app.state().trustpilot.cdn_blocking {
        return (StatusCode::FORBIDDEN, Html(PAGE)).into_response();
    }
    next.run(request).await
}
