//! Sends the first attempt of some invitations to a closed port.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use review_invites::http::{DynTransport, HttpResponse, HttpTransport, TransportError};

use crate::mix::{Fate, fate};

/// A transport that uses a closed port, so that the operating system refuses the connection.
#[derive(Debug)]
pub(crate) struct Refusing {
    inner: DynTransport,
    seed: u64,
    closed: u16,
    refused: Mutex<HashSet<u32>>,
}

impl Refusing {
    pub(crate) fn new(inner: DynTransport, seed: u64, closed: u16) -> Self {
        Self { inner, seed, closed, refused: Mutex::default() }
    }

    fn refuses(&self, request: &http::Request<Bytes>) -> bool {
        let body = String::from_utf8_lossy(request.body());
        let number = body.split("order-").nth(1).and_then(|rest| rest.split('"').next()?.parse().ok());
        number.is_some_and(|number| {
            fate(self.seed, number) == Fate::Refused
                && self.refused.lock().unwrap_or_else(PoisonError::into_inner).insert(number)
        })
    }
}

#[async_trait]
impl HttpTransport for Refusing {
    async fn send(
        &self,
        mut request: http::Request<Bytes>,
        timeout: Duration,
    ) -> Result<HttpResponse, TransportError> {
        if self.refuses(&request) {
            let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
            *request.uri_mut() = format!("http://127.0.0.1:{}{path}", self.closed).parse().expect("a URI");
        }
        self.inner.send(request, timeout).await
    }
}
