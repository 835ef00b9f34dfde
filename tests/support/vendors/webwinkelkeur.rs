//! WebwinkelKeur.

use review_invites::webwinkelkeur::{CONFIG_KEYS, Webwinkelkeur};
use review_sandbox::Vendor;
use review_testkit::conformance::WireField;

use super::{TestMode, TestVendor, build};

/// WebwinkelKeur, which is also TrustProfile.
pub const WEBWINKELKEUR: TestVendor = TestVendor {
    name: "webwinkelkeur",
    simulated: Vendor::Webwinkelkeur,
    sends: "/1.0/invitations.json",
    secrets: &["WEBWINKELKEUR_ID", "WEBWINKELKEUR_CODE"],
    keys: CONFIG_KEYS,
    required_settings: 2,
    has_tokens: false,
    has_result_in_body: true,
    reviews_have_reference: false,
    write_review: |sandbox, reference, stars| {
        sandbox.submit_webwinkelkeur_review(reference, stars, "Well packed")
    },
    language: |locale| locale.chars().take_while(char::is_ascii_alphanumeric).collect(),
    build: build::<Webwinkelkeur>,
};

/// Invitations, with the customer's phone number.
pub struct WebwinkelkeurInvitations;

impl TestMode for WebwinkelkeurInvitations {
    const VENDOR: &'static TestVendor = &WEBWINKELKEUR;
    const UNMAPPED_FIELDS: &'static [WireField] = &[
        WireField::Address,
        WireField::CustomerReference,
        WireField::PlacedAt,
        WireField::PaidAt,
        WireField::ShippedAt,
        WireField::DeliveredAt,
        WireField::EstimatedDelivery,
        WireField::Mpn,
        WireField::Brand,
        WireField::Category,
    ];
    const SETTINGS: &'static [(&'static str, &'static str)] = &[("WEBWINKELKEUR_PHONE_NUMBERS", "true")];

    const COUNTS_DAYS: bool = true;
}
