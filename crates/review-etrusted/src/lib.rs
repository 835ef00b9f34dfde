//! eTrusted (Trusted Shops) for review-invites.
//!
//! [`EtrustedProvider`] sends invitations through the contract of `review-core`, and reads reviews as a
//! [`ReviewReader`](review_core::reviews::ReviewReader). [`EtrustedClient`] sets up the account.
//!
//! # Two ways to an email
//! **Events** (the default): an event type exists and is active → eTrusted creates one invite setting for it in each
//! channel → the setting is enabled → an event is posted → after the delay an email is sent. An event for which a step
//! is missing is accepted, and nothing is sent. [`EtrustedClient::ensure_setup`] completes every step, and
//! [`check_setup`](review_core::ReviewInviteProvider::check_setup) finds what is missing.
//!
//! **Direct invites** ([`Etrusted::with_direct_invites`]): the email itself is ordered, with its templates and the time
//! it is sent; event types and settings are not involved.
//!
//! **Links** ([`create_link`](review_core::ReviewInviteProvider::create_link)) work with both: eTrusted creates a URL,
//! the shop sends it.
//!
//! # Fields
//! The requests are `POST {api}/events`, `POST {api}/invites` with one element, and `POST {api}/questionnaire-links`.
//!
//! | Contract | Event | Direct invite (`invites[]`) | Link | Rule |
//! | --- | --- | --- | --- | --- |
//! | `customer.email` | `customer.email` | `customer.email` | `customer.email` | |
//! | `customer.name` | `customer.firstName`, `.lastName` | the same | the same | a name in one piece goes into `firstName` |
//! | `customer.locale`, `.country` | `defaultLocale` | `locale` | - (a warning) | `ll_CC`; without a country left out, then the channel's applies |
//! | `customer.reference` | `customer.reference` | - | - | |
//! | `customer.phone`, `.address` | `customer.mobile`, `.address` | - | `customer.mobile`, `.address` | |
//! | `order.reference` | `transaction.reference` | the same | the same | |
//! | `order.placed_at` | `transaction.date` | the same | the same | UTC, three fraction digits, `Z` |
//! | `order.estimated_delivery` | `estimatedDeliveryDate` | - | - | moves the email only if the channel's settings say so |
//! | `order.products` | `products` | the same | the same | only for kinds with products; their URL is required; `category` has no field |
//! | `order.metadata` | `metadata` | the same | the same | as texts |
//! | `kind` | - | - | `questionnaireTemplate.id` | see [`Etrusted::with_review_kind`]; a link can ask for every kind |
//! | `send_at` | unsupported | `preferredSendTime` | unsupported | a time in the past is the present |
//! | `template` | unsupported | `template.id` | unsupported | a role of the setting `templates`, or an id |
//! | [`EtrustedOptions`] | `createdAt` | - | - | |
//! | settings | `type`, `channel`, `system`, `systemVersion` | `questionnaireTemplate.id`, `channel`, `system`, `systemVersion` | the same as for a direct invite | the questionnaire of a link is [`STANDARD_QUESTIONNAIRE`], or [`PRODUCT_QUESTIONNAIRE`] for products alone, unless one is set |
//!
//! | Operation | What it does |
//! | --- | --- |
//! | `find_invite` | searches the channel's invites for the order reference, never for an email address; not found is inconclusive, as an invite appears only after eTrusted's rules created it |
//! | `erase_customer` | unsupported: eTrusted has no API for it; write to privacy@trustedshops.com |
//! | `check_setup` | reads channels, event types, invite settings (events) or templates (direct invites); changes nothing |
//! | reading reviews | `GET /reviews` of the channel, by type, reference and time |
//!
//! Choices that the documentation does not settle are marked UNK (unknown), DIS (sources disagree) or INF (inferred) at
//! their place in the code.

mod classify;
mod client;
mod config;
mod keys;
mod links;
mod lookup;
mod operations;
mod options;
mod reviews;
mod setup;
mod setup_check;
mod token;
mod vendor;
mod wire;

pub use client::EtrustedClient;
pub use config::{
    API_URL, ApiClient, Channel, ChannelRef, Etrusted, EventTypeName, InviteTemplateId, LOGIN_URL,
    OwnChannelId, PRODUCT_QUESTIONNAIRE, QuestionnaireTemplateId, STANDARD_QUESTIONNAIRE,
};
pub use keys::CONFIG_KEYS;
pub use operations::VENDOR;
pub use options::EtrustedOptions;
pub use setup::{SetupChange, SetupOptions, SetupResult};
pub use wire::channel::ChannelDetails;
pub use wire::event::{
    EventChannel, EventTracking, StoredCustomer, StoredEvent, StoredProduct, StoredTransaction, StoredValue,
};
pub use wire::setup::{EventType, InviteConfiguration, InviteSetting, InviteSettingUpdate};

/// The provider of one account and channel at eTrusted. An accepted event is not an email yet: see
/// [`EtrustedClient::ensure_setup`] and [`check_setup`](review_core::ReviewInviteProvider::check_setup).
pub type EtrustedProvider = review_http::vendor::HttpProvider<Etrusted>;
