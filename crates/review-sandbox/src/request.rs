//! A request as the endpoints see it.

use std::convert::Infallible;

use axum::body::{Bytes, to_bytes};
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, header};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use url::form_urlencoded;

use crate::form_fields::{FormFieldError, FormFields};
use crate::inbox::trace::Trace;

/// The parts of a request that routing has not used.
pub(crate) struct ApiRequest {
    query: Option<String>,
    headers: HeaderMap,
    pub(crate) body: Bytes,
    /// Where an endpoint notes the invitations it has accepted.
    pub(crate) trace: Trace,
}

impl<S: Send + Sync> FromRequest<S> for ApiRequest {
    type Rejection = Infallible;

    async fn from_request(request: Request, _: &S) -> Result<Self, Infallible> {
        let query = request.uri().query().map(str::to_owned);
        let headers = request.headers().clone();
        let trace = request.extensions().get::<Trace>().cloned().unwrap_or_default();
        // The recorder, or the guard of the control calls, has read and limited the body already, so this cannot fail.
        let body = to_bytes(request.into_body(), usize::MAX).await.unwrap_or_default();
        Ok(Self { query, headers, body, trace })
    }
}

impl ApiRequest {
    /// Returns the value of a header that is present exactly once and is text. A repeated header counts as missing,
    /// because it is not clear which value counts.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.headers.get_all(name).iter();
        match (values.next(), values.next()) {
            (Some(value), None) => value.to_str().ok(),
            _ => None,
        }
    }

    pub(crate) fn has_header(&self, name: &str) -> bool {
        self.headers.contains_key(name)
    }

    /// Returns the token of `Authorization: Bearer <token>`.
    pub(crate) fn bearer(&self) -> Option<&str> {
        self.header(header::AUTHORIZATION.as_str())?.strip_prefix("Bearer ")
    }

    /// Returns user and password of `Authorization: Basic <base64>`.
    pub(crate) fn basic(&self) -> Option<(String, String)> {
        let coded = self.header(header::AUTHORIZATION.as_str())?.strip_prefix("Basic ")?;
        let plain = String::from_utf8(STANDARD.decode(coded).ok()?).ok()?;
        let (user, password) = plain.split_once(':')?;
        Some((user.to_owned(), password.to_owned()))
    }

    /// Returns whether the body is declared to be of this media type. Parameters such as a charset can follow.
    pub(crate) fn is_of_type(&self, media_type: &str) -> bool {
        self.header(header::CONTENT_TYPE.as_str())
            .and_then(|value| value.split(';').next())
            .is_some_and(|essence| essence.trim().eq_ignore_ascii_case(media_type))
    }

    /// Returns the first value of a parameter, and ignores the rest of the query.
    pub(crate) fn query_value(&self, name: &str) -> Option<String> {
        let query = self.query.as_deref().unwrap_or_default().as_bytes();
        form_urlencoded::parse(query).find(|(known, _)| known == name).map(|(_, value)| value.into_owned())
    }

    pub(crate) fn query(&self, known: &[&str]) -> Result<FormFields, FormFieldError> {
        FormFields::parse(self.query.as_deref().unwrap_or_default().as_bytes(), known)
    }

    pub(crate) fn form(&self, known: &[&str]) -> Result<FormFields, FormFieldError> {
        FormFields::parse(&self.body, known)
    }
}
