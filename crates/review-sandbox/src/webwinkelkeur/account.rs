//! The WebwinkelKeur account: its credentials, and its web shop.

/// The query parameter `id`: the number of the web shop.
pub(crate) const ID: &str = "1000042";
/// The query parameter `code`. It has characters that a query needs encoded.
pub(crate) const CODE: &str = "sandbox&code=%2B+/7c";
/// The query parameter `public_code`, which is accepted instead of `code` for reading ratings.
pub(super) const PUBLIC_CODE: &str = "sandbox-public-code";
pub(super) const SHOP_NAME: &str = "Sandbox Shop";
pub(super) const WEBSITE: &str = "https://shop.example.com";
/// Where pages for people are.
pub(super) const WEB: &str = "https://webwinkelkeur.example.com";
/// UNK: how long the account waits if an invitation has no `delay`. INF: a setting of the account, or 0. Not 0 here, so
/// that a client which takes the account's delay for "immediately" is noticed.
pub(super) const DELAY_DAYS: u64 = 5;
