//! What the tests that cross crates share.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may panic"
)]

#[cfg(doctest)]
mod guide;
pub mod harness;
mod proxy;

pub use proxy::{Proxy, Verdict};
use std::sync::Arc;

use review_invites::etrusted::{EtrustedConfig, EtrustedProvider};
use review_invites::transport::ClientOptions;
use review_invites::trustpilot::{TrustpilotConfig, TrustpilotProvider};
use review_invites::*;
use review_sandbox::Sandbox;

/// The vendors every test runs for.
pub const VENDORS: [&str; 2] = ["etrusted", "trustpilot"];

/// The settings of the sandbox, for a vendor, as an environment would hold them.
pub fn settings<'a>(sandbox: &'a Sandbox, vendor: &'a str) -> impl Fn(&str) -> Option<String> + 'a {
    move |name| {
        if name == PROVIDER_VARIABLE { Some(vendor.to_owned()) } else { sandbox.env_var(name) }
    }
}

/// A provider of this vendor at the sandbox.
pub fn provider(sandbox: &Sandbox, vendor: &str) -> DynProvider {
    from_vars(settings(sandbox, vendor)).unwrap()
}

/// A provider of this vendor that makes its calls in a way of its own.
pub fn provider_with(
    vendor: &str,
    vars: impl Fn(&str) -> Option<String>,
    options: impl Into<ClientOptions>,
) -> DynProvider {
    if vendor == "etrusted" {
        let config = EtrustedConfig::from_vars(vars).unwrap().with_http(options);
        return Arc::new(EtrustedProvider::new(config).unwrap());
    }
    let config = TrustpilotConfig::from_vars(vars).unwrap().with_http(options);
    Arc::new(TrustpilotProvider::new(config).unwrap())
}

/// The same settings with this text in the place of another, e.g. another port.
pub fn settings_with<'a>(
    sandbox: &'a Sandbox,
    vendor: &'a str,
    from: String,
    to: String,
) -> impl Fn(&str) -> Option<String> + 'a {
    let settings = settings(sandbox, vendor);
    move |name| {
        settings(name).map(|value| if name.ends_with("_URL") { value.replace(&from, &to) } else { value })
    }
}

/// An invitation to review the shop, with all that is known of a customer.
pub fn request(reference: &str) -> InviteRequest {
    let customer = Customer::new(EmailAddress::new("jane@example.com").unwrap()).with_name(
        CustomerName::FirstAndLast(PersonName::new("Jane").unwrap(), PersonName::new("Doe").unwrap()),
    );
    let order = Order::new(OrderReference::new(reference).unwrap());
    InviteRequest::builder(customer, order, Consent::granted("test")).build().unwrap()
}
