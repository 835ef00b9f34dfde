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
pub mod vendors;

pub use proxy::{Proxy, Verdict};
use review_invites::http::{ClientOptions, DynTransport};
use review_invites::prelude::*;
use review_invites::provider::ProviderInfo;
use review_invites::registry::PROVIDER_ENV;
use review_sandbox::Sandbox;

pub use self::vendors::{TestVendor, VENDORS, entries, is_send, secrets, tokens};

/// The settings of the sandbox for a vendor, by the names of environment variables.
pub fn settings<'a>(sandbox: &'a Sandbox, vendor: &'a TestVendor) -> impl Fn(&str) -> Option<String> + 'a {
    move |name| {
        if name == PROVIDER_ENV { Some(vendor.name.to_owned()) } else { sandbox.env_var(name) }
    }
}

/// A provider of this vendor at the sandbox.
#[must_use]
pub fn provider(sandbox: &Sandbox, vendor: &TestVendor) -> DynProvider {
    review_invites::from_lookup(settings(sandbox, vendor)).unwrap()
}

/// A provider of this vendor with its own options.
pub fn provider_with(
    vendor: &TestVendor,
    lookup: impl Fn(&str) -> Option<String>,
    options: impl Into<ClientOptions>,
) -> DynProvider {
    provider_over(vendor, lookup, options, None)
}

/// A provider of this vendor with its own options and transport.
pub fn provider_over(
    vendor: &TestVendor,
    lookup: impl Fn(&str) -> Option<String>,
    options: impl Into<ClientOptions>,
    transport: Option<DynTransport>,
) -> DynProvider {
    (vendor.build)(ProviderInfo::new(vendor.name, vendor.name), &lookup, options.into(), transport)
}

/// The same settings with one text replaced in URLs, such as a port.
pub fn settings_with<'a>(
    sandbox: &'a Sandbox,
    vendor: &'a TestVendor,
    from: String,
    to: String,
) -> impl Fn(&str) -> Option<String> + 'a {
    let settings = settings(sandbox, vendor);
    move |name| {
        settings(name).map(|value| if name.ends_with("_URL") { value.replace(&from, &to) } else { value })
    }
}

/// An invitation to review the shop. Each order has its own customer, because a vendor may reject a second invitation to
/// one address.
#[must_use]
pub fn request(reference: &str) -> InviteRequest {
    let builder = InviteRequest::builder(address(reference), reference, Consent::granted("test"));
    builder.first_name("Jane").last_name("Doe").build().unwrap()
}

/// The address of the customer of this order.
#[must_use]
pub fn address(reference: &str) -> String {
    format!("jane+{reference}@example.com")
}
