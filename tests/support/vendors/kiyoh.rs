//! Kiyoh.

use review_invites::ErrorScope;
use review_invites::kiyoh::{CONFIG_KEYS, Kiyoh};
use review_sandbox::Vendor;
use review_testkit::conformance::WireField;

use super::{TestMode, TestVendor, build};

/// Kiyoh, with emails that are sent immediately.
pub const KIYOH: TestVendor = TestVendor {
    name: "kiyoh",
    simulated: Vendor::Kiyoh,
    sends: "/v1/invite/external",
    secrets: &["KIYOH_API_TOKEN"],
    keys: CONFIG_KEYS,
    required_settings: 4,
    has_tokens: false,
    has_result_in_body: false,
    reviews_have_reference: false,
    write_review: |sandbox, reference, stars| {
        sandbox.submit_kiyoh_review(reference, stars * 2, "Well packed").is_some()
    },
    language: |locale| locale.split('-').next().unwrap_or(locale).to_owned(),
    build: build::<Kiyoh>,
};

/// Invitations by email, and the products in the catalogue first.
pub struct KiyohInvites;

impl TestMode for KiyohInvites {
    const VENDOR: &'static TestVendor = &KIYOH;
    const PREPARES: &'static [(ErrorScope, &'static str)] =
        &[(ErrorScope::Request, "/v1/location/product/external/bulk")];
    // A schedule of the account that differs from an email sent immediately.
    const SETTINGS: &'static [(&'static str, &'static str)] = &[("KIYOH_DELAY_DAYS", "3")];
    const UNMAPPED_FIELDS: &'static [WireField] = &[
        WireField::Phone,
        WireField::Address,
        WireField::CustomerReference,
        WireField::PlacedAt,
        WireField::PaidAt,
        WireField::ShippedAt,
        WireField::DeliveredAt,
        WireField::EstimatedDelivery,
        WireField::Gtin,
        WireField::Mpn,
        WireField::Brand,
        WireField::Category,
    ];

    const COUNTS_DAYS: bool = true;
}
