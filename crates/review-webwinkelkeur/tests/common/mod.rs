//! What the tests share.
#![allow(dead_code, reason = "no test uses all of it")]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use review_core::config::{ConfigErrors, ConfigReader, Entries};
use review_core::model::InviteRequestBuilder;
use review_core::provider::{InviteRef, ProviderInfo, ReviewInviteProvider};
use review_core::{Consent, InviteRequest, Product};
use review_http::{BodyStatus, HttpResponse, HttpTransport, RetryPolicy, TransportError};
use review_sandbox::Sandbox;
use review_webwinkelkeur::{ShopId, Webwinkelkeur, WebwinkelkeurProvider};
use serde_json::Value;

/// A response: status and body.
pub(crate) type Reply = (u16, String);

type Respond = dyn Fn(&http::Request<bytes::Bytes>) -> Reply + Send + Sync;

/// Responds to each request with what a function makes of it, and records the requests.
pub(crate) struct Played {
    reply: Box<Respond>,
    pub(crate) requests: Mutex<Vec<http::Request<bytes::Bytes>>>,
}

impl std::fmt::Debug for Played {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Played")
    }
}

impl Played {
    pub(crate) fn new(status: u16, body: &impl ToString) -> Arc<Self> {
        let body = body.to_string();
        Self::with(move |_| (status, body.clone()))
    }

    pub(crate) fn with(
        reply: impl Fn(&http::Request<bytes::Bytes>) -> Reply + Send + Sync + 'static,
    ) -> Arc<Self> {
        Arc::new(Self { reply: Box::new(reply), requests: Mutex::default() })
    }

    pub(crate) fn count(&self) -> usize {
        self.requests.lock().unwrap().len()
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
        let (status, body) = (self.reply)(&request);
        self.requests.lock().unwrap().push(request);
        let status = http::StatusCode::from_u16(status).unwrap();
        let headers = http::HeaderMap::new();
        Ok(HttpResponse { status, headers, body: body.into(), body_status: BodyStatus::Complete })
    }
}

pub(crate) const CODE: &str = "c0de&=+ %2B";
pub(crate) const ID: &str = "7654321";

pub(crate) fn account() -> Webwinkelkeur {
    Webwinkelkeur::new(ShopId::new(ID).unwrap(), CODE.into()).unwrap()
}

pub(crate) fn played(webwinkelkeur: Webwinkelkeur, played: &Arc<Played>) -> WebwinkelkeurProvider {
    let info = ProviderInfo::new("webwinkelkeur", "shop-nl");
    WebwinkelkeurProvider::with_transport(webwinkelkeur, info, RetryPolicy::no_retries(), played.clone())
}

pub(crate) fn golden(name: &str) -> Value {
    let path = format!("{}/tests/golden/{name}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

pub(crate) fn minimal(reference: &str) -> InviteRequest {
    InviteRequest::builder("jane@example.com", reference, Consent::granted("checkbox")).build().unwrap()
}

pub(crate) fn invite_ref(provider: &WebwinkelkeurProvider, reference: &str) -> InviteRef {
    minimal(reference).key(provider.info()).into()
}

/// A provider of the account of the sandbox, with other settings.
pub(crate) fn provider(sandbox: &Sandbox, settings: &[(&'static str, &str)]) -> WebwinkelkeurProvider {
    let environment = Entries::from_env("WEBWINKELKEUR_", sandbox.env_vars());
    let entries = Entries::from_code(settings.iter().copied()).or(environment);
    let account: Webwinkelkeur = ConfigReader::read(&entries).map_err(ConfigErrors::into_vec).unwrap();
    let retry = RetryPolicy::default().with_backoff(Duration::ZERO, Duration::ZERO);
    WebwinkelkeurProvider::new(account, "shop-nl", retry).unwrap()
}

pub(crate) fn request(reference: &str) -> InviteRequestBuilder {
    InviteRequest::builder("zoe+shop@example.com", reference, Consent::granted("checkbox"))
        .name("Zoë Müller & Söhne")
        .locale("nl-BE")
        .phone("+31201234567")
        .products([Product::builder("A 1/2", "Metal \"Toy\" Car").url("https://shop.example/car?a=1&b=2")])
}
