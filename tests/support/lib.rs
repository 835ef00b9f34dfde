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

use std::sync::Arc;

pub use proxy::{Proxy, Verdict};
use review_invites::config::{Entries, KeyInfo, Source};
use review_invites::etrusted::Etrusted;
use review_invites::http::vendor::HttpFactory;
use review_invites::http::{ClientOptions, DynTransport};
use review_invites::prelude::*;
use review_invites::provider::ProviderInfo;
use review_invites::registry::PROVIDER_ENV;
use review_invites::trustpilot::Trustpilot;
use review_sandbox::{Sandbox, Vendor};

/// The vendors every test runs for.
pub const VENDORS: [&str; 2] = ["etrusted", "trustpilot"];

/// The vendor in the sandbox.
#[must_use]
pub fn at_the_sandbox(vendor: &str) -> Vendor {
    if vendor == "etrusted" { Vendor::Etrusted } else { Vendor::Trustpilot }
}

/// The settings of the sandbox for a vendor, by the names of environment variables.
pub fn settings<'a>(sandbox: &'a Sandbox, vendor: &'a str) -> impl Fn(&str) -> Option<String> + 'a {
    move |name| {
        if name == PROVIDER_ENV { Some(vendor.to_owned()) } else { sandbox.env_var(name) }
    }
}

/// A provider of this vendor at the sandbox.
#[must_use]
pub fn provider(sandbox: &Sandbox, vendor: &str) -> DynProvider {
    review_invites::from_lookup(settings(sandbox, vendor)).unwrap()
}

/// A provider of this vendor with its own options.
pub fn provider_with(
    vendor: &str,
    lookup: impl Fn(&str) -> Option<String>,
    options: impl Into<ClientOptions>,
) -> DynProvider {
    provider_over(vendor, lookup, options, None)
}

/// A provider of this vendor with its own options and transport.
pub fn provider_over(
    vendor: &str,
    lookup: impl Fn(&str) -> Option<String>,
    options: impl Into<ClientOptions>,
    transport: Option<DynTransport>,
) -> DynProvider {
    instance_over(ProviderInfo::new(vendor, vendor), lookup, options, transport)
}

/// An instance of a vendor, with its name, options and transport.
pub fn instance_over(
    info: ProviderInfo,
    lookup: impl Fn(&str) -> Option<String>,
    options: impl Into<ClientOptions>,
    transport: Option<DynTransport>,
) -> DynProvider {
    let options = options.into();
    if info.vendor() == "etrusted" {
        let factory = HttpFactory::<Etrusted>::new();
        let entries = entries("ETRUSTED_", factory.keys(), lookup);
        return Arc::new(factory.build(info, &entries, options, transport).unwrap());
    }
    let factory = HttpFactory::<Trustpilot>::new();
    let entries = entries("TRUSTPILOT_", factory.keys(), lookup);
    Arc::new(factory.build(info, &entries, options, transport).unwrap())
}

/// The settings of a vendor as entries.
pub fn entries(prefix: &str, keys: &[KeyInfo], lookup: impl Fn(&str) -> Option<String>) -> Entries {
    let value = |key: &KeyInfo| Some((key.name, lookup(&format!("{prefix}{}", key.name.to_uppercase()))?));
    Entries::new(Source::Environment { prefix: prefix.to_owned() }, keys.iter().filter_map(value))
}

/// The same settings with one text replaced in URLs, such as a port.
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

/// An invitation to review the shop.
#[must_use]
pub fn request(reference: &str) -> InviteRequest {
    let builder = InviteRequest::builder("jane@example.com", reference, Consent::granted("test"));
    builder.first_name("Jane").last_name("Doe").build().unwrap()
}
