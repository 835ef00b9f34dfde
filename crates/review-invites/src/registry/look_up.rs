//! Where the values of settings are found: environment variables and files.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

use review_http::{ConfigKey, Secret};

use crate::SettingValue;

/// The most that is read of a file with a secret.
const LARGEST: u64 = 64 * 1024;

/// Environment variables by name.
pub(super) type LookUp<'a> = &'a dyn Fn(&str) -> Option<OsString>;

/// The value of a variable that is set and not empty.
pub(super) fn variable(look_up: LookUp<'_>, name: &str) -> Result<Option<String>, &'static str> {
    let Some(value) = look_up(name) else { return Ok(None) };
    let value = value.into_string().map_err(|_| "expected a text in UTF-8, found other bytes")?;
    Ok(Some(value).filter(|value| !value.trim().is_empty()))
}

/// The value of a setting, or what is wrong with it.
pub(super) fn resolve(
    setting: &ConfigKey,
    value: &SettingValue,
    look_up: LookUp<'_>,
) -> Result<Secret, String> {
    match value {
        SettingValue::Text(_) if setting.secret => Err(
            r#"expected a reference, { env = "NAME" } or { file = "/path" }, since it is secret; found a text"#
                .to_owned(),
        ),
        SettingValue::Text(text) => Ok(text.clone().into()),
        SettingValue::Secret(secret) => Ok(secret.clone()),
        SettingValue::Env(name) => of_variable(name, look_up).map(Secret::from),
        SettingValue::File(path) => first_line(path).map(Secret::from),
    }
}

fn of_variable(name: &str, look_up: LookUp<'_>) -> Result<String, String> {
    // Somebody may have put the secret itself in the place of a name: only what is a usual name is shown.
    let usual = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
    let shown = if name.bytes().all(usual) && name.contains('_') { name } else { "it names" };
    let possible = !name.is_empty() && !name.contains(['=', '\0']);
    if !possible {
        return Err("expected the name of an environment variable, found a text that can be none".to_owned());
    }
    match variable(look_up, name) {
        Ok(Some(value)) => Ok(value),
        Ok(None) => Err(format!("expected a value in the variable {shown}, found nothing; set it")),
        Err(problem) => Err(format!("the variable {shown}: {problem}")),
    }
}

/// The only line of a file, without its end.
fn first_line(path: &Path) -> Result<String, String> {
    let mut bytes = Vec::new();
    let read = File::open(path).and_then(|file| file.take(LARGEST + 1).read_to_end(&mut bytes));
    read.map_err(|cause| format!("expected a file that can be read, found none: {}", told(&cause)))?;
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > LARGEST {
        return Err(format!("expected a file with one line, found more than {LARGEST} bytes"));
    }
    let text = String::from_utf8(bytes).map_err(|_| "expected a file in UTF-8, found other bytes")?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let mut lines = text.lines();
    let line = lines.next().filter(|line| !line.trim().is_empty());
    match (line, lines.filter(|line| !line.trim().is_empty()).count()) {
        (Some(line), 0) => Ok(line.to_owned()),
        (None, 0) => Err("expected a file with one line, found an empty one".to_owned()),
        _ => Err("expected a file with one line, found several; leave the value alone in it".to_owned()),
    }
}

/// What the system says of a failure; it names no path.
pub(super) fn told(cause: &io::Error) -> String {
    cause.kind().to_string()
}
