//! Reads orders as shop systems emit them into what a review invitation is made of: a
//! [`Customer`](review_core::Customer), an [`Order`](review_core::Order) and a
//! [`Consent`](review_core::Consent); or says why the customer must not be invited.
//!
//! ```
//! use review_core::InviteRequest;
//! use review_orders::OrderReader;
//!
//! let orders = br##"[
//!     {"name": "#1001", "email": "jane@example.com", "financial_status": "paid",
//!      "fulfillment_status": "fulfilled", "buyer_accepts_marketing": true},
//!     {"name": "#1002", "email": "john@example.com", "financial_status": "pending",
//!      "fulfillment_status": null, "buyer_accepts_marketing": true}
//! ]"##;
//! for record in OrderReader::new().read(orders) {
//!     match record.outcome {
//!         Ok(invitee) => {
//!             let request = InviteRequest::builder(invitee.customer, invitee.order, invitee.consent).build()?;
//!             assert_eq!(request.order().reference().as_str(), "1001");
//!         }
//!         Err(why) => assert_eq!(
//!             why.to_string(),
//!             "not paid: financial_status is `pending`, expected `paid`; \
//!              not fulfilled: fulfillment_status is empty: nothing has been sent"
//!         ),
//!     }
//! }
//! # Ok::<(), review_core::Error>(())
//! ```
//!
//! # Input
//! JSON in UTF-8, with or without a byte order mark: an order, a list of orders, an envelope
//! (`{"order": …}`, `{"orders": […]}`, `{"data": …}`, `{"items": […]}`, `{"results": […]}`), or
//! several of these one after the other. Every element becomes one [`Record`]; what is wrong with one
//! does not touch the others. Text that is not JSON becomes one malformed record with its line and
//! column; with one document per line, reading goes on at the next line.
//!
//! # Who is invited
//! Only whose order is real, paid, fulfilled, neither cancelled nor refunded, numbered, and comes with
//! a usable address and a consent. A status word nobody knows, or none at all, is a reason against.
//!
//! | | Shopify | WooCommerce (v2 and v3; *legacy v3*) |
//! | --- | --- | --- |
//! | test order | `test`; `gateway`, `payment_gateway_names` with `bogus`; the `id` of the test notification | `meta_data` `_wcpay_mode` is `test` |
//! | cancelled | `cancelled_at`, `cancel_reason`; `financial_status` `voided` | `status` `cancelled`, `failed`, `trash` |
//! | refunded | `financial_status` `refunded`, `partially_refunded` | `status` `refunded`; `refunds[].total` |
//! | paid | `financial_status` `paid` | `date_paid_gmt` or `date_paid`; *`payment_details.paid`*; no `status` of a draft, `pending` or `on-hold` |
//! | fulfilled | `fulfillment_status` `fulfilled`; if `fulfillments` are listed, one whose `status` is `success` or empty | `status` `completed` |
//!
//! # What is read
//! The first usable place counts. What is missing or wrong further down than the products is left out.
//!
//! | | Shopify | WooCommerce (v2 and v3; *legacy v3*) |
//! | --- | --- | --- |
//! | order number | `name` without one leading `#`, `order_number`, `id` | `number`, *`order_number`*, `id` |
//! | address | `email`, `contact_email`, `customer.email` | `billing.email`, *`billing_address.email`*, `customer.email` |
//! | products | `line_items[]` `sku`, `name` or `title` and `variant_title`, `vendor`; no gift cards | `line_items[]` `sku`, `name`, `image.src`; no parts of bundles |
//! | name | `customer`, `billing_address`, `shipping_address` | `billing`, *`billing_address`*, `customer` |
//! | phone, if E.164 | `phone`, `customer.phone`, `billing_address.phone` | `billing.phone`, *`billing_address.phone`* |
//! | language | `customer_locale` | `meta_data` `wpml_language`, `pll_language`, `_locale` |
//! | country | `billing_address`, `shipping_address`: `country_code` | `billing.country`, *`billing_address.country`* |
//! | customer key | `customer.id` | `customer_id` unless 0, `customer.id` |
//! | placed | `created_at`, `processed_at` | `date_created_gmt`, *`created_at`* |
//! | delivered | `fulfillments[].updated_at`, once every `shipment_status` is `delivered` | — |
//!
//! The `id` as order number is the last resort: customers do not know it. Postal addresses are not
//! read. Neither system's orders hold a product's page or GTIN.
//!
//! # Consent
//! By [`ConsentRule::FromOrder`], in this order:
//! 1. the shop's own field (see [`OrderReader::with_consent_field`]) in `note_attributes` or
//!    `meta_data`: `true`, `yes`, `on` or `1` is a consent, anything else is none;
//! 2. at Shopify, `customer.email_marketing_consent.state` `subscribed`, or without that object
//!    `buyer_accepts_marketing`; either only if neither `buyer_accepts_marketing` nor
//!    `customer.accepts_marketing` is `false`.
//!
//! A marketing opt-in is not the same as a consent to review invitations. A shop for which it does not
//! count uses its own field and, for orders without it, leaves the outcomes with another
//! [`Consent::Granted`](review_core::Consent::Granted)`::how` aside.
//!
//! # Personal data
//! `Debug` and `Display` of everything here show members, types, status words and order numbers, never
//! addresses, names or phone numbers.

mod consent;
mod customer;
mod documents;
mod draft;
mod moment;
mod product;
mod reader;
mod reason;
mod record;
mod shopify;
mod system;
#[cfg(test)]
mod tests;
mod value;
mod woocommerce;

/// Compiles the example of the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

pub use consent::ConsentRule;
pub use reader::OrderReader;
pub use reason::Reason;
pub use record::{Invitee, NotInvited, Record};
pub use system::ShopSystem;
