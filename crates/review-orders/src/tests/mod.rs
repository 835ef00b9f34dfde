//! Tests over whole inputs, by subject. They need all systems together.
#![cfg(all(
    feature = "shopify",
    feature = "woocommerce",
    feature = "magento",
    feature = "shopware",
    feature = "trustedshops-csv",
    feature = "trustpilot-csv"
))]

mod consents;
mod csv_files;
mod defects;
mod field_cases;
mod fixtures;
mod inputs;
mod magento;
mod policies;
mod privacy;
mod properties;
mod shopify;
mod shopware;
mod woocommerce;
