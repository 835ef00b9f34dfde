//! WebwinkelKeur and TrustProfile for review-invites.
//!
//! [`WebwinkelkeurProvider`] sends invitations and looks them up through the contract of `review-core`, and reads ratings
//! and product reviews as a [`ReviewReader`](review_core::reviews::ReviewReader). [`WebwinkelkeurClient`] has the web shop
//! and the consents given in the vendor's pop-up.
//!
//! TrustProfile is the same company's brand for other countries: the same API at [`TRUSTPROFILE_API_URL`].
//!
//! Deliberately not supported: `order_total`; `client` and the versions of the sender; the averages of all ratings; the XML
//! feed of product reviews; the calls for partners; `max_invitations_per_email` and `noremail`. UNK: how a response shows
//! that one of these two prevented an invitation, which would then be reported as accepted.
//!
//! # Fields
//! The request is `POST {api}/1.0/invitations.json`. The number and the code of the web shop are in its query, because the
//! vendor accepts them nowhere else; no error, span, preview or `Debug` shows them.
//!
//! | Contract | WebwinkelKeur | Rule |
//! | --- | --- | --- |
//! | `customer.email` | `email` | |
//! | `customer.name` | `customer_name` | first name before last name |
//! | `customer.locale` | `language` | its language in two letters; another language is left out with a warning |
//! | `customer.phone` | `phone_numbers` | only with the setting `phone_numbers` |
//! | `customer.reference`, `.address`, `.country` | - | not sent: there is no field for them |
//! | `order.reference` | `order` | with the address, how the vendor recognises a duplicate |
//! | `order.products` | `order_data` | JSON in a text: `id` and `sku`, `name`, `url`, `image_url`, `gtin`; only for service and products; their URL is required |
//! | `order.metadata` | - | unsupported |
//! | `kind` | `order_data` | service, or service and products in one email |
//! | `send_at` | `delay` | whole days, rounded up; left out for the account's default |
//! | `template`, `tags`, `redirect_url`, `location`, `reply_to`, `sender` | - | unsupported |
//!
//! The result is the member `status` of the body, whatever the HTTP status: `success` is an acceptance. A success whose
//! message is "Invitation already sent for this order." is
//! [`InviteState::AlreadyInvited`](review_core::provider::InviteState::AlreadyInvited).
//!
//! | Operation | What it does |
//! | --- | --- |
//! | `find_invite` | reads the list of invitations, the newest first, at most 5,000; does not keep the data of other customers |
//! | `create_link`, `erase_customer` | unsupported: the vendor has no call for them |
//! | `check_setup` | reads the web shop; changes nothing |
//! | reading reviews | ratings of the shop and product reviews, by time; they do not contain the order |
//!
//! # After an unknown outcome
//! The vendor sends no second email for the same address and order. It does not document whether that includes an
//! invitation that it has queued and not sent yet. So after an unknown outcome
//! ([`RetryAdvice::Reconcile`](review_core::RetryAdvice::Reconcile)), look up the invitation with `find_invite`:
//!
//! | Lookup | What to do |
//! | --- | --- |
//! | `Found` | the order is done |
//! | `NotFound` | look it up again after a minute or more; if it is still not listed, send the request again |
//! | `Inconclusive` | look it up in the dashboard |
//!
//! Choices that the documentation does not settle are marked UNK (unknown), DIS (sources disagree) or INF (inferred) at
//! their place in the code.

mod classify;
mod client;
mod config;
mod lookup;
mod operations;
mod reviews;
mod setup_check;
mod vendor;
mod wire;

pub use client::WebwinkelkeurClient;
pub use config::{API_URL, CONFIG_KEYS, ShopId, TRUSTPROFILE_API_URL, Webwinkelkeur};
pub use wire::web_shop::{ShopLanguage, WebShop};

/// The vendor's name in settings and errors.
pub const VENDOR: &str = "webwinkelkeur";

/// The provider of one web shop at WebwinkelKeur or TrustProfile.
pub type WebwinkelkeurProvider = review_http::vendor::HttpProvider<Webwinkelkeur>;
