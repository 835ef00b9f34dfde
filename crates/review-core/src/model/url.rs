//! URLs that customers open.

use url::Url;

use crate::error::FieldError;

/// Parses an `http` or `https` URL without user or password.
pub(super) fn parse_http_url(text: &str) -> Result<Url, FieldError> {
    Url::parse(text.trim()).ok().filter(is_http_url).ok_or_else(|| {
        FieldError::new("url", "expected a URL that begins with https:// or http:// and has no user name")
    })
}

/// Whether a customer can open the URL safely: `javascript:`, `data:` and `ftp:` URLs and credentials
/// do not belong in an email.
pub(super) fn is_http_url(url: &Url) -> bool {
    matches!(url.scheme(), "http" | "https")
        && url.has_host()
        && url.username().is_empty()
        && url.password().is_none()
}

/// Checks a URL that was already parsed.
pub(super) fn check_http_url(url: Option<Url>) -> Result<Option<Url>, FieldError> {
    match url {
        Some(url) if !is_http_url(&url) => parse_http_url("").map(Some),
        url => Ok(url),
    }
}
