//! The value of a setting: itself, or a reference to it.

use std::fmt;
use std::path::PathBuf;

use review_core::config::{ConfigErrors, RawValue};
use serde_json::Value;

use super::table::{Table, raw};

/// The value of a setting.
///
/// ```
/// use review_invites::config::SettingValue;
///
/// let key = SettingValue::env("TP_KEY");
/// assert_eq!(format!("{key:?}"), "Env");
/// ```
#[derive(Clone)]
#[non_exhaustive]
pub enum SettingValue {
    /// The value. A secret in a file must be a reference instead.
    Inline(RawValue),
    /// The value of the environment variable of this name: `{ env = "NAME" }`.
    Env(String),
    /// The content of this file, which has one line: `{ file = "/run/secrets/name" }`. A relative path
    /// starts at the working directory of the process.
    File(PathBuf),
}

impl SettingValue {
    /// Refers to an environment variable.
    pub fn env(name: impl Into<String>) -> Self {
        Self::Env(name.into())
    }

    /// Refers to the only line of a file.
    pub fn file(path: impl Into<PathBuf>) -> Self {
        Self::File(path.into())
    }

    /// Reads a value of a file, or adds an error.
    pub(super) fn read(path: &str, value: Value, errors: &mut ConfigErrors) -> Option<Self> {
        if !value.is_object() {
            return Some(Self::Inline(raw(value)));
        }
        let mut table = Table::new(path, value, errors)?;
        let env = table.text("env", "the name of an environment variable");
        let file = table.text("file", "the path of a file");
        table.finish();
        match (env, file) {
            (Some(name), None) => Some(Self::Env(name)),
            (None, Some(path)) => Some(Self::File(path.into())),
            (Some(_), Some(_)) => {
                errors.push(super::table::error(path, "must be either env or file, got both"));
                None
            }
            (None, None) => {
                if !errors.contains_below(path) {
                    let message =
                        "must be a value, { env = \"NAME\" } or { file = \"/path\" }, got an empty table";
                    errors.push(super::table::error(path, message));
                }
                None
            }
        }
    }
}

/// Shows the form, and never the value.
impl fmt::Debug for SettingValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Inline(_) => "Inline",
            Self::Env(_) => "Env",
            Self::File(_) => "File",
        })
    }
}

impl<T: Into<RawValue>> From<T> for SettingValue {
    fn from(value: T) -> Self {
        Self::Inline(value.into())
    }
}
