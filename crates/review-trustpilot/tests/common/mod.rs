//! What the tests share.
#![allow(dead_code, reason = "no test uses all of it")]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use review_core::provider::ProviderInfo;
use review_http::{BodyStatus, HttpResponse, HttpTransport, ResourceId, RetryPolicy, TransportError};
use review_trustpilot::{ApiCredentials, BusinessUnitRef, Grant, Trustpilot, TrustpilotProvider};
use serde_json::Value;

macro_rules! sample {
    ($name:literal) => {
        serde_json::from_str::<Value>(include_str!(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/tests/samples/",
            $name,
            ".json"
        )))
        .unwrap()
    };
}
pub(crate) use sample;

/// Responds to token requests with a token and to everything else with one response, and records the requests.
#[derive(Debug)]
pub(crate) struct Played {
    response: (u16, String),
    pub(crate) requests: Mutex<Vec<http::Request<Bytes>>>,
}

#[async_trait]
impl HttpTransport for Played {
    async fn send(&self, request: http::Request<Bytes>, _: Duration) -> Result<HttpResponse, TransportError> {
        let mut token = sample!("oauth-client-credentials.response");
        // The token of the sample is a part of an error code, which would be redacted.
        token["access_token"] = "tpa-1".into();
        let token = (200, token.to_string());
        let is_token = request.uri().path().ends_with("/accesstoken");
        let (status, body) = if is_token { token } else { self.response.clone() };
        self.requests.lock().unwrap().push(request);
        let status = http::StatusCode::from_u16(status).unwrap();
        let headers = http::HeaderMap::new();
        Ok(HttpResponse { status, headers, body: body.into(), body_status: BodyStatus::Complete })
    }
}

impl Played {
    pub(crate) fn new(status: u16, body: &impl ToString) -> Arc<Self> {
        Arc::new(Self { response: (status, body.to_string()), requests: Mutex::default() })
    }

    pub(crate) fn last(&self) -> http::Request<Bytes> {
        self.requests.lock().unwrap().last().unwrap().clone()
    }

    pub(crate) fn body(&self) -> Value {
        serde_json::from_slice(self.last().body()).unwrap()
    }
}

pub(crate) fn credentials() -> ApiCredentials {
    ApiCredentials { api_key: "API_KEY".into(), api_secret: "API_SECRET".into() }
}

pub(crate) fn account() -> Trustpilot {
    let grant =
        Grant::ClientCredentials { business_user_id: ResourceId::new("507f191e810c19729de860eb").ok() };
    let unit = BusinessUnitRef::Id(ResourceId::new("507f191e810c19729de860ea").unwrap());
    Trustpilot::new(credentials(), grant, unit).unwrap()
}

pub(crate) fn provider(trustpilot: Trustpilot, played: &Arc<Played>) -> TrustpilotProvider {
    let info = ProviderInfo::new("trustpilot", "shop-de");
    TrustpilotProvider::with_transport(trustpilot, info, RetryPolicy::no_retries(), played.clone())
}
