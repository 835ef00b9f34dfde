//! A small HTTP client over a raw socket: shares nothing with the client under test later on, nor with the server.
#![allow(dead_code, reason = "each test file uses a part")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "clippy.toml allows these in test functions, and these are their helpers"
)]

pub(crate) mod kiyoh;
pub(crate) mod webwinkelkeur;
pub(crate) mod wire;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use review_sandbox::{Host, Sandbox};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use url::form_urlencoded;

pub(crate) const JSON: (&str, &str) = ("Content-Type", "application/json");
pub(crate) const FORM: (&str, &str) = ("Content-Type", "application/x-www-form-urlencoded");

#[derive(Debug)]
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Response {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }

    pub(crate) fn text(&self, pointer: &str) -> String {
        let value = self.json();
        value
            .pointer(pointer)
            .and_then(Value::as_str)
            .unwrap_or_else(|| panic!("{pointer} in {value}"))
            .to_owned()
    }

    /// Asserts the status, and that it has no body.
    pub(crate) fn empty(&self, status: u16) {
        assert_eq!((self.status, self.body.as_str()), (status, ""), "{self:?}");
    }

    pub(crate) fn is(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{self:?}");
        self
    }

    /// Asserts the status, and that the body or the header with the reason contains a text.
    pub(crate) fn assert_error(&self, status: u16, text: &str) {
        let found = self.body.contains(text) || self.reason().is_some_and(|reason| reason.contains(text));
        assert!(self.status == status && found, "{status} {text}: {self:?}");
    }

    /// The header that explains a rejection.
    pub(crate) fn reason(&self) -> Option<&str> {
        self.head.lines().find_map(|line| line.strip_prefix("x-sandbox-reason: "))
    }
}

pub(crate) async fn raw(port: u16, request: &[u8]) -> Response {
    let mut socket = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    socket.write_all(request).await.unwrap();
    let mut bytes = Vec::new();
    socket.read_to_end(&mut bytes).await.unwrap();
    let text = String::from_utf8(bytes).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    Response { status, head: head.to_owned(), body: body.to_owned() }
}

pub(crate) async fn send(
    sandbox: &Sandbox,
    host: Host,
    line: &str,
    headers: &[(&str, &str)],
    body: impl AsRef<str>,
) -> Response {
    let body = body.as_ref();
    let (method, path) = line.split_once(' ').unwrap();
    let mut request =
        format!("{method} {}{path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n", host.prefix());
    for (name, value) in headers {
        request.push_str(&format!("{name}: {value}\r\n"));
    }
    request.push_str(&format!("Content-Length: {}\r\n\r\n{body}", body.len()));
    raw(sandbox.port(), request.as_bytes()).await
}

/// A control call.
pub(crate) async fn control(sandbox: &Sandbox, line: &str, body: &str) -> Response {
    let line = line.replacen(' ', " /sandbox", 1);
    let length = body.len();
    let request = format!(
        "{line} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}"
    );
    raw(sandbox.port(), request.as_bytes()).await
}

pub(crate) fn form(fields: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

pub(crate) fn var(sandbox: &Sandbox, name: &str) -> String {
    sandbox.env_var(name).unwrap()
}

pub(crate) fn basic(sandbox: &Sandbox) -> String {
    let pair = format!("{}:{}", var(sandbox, "TRUSTPILOT_API_KEY"), var(sandbox, "TRUSTPILOT_API_SECRET"));
    format!("Basic {}", STANDARD.encode(pair))
}

// --- Trustpilot

pub(crate) const OAUTH: &str = "POST /v1/oauth/oauth-business-users-for-applications";

pub(crate) async fn trustpilot_token(sandbox: &Sandbox, end: &str, fields: &[(&str, &str)]) -> Response {
    let headers = [FORM, ("Authorization", &basic(sandbox))];
    send(sandbox, Host::TrustpilotApi, &format!("{OAUTH}/{end}"), &headers, form(fields)).await
}

pub(crate) async fn login(sandbox: &Sandbox) -> Response {
    let (user, password) = (var(sandbox, "TRUSTPILOT_USERNAME"), var(sandbox, "TRUSTPILOT_PASSWORD"));
    let fields = [("grant_type", "password"), ("username", &user), ("password", &password)];
    trustpilot_token(sandbox, "accesstoken", &fields).await
}

pub(crate) fn invitation_path(sandbox: &Sandbox) -> String {
    format!(
        "POST /v1/private/business-units/{}/email-invitations",
        var(sandbox, "TRUSTPILOT_BUSINESS_UNIT_ID")
    )
}

pub(crate) async fn invite(sandbox: &Sandbox, token: &str, body: &Value) -> Response {
    let headers = [JSON, ("Authorization", &format!("Bearer {token}"))];
    send(sandbox, Host::TrustpilotInvitations, &invitation_path(sandbox), &headers, body.to_string()).await
}

/// The path of the business unit, in private calls.
pub(crate) fn unit(sandbox: &Sandbox) -> String {
    format!("/v1/private/business-units/{}", var(sandbox, "TRUSTPILOT_BUSINESS_UNIT_ID"))
}

/// The path of the business unit's product reviews, after `/v1` or `/v1/private`.
pub(crate) fn products(sandbox: &Sandbox) -> String {
    format!("/product-reviews/business-units/{}", var(sandbox, "TRUSTPILOT_BUSINESS_UNIT_ID"))
}

/// A public call: with the key.
pub(crate) async fn public(sandbox: &Sandbox, line: &str, body: impl AsRef<str>) -> Response {
    let key = var(sandbox, "TRUSTPILOT_API_KEY");
    send(sandbox, Host::TrustpilotApi, line, &[JSON, ("apikey", &key)], body).await
}

/// A private call: with a fresh token of the user.
pub(crate) async fn private(sandbox: &Sandbox, host: Host, line: &str, body: impl AsRef<str>) -> Response {
    let token = login(sandbox).await.text("/access_token");
    send(sandbox, host, line, &[JSON, ("Authorization", &format!("Bearer {token}"))], body).await
}

// --- eTrusted

pub(crate) fn etrusted_fields(sandbox: &Sandbox) -> Vec<(&'static str, String)> {
    vec![
        ("client_id", var(sandbox, "ETRUSTED_CLIENT_ID")),
        ("client_secret", var(sandbox, "ETRUSTED_CLIENT_SECRET")),
        ("grant_type", "client_credentials".to_owned()),
        ("audience", "https://api.etrusted.com".to_owned()),
    ]
}

pub(crate) async fn etrusted_token(sandbox: &Sandbox, fields: &[(&str, String)]) -> Response {
    let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    send(sandbox, Host::EtrustedLogin, "POST /oauth/token", &[FORM], form(&fields)).await
}

/// Calls the eTrusted API with a fresh token.
pub(crate) async fn etrusted(sandbox: &Sandbox, line: &str, body: impl AsRef<str>) -> Response {
    let token = etrusted_token(sandbox, &etrusted_fields(sandbox)).await.is(200).text("/access_token");
    let headers = [JSON, ("Authorization", &format!("Bearer {token}"))];
    send(sandbox, Host::EtrustedApi, line, &headers, body).await
}

pub(crate) fn event(sandbox: &Sandbox) -> Value {
    json!({
        "type": "shipped",
        "customer": {"email": "jane.doe@example.com"},
        "channel": {"id": var(sandbox, "ETRUSTED_CHANNEL_ID"), "type": "etrusted"},
        "transaction": {"reference": "order-1"},
        "system": "tests",
        "systemVersion": "1.0",
    })
}

/// A sandbox whose invites are listed immediately.
pub(crate) async fn prompt() -> Sandbox {
    Sandbox::builder().invite_delay(std::time::Duration::ZERO).start().await.unwrap()
}

/// One text of each item of a page.
pub(crate) fn items<'a>(page: &'a Value, pointer: &str) -> Vec<&'a str> {
    let items = page["items"].as_array().unwrap();
    items.iter().map(|item| item.pointer(pointer).and_then(Value::as_str).unwrap()).collect()
}

/// Sends an event of this reference, and writes the review.
pub(crate) async fn reviewed(sandbox: &Sandbox, reference: &str, rating: u8) -> String {
    let event = with(&event(sandbox), "/transaction/reference", json!(reference));
    etrusted(sandbox, "POST /events", event.to_string()).await.is(202);
    sandbox.submit_etrusted_review(reference, rating, "Fast delivery.").unwrap()
}

/// A copy with one member set, given by its JSON pointer; parents that are missing are made.
pub(crate) fn with(body: &Value, pointer: &str, value: Value) -> Value {
    let mut body = body.clone();
    let mut place = &mut body;
    for step in pointer.split('/').skip(1) {
        place = match step.parse::<usize>() {
            Ok(index) => &mut place[index],
            Err(_) => &mut place[step],
        };
    }
    *place = value;
    body
}

/// A copy without one member.
pub(crate) fn without(body: &Value, pointer: &str) -> Value {
    let mut body = body.clone();
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    body.pointer_mut(parent).unwrap().as_object_mut().unwrap().remove(name).unwrap();
    body
}
