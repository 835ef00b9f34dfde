//! Calls to Kiyoh.

use review_sandbox::{Host, Sandbox};
use serde_json::{Value, json};

use super::wire::request;
use super::{JSON, Response, send, var};

/// A call with the token.
pub(crate) async fn kiyoh(sandbox: &Sandbox, line: &str, body: &Value) -> Response {
    let token = var(sandbox, "KIYOH_API_TOKEN");
    let body = if body.is_null() { String::new() } else { body.to_string() };
    send(sandbox, Host::Kiyoh, line, &[JSON, ("X-Publication-Api-Token", &token)], body).await
}

pub(crate) async fn get(sandbox: &Sandbox, path: &str) -> Response {
    kiyoh(sandbox, &format!("GET {path}"), &Value::Null).await
}

/// A GET with the location in its query; `query` begins with `&`, or is empty.
pub(crate) async fn get_of_location(sandbox: &Sandbox, path: &str, query: &str) -> Response {
    get(sandbox, &format!("{path}?locationId={}{query}", var(sandbox, "KIYOH_LOCATION_ID"))).await
}

pub(crate) async fn invite(sandbox: &Sandbox, body: &Value) -> Response {
    kiyoh(sandbox, "POST /v1/invite/external", body).await
}

/// The least that an invitation must have, and the reference.
pub(crate) fn invitation(sandbox: &Sandbox, email: &str, reference: &str) -> Value {
    json!({
        "location_id": var(sandbox, "KIYOH_LOCATION_ID"),
        "invite_email": email,
        "delay": 0,
        "language": "nl",
        "ref_code": reference,
    })
}

/// The same as bytes.
pub(crate) fn invitation_bytes(sandbox: &Sandbox, email: &str, reference: &str) -> Vec<u8> {
    let token = var(sandbox, "KIYOH_API_TOKEN");
    let headers = [JSON, ("X-Publication-Api-Token", &*token)];
    request(
        Host::Kiyoh,
        "POST /v1/invite/external",
        &headers,
        &invitation(sandbox, email, reference).to_string(),
    )
}

pub(crate) fn product(sandbox: &Sandbox, code: &str) -> Value {
    json!({
        "location_id": var(sandbox, "KIYOH_LOCATION_ID"),
        "product_code": code,
        "product_name": format!("Product {code}"),
        "image_url": format!("https://shop.example.com/img/{code}.jpg"),
        "source_url": format!("https://shop.example.com/{code}"),
        "active": true,
    })
}

/// Puts a product into the catalogue.
pub(crate) async fn put_product(sandbox: &Sandbox, body: &Value) -> Response {
    kiyoh(sandbox, "PUT /v1/location/product/external", body).await
}

/// Asserts an error with these messages, in order.
#[track_caller]
pub(crate) fn assert_rejection(response: &Response, status: u16, messages: &[&str]) {
    let body = response.json();
    assert_eq!((response.status, &body["httpCode"]), (status, &json!(status.to_string())), "{response:?}");
    let details = body["detailedError"].as_array().unwrap();
    let found: Vec<_> = details.iter().map(|detail| detail["message"].as_str().unwrap()).collect();
    assert_eq!(found, messages);
}
