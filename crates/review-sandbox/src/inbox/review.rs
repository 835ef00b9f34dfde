//! Writes a review as the recipient of an entry.

use super::entry::{InboxEntry, InboxState};
use crate::account::BUSINESS_UNIT_ID;
use crate::email::EmailKind;
use crate::host::{Host, Vendor};
use crate::invited::Invited;
use crate::kiyoh::account::LOCATION_ID;
use crate::state::App;

/// Whether the customer has got a link to a review page, or gets one.
pub(crate) fn is_possible(state: &InboxState) -> bool {
    matches!(state, InboxState::Scheduled | InboxState::Sent | InboxState::Link)
}

/// The highest rating of the vendor; the lowest is 1.
pub(crate) fn best_rating(vendor: Vendor) -> u8 {
    match vendor {
        Vendor::Kiyoh => 10,
        Vendor::Trustpilot | Vendor::Etrusted | Vendor::Webwinkelkeur => 5,
    }
}

/// Submits a review. Returns `false` if the vendor has no open invitation of this customer.
pub(crate) fn submit(app: &App, entry: &InboxEntry, rating: u8, comment: &str) -> bool {
    let invited = Invited::by(entry);
    let now = app.clock().now();
    let mut state = app.state();
    match entry.vendor {
        Vendor::Trustpilot => !state.trustpilot.submit_review(now, &invited, rating, comment).is_empty(),
        Vendor::Etrusted => state.etrusted.submit_review(&invited, rating, comment).is_some(),
        Vendor::Kiyoh => state.kiyoh.submit_review(&invited, rating, comment).is_some(),
        Vendor::Webwinkelkeur => state.webwinkelkeur.submit_review(&invited, rating, comment),
    }
}

/// The call of the vendor that lists the review.
pub(crate) fn read_call(entry: &InboxEntry) -> String {
    let (host, path) = match (entry.vendor, entry.kind) {
        (Vendor::Trustpilot, Some(EmailKind::Product)) => {
            let path = format!("/v1/private/product-reviews/business-units/{BUSINESS_UNIT_ID}/reviews");
            (Host::TrustpilotApi, path)
        }
        (Vendor::Trustpilot, _) => {
            (Host::TrustpilotApi, format!("/v1/private/business-units/{BUSINESS_UNIT_ID}/reviews"))
        }
        (Vendor::Etrusted, _) => (Host::EtrustedApi, "/reviews".to_owned()),
        (Vendor::Kiyoh, _) => {
            (Host::Kiyoh, format!("/v1/publication/review/external?locationId={LOCATION_ID}"))
        }
        (Vendor::Webwinkelkeur, _) => (Host::Webwinkelkeur, "/1.0/ratings.json".to_owned()),
    };
    format!("GET {}{path}", host.prefix())
}
