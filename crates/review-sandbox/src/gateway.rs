//! The gateway in front of a vendor, when what is behind it is down.

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Response};

use crate::host::Host;
use crate::state::App;

/// INF: the gateways of both vendors answer in HTML. A client must not fail on reading it as JSON.
const PAGE: &str = "<html>\r\n<head><title>503 Service Temporarily Unavailable</title></head>\r\n<body>\r\n\
    <center><h1>503 Service Temporarily Unavailable</h1></center>\r\n</body>\r\n</html>\r\n";

/// Answers in the vendor's place while its gateway is switched to "down". No end point sees the call, so it is not
/// counted as a token request either.
pub(crate) async fn gateway(State(app): State<App>, request: Request, next: Next) -> Response {
    let vendor = Host::split(request.uri().path()).map(|(host, _)| host.vendor());
    if vendor.is_some_and(|vendor| app.state().down.contains(&vendor)) {
        return (StatusCode::SERVICE_UNAVAILABLE, Html(PAGE)).into_response();
    }
    next.run(request).await
}
