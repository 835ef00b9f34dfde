//! One request to a vendor's API.

use std::fmt;

use bytes::Bytes;
use http::header::{ACCEPT, ACCEPT_ENCODING, AUTHORIZATION, CONTENT_TYPE, HeaderName, HeaderValue};
use http::{HeaderMap, Method};
use review_core::provider::SendHooks;
use review_core::{Error, ErrorKind, InviteRequest};
use url::Url;

use crate::auth::{CachedToken, TokenPlace};
use crate::header_value::{header_value, secret_value};
use crate::personal::personal_values;
use crate::retry::Idempotency;
use crate::transport::RequestUrl;
use review_core::config::Secret;

/// A request. Vendor crates build it, [`Client::send`](crate::Client::send) sends it.
#[derive(Clone)]
#[must_use = "a request does nothing until it is sent"]
pub struct ApiRequest {
    pub(crate) operation: &'static str,
    pub(crate) idempotency: Idempotency,
    pub(crate) uses_token: bool,
    method: Method,
    url: Url,
    headers: HeaderMap,
    body: Bytes,
    /// Personal values and secrets that no error may contain.
    pub(crate) redacted: Vec<String>,
    /// The invitation, whose personal values no error may contain. They are read if there is an error.
    invitation: Option<InviteRequest>,
    pub(crate) order_reference: Option<String>,
    pub(crate) hooks: SendHooks,
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
    /// Creates an idempotent request.
    pub fn idempotent(operation: &'static str, method: Method, url: Url) -> Self {
        Self::new(operation, Idempotency::Idempotent, method, url)
    }

    /// Creates a request that uses something up and is never sent twice, whatever the policy states.
    pub fn single_use(operation: &'static str, method: Method, url: Url) -> Self {
        Self::new(operation, Idempotency::SingleUse, method, url)
    }

    /// Creates a request that must not be processed twice.
    pub fn at_most_once(operation: &'static str, method: Method, url: Url) -> Self {
        Self::new(operation, Idempotency::AtMostOnce, method, url)
    }

    /// Creates a request of this idempotency.
    pub fn new(operation: &'static str, idempotency: Idempotency, method: Method, url: Url) -> Self {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        Self {
            operation,
            idempotency,
            uses_token: true,
            method,
            url,
            headers,
            body: Bytes::new(),
            redacted: Vec::new(),
            invitation: None,
            order_reference: None,
            hooks: SendHooks::default(),
        }
    }

    /// Adds a parameter to the query. Queries end up in logs, so nothing personal belongs there.
    pub fn query(mut self, name: &str, value: &str) -> Self {
        self.url.query_pairs_mut().append_pair(name, value);
        self
    }

    /// Adds a secret to the query, for vendors that accept it nowhere else. Neither this crate nor its
    /// transport shows queries.
    pub fn secret_query(mut self, name: &str, value: &Secret) -> Self {
        self.redacted.push(value.expose().to_owned());
        self.query(name, value.expose())
    }

    /// Adds a header whose value can be shown.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidConfig`] if the value cannot be a header value.
    pub fn header(mut self, name: &'static str, value: &str) -> Result<Self, Error> {
        self.headers.insert(HeaderName::from_static(name), header_value(name, value)?);
        Ok(self)
    }

    /// Adds a header whose value is never shown.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidConfig`] if the value cannot be a header value.
    pub fn secret_header(mut self, name: &'static str, value: &Secret) -> Result<Self, Error> {
        self.headers.insert(HeaderName::from_static(name), secret_value(name, value.expose())?);
        self.redacted.push(value.expose().to_owned());
        Ok(self)
    }

    /// Adds user and password (RFC 7617).
    ///
    /// # Errors
    /// [`ErrorKind::InvalidConfig`] if the user contains a colon.
    pub fn basic_auth(mut self, user: &Secret, password: &Secret) -> Result<Self, Error> {
        use base64::Engine as _;
        if user.expose().contains(':') {
            return Err(Error::new(ErrorKind::InvalidConfig, "the API key must not contain a colon"));
        }
        let pair = format!("{}:{}", user.expose(), password.expose());
        let pair = base64::engine::general_purpose::STANDARD.encode(pair);
        self.headers.insert(AUTHORIZATION, secret_value(AUTHORIZATION.as_str(), &format!("Basic {pair}"))?);
        self.redacted.extend([pair, user.expose().to_owned(), password.expose().to_owned()]);
        Ok(self)
    }

    /// Sets a JSON body.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidRequest`] if the value has no JSON form.
    pub fn json<T: serde::Serialize>(self, body: &T) -> Result<Self, Error> {
        let body = serde_json::to_vec(body)
            .map_err(|_| Error::new(ErrorKind::InvalidRequest, "the request has no JSON form"))?;
        Ok(self.json_text(body.into()))
    }

    /// Sets a body that is JSON.
    pub(crate) fn json_text(mut self, body: Bytes) -> Self {
        self.headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        self.body = body;
        self
    }

    /// Sets a form body. Call [`redact`](Self::redact) for its secrets.
    pub fn form(mut self, fields: &[(&str, &str)]) -> Self {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        self.headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
        self.body = body.into();
        self
    }

    /// Sends the request without the access token of the client.
    pub fn without_token(mut self) -> Self {
        self.uses_token = false;
        self
    }

    /// Adds values that no error may contain: those of the customer, and secrets of the body.
    pub fn redact(mut self, values: impl IntoIterator<Item = String>) -> Self {
        self.redacted.extend(values);
        self
    }

    /// Adds the personal values of an invitation.
    pub(crate) fn redact_invitation(mut self, invitation: Option<InviteRequest>) -> Self {
        self.invitation = invitation;
        self
    }

    /// Returns the values that no error may contain.
    pub(crate) fn hidden_values(&self) -> impl Iterator<Item = String> {
        let personal = self.invitation.as_ref().map(personal_values).unwrap_or_default();
        self.redacted.iter().cloned().chain(personal)
    }

    /// Sets the reference of the order, for a [`RequestObserver`](crate::RequestObserver) and to count
    /// orders that an intermediary rejects.
    pub fn with_order_reference(mut self, reference: Option<&str>) -> Self {
        self.order_reference = reference.map(str::to_owned);
        self
    }

    /// Sets the hooks of the invitation
    /// ([`InviteRequest::hooks`](review_core::InviteRequest::hooks)). They run after the last wait of
    /// every attempt.
    pub fn with_hooks(mut self, hooks: SendHooks) -> Self {
        self.hooks = hooks;
        self
    }

    pub(crate) fn to_http(
        &self,
        token: Option<(&CachedToken, TokenPlace)>,
    ) -> Result<http::Request<Bytes>, Error> {
        let (mut url, mut headers, mut body) = (self.url.clone(), self.headers.clone(), self.body.clone());
        match token {
            None => {}
            Some((token, TokenPlace::Bearer)) => {
                headers.insert(AUTHORIZATION, token.bearer()?);
            }
            Some((token, TokenPlace::Header(name))) => {
                headers.insert(HeaderName::from_static(name), secret_value(name, token.access().expose())?);
            }
            Some((token, TokenPlace::Query(name))) => {
                url.query_pairs_mut().append_pair(name, token.access().expose());
            }
            Some((token, TokenPlace::BodyMember(name))) => body = with_member(&body, name, token.access())?,
        }
        let mut request = http::Request::new(body);
        *request.method_mut() = self.method.clone();
        *request.uri_mut() = url.as_str().parse().map_err(|_| {
            Error::new(ErrorKind::InvalidConfig, "the request URL is not a valid URI; check the base URL")
        })?;
        *request.headers_mut() = headers;
        request.extensions_mut().insert(RequestUrl(url));
        Ok(request)
    }
}

/// Adds the token at the end of a JSON object, without parsing the rest again.
fn with_member(body: &[u8], name: &str, token: &Secret) -> Result<Bytes, Error> {
    let not_an_object = || {
        Error::new(
            ErrorKind::Unexpected,
            "the access token must be a member of the body, which is not a JSON object",
        )
    };
    let body = std::str::from_utf8(body).map_err(|_| not_an_object())?.trim_end();
    let start = body.strip_suffix('}').filter(|start| start.trim_start().starts_with('{'));
    let start = start.ok_or_else(not_an_object)?.trim_end();
    let separator = if start.ends_with('{') { "" } else { "," };
    let member = serde_json::json!({ name: token.expose() }).to_string();
    Ok(format!("{start}{separator}{}", member.trim_start_matches('{')).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_go_where_the_vendor_expects_them() {
        let token = CachedToken::new_for_test("canary\"t");
        let request =
            ApiRequest::at_most_once("x", Method::POST, "https://h.example/a/?b=1".parse().unwrap());
        for (body, sent) in
            [("{}", r#"{"utoken":"canary\"t"}"#), (r#"{"a":[{}]}"#, r#"{"a":[{}],"utoken":"canary\"t"}"#)]
        {
            let value: serde_json::Value = serde_json::from_str(body).unwrap();
            let request = request.clone().json(&value).unwrap();
            let sent_request = request.to_http(Some((&token, TokenPlace::BodyMember("utoken")))).unwrap();
            assert_eq!(sent_request.body(), sent);
            assert!(
                request.to_http(Some((&token, TokenPlace::Query("key")))).unwrap().uri().query().is_some()
            );
        }
        assert!(request.to_http(Some((&token, TokenPlace::BodyMember("utoken")))).is_err(), "no body");
        let sent = request.to_http(Some((&token, TokenPlace::Query("token")))).unwrap();
        assert_eq!(sent.uri(), "https://h.example/a/?b=1&token=canary%22t");
        let sent = request.to_http(Some((&token, TokenPlace::Header("x-token")))).unwrap();
        assert!(sent.headers()["x-token"].is_sensitive() && sent.headers().get(AUTHORIZATION).is_none());
        let sent = request.to_http(Some((&token, TokenPlace::Bearer))).unwrap();
        assert_eq!(sent.headers()[AUTHORIZATION], "Bearer canary\"t");
    }

    #[test]
    fn secrets_of_a_request_are_not_shown() {
        let url = "https://h.example/a".parse().unwrap();
        let request = ApiRequest::idempotent("x", Method::GET, url)
            .secret_query("code", &"canary1".into())
            .secret_header("x-key", &"canary2".into())
            .unwrap()
            .basic_auth(&"canary3".into(), &"canary4".into())
            .unwrap();
        assert!(!format!("{request:?}").contains("canary"));
        assert!((1..5).all(|number| request.redacted.contains(&format!("canary{number}"))));
    }
}
