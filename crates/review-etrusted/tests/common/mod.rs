//! What the tests against the sandbox share.
#![allow(dead_code, reason = "no test uses all of it")]

use std::time::Duration;

use review_core::*;
use review_etrusted::{EtrustedConfig, EtrustedProvider};
use review_http::RetryPolicy;
use review_sandbox::Sandbox;
use serde_json::Value;

/// The configuration the sandbox names, with this event type.
pub(crate) fn config(sandbox: &Sandbox, event_type: &str) -> EtrustedConfig {
    let vars = |name: &str| match name {
        "ETRUSTED_EVENT_TYPE" => Some(event_type.to_owned()),
        name => sandbox.env_var(name),
    };
    let retry = RetryPolicy::default().with_backoff(Duration::ZERO, Duration::ZERO);
    EtrustedConfig::from_vars(vars).unwrap().with_http(retry)
}

pub(crate) fn provider(sandbox: &Sandbox, event_type: &str) -> EtrustedProvider {
    EtrustedProvider::new(config(sandbox, event_type)).unwrap()
}

pub(crate) fn customer() -> Customer {
    let (first, last) = (PersonName::new("Zoë").unwrap(), PersonName::new("Müller & Söhne").unwrap());
    Customer::new(EmailAddress::new("zoe+shop@example.com").unwrap())
        .with_name(CustomerName::FirstAndLast(first, last))
        .with_locale(Locale::new("de").unwrap())
        .with_country(CountryCode::new("AT").unwrap())
}

pub(crate) fn order(reference: &str) -> Order {
    let product = Product::new(Sku::new("A 1/2").unwrap(), ProductText::new("Metal Toy Car").unwrap())
        .with_url("https://shop.example/car?a=1&b=2".parse().unwrap());
    Order::new(OrderReference::new(reference).unwrap()).with_product(product)
}

pub(crate) fn request(reference: &str) -> InviteRequestBuilder {
    InviteRequest::builder(customer(), order(reference), Consent::granted("checkbox"))
}

pub(crate) fn events(sandbox: &Sandbox) -> Vec<Value> {
    let sent = sandbox.requests().into_iter().filter(|request| request.path == "/events");
    sent.map(|request| request.json().unwrap()).collect()
}
