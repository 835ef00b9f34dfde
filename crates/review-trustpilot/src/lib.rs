//! Trustpilot for review-invites.
//!
//! [`TrustpilotProvider`] sends email invitations, creates links and erases customers through the contract of
//! `review-core`, and reads reviews as a [`ReviewReader`](review_core::reviews::ReviewReader). [`TrustpilotClient`] has
//! the product catalogue; [`ReviewEvent`] parses what Trustpilot's webhooks post.
//!
//! Deliberately not supported: the legacy endpoint `invitations` and the undocumented `email-invitations-bulk`, searching
//! business units, replies to reviews, the implicit grant, which is for browsers, and AFS emails, which are not
//! an API. Reviews cannot be queried by a customer's email address, because it would be in a URL.
//!
//! # Fields
//! The request is `POST {invitations}/v1/private/business-units/{id}/email-invitations`.
//!
//! | Contract | Trustpilot | Rule |
//! | --- | --- | --- |
//! | `customer.email` | `consumerEmail` | |
//! | `customer.name` | `consumerName` | required; first name before last name |
//! | `customer.locale`, `.country` | `locale` | `ll-CC`; without a country left out, then the account's applies |
//! | `customer.reference`, `.phone`, `.address` | - | not sent: there is no field for them |
//! | `order.reference` | `referenceNumber` | none of `# * + " % &`; returned as `referenceId` of the review |
//! | `order.products` | `products`, or `productSkus` from the catalogue | only for kinds with products; their URL is required |
//! | `order.metadata` | - | unsupported |
//! | `kind` | `serviceReviewInvitation`, `productReviewInvitation` | |
//! | `send_at` | `preferredSendTime` | UTC; left out for the account's default; the product part follows [`DEFAULT_PRODUCT_DELAY`] later |
//! | `template` | `templateId` | a role of the setting `templates`, or an id; of the service part, and of a product part alone |
//! | `tags` | `tags` | letters, digits, `_`, `-`, `.`; service part only |
//! | `redirect_url` | `redirectUri` | of both parts |
//! | `location` | `locationId` | |
//! | `reply_to` | `replyTo` | |
//! | `sender` | `senderName`, `senderEmail` | |
//! | [`TrustpilotOptions`] | the product part of both | |
//!
//! A link is created by `POST {invitations}/v1/private/business-units/{id}/invitation-links` for a service review, by
//! `POST {api}/v1/private/product-reviews/business-units/{id}/invitation-links` for product reviews, and for both by the
//! two requests, the first link leading on to the second:
//!
//! | Contract | Service link | Product link | Rule |
//! | --- | --- | --- | --- |
//! | `customer.email`, `.name` | `email`, `name` | `consumer` | the name is required |
//! | `customer.locale`, `.country` | `locale` | `locale` | required for a product link |
//! | `order.reference` | `referenceId` | `referenceId` | as above |
//! | `order.products` | - | `products` | their URL is required; never from the catalogue; no category |
//! | `redirect_url` | `redirectUri` | `redirectUri` | for both kinds: of the product link |
//! | `tags`, `location` | `tags`, `locationId` | - | unsupported for a product link alone |
//! | `send_at`, `template`, `reply_to`, `sender`, [`TrustpilotOptions`] | - | - | unsupported: the shop sends the link itself |
//!
//! | Operation | What it does |
//! | --- | --- |
//! | `find_invite` | looks up the service review with the reference: found, or inconclusive |
//! | `erase_customer` | `POST {invitations}/v1/private/business-units/{id}/invitation-data/delete` |
//! | `check_setup` | reads the business unit, its templates and the locales; changes nothing |
//! | reading reviews | private service reviews by reference and time, private product reviews |
//!
//! Choices that the documentation does not settle are marked UNK (unknown), DIS (sources disagree) or INF (inferred) at
//! their place in the code.

#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "business-links")]
mod business_link;
mod classify;
mod client;
mod config;
mod erase;
mod keys;
mod known_templates;
mod links;
mod lookup;
mod operations;
mod options;
mod reviews;
mod rules;
mod setup_check;
mod token;
mod vendor;
mod webhook;
mod wire;

#[cfg(feature = "business-links")]
pub use business_link::{BUSINESS_LINK_URL, BusinessLinkCustomer, BusinessLinkKeys};
pub use client::TrustpilotClient;
pub use config::{
    API_URL, ApiCredentials, BusinessUnitRef, DEFAULT_PRODUCT_DELAY, Domain, Grant, INVITATIONS_URL,
    Trustpilot, default_rate_limits,
};
pub use erase::ConfirmedDeletion;
pub use keys::CONFIG_KEYS;
pub use operations::VENDOR;
pub use options::TrustpilotOptions;
pub use webhook::{EventConsumer, ReviewEvent, ServiceReviewEvent};
pub use wire::catalogue::{CatalogueProduct, ProductBatch};
pub use wire::review::{ProductReview, ReviewTag, ReviewedProduct};

/// The provider of one account and business unit at Trustpilot.
pub type TrustpilotProvider = review_http::vendor::HttpProvider<Trustpilot>;
