//! Trustpilot for review-invites.
//!
//! [`TrustpilotProvider`] sends e-mail invitations and makes links through the contract of `review-core`,
//! and reads reviews back as its `ReviewReader`; [`TrustpilotClient`] makes the calls in Trustpilot's own
//! words; [`ReviewEvent`] reads what Trustpilot's webhooks post.
//!
//! Not all of Trustpilot's API is here, but all of it that is documented and concerns inviting. Left out on
//! purpose: the legacy call `invitations` and the undocumented `email-invitations-bulk`; listing all business
//! units, their addresses, summaries by attribute, imported reviews and replies to reviews, which invite
//! nobody; the implicit grant, which is for browsers; AFS mails, which are no API. There is no way to ask
//! for reviews by a customer's address: it would stand in a URL.
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
//! A link ([`create_link`](review_core::ReviewInviteProvider::create_link)) is made by
//! `POST {invitations}/v1/private/business-units/{id}/invitation-links` for a service review, by
//! `POST {api}/v1/private/product-reviews/business-units/{id}/invitation-links` for product reviews, and for
//! both by the two calls, the first link leading on to the second:
//!
//! | Contract | Service link | Product link | Rule |
//! | --- | --- | --- | --- |
//! | `customer.email`, `.name` | `email`, `name` | `consumer` | the name is required |
//! | `customer.locale`, `.country` | `locale` | `locale` | as above; required for a product link |
//! | `order.reference` | `referenceId` | `referenceId` | as above |
//! | `order.products` | - | `products` | their page is required; never from the catalogue; no category |
//! | `redirect_url` | `redirectUri` | `redirectUri` | for both kinds: of the product link |
//! | `tags`, `location` | `tags`, `locationId` | - | unsupported for a product link alone |
//! | `send_at`, `template`, `reply_to`, `sender`, [`TrustpilotOptions`] | - | - | unsupported: the shop sends the link itself |
//! | `order.metadata` | - | - | unsupported |
//!
//! The other operations: an invitation is looked up by the service review that answers it, so that it is
//! found or inconclusive and never known to be missing; a customer is erased by
//! `POST {invitations}/v1/private/business-units/{id}/invitation-data/delete`; the set-up check looks at the
//! business unit, the templates and the locales.
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
//! - `deleteOlderThan` is sent with milliseconds and `Z`, the newest of the documented forms, and
//!   `startDateTime` as `preferredSendTime` is.
//! - Times in answers without a zone are read as UTC, as all sources say.
//! - The header `x-business-user-id` goes with invitations and deletions, where it is documented, and with
//!   nothing else.
//! - A deletion counts as accepted: what is answered for an address nobody knows is not documented.
//! - A product link wants a locale, since every sample has one. Its products are told in full: older docs
//!   call that obsolete, newer ones do not, and `productIds` are Trustpilot's own.
//! - A service review with the reference of an invitation counts as its answer, whatever its `source`.
//! - Reviews are read until a page is empty: documented for product reviews, taken over for service reviews.
//! - A review without 1 to 5 stars is passed over by the reader.
//! - Several SKUs go into one parameter with commas: newer docs have a JSON list, clients have commas.
//! - A token is revoked without a log-in, as four of five clients do, and at most once.
//! - `issued_at` and `refresh_token_expires_in` of a token are not read: sources disagree on unit and length.
//! - [`default_template`]: Trustpilot documents no order of choice.
//! - The names `product-review-updated` and `product-review-deleted` of events are taken from those of
//!   service reviews. No signature of an event is documented, so none is checked.
//! - A business unit that is not known is 404 on public calls and 403 on private ones.
//! - A 503 without `Retry-After` on a send is an unknown outcome: Trustpilot documents no meaning for it.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod auth;
#[cfg(feature = "business-links")]
mod business_link;
mod check;
mod classify;
mod client;
mod config;
mod map;
mod options;
mod provider;
mod reader;

mod webhook;
mod wire;

#[cfg(feature = "business-links")]
pub use business_link::{BUSINESS_LINK_URL, BusinessLinkCustomer, BusinessLinkKeys};
pub use client::{
    BusinessUnitSearch, ProductListing, ProductReviewQuery, ServiceReviewOrder, ServiceReviewQuery,
    TrustpilotClient,
};
pub use config::{
    API_URL, BusinessUnitRef, Domain, Grant, INVITATIONS_URL, PRODUCT_AFTER_SERVICE, SETTINGS,
    TrustpilotConfig, published_limits,
};
pub use options::TrustpilotOptions;
pub use provider::TrustpilotProvider;
pub use webhook::{EventConsumer, ReviewEvent, ServiceReviewEvent};
pub use wire::{
    Attachment, AttributeRating, BusinessUnit, BusinessUnitChange, BusinessUnitNames, BusinessUnitReviews,
    BusinessUnitScore, BusinessUnitSummary, CatalogueProduct, CompanyComment, CompanyReply, ConsumerResponse,
    DeletionConfirmed, EmailInvitation, FindReviewer, FindReviewerRequest, InvitationTemplate,
    InvitedProduct, InvitedProducts, LinkedProducts, Locales, ProcessedFile, ProcessedImage, ProductBatch,
    ProductReview, ProductReviewConsumer, ProductReviewInvitation, ProductReviewLink,
    ProductReviewLinkRequest, ProductReviewPage, ProductReviewSummary, ReviewConsumer, ReviewCounts,
    ReviewInvitation, ReviewLocation, ReviewReport, ReviewTag, ReviewedProduct, ServiceReview,
    ServiceReviewInvitation, ServiceReviewLink, ServiceReviewLinkRequest, ServiceReviewPage,
    TrustpilotLocale, WebLinks, default_template,
};

/// The vendor's id in the contract.
pub const VENDOR: &str = "trustpilot";
