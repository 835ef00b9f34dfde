//! One call of a vendor's API, from the token to the error.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderName, HeaderValue};
use http::{HeaderMap, Method, StatusCode};
use review_core::{Error, ErrorKind, FieldError};
use url::Url;

use crate::{BodyEnd, Effect, HttpResponse, Outcome, Secret};

/// A call to be made. Built by the vendor crates.
#[derive(Clone)]
#[must_use = "a call does nothing until it is made"]
pub struct Call {
    pub(crate) operation: &'static str,
    pub(crate) effect: Effect,
    pub(crate) method: Method,
    pub(crate) url: Url,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) hidden: Vec<String>,
    pub(crate) reference: Option<String>,
}

/// Shows neither query nor headers nor body.
impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call")
            .field("operation", &self.operation)
            .field("effect", &self.effect)
            .field("method", &self.method)
            .field("path", &self.url.path())
            .finish_non_exhaustive()
    }
}

impl Call {
    /// A call that is harmless twice.
    pub fn repeatable(operation: &'static str, method: Method, url: Url) -> Self {
        Self::new(operation, Effect::Repeatable, method, url)
    }

    /// A call that uses something up and is never made twice, whatever the policy says.
    pub fn single_use(operation: &'static str, method: Method, url: Url) -> Self {
        Self::new(operation, Effect::SingleUse, method, url)
    }

    /// A call that must not be made twice.
    pub fn at_most_once(operation: &'static str, method: Method, url: Url) -> Self {
        Self::new(operation, Effect::AtMostOnce, method, url)
    }

    fn new(operation: &'static str, effect: Effect, method: Method, url: Url) -> Self {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        Self {
            operation,
            effect,
            method,
            url,
            headers,
            body: Bytes::new(),
            hidden: Vec::new(),
            reference: None,
        }
    }

    /// Adds a parameter to the query. Nothing personal belongs there: queries end up in logs.
    pub fn query(mut self, name: &str, value: &str) -> Self {
        self.url.query_pairs_mut().append_pair(name, value);
        self
    }

    /// Adds a header whose value may be seen.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] where the value is no header value.
    pub fn header(mut self, name: &'static str, value: &str) -> Result<Self, Error> {
        let value = header_value(name, value)?;
        self.headers.insert(HeaderName::from_static(name), value);
        Ok(self)
    }

    /// Adds a header that nobody may see.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] where the value is no header value; it is not repeated.
    pub fn secret_header(mut self, name: &'static str, value: &Secret) -> Result<Self, Error> {
        let mut header = header_value(name, value.expose())?;
        header.set_sensitive(true);
        self.headers.insert(HeaderName::from_static(name), header);
        self.hidden.push(value.expose().to_owned());
        Ok(self)
    }

    /// Adds user and password in the way of RFC 7617.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] where the user holds a colon.
    pub fn basic_auth(self, user: &Secret, password: &Secret) -> Result<Self, Error> {
        use base64::Engine as _;
        if user.expose().contains(':') {
            return Err(Error::new(ErrorKind::Config, "the API key must not hold a colon"));
        }
        let pair = format!("{}:{}", user.expose(), password.expose());
        let pair = base64::engine::general_purpose::STANDARD.encode(pair);
        let mut call = self.secret_header(AUTHORIZATION_NAME, &Secret::new(format!("Basic {pair}")))?;
        call.hidden.push(pair);
        call.hidden.push(user.expose().to_owned());
        call.hidden.push(password.expose().to_owned());
        Ok(call)
    }

    /// Sets a JSON body.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidRequest`] where the value has no JSON form.
    pub fn json<T: serde::Serialize>(mut self, body: &T) -> Result<Self, Error> {
        let body = serde_json::to_vec(body)
            .map_err(|_| Error::new(ErrorKind::InvalidRequest, "the request has no JSON form"))?;
        self.headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        self.body = body.into();
        Ok(self)
    }

    /// Sets a form body; every value is hidden from errors.
    pub fn form(mut self, fields: &[(&str, &str)]) -> Self {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        self.headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
        self.body = body.into();
        self
    }

    /// Names values that must not come back in an error, such as those of
    /// [`Customer::personal_values`](review_core::Customer::personal_values).
    pub fn hide(mut self, values: impl IntoIterator<Item = String>) -> Self {
        self.hidden.extend(values);
        self
    }

    /// Names the order the call is about, for an [`Observer`](crate::Observer).
    pub fn about(mut self, reference: Option<&str>) -> Self {
        self.reference = reference.map(str::to_owned);
        self
    }

    pub(crate) fn request(&self, token: Option<&Secret>) -> Result<http::Request<Bytes>, Error> {
        let mut request = http::Request::new(self.body.clone());
        *request.method_mut() = self.method.clone();
        *request.uri_mut() = self.url.as_str().parse().map_err(|_| {
            Error::new(ErrorKind::Config, "the address of the call is no URI; check the base URL")
        })?;
        *request.headers_mut() = self.headers.clone();
        if let Some(token) = token {
            let mut value = header_value(AUTHORIZATION_NAME, &format!("Bearer {}", token.expose()))?;
            value.set_sensitive(true);
            request.headers_mut().insert(AUTHORIZATION, value);
        }
        Ok(request)
    }
}

const AUTHORIZATION_NAME: &str = "authorization";

fn header_value(name: &str, value: &str) -> Result<HeaderValue, Error> {
    let visible = value.bytes().all(|byte| (0x20..0x7f).contains(&byte));
    let header = HeaderValue::from_str(value).ok().filter(|_| visible);
    header.ok_or_else(|| {
        let problem =
            "expected visible ASCII characters only; check the setting it comes from for line breaks";
        Error::config(vec![FieldError::new(format!("header {name}"), problem)])
    })
}

/// An answer that says yes. `Debug` shows the size of its body.
#[derive(Clone)]
#[non_exhaustive]
pub struct Answer {
    /// The status, a 2xx.
    pub status: StatusCode,
    body: Bytes,
    body_end: BodyEnd,
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answer").field("status", &self.status).field("body_bytes", &self.body.len()).finish()
    }
}

impl Answer {
    pub(crate) fn new(response: HttpResponse) -> Self {
        Self { status: response.status, body: response.body, body_end: response.body_end }
    }

    /// The body as JSON.
    ///
    /// # Errors
    /// [`ErrorKind::Unexpected`] where the body is cut off, too large or of another shape. The call
    /// itself has succeeded all the same.
    pub fn json<T: serde::de::DeserializeOwned>(&self) -> Result<T, Error> {
        let unexpected = |message: String| {
            Error::new(ErrorKind::Unexpected, message).with_http_status(self.status.as_u16())
        };
        match self.body_end {
            BodyEnd::CutOff => return Err(unexpected("the answer broke off before its end".to_owned())),
            BodyEnd::TooLarge => return Err(unexpected("the answer is larger than 1 MiB".to_owned())),
            BodyEnd::Complete => {}
        }
        // serde's own text may quote the value that does not fit.
        serde_json::from_slice(&self.body).map_err(|cause| {
            unexpected(format!(
                "the answer is not the JSON that was expected (line {}, column {})",
                cause.line(),
                cause.column()
            ))
        })
    }
}

/// An answer that says no, for a vendor's classifier to read. `Debug` does not show its body.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct Refusal<'a> {
    /// The call that was refused.
    pub operation: &'static str,
    /// The status.
    pub status: StatusCode,
    /// What the status alone means.
    pub outcome: Outcome,
    body: &'a [u8],
}

impl fmt::Debug for Refusal<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Refusal")
            .field("operation", &self.operation)
            .field("status", &self.status)
            .field("outcome", &self.outcome)
            .finish_non_exhaustive()
    }
}

impl<'a> Refusal<'a> {
    pub(crate) fn new(operation: &'static str, outcome: Outcome, response: &'a HttpResponse) -> Self {
        Self { operation, status: response.status, outcome, body: &response.body }
    }

    /// The body as JSON, if it is any.
    #[must_use]
    pub fn json(&self) -> Option<serde_json::Value> {
        serde_json::from_slice(self.body).ok()
    }

    /// Whether the body is empty.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.body.trim_ascii().is_empty()
    }
}

/// What a vendor's classifier made of a refusal. What it leaves out is decided by the status.
///
/// `Debug` does not show the vendor's words, which may quote what was sent.
#[derive(Clone, Default)]
#[non_exhaustive]
pub struct Reading {
    /// What it came to, where the vendor's documentation says more than the status.
    pub outcome: Option<Outcome>,
    /// What kind of error it is.
    pub kind: Option<ErrorKind>,
    /// The vendor's own code.
    pub code: Option<String>,
    /// The vendor's own sentence; personal values are taken out of it before anybody sees it.
    pub sentence: Option<String>,
    /// What to do about it, in our words.
    pub advice: Option<&'static str>,
    /// The id for the vendor's support.
    pub request_id: Option<String>,
}

impl fmt::Debug for Reading {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reading")
            .field("outcome", &self.outcome)
            .field("kind", &self.kind)
            .field("advice", &self.advice)
            .finish_non_exhaustive()
    }
}

/// Reads a vendor's refusals.
pub type Classifier = fn(&Refusal<'_>) -> Reading;

/// The kind of error a status means, where the vendor's classifier has no word.
pub(crate) fn kind_of(status: StatusCode) -> ErrorKind {
    match status {
        StatusCode::UNAUTHORIZED => ErrorKind::Unauthorized,
        StatusCode::FORBIDDEN => ErrorKind::Forbidden,
        StatusCode::TOO_MANY_REQUESTS => ErrorKind::RateLimited,
        status if status.is_client_error() => ErrorKind::InvalidRequest,
        _ => ErrorKind::Unexpected,
    }
}

/// What to do about a status, where the vendor's classifier has no advice.
pub(crate) fn advice_for(status: StatusCode) -> &'static str {
    match status {
        StatusCode::UNAUTHORIZED => "check the credentials",
        StatusCode::FORBIDDEN => "the credentials have no right to do this",
        StatusCode::NOT_FOUND => "there is no such thing at the vendor; check ids and base URLs",
        status if status.is_redirection() => {
            "the vendor answered with a redirect, which is never followed; check the base URL"
        }
        _ => "",
    }
}

/// The time that is left of a deadline.
pub(crate) fn left(deadline: tokio::time::Instant) -> Duration {
    deadline.saturating_duration_since(tokio::time::Instant::now())
}
