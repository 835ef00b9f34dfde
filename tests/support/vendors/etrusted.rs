//! eTrusted.

use review_invites::etrusted::{CONFIG_KEYS, Etrusted, STANDARD_QUESTIONNAIRE};
use review_sandbox::Vendor;
use review_testkit::conformance::WireField;

use super::{TestMode, TestVendor, build};

/// eTrusted, with events.
pub const ETRUSTED: TestVendor = TestVendor {
    name: "etrusted",
    simulated: Vendor::Etrusted,
    sends: "/events",
    secrets: &["ETRUSTED_CLIENT_ID", "ETRUSTED_CLIENT_SECRET"],
    keys: CONFIG_KEYS,
    required_settings: 4,
    has_tokens: true,
    has_result_in_body: false,
    reviews_have_reference: true,
    write_review: |sandbox, reference, stars| {
        sandbox.submit_etrusted_review(reference, stars, "Well packed").is_some()
    },
    language: |locale| locale.replace('-', "_"),
    build: build::<Etrusted>,
};

/// A template of the email that the sandbox has.
const EMAIL_TEMPLATE: &str = "tpl-inv-12261ad3-d36b-4a3a-a4ab-850920d7b11f";

/// Events, and settings that ask for the service and the products.
pub struct EtrustedEvents;

impl TestMode for EtrustedEvents {
    const VENDOR: &'static TestVendor = &ETRUSTED;
    const UNMAPPED_FIELDS: &'static [WireField] =
        &[WireField::PaidAt, WireField::ShippedAt, WireField::DeliveredAt, WireField::Category];
    const SETTINGS: &'static [(&'static str, &'static str)] = &[("ETRUSTED_REVIEW_KIND", "both")];
}

/// Emails that are ordered directly.
pub struct EtrustedDirect;

impl TestMode for EtrustedDirect {
    const VENDOR: &'static TestVendor = &ETRUSTED;
    const SENDS: &'static str = "/invites";
    const UNMAPPED_FIELDS: &'static [WireField] = &[
        WireField::Phone,
        WireField::Address,
        WireField::CustomerReference,
        WireField::PaidAt,
        WireField::ShippedAt,
        WireField::DeliveredAt,
        WireField::EstimatedDelivery,
        WireField::Category,
    ];
    const SETTINGS: &'static [(&'static str, &'static str)] = &[
        ("ETRUSTED_REVIEW_KIND", "both"),
        ("ETRUSTED_INVITE_TEMPLATE", EMAIL_TEMPLATE),
        ("ETRUSTED_QUESTIONNAIRE_TEMPLATE", STANDARD_QUESTIONNAIRE),
    ];
    const TEMPLATE: Option<&'static str> = Some(EMAIL_TEMPLATE);
}
