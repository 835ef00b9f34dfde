//! What the tests share.
#![allow(dead_code, reason = "no test uses all of it")]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use review_core::config::{ConfigErrors, ConfigReader, Entries};
use review_core::model::InviteRequestBuilder;
use review_core::provider::ProviderInfo;
use review_core::{Consent, InviteRequest, Product};
use review_etrusted::{Etrusted, EtrustedProvider};
use review_http::{BodyStatus, HttpResponse, HttpTransport, RetryPolicy, TransportError};
use review_sandbox::Sandbox;
use serde_json::Value;

/// Responds to token requests with a token and to everything else with one response, and records the requests.
#[derive(Debug)]
pub(crate) struct Played {
    response: (u16, String),
    pub(crate) requests: Mutex<Vec<http::Request<bytes::Bytes>>>,
}

impl Played {
    pub(crate) fn new(status: u16, body: &impl ToString) -> Arc<Self> {
        Arc::new(Self { response: (status, body.to_string()), requests: Mutex::default() })
    }

    /// The last request: method and target, and its JSON body.
    pub(crate) fn last(&self) -> (String, Value) {
        let requests = self.requests.lock().unwrap();
        let request = requests.last().unwrap();
        let target = format!("{} {}", request.method(), request.uri().path_and_query().unwrap());
        (target, serde_json::from_slice(request.body()).unwrap_or_default())
    }
}

#[async_trait]
impl HttpTransport for Played {
    async fn send(
        &self,
        request: http::Request<bytes::Bytes>,
        _: Duration,
    ) -> Result<HttpResponse, TransportError> {
        let token = (200, golden("oauth_token_response").to_string());
        let is_token = request.uri().path() == "/oauth/token";
        let (status, body) = if is_token { token } else { self.response.clone() };
        self.requests.lock().unwrap().push(request);
        let status = http::StatusCode::from_u16(status).unwrap();
        let headers = http::HeaderMap::new();
        Ok(HttpResponse { status, headers, body: body.into(), body_status: BodyStatus::Complete })
    }
}

pub(crate) fn played(etrusted: Etrusted, played: &Arc<Played>) -> EtrustedProvider {
    let info = ProviderInfo::new("etrusted", "shop-de");
    EtrustedProvider::with_transport(etrusted, info, RetryPolicy::no_retries(), played.clone())
}

pub(crate) fn golden(name: &str) -> Value {
    let path = format!("{}/tests/golden/{name}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// The account of the sandbox, with other settings.
pub(crate) fn account(sandbox: &Sandbox, settings: &[(&'static str, &str)]) -> Etrusted {
    let environment = Entries::from_env("ETRUSTED_", sandbox.env_vars());
    let entries = Entries::from_code(settings.iter().copied()).or(environment);
    ConfigReader::read(&entries).map_err(ConfigErrors::into_vec).unwrap()
}

pub(crate) fn provider(sandbox: &Sandbox, settings: &[(&'static str, &str)]) -> EtrustedProvider {
    let retry = RetryPolicy::default().with_backoff(Duration::ZERO, Duration::ZERO);
    EtrustedProvider::new(account(sandbox, settings), "shop-de", retry).unwrap()
}

pub(crate) fn request(reference: &str) -> InviteRequestBuilder {
    InviteRequest::builder("zoe+shop@example.com", reference, Consent::granted("checkbox"))
        .name("Zoë Müller & Söhne")
        .locale("de")
        .country("AT")
        .products([Product::builder("A 1/2", "Metal Toy Car").url("https://shop.example/car?a=1&b=2")])
}

/// The account of the sandbox by another setting for its channel.
pub(crate) fn provider_by_channel(sandbox: &Sandbox, settings: &[(&'static str, &str)]) -> EtrustedProvider {
    let variables = sandbox.env_vars().into_iter().filter(|(key, _)| *key != "ETRUSTED_CHANNEL_ID");
    let entries = Entries::from_env("ETRUSTED_", variables);
    let entries = Entries::from_code(settings.iter().copied()).or(entries);
    let etrusted: Etrusted = ConfigReader::read(&entries).map_err(ConfigErrors::into_vec).unwrap();
    EtrustedProvider::new(etrusted, "shop-de", RetryPolicy::no_retries()).unwrap()
}
