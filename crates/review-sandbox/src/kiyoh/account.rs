//! The Kiyoh account: its credentials, and its one location.

/// The value of `X-Publication-Api-Token`. A header takes it verbatim, without `Bearer`.
pub(crate) const TOKEN: &str = "sandbox-kiyoh-token-7f3b/+=";
/// UNK: the form of location ids; the vendor's sources show numbers, `xx-xxxx-xxxx` and `OID-...`. This one shows a
/// client that reads it as a number.
pub(crate) const LOCATION_ID: &str = "OID-sandbox-1018015";
/// The brand the account belongs to: 98 is Kiyoh, 99 is Klantenvertellen.
pub(super) const TENANT_ID: &str = "98";
pub(super) const LOCATION_NAME: &str = "Sandbox Shop";

/// The short name of the Kiyoh location: `{name}` in the path of invite links.
///
/// INF: it is the member `canonicalName` of the call that reads reviews.
pub const KIYOH_LOCATION_NAME: &str = "sandbox_shop";

/// The shop's home page.
pub(super) const WEBSITE: &str = "https://shop.example.com";
/// Where pages for people are, in place of `https://www.kiyoh.com`.
pub(super) const WEB: &str = "https://kiyoh.example.com";
