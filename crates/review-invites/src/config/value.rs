//! What a setting is set to: itself, or where it is found.

use std::fmt;
use std::path::PathBuf;

use review_http::Secret;
use serde::ser::{Error as _, SerializeMap as _};
use serde::{Serialize, Serializer};
use serde_json::Value;

use super::table::Table;
use crate::faults::{Faults, shape};

/// What a setting is set to.
///
/// ```
/// use review_invites::SettingValue;
///
/// let key = SettingValue::env("TP_KEY");
/// assert_eq!(format!("{key:?}"), "Env");
/// ```
#[derive(Clone)]
#[non_exhaustive]
pub enum SettingValue {
    /// The value itself. Refused for settings that are secret.
    Text(String),
    /// The value of the environment variable of this name: `{ env = "NAME" }`.
    Env(String),
    /// What stands in this file, which holds one line: `{ file = "/run/secrets/name" }`. A path that does not
    /// begin at the root is taken from the working directory of the process.
    File(PathBuf),
    /// A secret that your own code has already, from a secret store for instance. It has no form in a file,
    /// and is not written out.
    Secret(Secret),
}

impl SettingValue {
    /// The value of an environment variable.
    pub fn env(name: impl Into<String>) -> Self {
        Self::Env(name.into())
    }

    /// The one line of a file.
    pub fn file(path: impl Into<PathBuf>) -> Self {
        Self::File(path.into())
    }

    /// What a file says, or nothing after a fault.
    pub(super) fn read(path: &str, value: Value, faults: &mut Faults) -> Option<Self> {
        const FORMS: &str = r#"a text in quotes, { env = "NAME" } or { file = "/path" }"#;
        match value {
            Value::String(text) => Some(Self::Text(text)),
            Value::Object(_) => {
                let mut table = Table::new(path, value, faults)?;
                let env = table.text("env", "the name of an environment variable");
                let file = table.text("file", "the path of a file");
                table.finish();
                match (env, file) {
                    (Some(name), None) => Some(Self::Env(name)),
                    (None, Some(path)) => Some(Self::File(path.into())),
                    (Some(_), Some(_)) => {
                        faults.add(path, "expected either env or file, found both");
                        None
                    }
                    (None, None) => {
                        if !faults.within(path) {
                            faults.add(path, format!("expected {FORMS}, found an empty table"));
                        }
                        None
                    }
                }
            }
            other => {
                faults.add(path, format!("expected {FORMS}, found {}", shape(&other)));
                None
            }
        }
    }
}

/// Shows which of them it is, and nothing of what it holds.
impl fmt::Debug for SettingValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Text(_) => "Text",
            Self::Env(_) => "Env",
            Self::File(_) => "File",
            Self::Secret(_) => "Secret",
        })
    }
}

impl From<&str> for SettingValue {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for SettingValue {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<Secret> for SettingValue {
    fn from(secret: Secret) -> Self {
        Self::Secret(secret)
    }
}

impl Serialize for SettingValue {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (key, value) = match self {
            Self::Text(text) => return serializer.serialize_str(text),
            Self::Secret(_) => {
                return Err(S::Error::custom("a secret is not written out; refer to it by env or file"));
            }
            Self::Env(name) => ("env", name.clone()),
            Self::File(path) => (
                "file",
                path.to_str().ok_or_else(|| S::Error::custom("the path of a file is no text"))?.to_owned(),
            ),
        };
        let mut map = serializer.serialize_map(Some(1))?;
        map.serialize_entry(key, &value)?;
        map.end()
    }
}
