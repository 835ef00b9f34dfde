//! Complete responses that are not what the client hopes for.

use std::time::{Duration, SystemTime};

use axum::body::Body;
use axum::http::header::{CONTENT_ENCODING, CONTENT_LENGTH, LOCATION, RETRY_AFTER};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{Html, IntoResponse, Response};

use super::kind::{Fault, RetryAfter};
use super::oversized::RepeatedBody;
use super::request_view::RequestView;
use crate::host::{Host, Vendor};
use crate::response::ApiResponse;
use crate::{etrusted, kiyoh, trustpilot, webwinkelkeur};

/// The target of a redirect without a location. The path belongs to no vendor, but requests to it are recorded.
const REDIRECTED: &str = "/redirected";

/// How many headers [`Fault::ManyHeaders`] adds.
const MANY: usize = 150;

/// How long the value of [`Fault::HugeHeader`] is, in bytes.
const HUGE: usize = 10 * 1024 * 1024;

/// INF: the page of a gateway whose back end does not respond.
const PAGE: &str = "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n\
    <center><h1>502 Bad Gateway</h1></center>\r\n</body>\r\n</html>\r\n";

/// Returns an error in the vendor's form for this path.
pub(super) fn error(view: &RequestView, status: StatusCode, text: &str) -> ApiResponse {
    match view.host.map(Host::vendor) {
        Some(Vendor::Trustpilot) => trustpilot::errors::error(&view.path, status, text),
        Some(Vendor::Etrusted) => etrusted::errors::error(&view.path, status, text),
        Some(Vendor::Kiyoh) => kiyoh::errors::error(status, text),
        Some(Vendor::Webwinkelkeur) => webwinkelkeur::errors::error(status, text),
        None => ApiResponse::empty(status),
    }
}

/// Returns the response for a fault. `response` is the endpoint's, if the fault comes after commit.
pub(super) fn build(fault: &Fault, view: &RequestView, response: Option<Response>) -> Response {
    let before = || StatusCode::INTERNAL_SERVER_ERROR.into_response();
    match fault {
        Fault::Status { code, retry_after, empty, .. } => {
            let status = StatusCode::from_u16(*code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            let reply = if *empty {
                ApiResponse::empty(status)
            } else {
                error(view, status, status.canonical_reason().unwrap_or("Unknown status"))
            };
            let mut response = reply.into_response();
            if let Some(value) = retry_after.and_then(wait) {
                response.headers_mut().insert(RETRY_AFTER, value);
            }
            response
        }
        Fault::Html(_) => (StatusCode::BAD_GATEWAY, Html(PAGE)).into_response(),
        Fault::Redirect { code, location, .. } => {
            let status = StatusCode::from_u16(*code).unwrap_or(StatusCode::TEMPORARY_REDIRECT);
            let location = location.as_deref().unwrap_or(REDIRECTED);
            // A location from a recipient's address cannot contain what a header cannot; rules are checked.
            let location = HeaderValue::from_str(location).unwrap_or(HeaderValue::from_static(REDIRECTED));
            (status, [(LOCATION, location)]).into_response()
        }
        Fault::ManyHeaders(_) => {
            let mut response = response.unwrap_or_else(before);
            let names =
                (0..MANY).filter_map(|number| HeaderName::try_from(format!("x-filler-{number}")).ok());
            response.headers_mut().extend(names.map(|name| (Some(name), HeaderValue::from_static("1"))));
            response
        }
        Fault::HugeHeader(_) => {
            let mut response = response.unwrap_or_else(before);
            if let Ok(value) = HeaderValue::try_from("x".repeat(HUGE)) {
                response.headers_mut().insert("x-filler", value);
            }
            response
        }
        Fault::GzipBomb => {
            let mut response = response.unwrap_or_else(before);
            if let Some(bomb) = RepeatedBody::gzip_bomb() {
                response.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
                flood(&mut response, bomb);
            }
            response
        }
        Fault::EndlessBody => {
            let mut response = response.unwrap_or_else(before);
            flood(&mut response, RepeatedBody::endless());
            response
        }
        // The endpoint's own response; `malformed::abort` handles all other faults.
        _ => response.unwrap_or_else(before),
    }
}

fn flood(response: &mut Response, body: RepeatedBody) {
    response.headers_mut().remove(CONTENT_LENGTH);
    *response.body_mut() = Body::new(body);
}

fn wait(after: RetryAfter) -> Option<HeaderValue> {
    match after {
        RetryAfter::Seconds(seconds) => Some(seconds.into()),
        RetryAfter::Date(seconds) => {
            let at = SystemTime::now().checked_add(Duration::from_secs(seconds.into()))?;
            HeaderValue::try_from(httpdate::fmt_http_date(at)).ok()
        }
    }
}
