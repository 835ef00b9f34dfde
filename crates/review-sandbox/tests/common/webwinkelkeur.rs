//! Calls to WebwinkelKeur.

use review_sandbox::{Host, Sandbox};
use serde_json::{Value, json};

use super::wire::request;
use super::{JSON, Response, form, send, var};

pub(crate) const INVITATIONS: &str = "/1.0/invitations.json";

/// A call with these parameters only.
pub(crate) async fn call(sandbox: &Sandbox, line: &str, parameters: &[(&str, &str)], body: &str) -> Response {
    send(sandbox, Host::Webwinkelkeur, &format!("{line}?{}", form(parameters)), &[JSON], body).await
}

/// A GET with the credentials and these parameters.
pub(crate) async fn get(sandbox: &Sandbox, path: &str, parameters: &[(&str, &str)]) -> Response {
    let (id, code) = (var(sandbox, "WEBWINKELKEUR_ID"), var(sandbox, "WEBWINKELKEUR_CODE"));
    let credentials = [("id", &*id), ("code", &*code)];
    call(sandbox, &format!("GET {path}"), &[&credentials[..], parameters].concat(), "").await
}

pub(crate) async fn invite(sandbox: &Sandbox, body: &Value) -> Response {
    let (id, code) = (var(sandbox, "WEBWINKELKEUR_ID"), var(sandbox, "WEBWINKELKEUR_CODE"));
    let parameters = [("id", &*id), ("code", &*code)];
    call(sandbox, &format!("POST {INVITATIONS}"), &parameters, &body.to_string()).await
}

pub(crate) fn invitation(email: &str, order: &str) -> Value {
    json!({"email": email, "order": order, "delay": 0})
}

/// The same as bytes.
pub(crate) fn invitation_bytes(sandbox: &Sandbox, email: &str, order: &str) -> Vec<u8> {
    let (id, code) = (var(sandbox, "WEBWINKELKEUR_ID"), var(sandbox, "WEBWINKELKEUR_CODE"));
    let line = format!("POST {INVITATIONS}?{}", form(&[("id", &*id), ("code", &*code)]));
    request(Host::Webwinkelkeur, &line, &[JSON], &invitation(email, order).to_string())
}

/// Products as the value of `order_data`.
pub(crate) fn order_data(ids: &[&str]) -> String {
    let product = |id: &&str| json!({"id": id, "name": format!("Product {id}"), "url": format!("https://shop.example.com/{id}")});
    json!({"products": ids.iter().map(product).collect::<Vec<_>>()}).to_string()
}

/// Asserts the status of HTTP, the one in the body, which comes first as in the documentation, and the message.
#[track_caller]
pub(crate) fn assert_result(response: &Response, http: u16, status: &str, message: &str) {
    let start = format!("{{\"status\":\"{status}\",\"message\":");
    assert!(response.body.starts_with(&start), "{}", response.body);
    let body = response.json();
    assert_eq!((response.status, &body["status"], &body["message"]), (http, &json!(status), &json!(message)));
}
