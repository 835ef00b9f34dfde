//! The page that shows the inbox in a browser: `/`, and `/inbox/{id}` for one entry.
//!
//! HTML is rendered on the server, from `templates`. A script of a few kB polls the page that is open and replaces the
//! parts that changed; its buttons make control calls.

mod detail;
mod list;
mod timeline;
mod view;

use std::hash::{DefaultHasher, Hash, Hasher};

use askama::Template;
use axum::Router;
use axum::http::{HeaderName, StatusCode, header};
use axum::middleware::map_response;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;

use crate::request::ApiRequest;
use crate::state::App;

const CSS: &str = include_str!("../../templates/inbox.css");
const SCRIPT: &str = include_str!("../../templates/inbox.js");
const ICON: &str = include_str!("../../templates/inbox.svg");

/// Nothing from elsewhere, no script or style in the page itself.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
    form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// As [`POLICY`], with images of any site.
const POLICY_WITH_IMAGES: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src http: https:; \
    connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/", get(list::show))
        .route("/inbox/{id}", get(detail::show))
        .route("/inbox.css", get(async || asset("text/css", CSS)))
        .route("/inbox.js", get(async || asset("text/javascript", SCRIPT)))
        .route("/inbox.svg", get(async || asset("image/svg+xml", ICON)))
        .layer(map_response(protect))
}

fn asset(media_type: &'static str, text: &'static str) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, media_type), (header::CACHE_CONTROL, "no-cache")], text)
}

/// Adds the headers that keep the page to itself.
async fn protect(mut response: Response) -> Response {
    const HEADERS: [(HeaderName, &str); 5] = [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ];
    for (name, value) in HEADERS {
        response.headers_mut().entry(name).or_insert(header::HeaderValue::from_static(value));
    }
    response
}

/// Renders a page, or responds with 304 if the browser has it already.
fn html(request: &ApiRequest, status: StatusCode, page: &impl Template) -> Response {
    let Ok(text) = page.render() else { return StatusCode::INTERNAL_SERVER_ERROR.into_response() };
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    let tag = format!("\"{:x}\"", hasher.finish());
    let headers = [(header::ETAG, tag.clone()), (header::CACHE_CONTROL, "no-cache".to_owned())];
    if request.header(header::IF_NONE_MATCH.as_str()) == Some(&tag) {
        return (StatusCode::NOT_MODIFIED, headers).into_response();
    }
    (status, headers, Html(text)).into_response()
}
