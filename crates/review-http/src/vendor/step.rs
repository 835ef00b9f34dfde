//! One HTTP request as data: it can be previewed, sent and sent again.

use std::fmt;

use bytes::Bytes;
use http::Method;
use review_core::config::Secret;
use review_core::provider::PreviewRequest;
use review_core::{Error, ErrorKind, ErrorScope};
use serde::Serialize;
use serde_json::Value;

use crate::base_url::BaseUrl;
use crate::redact;
use crate::request::ApiRequest;
use crate::retry::Idempotency;

/// The replacement for a redacted value in a preview.
const HIDDEN: &str = "[redacted]";

/// Enough for the body of an invitation, so that it does not grow in steps.
const JSON_CAPACITY: usize = 1024;

#[derive(Clone)]
enum Body {
    Empty,
    /// As it is sent.
    Json(Bytes),
    /// The value given for a JSON body has no JSON form.
    Invalid,
    Form(Vec<(&'static str, Secret)>),
}

#[derive(Clone)]
enum Header {
    Shown(&'static str, String),
    Secret(&'static str, Secret),
    Basic(Secret, Secret),
}

#[derive(Clone)]
enum Parameter {
    Shown(&'static str, String),
    Secret(&'static str, Secret),
}

/// One request of a vendor, as a pure value. A path can contain the placeholder of an id that is not known
/// before a lookup; such a step can be previewed and not sent.
///
/// ```
/// use http::Method;
/// use review_http::BaseUrl;
/// use review_http::vendor::Step;
///
/// let base = BaseUrl::new("https://api.acme.example")?;
/// let body = serde_json::json!({ "email": "jane@example.com", "order": "1001", "name": null });
/// let step = Step::at_most_once("create_invitation", Method::POST, &base, &["v1", "invitations", ""])
///     .json(body, &["order"]);
/// assert_eq!(format!("{step:?}"), "POST https://api.acme.example/v1/invitations/ (create_invitation)");
/// # Ok::<(), review_core::FieldError>(())
/// ```
#[derive(Clone)]
#[must_use = "a step does nothing until it is sent"]
pub struct Step {
    pub(super) operation: &'static str,
    pub(super) idempotency: Idempotency,
    pub(super) failure_scope: ErrorScope,
    method: Method,
    base: BaseUrl,
    path: Vec<String>,
    query: Vec<Parameter>,
    headers: Vec<Header>,
    body: Body,
    shown: &'static [&'static str],
    uses_token: bool,
}

/// Shows neither headers nor body, nor the secrets of the query.
impl fmt::Debug for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} ({})", self.method, self.display_url(), self.operation)
    }
}

impl Step {
    /// Creates a request that can be repeated: reading, setup, links, full token grants.
    pub fn idempotent(operation: &'static str, method: Method, base: &BaseUrl, path: &[&str]) -> Self {
        Self {
            operation,
            idempotency: Idempotency::Idempotent,
            failure_scope: ErrorScope::Request,
            method,
            base: base.clone(),
            path: path.iter().map(|&segment| segment.to_owned()).collect(),
            query: Vec::new(),
            headers: Vec::new(),
            body: Body::Empty,
            shown: &[],
            uses_token: true,
        }
    }

    /// Creates a request that may lead to an email: never repeated unless it was certainly not sent.
    pub fn at_most_once(operation: &'static str, method: Method, base: &BaseUrl, path: &[&str]) -> Self {
        Self { idempotency: Idempotency::AtMostOnce, ..Self::idempotent(operation, method, base, path) }
    }

    /// Creates a request that uses something up, such as a refresh token: never repeated, whatever the
    /// policy states.
    pub fn single_use(operation: &'static str, method: Method, base: &BaseUrl, path: &[&str]) -> Self {
        Self { idempotency: Idempotency::SingleUse, ..Self::idempotent(operation, method, base, path) }
    }

    /// Sets a JSON body, and which of its members a preview can show (`products.sku`; lists have no index).
    /// Members that are null are omitted.
    pub fn json(self, mut body: Value, shown: &'static [&'static str]) -> Self {
        remove_nulls(&mut body);
        self.typed_json(&body, shown)
    }

    /// Sets a JSON body from a type of your own, as it is: it omits what is absent itself. Costs a fifth of
    /// [`json`](Self::json), which matters for the request that invites.
    pub fn typed_json<T: Serialize>(mut self, body: &T, shown: &'static [&'static str]) -> Self {
        let mut json = Vec::with_capacity(JSON_CAPACITY);
        self.body = match serde_json::to_writer(&mut json, body) {
            Ok(()) => Body::Json(json.into()),
            Err(_) => Body::Invalid,
        };
        self.shown = shown;
        self
    }

    /// Sets a form body. No value of it is ever shown.
    pub fn form(mut self, fields: impl IntoIterator<Item = (&'static str, Secret)>) -> Self {
        self.body = Body::Form(fields.into_iter().collect());
        self
    }

    /// Adds a parameter to the query. Queries end up in the logs of proxies: a value that contains `@` may be
    /// an email address, and such a step cannot be sent.
    pub fn query(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.query.push(Parameter::Shown(name, value.into()));
        self
    }

    /// Adds a parameter to the query, if there is a value.
    pub fn optional_query(self, name: &'static str, value: Option<impl Into<String>>) -> Self {
        match value {
            Some(value) => self.query(name, value),
            None => self,
        }
    }

    /// Adds a secret to the query, for vendors that accept it nowhere else. It is never shown.
    pub fn secret_query(mut self, name: &'static str, value: &Secret) -> Self {
        self.query.push(Parameter::Secret(name, value.clone()));
        self
    }

    /// Adds a header, with its name in lower case.
    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push(Header::Shown(name, value.into()));
        self
    }

    /// Adds a header whose value is never shown.
    pub fn secret_header(mut self, name: &'static str, value: &Secret) -> Self {
        self.headers.push(Header::Secret(name, value.clone()));
        self
    }

    /// Adds user and password (RFC 7617).
    pub fn basic_auth(mut self, user: &Secret, password: &Secret) -> Self {
        self.headers.push(Header::Basic(user.clone(), password.clone()));
        self
    }

    /// Sends the step without the access token: public endpoints, and the token endpoint itself.
    pub fn without_token(mut self) -> Self {
        self.uses_token = false;
        self
    }

    /// Declares that the step is built from settings only. If it fails as a preparing step, the error concerns the
    /// account and not the request, because every other request would also fail.
    pub fn made_of_settings(mut self) -> Self {
        self.failure_scope = ErrorScope::Account;
        self
    }

    /// Returns the URL as a preview shows it: with placeholders, without secrets.
    fn display_url(&self) -> String {
        let query = self.query.iter().map(|parameter| match parameter {
            // Such a step is rejected before it is sent; until then it must not show the value either.
            Parameter::Shown(name, value) if value.contains('@') => format!("{name}={HIDDEN}"),
            Parameter::Shown(name, value) => format!("{name}={value}"),
            Parameter::Secret(name, _) => format!("{name}={HIDDEN}"),
        });
        let query = query.collect::<Vec<_>>().join("&");
        let separator = if query.is_empty() { "" } else { "?" };
        let base = self.base.to_string();
        format!("{}/{}{separator}{query}", base.trim_end_matches('/'), self.path.join("/"))
    }

    pub(super) fn preview(&self) -> PreviewRequest {
        let preview = PreviewRequest::new(self.method.as_str(), self.display_url());
        match &self.body {
            Body::Empty => preview,
            Body::Json(body) => preview.with_redacted_body(redact::json_text(body, self.shown)),
            Body::Invalid | Body::Form(_) => preview.with_redacted_body(HIDDEN),
        }
    }

    pub(super) fn to_request(&self) -> Result<ApiRequest, Error> {
        let invalid = |message: &'static str| Error::new(ErrorKind::InvalidRequest, message);
        if self.path.iter().any(|segment| segment.contains(['{', '}'])) {
            return Err(invalid("the URL contains a placeholder; look up the account first"));
        }
        let path: Vec<&str> = self.path.iter().map(String::as_str).collect();
        let url = self.base.join(&path)?;
        let mut request = ApiRequest::new(self.operation, self.idempotency, self.method.clone(), url);
        for parameter in &self.query {
            request = match parameter {
                Parameter::Shown(_, value) if value.contains('@') => {
                    return Err(invalid("a value contains @; email addresses must not be in a URL"));
                }
                Parameter::Shown(name, value) => request.query(name, value),
                Parameter::Secret(name, value) => request.secret_query(name, value),
            };
        }
        for header in &self.headers {
            request = match header {
                Header::Shown(name, value) => request.header(name, value)?,
                Header::Secret(name, value) => request.secret_header(name, value)?,
                Header::Basic(user, password) => request.basic_auth(user, password)?,
            };
        }
        request = match &self.body {
            Body::Empty => request,
            Body::Json(body) => request.json_text(body.clone()),
            Body::Invalid => return Err(invalid("the request has no JSON form")),
            Body::Form(fields) => {
                let exposed: Vec<_> = fields.iter().map(|(name, value)| (*name, value.expose())).collect();
                let values = exposed.iter().map(|(_, value)| (*value).to_owned());
                request.form(&exposed).redact(values)
            }
        };
        Ok(if self.uses_token { request } else { request.without_token() })
    }
}

fn remove_nulls(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.values_mut().for_each(remove_nulls);
            members.retain(|_, value| !value.is_null());
        }
        Value::Array(items) => items.iter_mut().for_each(remove_nulls),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn step(path: &[&str]) -> Step {
        let base = BaseUrl::new("https://h.example/prefix").unwrap();
        Step::idempotent("x", Method::POST, &base, path)
    }

    #[test]
    fn nulls_are_left_out_at_every_depth() {
        let step = step(&["a"]).json(json!({ "a": null, "b": [{ "c": null, "d": 1 }] }), &["b.d"]);
        let Body::Json(body) = &step.body else { unreachable!("set above") };
        assert_eq!(body, r#"{"b":[{"d":1}]}"#);
    }

    #[test]
    fn body_without_json_form_is_not_sent() {
        let keys = std::collections::BTreeMap::from([((1, 2), "canary")]);
        let step = step(&["a"]).typed_json(&keys, &[]);
        assert!(step.to_request().unwrap_err().message().contains("no JSON form"));
        assert_eq!(step.preview().body.as_deref(), Some(HIDDEN));
    }

    #[test]
    fn preview_hides_secrets_and_unlisted_members() {
        let secret = Secret::new("canary");
        let step = step(&["a", "{id}", ""])
            .query("page", "1")
            .secret_query("code", &secret)
            .secret_header("x-key", &secret)
            .json(json!({ "email": "canary", "sku": "A1" }), &["sku"]);
        let shown = format!("{step:?} {}", step.preview());
        assert!(!shown.contains("canary") && shown.contains("A1"), "{shown}");
        assert_eq!(step.preview().url, "https://h.example/prefix/a/{id}/?page=1&code=[redacted]");
    }

    #[test]
    fn placeholder_or_email_in_the_url_is_not_sent() {
        assert!(step(&["a", "{id of shop}"]).to_request().is_err());
        assert!(step(&["a"]).query("q", "jane@example.com").to_request().is_err());
        assert!(step(&["a"]).query("q", "1001").to_request().is_ok());
        let rejected = step(&["a"]).query("q", "jane@example.com");
        assert!(!format!("{rejected:?} {}", rejected.preview()).contains("jane"));
    }

    #[test]
    fn secrets_of_every_place_are_redacted() {
        let secret = |number: usize| Secret::new(format!("canary{number}"));
        let step = step(&["a"])
            .secret_query("code", &secret(1))
            .secret_header("x-key", &secret(2))
            .basic_auth(&secret(3), &secret(4))
            .form([("password", secret(5))]);
        let request = step.to_request().unwrap();
        assert!((1..6).all(|number| request.redacted.contains(&format!("canary{number}"))));
    }
}
