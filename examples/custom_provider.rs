//! A vendor of your own on the vendor kit, configured like the built-in ones.
//!
//! ```text
//! $ cargo run --example custom_provider
//! > acme/acme: accepted
//! > acme/acme: already invited
//! ```
//!
//! The kit adds the delivery rules, tokens, rate limits, redaction, previews and configuration. ACME's server is
//! simulated by the routes in this file, which the conformance suite uses too:
//! `cargo test --example custom_provider`.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use axum::routing::post;
use axum::{Json, Router};
use chrono::{DateTime, Utc};
use http::Method;
use review_invites::config::{
    ConfigErrors, ConfigKey, ConfigReader, FromConfig, KeyInfo, Secret, config_keys,
};
use review_invites::http::vendor::{Account, HttpFactory, HttpVendor, Plan, Step};
use review_invites::http::{ApiResponse, BaseUrl, Classification, Verdict};
use review_invites::model::CustomerName;
use review_invites::prelude::*;
use review_invites::provider::Capabilities;
use review_invites::registry::Registry;
use serde_json::{Value, json};

config_keys! {
    KEYS {
        API_KEY: Secret = ConfigKey::required("api_key", "the key of the ACME account").secret();
        API_URL: BaseUrl = ConfigKey::with_default("api_url", "the URL of the API", "https://api.acme.example");
    }
}

#[derive(Debug)]
struct Acme {
    url: BaseUrl,
    api_key: Secret,
}

impl FromConfig for Acme {
    const KEYS: &'static [KeyInfo] = KEYS;

    fn from_config(config: &ConfigReader<'_>) -> std::result::Result<Self, ConfigErrors> {
        Ok(Self { url: config.get(&API_URL)?, api_key: config.get(&API_KEY)? })
    }
}

impl HttpVendor for Acme {
    type Account = ();
    const NAME: &'static str = "acme";

    /// Fields that are not listed here are rejected before anything is sent.
    fn capabilities(&self) -> Capabilities {
        Capabilities::new().add_kind(InviteKind::Service)
    }

    /// Values that must never appear in an error or a preview.
    fn secrets(&self) -> Vec<&Secret> {
        vec![&self.api_key]
    }

    fn account(&self) -> Account<()> {
        Account::Known(())
    }

    fn plan(&self, request: &InviteRequest, (): &(), _: DateTime<Utc>) -> Result<Plan> {
        let body = json!({
            "email": request.customer().email().as_str(),
            "name": request.customer().name().map(CustomerName::full),
            "order": request.order().reference().as_str(),
        });
        // A request that may have arrived is not repeated.
        let step = Step::at_most_once("create_invitation", Method::POST, &self.url, &["invitations"]);
        Ok(Plan::new(step.secret_header("x-api-key", &self.api_key).json(body, &["order"])))
    }

    /// ACME responds with `{"id": "...", "duplicate": false}`, and with `{"message": "..."}`.
    fn classify(response: &ApiResponse) -> Classification {
        let found = Classification::by_status(response).with_message(response.text_at(&["/message"]));
        let is_duplicate =
            response.json_value().is_some_and(|body| body.get("duplicate") == Some(&json!(true)));
        match response.text_at(&["/id"]) {
            Some(_) if is_duplicate => found.with_verdict(Verdict::AlreadyInvited),
            Some(id) => Classification::accepted(Some(id)),
            None if response.status.is_success() => Verdict::NotFromVendor.into(),
            None => found,
        }
    }
}

/// The simulated server.
fn routes() -> Router {
    let orders = Arc::<Mutex<HashSet<String>>>::default();
    let create = async move |Json(body): Json<Value>| {
        let mut orders = orders.lock().unwrap_or_else(PoisonError::into_inner);
        let is_new = orders.insert(body.get("order").map(ToString::to_string).unwrap_or_default());
        Json(json!({ "id": format!("inv-{}", orders.len()), "duplicate": !is_new }))
    };
    Router::new().route("/invitations", post(create))
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::result::Result<(), Box<dyn std::error::Error>> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}", listener.local_addr()?);
    tokio::spawn(async move { axum::serve(listener, routes()).await });
    let settings =
        [("REVIEW_PROVIDER", "acme"), ("ACME_API_KEY", "not-a-real-key"), ("ACME_API_URL", url.as_str())];
    let registry = Registry::builder().vendor("acme", HttpFactory::<Acme>::new()).from_iter(settings)?;
    let consent = Consent::granted("checkbox at the checkout");
    let request = InviteRequest::builder("jane@example.com", "1001", consent).name("Jane Doe").build()?;
    for _ in 0..2 {
        let receipt = registry.provider().send_invite(&request).await?;
        println!("{}: {}", receipt.provider, receipt.state);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use http::StatusCode;
    use review_invites::testkit::conformance::WireField;
    use review_invites::testkit::{self, FakeRouter, HttpFake, HttpHarness};

    use super::*;

    struct AcmeFake;

    impl HttpFake for AcmeFake {
        type Vendor = Acme;
        const SETTINGS: &'static [(&'static str, &'static str)] = &[("api_key", "not-a-real-key")];
        const INVITATION: &'static str = "/invitations";
        const REFERENCE: &'static str = "/order";
        const UNMAPPED_FIELDS: &'static [WireField] = {
            use WireField::*;
            &[
                Locale,
                Phone,
                Address,
                CustomerReference,
                PlacedAt,
                PaidAt,
                ShippedAt,
                DeliveredAt,
                EstimatedDelivery,
            ]
        };

        fn router() -> impl FakeRouter {
            routes()
        }

        fn is_accepted(status: StatusCode, body: &Value) -> bool {
            status.is_success() && body.get("duplicate") == Some(&json!(false))
        }
    }

    testkit::conformance_suite! { harness: HttpHarness<AcmeFake> }
}
