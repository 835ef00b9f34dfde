//! One request to a vendor's API.

use std::fmt;

use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderName, HeaderValue};
use http::{HeaderMap, Method};
use review_core::{Error, ErrorKind, FieldError};
use url::Url;

use crate::retry::Idempotency;
use crate::secret::Secret;

/// A call to be made. Built by the vendor crates.
#[derive(Clone)]
#[must_use = "a call does nothing until it is made"]
pub struct ApiRequest {
    pub(crate) operation: &'static str,
    pub(crate) idempotency: Idempotency,
    pub(crate) method: Method,
    pub(crate) url: Url,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) redacted: Vec<String>,
    pub(crate) reference: Option<String>,
}

/// Shows neither query nor headers nor body.
impl fmt::Debug for ApiRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiRequest")
            .field("operation", &self.operation)
            .field("idempotency", &self.idempotency)
            .field("method", &self.method)
            .field("path", &self.url.path())
            .finish_non_exhaustive()
    }
}

impl ApiRequest {
    /// A call that is harmless twice.
    pub fn idempotent(operation: &'static str, method: Method, url: Url) -> Self {
        Self::new(operation, Idempotency::Idempotent, method, url)
    }

    /// A call that uses something up and is never made twice, whatever the policy says.
    pub fn single_use(operation: &'static str, method: Method, url: Url) -> Self {
        Self::new(operation, Idempotency::SingleUse, method, url)
    }

    /// A call that must not be made twice.
    pub fn at_most_once(operation: &'static str, method: Method, url: Url) -> Self {
        Self::new(operation, Idempotency::AtMostOnce, method, url)
    }

    fn new(operation: &'static str, idempotency: Idempotency, method: Method, url: Url) -> Self {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        Self {
            operation,
            idempotency,
            method,
            url,
            headers,
            body: Bytes::new(),
            redacted: Vec::new(),
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
        self.redacted.push(value.expose().to_owned());
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
        call.redacted.push(pair);
        call.redacted.push(user.expose().to_owned());
        call.redacted.push(password.expose().to_owned());
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
    pub fn redact(mut self, values: impl IntoIterator<Item = String>) -> Self {
        self.redacted.extend(values);
        self
    }

    /// Names the order the call is about, for an [`RequestObserver`](crate::RequestObserver).
    pub fn with_order_reference(mut self, reference: Option<&str>) -> Self {
        self.reference = reference.map(str::to_owned);
        self
    }

    pub(crate) fn to_http(&self, token: Option<&Secret>) -> Result<http::Request<Bytes>, Error> {
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
