//! Records a request for the inbox, also if its client goes away before the response.

use axum::body::Bytes;
use axum::http::request::Parts;
use axum::http::{Method, StatusCode};
use axum::response::Response;
use chrono::{DateTime, Utc};
use serde_json::Value;

use super::draft::{Delivery, Draft};
use super::exchange::{RawExchange, headers, target};
use super::trace::{Notes, Trace};
use crate::customer::{Customer, customers};
use crate::host::{Host, Vendor};
use crate::response::{REASON, is_accepted};
use crate::state::App;
use crate::{etrusted, kiyoh, trustpilot, webwinkelkeur};

/// A request that may lead to entries of the inbox. They are added when it is dropped.
pub(crate) struct Recording {
    app: App,
    trace: Trace,
    /// The vendor, if the request asks for an invitation.
    invites: Option<Vendor>,
    exchange: RawExchange,
    /// The whole body of the request.
    body: Bytes,
    /// Why the response is an error.
    rejection: Option<String>,
    received_at: DateTime<Utc>,
}

impl Recording {
    /// Puts a trace into the extensions of the request.
    pub(crate) fn start(app: &App, parts: &mut Parts) -> Self {
        let trace = Trace::default();
        parts.extensions.insert(trace.clone());
        let off = app.state().inbox.is_off();
        let invites = if off { None } else { invites(&parts.method, parts.uri.path()) };
        let mut exchange = RawExchange::default();
        if invites.is_some() {
            exchange.method = parts.method.to_string();
            exchange.target = target(&parts.uri);
            exchange.request_headers = headers(&parts.headers);
        }
        let received_at = app.clock().now();
        Self { app: app.clone(), trace, invites, exchange, body: Bytes::new(), rejection: None, received_at }
    }

    pub(crate) fn body(&mut self, body: &Bytes) {
        if self.invites.is_some() {
            self.exchange.set_request_body(body);
            self.body = body.clone();
        }
    }

    /// Keeps the response, and returns it unchanged.
    pub(crate) async fn finish(mut self, response: Response) -> Response {
        if self.invites.is_none() {
            return response;
        }
        let reason =
            response.headers().get(REASON).and_then(|reason| reason.to_str().ok()).map(str::to_owned);
        let response = self.exchange.set_response(response).await;
        if !is_accepted(&response) {
            let reason = reason.or_else(|| message(&self.exchange.response_body));
            self.rejection = Some(rejection(response.status(), reason.as_deref()));
        }
        response
    }
}

impl Drop for Recording {
    fn drop(&mut self) {
        let Some(vendor) = self.invites else { return };
        let Notes { mut drafts, faults } = self.trace.take();
        if drafts.is_empty() {
            // The endpoint did not accept it, or never saw it.
            let reason = match (faults.first(), self.rejection.take()) {
                (Some(fault), _) => format!("fault {fault} before the vendor processed the request"),
                (None, Some(rejection)) => rejection,
                (None, None) => "the client closed the connection".to_owned(),
            };
            drafts = rejected(vendor, &self.body, &reason);
        }
        let mut exchange = std::mem::take(&mut self.exchange);
        exchange.faults = faults;
        self.app.state().inbox.add(drafts, self.received_at, exchange);
    }
}

/// The vendor of a request for an invitation.
fn invites(method: &Method, path: &str) -> Option<Vendor> {
    let (host, path) = Host::split(path).filter(|_| method == Method::POST)?;
    let vendor = host.vendor();
    let invites = match vendor {
        Vendor::Trustpilot => trustpilot::invites(path),
        Vendor::Etrusted => etrusted::invites(path),
        Vendor::Kiyoh => kiyoh::invites(path),
        Vendor::Webwinkelkeur => webwinkelkeur::invites(path),
    };
    invites.then_some(vendor)
}

fn rejection(status: StatusCode, reason: Option<&str>) -> String {
    match reason {
        Some(reason) => format!("{}, {reason}", status.as_u16()),
        None => format!("{}", status.as_u16()),
    }
}

/// The message in the body of an error response, over all vendors.
fn message(body: &[u8]) -> Option<String> {
    let body: Value = serde_json::from_slice(body).ok()?;
    const PLACES: [&str; 6] = [
        "/Message",
        "/ErrorDescription",
        "/details",
        "/detailedError/0/message",
        "/message",
        "/fault/faultstring",
    ];
    PLACES.iter().find_map(|pointer| body.pointer(pointer).and_then(Value::as_str)).map(str::to_owned)
}

/// One entry for each customer in the body of a request that was not accepted, or one without a customer.
fn rejected(vendor: Vendor, body: &[u8], reason: &str) -> Vec<Draft> {
    let mut customers = customers(body);
    if customers.is_empty() {
        customers.push(Customer::default());
    }
    let draft = |customer: Customer| Draft {
        vendor,
        kind: None,
        recipient: customer.address.unwrap_or_default(),
        name: None,
        shop: String::new(),
        shop_name: None,
        reference: customer.reference.unwrap_or_default(),
        products: Vec::new(),
        locale: None,
        template: None,
        review_link: None,
        setup: Vec::new(),
        result: Delivery::NotAccepted(reason.to_owned()),
    };
    customers.into_iter().map(draft).collect()
}
