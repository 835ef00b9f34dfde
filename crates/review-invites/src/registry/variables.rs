//! Names of environment variables.

/// The variable that names the vendor.
pub const PROVIDER_ENV: &str = "REVIEW_PROVIDER";
/// The variable that names a configuration file in TOML, which replaces the vendors' variables.
pub const CONFIG_ENV: &str = "REVIEW_CONFIG";
/// The variable that turns sending `off`.
pub const SENDING_ENV: &str = "REVIEW_SENDING";

/// The prefix of a vendor's variables: `TRUSTPILOT_`.
pub(super) fn env_prefix(vendor: &str) -> String {
    format!("{}_", vendor.to_uppercase().replace('-', "_"))
}
