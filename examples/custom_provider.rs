//! A vendor of your own on the vendor kit, configured like the built-in ones.
//!
//! ```text
//! $ cargo run --example custom_provider
//! > acme/acme: accepted
//! > ACME received 1 invitation
//! ```
//!
//! The kit adds the delivery rules, tokens, rate limits, redaction, previews and configuration. ACME's server is
//! simulated by a transport in this file.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use http::{HeaderMap, Method, Request, StatusCode};
use review_invites::config::{
    ConfigErrors, ConfigKey, ConfigReader, FromConfig, KeyInfo, Secret, config_keys,
};
use review_invites::http::vendor::{Account, HttpFactory, HttpVendor, Plan, Step};
use review_invites::http::{
    ApiResponse, BaseUrl, BodyStatus, Classification, HttpResponse, HttpTransport, TransportError, Verdict,
};
use review_invites::prelude::*;
use review_invites::provider::Capabilities;
use review_invites::registry::Registry;
use serde_json::json;

config_keys! {
    KEYS {
        API_KEY: Secret = ConfigKey::required("api_key", "the key of the ACME account").secret();
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
        let url = BaseUrl::new("https://api.acme.example")?;
        Ok(Self { url, api_key: config.get(&API_KEY)? })
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
            "order": request.order().reference().as_str(),
        });
        // ACME accepts a second request for one order, so a request that may have arrived is not repeated.
        let step = Step::at_most_once("create_invitation", Method::POST, &self.url, &["invitations"]);
        Ok(Plan::new(step.secret_header("x-api-key", &self.api_key).json(body, &["order"])))
    }

    /// ACME responds with `{"id": "...", "duplicate": false}`.
    fn classify(response: &ApiResponse) -> Classification {
        let found = Classification::by_status(response);
        match response.text_at(&["/id"]) {
            Some(id)
                if response.json_value().is_some_and(|body| body.get("duplicate") != Some(&json!(true))) =>
            {
                Classification::accepted(Some(id))
            }
            Some(_) => found.with_verdict(Verdict::AlreadyInvited),
            None => found,
        }
    }
}

/// The simulated server.
#[derive(Debug, Default)]
struct AcmeServer(AtomicUsize);

#[async_trait]
impl HttpTransport for AcmeServer {
    async fn send(
        &self,
        _: Request<Bytes>,
        _: Duration,
    ) -> std::result::Result<HttpResponse, TransportError> {
        let number = self.0.fetch_add(1, Ordering::Relaxed) + 1;
        Ok(HttpResponse {
            status: StatusCode::CREATED,
            headers: HeaderMap::new(),
            body: json!({ "id": format!("inv-{number}"), "duplicate": false }).to_string().into(),
            body_status: BodyStatus::Complete,
        })
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let server = Arc::new(AcmeServer::default());
    let registry = Registry::builder()
        .vendor("acme", HttpFactory::<Acme>::new())
        .transport(server.clone())
        .from_iter([("REVIEW_PROVIDER", "acme"), ("ACME_API_KEY", "not-a-real-key")])?;
    let consent = Consent::granted("checkbox at the checkout");
    let request = InviteRequest::builder("jane@example.com", "1001", consent).build()?;
    let receipt = registry.provider().send_invite(&request).await?;
    println!("{}: {}", receipt.provider, receipt.state);
    println!("ACME received {} invitation", server.0.load(Ordering::Relaxed));
    Ok(())
}
