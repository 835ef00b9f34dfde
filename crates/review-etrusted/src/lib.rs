//! eTrusted (Trusted Shops) for review-invites.
//!
//! [`EtrustedProvider`] posts events through the contract of `review-core`; [`EtrustedClient`] makes
//! the same calls in eTrusted's own words.
//!
//! # From an event to a mail
//! An event type exists and is active → eTrusted makes one invite setting for it in each channel →
//! the setting is switched on → an event is posted → after the delay a mail goes out. An event for
//! which a step is missing is accepted all the same, and nothing is sent.
//! [`EtrustedProvider::ensure_setup`] sees to every step.
//!
//! # What becomes of a request
//! The call is `POST {api}/events`.
//!
//! | Contract | eTrusted | Rule |
//! | --- | --- | --- |
//! | `customer.email` | `customer.email` | |
//! | `customer.name` | `customer.firstName`, `.lastName` | a name in one piece goes into `firstName` |
//! | `customer.locale`, `.country` | `defaultLocale` | `ll_CC`; see [`Locale::with_country`](review_core::Locale::with_country); left out where missing, then the channel decides |
//! | `customer.reference`, `.phone`, `.address` | `customer.reference`, `.mobile`, `.address` | |
//! | `order.reference` | `transaction.reference` | |
//! | `order.placed_at` | `transaction.date` | UTC, three fraction digits, `Z` |
//! | `order.estimated_delivery` | `estimatedDeliveryDate` | moves the mail only where the channel's settings say so |
//! | `order.delivered_at` | - | no field for it |
//! | `order.products` | `products` | only for kinds with products; their page is required; `category` has no field |
//! | `order.metadata` | `metadata` | |
//! | `kind` | - | the settings of the event type decide: see [`EtrustedConfig::with_event_type_asking_for`] |
//! | `send_at`, `template`, `tags`, `redirect_url`, `location`, `reply_to`, `sender` | - | unsupported: the settings decide |
//! | - | `type`, `channel`, `system`, `systemVersion` | from the configuration |
//! | [`EtrustedOptions`] | `createdAt` | |
//!
//! # Not confirmed with a live account
//! - What a second event with the same reference does. Every event is taken for a mail.
//! - `checkout` is refused, since it is called reserved in one place and posted in others.
//! - A 503 with eTrusted's own body is a documented refusal and is repeated; any other 503 is not.
//! - The pattern of event type names: lower-case letters, digits and `_` are taken.
//! - The top-level `enabled` of an invite setting is sent only as `true`, and only where it reads `false`.
//! - `audience` is always sent: clients disagree on whether it is enforced.
//! - The answer to a list of event types may be one object or an array; both are read.
//! - A product's page is required, as in one SDK; the documentation marks nothing.
//! - Date-times are sent with three fraction digits and `Z`, the one form all samples allow.

mod auth;
mod classify;
mod client;
mod config;
mod map;
mod options;
mod provider;
mod setup;
mod wire;

pub use client::EtrustedClient;
pub use config::{API_URL, ChannelRef, EtrustedConfig, EventTypeName, LOGIN_URL};
pub use options::EtrustedOptions;
pub use provider::EtrustedProvider;
pub use setup::{Setup, SetupChange, SetupOutcome};
pub use wire::{
    Channel, ChannelDetails, Event, EventCustomer, EventProduct, EventType, InviteConfiguration,
    InviteSetting, InviteSettingChange, PostedEvent, StoredEvent, Transaction,
};

/// The vendor's id in the contract.
pub const VENDOR: &str = "etrusted";
