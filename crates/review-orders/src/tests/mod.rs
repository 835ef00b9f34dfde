//! Tests over whole inputs, by subject.

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
