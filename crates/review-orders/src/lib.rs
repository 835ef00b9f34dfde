//! Parses orders as shop systems emit them.

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
mod policy;
mod reason;
mod record;
mod records;
mod survey;
mod system;
mod systems;
mod table;
mod time;

pub use eligible_order::{EligibleOrder, OrderConsent, OrderName, OrderProduct, OrderWarning};
pub use encoding::Encoding;
pub use parser::{DEFAULT_MAX_RECORD_BYTES, OrderParser};
pub use policy::{ConsentSource, DEFAULT_CONSENT_FIELD, DEFAULT_RELAY_DOMAINS, Policy};
pub use reason::IneligibleReason;
pub use record::{Ineligible, OrderRecord, RecordSource};
#[cfg(feature = "tokio")]
pub use records::AsyncRecords;
pub use records::Records;
pub use system::{ParseShopSystemError, ShopSystem};
