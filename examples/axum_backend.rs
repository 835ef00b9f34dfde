//! A shop's backend: when an order was shipped, its customer is invited.
//!
//! ```text
//! $ cargo test --example axum_backend
//! > test tests::lost_response_is_a_conflict_and_is_not_resent ... ok
//! ```
//!
//! `cargo run --example axum_backend` serves until Ctrl-C on the port in `PORT` and prints a request to try.
//!
//! It responds after the vendor has responded: until then the caller keeps the order, so no order is lost if
//! this program ends, and the caller learns what to do next. The caller is the warehouse, not a customer who
//! waits for a page.

use std::time::Duration;

use axum::extract::{Path, State};
use axum::http::{StatusCode, header::RETRY_AFTER};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router, routing::post};
use review_invites::SendState;
use review_invites::prelude::*;
use review_invites::wrappers::{Dedup, MemoryDedupStore};
use serde::Deserialize;
use tokio::net::TcpListener;

/// How long the caller waits while the account needs attention.
const HOLD: Duration = Duration::from_secs(600);

#[derive(Deserialize)]
struct Shipped {
    email: String,
    name: String,
    /// What the customer agreed to at the checkout.
    consent: String,
}

fn backend(provider: impl ReviewInviteProvider) -> Router {
    // A caller may report an order twice. Several processes share a store in a database.
    let provider = review_invites::provider::into_dyn(Dedup::new(provider, MemoryDedupStore::new()));
    Router::new().route("/orders/{number}/shipped", post(shipped)).with_state(provider)
}

async fn shipped(
    State(provider): State<DynProvider>,
    Path(number): Path<String>,
    Json(order): Json<Shipped>,
) -> Response {
    // A separate task: a caller that disconnects must not cut off an invitation in flight.
    match tokio::spawn(async move { invite(&provider, &number, &order).await }).await {
        Ok(Ok(receipt)) => {
            let body = serde_json::json!({ "state": receipt.state.to_string() });
            (StatusCode::ACCEPTED, Json(body)).into_response()
        }
        Ok(Err(error)) => error_response(&error),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

async fn invite(provider: &DynProvider, number: &str, order: &Shipped) -> Result<InviteReceipt> {
    let consent = Consent::granted(&order.consent);
    let request = InviteRequest::builder(&order.email, number, consent).name(&order.name).build()?;
    provider.send_invite(&request).await
}

/// The retry advice decides the status; the message contains no personal data and no secret.
fn error_response(error: &Error) -> Response {
    let (status, wait) = match error.retry_advice() {
        RetryAdvice::After(wait) => (StatusCode::SERVICE_UNAVAILABLE, Some(wait)),
        // The order is fine: keep it and send it again once an operator has fixed the account.
        RetryAdvice::Hold => (StatusCode::SERVICE_UNAVAILABLE, Some(HOLD)),
        // The customer may have an email. Do not send again before someone has checked.
        RetryAdvice::Reconcile => (StatusCode::CONFLICT, None),
        RetryAdvice::Never if error.send_state() == SendState::NotSent => {
            (StatusCode::UNPROCESSABLE_ENTITY, None)
        }
        RetryAdvice::Never => (StatusCode::BAD_GATEWAY, None),
    };
    let mut response = (status, Json(serde_json::json!({ "error": error.to_string() }))).into_response();
    if let Some(wait) = wait {
        response.headers_mut().insert(RETRY_AFTER, wait.as_secs().max(1).into());
    }
    response
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::result::Result<(), Box<dyn std::error::Error>> {
    let provider = review_invites::from_env()?;
    let port = std::env::var("PORT").map_or(Ok(0), |port| port.parse::<u16>())?;
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    println!(
        "curl -d '{{\"email\": \"jane@example.com\", \"name\": \"Jane Doe\", \"consent\": \"checkbox\"}}' \
         -H 'content-type: application/json' http://{}/orders/1001/shipped",
        listener.local_addr()?
    );
    let stopped = async { drop(tokio::signal::ctrl_c().await) };
    axum::serve(listener, backend(provider)).with_graceful_shutdown(stopped).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use axum::body::{Body, to_bytes};
    use axum::http::Request;
    use review_invites::ErrorKind;
    use review_invites::testkit::{FakeProvider, FakeResponse};
    use review_sandbox::Sandbox;
    use tower::ServiceExt;

    use super::*;

    async fn report(backend: &Router, number: &str, body: &str) -> (u16, Option<String>, String) {
        let request =
            Request::post(format!("/orders/{number}/shipped")).header("content-type", "application/json");
        let response =
            backend.clone().oneshot(request.body(Body::from(body.to_owned())).unwrap()).await.unwrap();
        let wait = response.headers().get(RETRY_AFTER).map(|wait| wait.to_str().unwrap().to_owned());
        let (status, body) =
            (response.status().as_u16(), to_bytes(response.into_body(), 10_000).await.unwrap());
        (status, wait, String::from_utf8(body.into()).unwrap())
    }

    const JANE: &str = r#"{"email": "jane@example.com", "name": "Jane Doe", "consent": "checkbox"}"#;

    #[tokio::test]
    async fn shipped_order_is_invited_once() {
        let fake = FakeProvider::default();
        let backend = backend(fake.clone());
        assert_eq!(report(&backend, "1001", JANE).await, (202, None, r#"{"state":"accepted"}"#.to_owned()));
        let again = (202, None, r#"{"state":"already invited"}"#.to_owned());
        assert_eq!(report(&backend, "1001", JANE).await, again);
        fake.assert_invited("1001");
    }

    #[tokio::test]
    async fn invalid_fields_are_named_without_the_customer() {
        let fake = FakeProvider::default();
        let backend = backend(fake.clone());
        for (body, field) in [
            (r#"{"email": "jane.example.com", "name": "Jane Doe", "consent": "checkbox"}"#, "email"),
            (r#"{"email": "jane@example.com", "name": "Jane Doe", "consent": " "}"#, "consent"),
            (r#"{"name": "Jane Doe", "consent": "checkbox"}"#, "email"),
        ] {
            let (status, wait, message) = report(&backend, "1001", body).await;
            assert_eq!((status, wait), (422, None), "{message}");
            assert!(message.contains(field) && !message.to_lowercase().contains("jane"), "{message}");
        }
        fake.assert_nothing_sent();
    }

    #[tokio::test]
    async fn lost_response_is_a_conflict_and_is_not_resent() {
        let fake = FakeProvider::default();
        let backend = backend(fake.clone());
        fake.respond_next(FakeResponse::lost_response());
        for _ in 0..2 {
            assert_eq!(report(&backend, "1001", JANE).await.0, 409);
        }
        fake.assert_invited("1001");
    }

    #[tokio::test]
    async fn busy_vendor_means_later() {
        let fake = FakeProvider::default();
        let backend = backend(fake.clone());
        let wait = RetryAdvice::After(Duration::from_secs(90));
        fake.respond_next(Error::new(ErrorKind::RateLimited, "").with_retry_advice(wait));
        let (status, wait, _) = report(&backend, "1001", JANE).await;
        assert_eq!((status, wait.as_deref()), (503, Some("90")));
        assert_eq!(report(&backend, "1001", JANE).await.0, 202);
    }

    #[tokio::test]
    async fn wrong_key_keeps_the_order() {
        let fake = FakeProvider::default();
        let backend = backend(fake.clone());
        fake.respond_next(ErrorKind::Unauthorized).respond_next(ErrorKind::Unexpected);
        let (status, wait, _) = report(&backend, "1001", JANE).await;
        assert_eq!((status, wait.as_deref()), (503, Some("600")));
        assert_eq!(report(&backend, "1001", JANE).await.0, 502);
    }

    #[tokio::test]
    async fn backend_works_with_a_vendor_end_to_end() {
        let sandbox = Sandbox::start().await.unwrap();
        let lookup = |name: &str| match name {
            "REVIEW_PROVIDER" => Some("trustpilot".to_owned()),
            name => sandbox.env_var(name),
        };
        let backend = backend(review_invites::from_lookup(lookup).unwrap());
        assert_eq!(report(&backend, "1001", JANE).await.0, 202);
        assert_eq!(sandbox.emails_for("1001").len(), 1);
    }
}
