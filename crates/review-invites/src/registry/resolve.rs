//! Resolves references to environment variables and files.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

use review_core::config::{RawValue, Secret};

use crate::config::SettingValue;

/// The most that is read of a file with a secret, in bytes.
const MAX_FILE_SIZE: u64 = 64 * 1024;

/// Environment variables by name.
pub(super) type EnvLookup<'a> = &'a dyn Fn(&str) -> Option<OsString>;

/// Returns the value of a variable that is set and not blank.
pub(super) fn variable(lookup: EnvLookup<'_>, name: &str) -> Result<Option<String>, &'static str> {
    let Some(value) = lookup(name) else { return Ok(None) };
    let value = value.into_string().map_err(|_| "must be valid UTF-8")?;
    Ok(Some(value).filter(|value| !value.trim().is_empty()))
}

/// Returns the value of a setting. References are resolved; their values count as secrets.
pub(super) fn resolve(value: &SettingValue, lookup: EnvLookup<'_>) -> Result<RawValue, String> {
    match value {
        SettingValue::Inline(value) => Ok(value.clone()),
        SettingValue::Env(name) => from_variable(name, lookup).map(|value| Secret::from(value).into()),
        SettingValue::File(path) => first_line(path).map(|value| Secret::from(value).into()),
    }
}

fn from_variable(name: &str, lookup: EnvLookup<'_>) -> Result<String, String> {
    // The value may be the secret itself instead of a name, so show it only if it looks like a usual name.
    let usual = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
    let shown = if name.bytes().all(usual) && name.contains('_') { name } else { "(name not shown)" };
    if name.is_empty() || name.contains(['=', '\0']) {
        return Err("must name an environment variable, got a text that cannot be a name".to_owned());
    }
    match variable(lookup, name) {
        Ok(Some(value)) => Ok(value),
        Ok(None) => Err(format!("the environment variable {shown} is not set; set it")),
        Err(message) => Err(format!("the environment variable {shown} {message}")),
    }
}

/// Returns the only line of a file.
fn first_line(path: &Path) -> Result<String, String> {
    let mut bytes = Vec::new();
    let read = File::open(path).and_then(|file| file.take(MAX_FILE_SIZE + 1).read_to_end(&mut bytes));
    read.map_err(|error| format!("the file cannot be read: {}", describe_io_error(&error)))?;
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > MAX_FILE_SIZE {
        return Err(format!("the file must have one line, got more than {MAX_FILE_SIZE} bytes"));
    }
    let text = String::from_utf8(bytes).map_err(|_| "the file must be valid UTF-8")?;
    let mut lines = text.trim_start_matches('\u{feff}').lines().filter(|line| !line.trim().is_empty());
    match (lines.next(), lines.next()) {
        (Some(line), None) => Ok(line.to_owned()),
        (None, _) => Err("the file must have one line, got an empty file".to_owned()),
        _ => Err("the file must have one line, got several; keep only the value".to_owned()),
    }
}

/// Describes an I/O error without the path, which may be a secret in the wrong place.
pub(super) fn describe_io_error(error: &io::Error) -> String {
    error.kind().to_string()
}
