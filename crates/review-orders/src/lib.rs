//! Parses orders as shop systems emit them, of any size, and returns for each record an eligible order or the
//! reasons why its customer must not be invited to a review.
//!
//! ```
//! use review_orders::OrderParser;
//!
//! let orders = br##"[
//!     {"name": "#1001", "email": "jane@example.com", "financial_status": "paid",
//!      "fulfillment_status": "fulfilled", "buyer_accepts_marketing": true},
//!     {"name": "#1002", "email": "john@example.com", "financial_status": "pending",
//!      "fulfillment_status": null, "buyer_accepts_marketing": true}
//! ]"##;
//! for record in OrderParser::new().with_file_name("orders.json").parse(&orders[..]) {
//!     let record = record?;
//!     match record.result {
//!         Ok(order) => {
//!             let request = order.into_builder().build()?;
//!             assert_eq!(request.order().reference().as_str(), "1001");
//!         }
//!         Err(why) => assert_eq!(
//!             format!("{}: {why}", record.source),
//!             "orders.json, line 4: not paid: financial_status is `pending`, expected `paid` \
//!              (setting `paid_when_completed`); not fulfilled: fulfillment_status is empty, expected \
//!              `fulfilled`: nothing was sent (setting `shipped_statuses`)"
//!         ),
//!     }
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Input
//! - JSON: one order, a list, an envelope (`{"orders": […]}`, `{"order": …}`, `data`, `items`, `results`,
//!   `elements`, `edges` and `nodes` of GraphQL), or several of these after each other (JSON Lines).
//! - CSV with `,`, `;`, tab or `|`. Consecutive rows with the same order number are one order.
//! - UTF-8 with or without a byte order mark, UTF-16, Windows-1252 (see [`Encoding`]), each also as gzip.
//!
//! The input is read from any [`Read`](std::io::Read), or with the feature `tokio` from an `AsyncRead`, in
//! memory that is bounded by the longest record: while it is read, a record of JSON takes up to 50 times its length.
//! Depth takes no memory, and gzip data are unpacked 130 kB at a time at most.
//!
//! Every record yields one [`OrderRecord`]. A record that is not JSON is reported with its line, member and order number, and the records around it are read: lone surrogates,
//! raw control characters, a byte of another encoding, numbers out of range, excessive depth, missing quotes and
//! brackets, a line that was cut off. Text in front of the JSON, such as a notice of PHP, is one malformed record.
//!
//! # Eligible orders
//! The [`Policy`] decides; its defaults are strict, with the exception below for consents. An order must be real, paid, shipped, neither cancelled nor
//! refunded, numbered, with a valid address and a consent. An unknown or missing status is a reason against.
//!
//! | | Shopify | WooCommerce (*legacy API*) | Magento 2 | Shopware 6 |
//! | --- | --- | --- | --- | --- |
//! | test order | `test`; bogus gateway; id of the test notification | `meta_data` `_wcpay_mode` | - | - |
//! | cancelled | `cancelled_at`, `cancel_reason`; `financial_status` `voided` | `status` `cancelled`, `failed`, `trash` | `state` `canceled` | state `cancelled` |
//! | refunded | `financial_status` `refunded`, `partially_refunded` | `status` `refunded`; `refunds[].total` | `state` `closed`; `total_refunded` | transaction `refunded`, `refunded_partially`, `chargeback`; delivery `returned`, `returned_partially` |
//! | paid | `financial_status` `paid` | a date in `date_paid_gmt` or `date_paid`; *`payment_details.paid`* | `total_due` 0 with `total_paid` or `state` `complete` | a transaction `paid` |
//! | shipped | `fulfillment_status` `fulfilled`; of listed `fulfillments`, one with `status` `success` | `status` `completed` | `state` `complete` | all `deliveries` `shipped`; without any, state `completed` |
//! | renewal | `source_name` `subscription_contract` | `meta_data` `_subscription_renewal` | - | - |
//! | kept lines | `current_quantity`; `refunds[].refund_line_items` | `quantity` | `qty_ordered` less canceled, refunded, returned | `quantity` |
//!
//! # Members that are read
//! The first usable member counts. Optional values that are invalid are left out with an [`OrderWarning`].
//!
//! | | Shopify | WooCommerce (*legacy API*) | Magento 2 | Shopware 6 |
//! | --- | --- | --- | --- | --- |
//! | order number | `name` without `#`, `order_number`, `id` | `number`, *`order_number`*, `id` | `increment_id`, `entity_id` | `orderNumber`, `id` |
//! | address | `email`, `contact_email`, `customer.email` | `billing.email`, *`billing_address.email`*, `customer.email` | `customer_email`, `billing_address.email` | `orderCustomer.email` |
//! | products | `line_items[]`: `name` or `title`, `sku`, `vendor` | `line_items[]`: `name`, `sku`, `image.src`, `global_unique_id` | `items[]`: `name`, `sku` | `lineItems[]`: `label`, `payload.productNumber`, `cover.url`, `product` |
//! | name | `customer`, `billing_address`, `shipping_address` | `billing`, *`billing_address`*, `customer` | `customer_firstname`, `customer_lastname`, `billing_address` | `orderCustomer`, `billingAddress` |
//! | phone in E.164 form | `phone`, `customer.phone`, `billing_address.phone` | `billing.phone` | `billing_address.telephone` | `billingAddress.phoneNumber` |
//! | language | `customer_locale` | `meta_data` `wpml_language`, `pll_language`, `_locale` | - | `language.locale.code` |
//! | country | `billing_address`, `shipping_address`: `country_code` | `billing.country` | `billing_address.country_id` | `billingAddress.country.iso` |
//! | customer key | `customer.id` | `customer_id` | `customer_id` | `orderCustomer.customerNumber` |
//! | placed | `created_at`, `processed_at` | `date_created_gmt` | `created_at` (UTC) | `orderDateTime`, `createdAt` |
//! | paid | `Paid at` of CSV | `date_paid_gmt` | - | - |
//! | shipped | `fulfillments[].created_at` | `date_completed_gmt` | - | - |
//! | delivered | `fulfillments[].updated_at`, once every `shipment_status` is `delivered` | - | - | - |
//! | consent field in | `note_attributes` | `meta_data` | `extension_attributes`, `custom_attributes` | `customFields`, `orderCustomer.customFields` |
//!
//! GraphQL responses of Shopify and CSV exports are read by the same rules; errors name the REST member. Of the
//! CSV files, `orders_export` of Shopify, the common export plugins of WooCommerce and the bulk templates of
//! Trusted Shops and Trustpilot are recognised by their headings.
//!
//! # CSV and JSON Lines for other systems
//! A CSV file with these headings, or JSON objects with these members. `email` and `order_reference` are
//! required; a CSV file has one row per product.
//!
//! | | CSV heading | JSON member |
//! | --- | --- | --- |
//! | order | `email`, `order_reference`, `consent` (yes or no), `consent_at`, `status` | the same |
//! | customer | `name`, or `first_name` and `last_name`; `phone`, `locale`, `country`, `customer_reference` | the same |
//! | times (RFC 3339, or a date) | `placed_at`, `paid_at`, `shipped_at`, `delivered_at` | the same |
//! | products | `product_name`, `product_sku`, `product_gtin`, `product_mpn`, `product_brand`, `product_url`, `product_image_url`, `product_quantity` | `products[]` with `name`, `sku`, `gtin`, `mpn`, `brand`, `url`, `image_url`, `quantity` |
//!
//! `status` is optional: `shipped`, `delivered`, `completed`, `fulfilled` or a word of
//! [`Policy::shipped_statuses`] allows an invitation; `cancelled`, `refunded`, `partially_refunded`, `unpaid`,
//! `test` and all other words do not.
//!
//! # Consent
//! By [`ConsentSource::FromOrder`], in this order:
//! 1. the shop's own field ([`Policy::consent_field`]): `true`, `yes`, `y`, `on` or `1` is a consent;
//! 2. for Shopify, `customer.email_marketing_consent.state` `subscribed`, or without that object
//!    `buyer_accepts_marketing`, if neither it nor `customer.accepts_marketing` is `false`.
//!
//! If a field appears several times, also in another spelling, its strictest value counts.
//!
//! A marketing opt-in counts by default, because it is the only consent that Shopify itself writes into an order. It
//! may not cover review invitations. If it does not for your shop, set [`ConsentSource::OwnField`].
//!
//! # Personal data
//! `Debug` and `Display` of everything in this crate contain members, types, status words and order numbers,
//! never addresses, names or phone numbers.

// Some lookups are used by some systems only.
#![cfg_attr(
    not(all(feature = "shopify", feature = "woocommerce", feature = "magento", feature = "shopware")),
    allow(dead_code)
)]

mod clean;
mod consent;
mod core_types;
mod csv_orders;
mod eligibility;
mod eligible_order;
mod encoding;
mod engine;
mod extracted_order;
mod fields;
mod input;
mod json;
mod parse;
mod parser;
mod placed;
mod policy;
mod reason;
mod record;
mod records;
mod settings;
mod survey;
mod system;
mod systems;
mod table;
#[cfg(test)]
mod tests;
mod time;

/// Compiles the example of the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

pub use eligible_order::{EligibleOrder, OrderConsent, OrderName, OrderProduct, OrderWarning};
pub use encoding::Encoding;
pub use parser::OrderParser;
pub use policy::{ConsentSource, DEFAULT_CONSENT_FIELD, DEFAULT_RELAY_DOMAINS, Policy};
pub use reason::IneligibleReason;
pub use record::{Ineligible, OrderRecord, RecordSource};
#[cfg(feature = "tokio")]
pub use records::AsyncRecords;
pub use records::Records;
pub use settings::DEFAULT_MAX_RECORD_BYTES;
pub use system::{ParseShopSystemError, ShopSystem};
