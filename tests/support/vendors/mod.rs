//! The vendors that every test runs for. A new vendor is a file with its [`TestVendor`], and an entry of [`VENDORS`].

pub mod etrusted;
pub mod kiyoh;
pub mod trustpilot;
pub mod webwinkelkeur;

use std::fmt;
use std::sync::Arc;

use review_invites::ErrorScope;
use review_invites::config::{Entries, FromConfig, KeyInfo, Source};
use review_invites::http::vendor::{HttpFactory, HttpVendor};
use review_invites::http::{ClientOptions, DynTransport};
use review_invites::model::whole_days_until;
use review_invites::prelude::*;
use review_invites::provider::ProviderInfo;
use review_invites::re_exports::chrono::Utc;
use review_sandbox::{Sandbox, Vendor};
use review_testkit::conformance::WireField;

use self::etrusted::ETRUSTED;
use self::kiyoh::KIYOH;
use self::trustpilot::TRUSTPILOT;
use self::webwinkelkeur::WEBWINKELKEUR;

/// The vendors, by name.
pub const VENDORS: [&TestVendor; 4] = [&ETRUSTED, &KIYOH, &TRUSTPILOT, &WEBWINKELKEUR];

/// A vendor as the tests see it: the differences between the vendors that a test across vendors needs.
pub struct TestVendor {
    /// The name in settings, and the feature.
    pub name: &'static str,
    /// The vendor in the sandbox.
    pub simulated: Vendor,
    /// The end of the path of the call that sends, with the settings of the sandbox.
    pub sends: &'static str,
    /// The variables of the sandbox with a secret.
    pub secrets: &'static [&'static str],
    /// The table of settings.
    pub keys: &'static [KeyInfo],
    /// The number of settings that are missing if none is set.
    pub required_settings: usize,
    /// Whether it fetches access tokens. Without, its credentials are part of every request.
    pub has_tokens: bool,
    /// Whether a blank body is no acceptance, because the body contains the result.
    pub has_result_in_body: bool,
    /// Whether a review has the reference of its order.
    pub reviews_have_reference: bool,
    /// Writes a review with this number of stars, as the customer invited for this order. Returns whether it could.
    pub write_review: fn(&Sandbox, &str, u8) -> bool,
    /// Returns what the sandbox received as the language of a locale.
    pub language: fn(&str) -> String,
    /// Builds a provider; see [`build`].
    pub build: Build,
}

/// The type of [`build`].
pub type Build =
    fn(ProviderInfo, &dyn Fn(&str) -> Option<String>, ClientOptions, Option<DynTransport>) -> DynProvider;

impl TestVendor {
    /// Returns whether a line of a request, or its path, is that of the call that sends.
    #[must_use]
    pub fn is_send(&self, line: &str) -> bool {
        let path = |part: &str| part.split('?').next().is_some_and(|path| path.ends_with(self.sends));
        line.split_whitespace().any(path)
    }
}

impl fmt::Display for TestVendor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

/// Returns whether the first line of a request is that of a call that sends, at any vendor.
#[must_use]
pub fn is_send(line: &str) -> bool {
    line.starts_with("POST ") && VENDORS.iter().any(|vendor| vendor.is_send(line))
}

/// A vendor and a way to use it.
pub trait TestMode: Send + Sync + 'static {
    /// The vendor.
    const VENDOR: &'static TestVendor;

    /// The end of the path of a call that sends.
    const SENDS: &'static str = Self::VENDOR.sends;

    /// The ends of the paths of requests that prepare an invitation, and what a failure concerns. Their bodies lack the
    /// order's reference.
    const PREPARES: &'static [(ErrorScope, &'static str)] = &[];

    /// See [`Harness::unmapped_fields`](review_testkit::conformance::Harness::unmapped_fields).
    const UNMAPPED_FIELDS: &'static [WireField];

    /// Settings that differ from those of the sandbox.
    const SETTINGS: &'static [(&'static str, &'static str)] = &[];

    /// A template that the account has.
    const TEMPLATE: Option<&'static str> = None;

    /// Whether the time of the email is a number of whole days.
    const COUNTS_DAYS: bool = false;

    /// See [`Harness::wire_forms`](review_testkit::conformance::Harness::wire_forms).
    #[must_use]
    fn wire_forms(field: WireField, value: &str) -> Vec<String> {
        vec![match field {
            WireField::SendAt if Self::COUNTS_DAYS => delay_in_days(value),
            WireField::Locale => (Self::VENDOR.language)(value),
            _ => value.to_owned(),
        }]
    }

    /// The settings of the sandbox, with those of this mode.
    fn settings(sandbox: &Sandbox) -> impl Fn(&str) -> Option<String> {
        |name| match Self::SETTINGS.iter().find(|(key, _)| *key == name) {
            Some((_, value)) => Some((*value).to_owned()),
            None => sandbox.env_var(name),
        }
    }
}

/// Builds a provider of a vendor from variables.
pub fn build<V: HttpVendor + FromConfig>(
    info: ProviderInfo,
    lookup: &dyn Fn(&str) -> Option<String>,
    options: ClientOptions,
    transport: Option<DynTransport>,
) -> DynProvider {
    let factory = HttpFactory::<V>::new();
    let entries = entries(&format!("{}_", V::NAME.to_uppercase()), factory.keys(), lookup);
    Arc::new(factory.build(info, &entries, options, transport).unwrap())
}

/// The member of a body that delays an email until this time, for vendors that count whole days.
fn delay_in_days(time: &str) -> String {
    let at = format!("{time}Z").parse().unwrap();
    format!("\"delay\":{},", whole_days_until(at, Utc::now()))
}

/// The settings of a vendor as entries.
pub fn entries(prefix: &str, keys: &[KeyInfo], lookup: impl Fn(&str) -> Option<String>) -> Entries {
    let value = |key: &KeyInfo| Some((key.name, lookup(&format!("{prefix}{}", key.name.to_uppercase()))?));
    Entries::new(Source::Environment { prefix: prefix.to_owned() }, keys.iter().filter_map(value))
}

/// Returns the tokens of the requests that the sandbox received.
pub fn tokens(sandbox: &Sandbox) -> impl Iterator<Item = String> {
    let token = |value: &str| value.split_once(' ').map(|(_, token)| token.to_owned());
    sandbox.requests().into_iter().filter_map(move |seen| token(seen.header("authorization")?))
}

/// Returns every credential of all vendors in the sandbox.
#[must_use]
pub fn secrets(sandbox: &Sandbox) -> Vec<String> {
    let names = VENDORS.iter().flat_map(|vendor| vendor.secrets);
    names.map(|name| sandbox.env_var(name).unwrap()).collect()
}
