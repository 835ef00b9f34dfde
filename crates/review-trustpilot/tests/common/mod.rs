//! A transport that plays a script, and a client over it.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use review_http::{
    BodyStatus, DynTransport, HttpResponse, HttpTransport, ResourceId, RetryPolicy, TransportError,
};
use review_trustpilot::{BusinessUnitRef, Grant, TrustpilotConfig};
use serde_json::Value;

/// Gives the answers it was told, in their order, and keeps the requests.
#[derive(Debug, Default)]
pub(crate) struct Script {
    answers: Mutex<Vec<(u16, String)>>,
    pub(crate) requests: Mutex<Vec<http::Request<Bytes>>>,
}

impl Script {
    pub(crate) fn new(answers: impl IntoIterator<Item = (u16, Value)>) -> Arc<Self> {
        let answers: Vec<_> = answers.into_iter().collect();
        let answers = answers.into_iter().rev().map(|(status, body)| (status, body.to_string())).collect();
        Arc::new(Self { answers: Mutex::new(answers), requests: Mutex::default() })
    }
}

#[async_trait]
impl HttpTransport for Script {
    async fn send(&self, request: http::Request<Bytes>, _: Duration) -> Result<HttpResponse, TransportError> {
        self.requests.lock().unwrap().push(request);
        let (status, body) = self.answers.lock().unwrap().pop().unwrap();
        let status = http::StatusCode::from_u16(status).unwrap();
        Ok(HttpResponse {
            status,
            headers: Default::default(),
            body: body.into(),
            body_status: BodyStatus::Complete,
        })
    }
}

/// A configuration with this grant, and the script as its transport.
pub(crate) fn scripted(script: &Arc<Script>, grant: Grant) -> (TrustpilotConfig, DynTransport) {
    let unit = BusinessUnitRef::Id(unit());
    let config = TrustpilotConfig::new("API_KEY".into(), "API_SECRET".into(), grant, unit).unwrap();
    let retry = RetryPolicy::default().with_backoff(Duration::ZERO, Duration::ZERO);
    (config.with_http(retry), Arc::clone(script) as DynTransport)
}

pub(crate) fn unit() -> ResourceId {
    ResourceId::new("507f191e810c19729de860ea").unwrap()
}
