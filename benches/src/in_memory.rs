//! A transport without a network, which responds immediately.

use std::sync::Mutex;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use review_http::{BodyStatus, HttpResponse, HttpTransport, TransportError};

use crate::vendor::Vendor;

/// Responds as the vendors' servers do, or rejects every invitation.
#[derive(Debug, Default)]
pub struct InMemory {
    /// Whether invitations are rejected.
    pub rejects: bool,
    /// The body of the last request.
    pub last_body: Mutex<Bytes>,
}

#[async_trait]
impl HttpTransport for InMemory {
    async fn send(&self, request: http::Request<Bytes>, _: Duration) -> Result<HttpResponse, TransportError> {
        let path = request.uri().path();
        let rejection = if self.rejects { Vendor::rejection(path) } else { None };
        let response = rejection.unwrap_or_else(|| Vendor::response(path));
        *self.last_body.lock().expect("no thread panicked") = request.into_body();
        Ok(HttpResponse {
            status: StatusCode::from_u16(response.status).expect("a valid status"),
            headers: HeaderMap::new(),
            body: response.body.into(),
            body_status: BodyStatus::Complete,
        })
    }
}
