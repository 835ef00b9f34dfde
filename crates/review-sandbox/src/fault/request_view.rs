//! The parts of a request that rules can match.

use axum::http::request::Parts;

use crate::customer::{Customer, customers};
use crate::host::Host;

/// A request, before an endpoint sees it.
pub(super) struct RequestView {
    pub(super) host: Option<Host>,
    pub(super) method: String,
    /// Without the host's prefix.
    pub(super) path: String,
    /// One, or several of `POST /invites`; none for a request about no customer.
    pub(super) customers: Vec<Customer>,
}

impl RequestView {
    pub(super) fn new(parts: &Parts, body: &[u8]) -> Self {
        let (host, path) = match Host::split(parts.uri.path()) {
            Some((host, path)) => (Some(host), path),
            None => (None, parts.uri.path()),
        };
        Self { host, method: parts.method.to_string(), path: path.to_owned(), customers: customers(body) }
    }

    /// Returns the first order reference.
    pub(super) fn reference(&self) -> Option<&str> {
        self.customers.iter().find_map(|customer| customer.reference.as_deref())
    }
}
