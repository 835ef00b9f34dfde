//! A shop's backend: when an order was shipped, its customer is invited.
//!
//! ```text
//! $ cargo test --example axum_backend
//! > test tests::a_lost_answer_is_a_conflict_and_is_not_sent_again ... ok
//! ```
//!
//! `cargo run --example axum_backend` serves until Ctrl-C and prints a call to try. With an account in the environment
//! it makes a dry run, and sends after `-- --live`. `PORT` chooses the port.
//!
//! It answers when the vendor has answered, and not before: until then the caller keeps the order, so none is
//! forgotten if this program ends, and the caller is told what to do next. The caller is the warehouse, not a customer
//! who waits for a page.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Path, State};
use axum::http::{StatusCode, header::RETRY_AFTER};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router, routing::post};
use review_invites::{
    Consent, Customer, CustomerName, Dedup, DynProvider, EmailAddress, Error, ErrorKind, InviteReceipt,
    InviteRequest, MemoryDedupStore, Order, OrderReference, PersonName, Result, RetryAdvice,
    ReviewInviteProvider, ReviewInviteProviderExt, Sent,
};
use serde::Deserialize;
use support::{Failure, Settings};
use tokio::net::TcpListener;

#[derive(Deserialize)]
struct Shipped {
    email: String,
    name: String,
    /// Whether the customer ticked the box at the checkout.
    agreed: bool,
}

fn backend(provider: impl ReviewInviteProvider) -> Router {
    // A caller may tell of an order twice. Several processes share a store of their own over a database.
    let provider: DynProvider = Arc::new(Dedup::new(provider, MemoryDedupStore::new()));
    Router::new().route("/orders/{number}/shipped", post(shipped)).with_state(provider)
}

async fn shipped(
    State(provider): State<DynProvider>,
    Path(number): Path<String>,
    Json(order): Json<Shipped>,
) -> Response {
    // A task of its own: a caller who hangs up must not cut off an invitation on its way.
    let invited = tokio::spawn(async move { invite(&provider, &number, &order).await }).await;
    match invited {
        Ok(Ok(receipt)) => {
            let answer = serde_json::json!({ "state": format!("{:?}", receipt.state) });
            (StatusCode::ACCEPTED, Json(answer)).into_response()
        }
        Ok(Err(error)) => refusal(&error),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

async fn invite(provider: &DynProvider, number: &str, shipped: &Shipped) -> Result<InviteReceipt> {
    let customer = Customer::new(EmailAddress::new(&shipped.email)?)
        .with_name(CustomerName::Full(PersonName::new(&shipped.name)?));
    let order = Order::new(OrderReference::new(number)?);
    // Every provider refuses an unknown consent.
    let consent =
        if shipped.agreed { Consent::granted("checkbox at the checkout") } else { Consent::Unknown };
    provider.send_or_known(&InviteRequest::builder(customer, order, consent).build()?).await
}

/// The three questions of an error make the answer: was it sent, may it come again, what is wrong.
fn refusal(error: &Error) -> Response {
    let wait = match error.retry_advice() {
        RetryAdvice::After(wait) => Some(wait),
        // Keys, rights or settings are wrong: the order is good, and may come again when they are right.
        _ if error.concerns_all() => Some(Duration::from_secs(600)),
        _ => None,
    };
    let status = match (error.sent(), wait, error.kind()) {
        // The customer may have a mail. Nobody sends again before somebody has looked.
        (Sent::Maybe, ..) => StatusCode::CONFLICT,
        (_, Some(_), _) => StatusCode::SERVICE_UNAVAILABLE,
        (.., ErrorKind::InvalidRequest | ErrorKind::Unsupported | ErrorKind::Blocked) => {
            StatusCode::UNPROCESSABLE_ENTITY
        }
        _ => StatusCode::BAD_GATEWAY,
    };
    // An error shows no personal data and no secret.
    let mut response = (status, Json(serde_json::json!({ "error": error.to_string() }))).into_response();
    if let (StatusCode::SERVICE_UNAVAILABLE, Some(wait)) = (status, wait) {
        response.headers_mut().insert(RETRY_AFTER, wait.as_secs().max(1).into());
    }
    response
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Failure> {
    let settings = Settings::find().await?;
    let port = std::env::var("PORT").map_or(Ok(0), |port| port.parse::<u16>())?;
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    println!(
        "curl -d '{{\"email\": \"jane@example.com\", \"name\": \"Jane Doe\", \"agreed\": true}}' \
         -H 'content-type: application/json' http://{}/orders/1001/shipped",
        listener.local_addr()?
    );
    let stopped = async { drop(tokio::signal::ctrl_c().await) };
    axum::serve(listener, backend(settings.provider()?)).with_graceful_shutdown(stopped).await?;
    settings.print_mails();
    Ok(())
}

#[cfg(test)]
mod tests {
    use axum::body::{Body, to_bytes};
    use axum::http::Request;
    use review_sandbox::Sandbox;
    use review_testkit::{FakeAnswer, FakeProvider};
    use tower::ServiceExt;

    use super::*;

    async fn tell(backend: &Router, number: &str, body: &str) -> (u16, Option<String>, String) {
        let request =
            Request::post(format!("/orders/{number}/shipped")).header("content-type", "application/json");
        let response =
            backend.clone().oneshot(request.body(Body::from(body.to_owned())).unwrap()).await.unwrap();
        let wait = response.headers().get(RETRY_AFTER).map(|wait| wait.to_str().unwrap().to_owned());
        let (status, body) =
            (response.status().as_u16(), to_bytes(response.into_body(), 10_000).await.unwrap());
        (status, wait, String::from_utf8(body.into()).unwrap())
    }

    const JANE: &str = r#"{"email": "jane@example.com", "name": "Jane Doe", "agreed": true}"#;

    #[tokio::test]
    async fn a_shipped_order_is_invited_once() {
        let fake = FakeProvider::default();
        let backend = backend(fake.clone());
        assert_eq!(tell(&backend, "1001", JANE).await, (202, None, r#"{"state":"Accepted"}"#.to_owned()));
        assert_eq!(tell(&backend, "1001", JANE).await, (202, None, r#"{"state":"AlreadyKnown"}"#.to_owned()));
        fake.assert_invited("1001");
    }

    #[tokio::test]
    async fn what_is_wrong_with_an_order_is_told_and_its_customer_is_not_repeated() {
        let fake = FakeProvider::default();
        let backend = backend(fake.clone());
        for (body, field) in [
            (r#"{"email": "jane.example.com", "name": "Jane Doe", "agreed": true}"#, "email"),
            (r#"{"email": "jane@example.com", "name": " ", "agreed": true}"#, "name"),
            (r#"{"email": "jane@example.com", "name": "Jane Doe", "agreed": false}"#, "consent"),
            (r#"{"name": "Jane Doe", "agreed": true}"#, "email"),
        ] {
            let (status, wait, told) = tell(&backend, "1001", body).await;
            assert_eq!((status, wait), (422, None), "{told}");
            assert!(told.contains(field) && !told.to_lowercase().contains("jane"), "{told}");
        }
        fake.assert_nothing_sent();
    }

    #[tokio::test]
    async fn a_lost_answer_is_a_conflict_and_is_not_sent_again() {
        let fake = FakeProvider::default();
        let backend = backend(fake.clone());
        fake.then(FakeAnswer::lost());
        for _ in 0..2 {
            assert_eq!(tell(&backend, "1001", JANE).await.0, 409);
        }
        fake.assert_invited("1001");
    }

    #[tokio::test]
    async fn a_busy_vendor_means_later() {
        let fake = FakeProvider::default();
        let backend = backend(fake.clone());
        let wait = RetryAdvice::After(Duration::from_secs(90));
        fake.then(Error::new(ErrorKind::RateLimited, "").with_retry_advice(wait));
        let (status, wait, _) = tell(&backend, "1001", JANE).await;
        assert_eq!((status, wait.as_deref()), (503, Some("90")));
        assert_eq!(tell(&backend, "1001", JANE).await.0, 202);
    }

    #[tokio::test]
    async fn wrong_keys_are_no_fault_of_the_order() {
        let fake = FakeProvider::default();
        let backend = backend(fake.clone());
        fake.then(ErrorKind::Unauthorized).then(ErrorKind::Unexpected);
        let (status, wait, _) = tell(&backend, "1001", JANE).await;
        assert_eq!((status, wait.as_deref()), (503, Some("600")));
        assert_eq!(tell(&backend, "1001", JANE).await.0, 502);
    }

    #[tokio::test]
    async fn it_works_with_a_vendor_from_end_to_end() {
        let sandbox = Sandbox::start().await.unwrap();
        let vars = |name: &str| {
            if name == "REVIEW_PROVIDER" { Some("trustpilot".to_owned()) } else { sandbox.env_var(name) }
        };
        let backend = backend(review_invites::from_vars(vars).unwrap());
        assert_eq!(tell(&backend, "1001", JANE).await.0, 202);
        assert_eq!(sandbox.emails_for("1001").len(), 1);
    }
}
