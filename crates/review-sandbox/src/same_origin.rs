//! Protects the control calls from pages of other sites.
//!
//! The sandbox listens on loopback only, but a browser on the same machine also runs pages of other sites. Such a page
//! must not be able to change faults or to read recorded emails, neither directly nor by rebinding its own name to
//! 127.0.0.1.

use std::net::IpAddr;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::body_limit;
use crate::response::ApiResponse;
use crate::state::App;

/// The largest body of a control call, in bytes.
const BODY_LIMIT: usize = 64 * 1024;

/// Sent by browsers: how the page that makes a request relates to its target.
const FETCH_SITE: &str = "sec-fetch-site";

/// Rejects a control call for another host, or from a page of another origin, and limits its body.
pub(crate) async fn guard(State(app): State<App>, request: Request, next: Next) -> Response {
    if let Err(error) = check(request.headers()) {
        return ApiResponse::json(StatusCode::FORBIDDEN, json!({"error": error})).into_response();
    }
    let (parts, body) = request.into_parts();
    match body_limit::read(body, BODY_LIMIT, app.options().request_timeout).await {
        Ok(body) => next.run(Request::from_parts(parts, Body::from(body))).await,
        Err(status) => status.into_response(),
    }
}

fn check(headers: &HeaderMap) -> Result<(), &'static str> {
    let host = one(headers, header::HOST.as_str()).flatten().filter(|host| is_loopback(host));
    let Some(host) = host else {
        return Err("Host must be localhost or a loopback address");
    };
    match one(headers, header::ORIGIN.as_str()) {
        None => {}
        Some(Some(origin)) if origin.eq_ignore_ascii_case(&format!("http://{host}")) => {}
        Some(_) => {
            return Err("Origin must be the sandbox's own; control calls from other pages are rejected");
        }
    }
    match one(headers, FETCH_SITE) {
        None | Some(Some("same-origin" | "none")) => Ok(()),
        Some(_) => Err("Sec-Fetch-Site must be same-origin; control calls from other pages are rejected"),
    }
}

/// The value of a header; `Some(None)` if it is there more than once or not text.
fn one<'a>(headers: &'a HeaderMap, name: &str) -> Option<Option<&'a str>> {
    let mut values = headers.get_all(name).iter();
    let first = values.next()?;
    Some(if values.next().is_some() { None } else { first.to_str().ok() })
}

/// Whether a `Host`, with or without a port, names this machine only.
fn is_loopback(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    if name.eq_ignore_ascii_case("localhost") {
        return true;
    }
    let address = name.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(name);
    address.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_hosts_are_recognized() {
        for own in ["localhost", "localhost:4010", "LocalHost:1", "127.0.0.1:4010", "127.0.0.1", "[::1]:80"] {
            assert!(is_loopback(own), "{own}");
        }
        for foreign in [
            "",
            ":80",
            "example.com",
            "localhost.example.com",
            "127.0.0.1.example.com:4010",
            "evil.localhost",
            "0.0.0.0:4010",
            "192.168.1.1",
            "localhost:80@example.com",
        ] {
            assert!(!is_loopback(foreign), "{foreign}");
        }
    }

    fn headers(values: &[(&'static str, &'static str)]) -> HeaderMap {
        values.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
    }

    #[test]
    fn foreign_origins_are_rejected() {
        const HOST: (&str, &str) = ("host", "127.0.0.1:4010");
        let right = |more: &[_]| check(&headers(&[&[HOST], more].concat())).is_ok();
        assert!(right(&[]));
        assert!(right(&[("origin", "http://127.0.0.1:4010"), ("sec-fetch-site", "same-origin")]));
        assert!(right(&[("sec-fetch-site", "none")]));
        for origin in ["null", "https://evil.example", "http://127.0.0.1:4011", "http://localhost:4010", ""] {
            assert!(!right(&[("origin", origin)]), "{origin}");
        }
        for site in ["cross-site", "same-site", ""] {
            assert!(!right(&[("sec-fetch-site", site)]), "{site}");
        }
    }

    #[test]
    fn missing_and_doubled_headers_are_rejected() {
        assert!(check(&HeaderMap::new()).is_err());
        let mut doubled = headers(&[("host", "localhost")]);
        doubled.append("host", "localhost".parse().unwrap());
        assert!(check(&doubled).is_err());
    }
}
