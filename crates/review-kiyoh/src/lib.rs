//! Kiyoh and Klantenvertellen, two brands of one platform, for review-invites.
//!
//! [`KiyohProvider`] sends invitations and creates links through the contract of `review-core`, and reads reviews as a
//! [`ReviewReader`](review_core::reviews::ReviewReader). [`KiyohClient`] has the product catalogue.
//!
//! Deliberately not supported: invitations by `GET` with the token in the URL, the platform before 2018
//! (`set.php`), the XML feed, which uses another secret, and replies to reviews.
//!
//! # Fields
//! The request is `POST {api}/v1/invite/external`. For kinds with products, `PUT {api}/v1/location/product/external/bulk`
//! comes first, because an invitation can only contain products of the catalogue.
//!
//! | Contract | Kiyoh | Rule |
//! | --- | --- | --- |
//! | `customer.email` | `invite_email` | |
//! | `customer.name` | `first_name`, `last_name` | a name in one piece goes into `first_name` |
//! | `customer.locale` | `language` | see [`Language`]; without one, or with one that Kiyoh does not accept, the setting `language` |
//! | `customer.reference`, `.phone`, `.address`, `.country` | - | not sent: there is no field for them |
//! | `order.reference` | `ref_code`, or `reference_code` by a setting | see [`ReferenceField`] |
//! | `order.products` | `product_code`, and the catalogue | only for kinds with products; URL and image are required; at most [`MAX_PRODUCTS`], the rest is a warning |
//! | `order.metadata` | - | unsupported |
//! | `kind` | `product_invite`, `product_code` | service and products are one email |
//! | `send_at` | `delay` | whole days, rounded up; the account's default is the setting `delay_days` |
//! | `template`, `tags`, `redirect_url`, `location`, `reply_to`, `sender` | - | unsupported; use one instance for each location |
//!
//! # Results
//! Kiyoh returns no id of an invitation. With a delay, the state is
//! [`ScheduledOn`](review_core::InviteState::ScheduledOn).
//!
//! Kiyoh invites an address once in 30 days, whatever the order. An invitation that it rejects for this reason has the
//! state [`Skipped`](review_core::InviteState::Skipped): this order was not invited. After an unknown outcome of the same
//! order, it shows that the first request was accepted.
//!
//! # Operations
//! | Operation | What it does |
//! | --- | --- |
//! | `create_link` | builds the URL of a review page without a request; needs the setting `location_name` |
//! | `find_invite`, `erase_customer` | unsupported: Kiyoh has no API for them |
//! | `check_setup` | reads the figures of the location, and the catalogue if the setting `products_from_catalogue` is on |
//! | reading reviews | reviews of the shop by date, and of products by group; not by order |
//!
//! Kiyoh rates from 1 to 10. A review has half as many stars, rounded up: 1 and 2 are one star, 9 and 10 are five.
//!
//! Choices that the documentation does not settle are marked UNK (unknown), DIS (sources disagree) or INF (inferred) at
//! their place in the code.

mod classify;
mod client;
mod config;
mod language;
mod links;
mod operations;
mod products;
mod reviews;
mod setup_check;
mod vendor;
mod wire;

pub use client::{KiyohClient, MAX_BATCH};
pub use config::{Brand, CONFIG_KEYS, Kiyoh, ReferenceField};
pub use language::Language;
pub use products::MAX_PRODUCTS;
pub use wire::catalogue::CatalogueProduct;

/// The vendor's name in settings and errors.
pub const VENDOR: &str = "kiyoh";

/// The provider of one location at Kiyoh or Klantenvertellen.
pub type KiyohProvider = review_http::vendor::HttpProvider<Kiyoh>;
