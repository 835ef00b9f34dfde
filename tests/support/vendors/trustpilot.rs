//! Trustpilot.

use review_invites::trustpilot::{CONFIG_KEYS, Trustpilot};
use review_sandbox::Vendor;
use review_testkit::conformance::WireField;

use super::{TestMode, TestVendor, build};

/// Trustpilot, with the password grant.
pub const TRUSTPILOT: TestVendor = TestVendor {
    name: "trustpilot",
    simulated: Vendor::Trustpilot,
    sends: "/email-invitations",
    secrets: &["TRUSTPILOT_API_KEY", "TRUSTPILOT_API_SECRET", "TRUSTPILOT_USERNAME", "TRUSTPILOT_PASSWORD"],
    keys: CONFIG_KEYS,
    // Without a login, client credentials are used.
    required_settings: 3,
    has_tokens: true,
    has_result_in_body: false,
    reviews_have_reference: true,
    write_review: |sandbox, reference, stars| {
        !sandbox.submit_trustpilot_review(reference, stars, "Well packed").is_empty()
    },
    language: |locale| locale.to_owned(),
    build: build::<Trustpilot>,
};

/// Email invitations.
pub struct TrustpilotEmails;

impl TestMode for TrustpilotEmails {
    const VENDOR: &'static TestVendor = &TRUSTPILOT;
    const UNMAPPED_FIELDS: &'static [WireField] = &[
        WireField::Phone,
        WireField::Address,
        WireField::CustomerReference,
        WireField::PlacedAt,
        WireField::PaidAt,
        WireField::ShippedAt,
        WireField::DeliveredAt,
        WireField::EstimatedDelivery,
    ];
    // With a different template the sandbox sends no email.
    const TEMPLATE: Option<&'static str> = Some("529c0abfefb96008b894ad02");
}
