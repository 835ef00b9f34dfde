//! Trustpilot for review-invites.
//!
//! [`TrustpilotProvider`] sends e-mail invitations through the contract of `review-core`;
//! [`TrustpilotClient`] makes the same calls in Trustpilot's own words.
//!
//! # What becomes of a request
//! The call is `POST {invitations}/v1/private/business-units/{id}/email-invitations`.
//!
//! | Contract | Trustpilot | Rule |
//! | --- | --- | --- |
//! | `customer.email` | `consumerEmail` | |
//! | `customer.name` | `consumerName` | required; first name before last name |
//! | `customer.locale`, `.country` | `locale` | `ll-CC`; see [`Locale::with_country`](review_core::Locale::with_country); left out where missing, then the account decides |
//! | `customer.reference`, `.phone`, `.address` | - | not sent: there is no field for them |
//! | `order.reference` | `referenceNumber` | none of `# * + " % &`; comes back as `referenceId` on the review |
//! | `order.products` | `products`, or `productSkus` from the catalogue | only for kinds with products; their page is required |
//! | `order.metadata` | - | unsupported |
//! | `order.placed_at`, `.estimated_delivery`, `.delivered_at` | - | only through `send_at` |
//! | `kind` | `serviceReviewInvitation`, `productReviewInvitation` | |
//! | `send_at` | `preferredSendTime` | UTC; left out for the vendor's default; the product part follows [`PRODUCT_AFTER_SERVICE`] later |
//! | `template` | `templateId` | of the service part; of the product part where it stands alone, else see [`TrustpilotOptions`] |
//! | `tags` | `tags` | letters, digits, `_`, `-`, `.`; service part only |
//! | `redirect_url` | `redirectUri` | of both parts |
//! | `location` | `locationId` | |
//! | `reply_to` | `replyTo` | |
//! | `sender` | `senderName`, `senderEmail` | |
//!
//! # Not confirmed with a live account
//! - The form of `preferredSendTime`: three forms are documented; UTC without a zone is sent.
//! - [`SendAt::Now`](review_core::SendAt::Now) sends the present time; that a time in the past means "as
//!   soon as possible" is what two public clients rely on.
//! - [`PRODUCT_AFTER_SERVICE`]: the order is documented, the gap is not.
//! - A service part without any wish is sent as an empty object: every member of it is optional, and the
//!   account's settings are to decide. No sample shows one.
//! - `no` is sent as `nb`, as in the one list of locales that is known.
//! - `type: "email"` is in the official sample and not in the support centre's; it is not sent.
//! - Characters that break links (an older support article) are refused in references.
//! - A product's page is required, since the official minimal sample has it.
//! - Any 2xx counts as accepted: neither status nor body of success is documented.
//! - A 403 with a gateway fault or an empty body leads to one new token; any other 403 does not.
//! - A 503 without `Retry-After` on a send is an unknown outcome: Trustpilot documents no meaning for it.

mod auth;
mod classify;
mod client;
mod config;
mod map;
mod options;
mod provider;
mod wire;

pub use client::TrustpilotClient;
pub use config::{
    API_URL, BusinessUnitRef, Domain, Grant, INVITATIONS_URL, PRODUCT_AFTER_SERVICE, TrustpilotConfig,
};
pub use options::TrustpilotOptions;
pub use provider::TrustpilotProvider;
pub use wire::{
    BusinessUnit, BusinessUnitNames, EmailInvitation, InvitedProduct, InvitedProducts,
    ProductReviewInvitation, ServiceReviewInvitation,
};

/// The vendor's id in the contract.
pub const VENDOR: &str = "trustpilot";
