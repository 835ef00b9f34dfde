//! Settings of a provider: described once, read in one direction.
//!
//! A table of [`ConfigKey`]s describes the settings. [`Entries`] hold values with their source
//! (environment, file, code). [`ConfigReader::read`] checks all entries against the table and then calls
//! [`FromConfig::from_config`], which gets typed values. Documentation, the JSON schema and suggestions
//! for misspelt keys come from the same table.

mod entries;
mod errors;
mod key;
mod reader;
mod secret;
mod value;

pub use self::entries::{Entries, Source};
pub use self::errors::{ConfigErrors, closest, one_of, shown_key, suggestion};
pub use self::key::{ConfigKey, KeyInfo, Presence};
pub use self::reader::{ConfigReader, FromConfig};
pub use self::secret::Secret;
pub use self::value::{ConfigValue, RawValue, ValueType};
