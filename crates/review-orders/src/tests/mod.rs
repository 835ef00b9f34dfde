//! Tests of the whole crate, by its public interface.

mod consent;
mod fixtures;
mod forms;
mod malformed;
mod mutations;
mod privacy;
mod shopify;
mod woocommerce;
