//! Plays the vendor: responds with prepared responses, and records the requests.
#![allow(dead_code, unreachable_pub, reason = "not every test uses everything")]

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use review_core::model::{InviteRequestBuilder, ProductBuilder};
use review_core::provider::ProviderInfo;
use review_core::{Consent, InviteRequest, Product};
use review_http::{BodyStatus, HttpResponse, HttpTransport, ResourceId, RetryPolicy, TransportError};
use review_kiyoh::{CatalogueProduct, Kiyoh, KiyohProvider, Language};

/// Responds with each response once, and with the last one from then on.
#[derive(Debug)]
pub struct Played {
    /// Statuses and bodies.
    responses: Mutex<VecDeque<(u16, String)>>,
    requests: Mutex<Vec<http::Request<Bytes>>>,
}

#[async_trait]
impl HttpTransport for Played {
    async fn send(&self, request: http::Request<Bytes>, _: Duration) -> Result<HttpResponse, TransportError> {
        self.requests.lock().unwrap().push(request);
        let mut responses = self.responses.lock().unwrap();
        let (status, body) = responses[0].clone();
        if responses.len() > 1 {
            responses.pop_front();
        }
        let status = http::StatusCode::from_u16(status).unwrap();
        let headers = http::HeaderMap::new();
        Ok(HttpResponse { status, headers, body: body.into(), body_status: BodyStatus::Complete })
    }
}

impl Played {
    /// Plays these statuses and bodies.
    pub fn new(responses: impl IntoIterator<Item = (u16, impl ToString)>) -> Arc<Self> {
        let responses = responses.into_iter().map(|(status, body)| (status, body.to_string())).collect();
        Arc::new(Self { responses: Mutex::new(responses), requests: Mutex::default() })
    }

    /// Plays one status and body.
    pub fn always(status: u16, body: &impl ToString) -> Arc<Self> {
        Self::new([(status, body.to_string())])
    }

    /// Returns the requests so far.
    pub fn requests(&self) -> Vec<http::Request<Bytes>> {
        self.requests.lock().unwrap().clone()
    }
}

/// The location of the samples.
pub fn kiyoh() -> Kiyoh {
    let location = ResourceId::new("1234567").unwrap();
    Kiyoh::new("TOKEN".into(), location, Language::new("en").unwrap()).unwrap()
}

/// A provider without retries.
pub fn provider(kiyoh: Kiyoh, played: &Arc<Played>) -> KiyohProvider {
    let info = ProviderInfo::new("kiyoh", "shop-nl");
    KiyohProvider::with_transport(kiyoh, info, RetryPolicy::no_retries(), played.clone())
}

/// The invitation of the samples.
pub fn invitation() -> InviteRequestBuilder {
    invitation_of("1001")
}

/// An invitation for an order.
pub fn invitation_of(reference: &str) -> InviteRequestBuilder {
    InviteRequest::builder("jane@example.com", reference, Consent::granted("checkbox"))
}

/// The product of the samples.
pub fn kettle(sku: &str) -> ProductBuilder {
    Product::builder(sku, "Kettle")
        .image_url("https://shop.example.com/img/k-1.jpg")
        .url("https://shop.example.com/kettle")
}

/// A product of the catalogue.
pub fn product(code: &str) -> CatalogueProduct {
    CatalogueProduct::new(code, "Kettle", "https://shop.example.com/k.jpg", "https://shop.example.com/k")
}

pub fn at(text: &str) -> chrono::DateTime<chrono::Utc> {
    text.parse().unwrap()
}
