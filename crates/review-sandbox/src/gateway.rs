//! The gateway in front of a vendor, while the systems behind it are down.

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Response};

use crate::host::Host;
use crate::state::App;

/// INF: the gateways of both vendors respond in HTML. A client must not fail to parse it as JSON.
const PAGE: &str = "<html>\r\n<head><title>503 Service Temporarily Unavailable</title></head>\r\n<body>\r\n\
    <center><h1>503 Service Temporarily Unavailable</h1></center>\r\n</body>\r\n</html>\r\n";

/// Responds instead of the vendor while its gateway is down. The request does not reach an endpoint, so it is not
/// counted as a token request either.
pub(crate) async fn gateway(State(app): State<App>, request: Request, next: Next) -> Response {
    let vendor = Host::split(request.uri().path()).map(|(host, _)| host.vendor());
    if vendor.is_some_and(|vendor| app.state().down.contains(&vendor)) {
        return (StatusCode::SERVICE_UNAVAILABLE, Html(PAGE)).into_response();
    }
    next.run(request).await
}
