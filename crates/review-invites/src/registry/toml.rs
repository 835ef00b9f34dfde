//! A configuration from TOML.

use std::env;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

use review_core::Result;
use serde_json::{Map, Number, Value};

use super::assembly::Assembly;
use super::look_up::told;
use super::{Registry, RegistryBuilder};
use crate::config::RegistryConfig;
use crate::faults::{Faults, below};

/// The most that is read of a configuration.
const LARGEST: u64 = 1024 * 1024;

impl RegistryBuilder {
    /// See [`Registry::from_toml`].
    ///
    /// # Errors
    /// Those of [`Registry::from_toml`].
    pub fn from_toml(self, text: &str) -> Result<Registry> {
        let mut faults = Faults::default();
        let config = parse(text, &mut faults);
        self.of_parsed(config.as_ref(), faults)
    }

    /// See [`Registry::from_toml_file`].
    ///
    /// # Errors
    /// Those of [`Registry::from_toml_file`].
    pub fn from_toml_file(self, path: impl AsRef<Path>) -> Result<Registry> {
        let mut faults = Faults::default();
        let path = path.as_ref();
        let config = load(path, &path.display().to_string(), &mut faults);
        self.of_parsed(config.as_ref(), faults)
    }

    fn of_parsed(&self, config: Option<&RegistryConfig>, faults: Faults) -> Result<Registry> {
        self.with_look_up(&|name| env::var_os(name), |look_up| {
            Assembly::new(self, look_up).all(config, faults)
        })
    }
}

/// Reads a file; if that fails, the fault is told of this key.
pub(super) fn load(path: &Path, key: &str, faults: &mut Faults) -> Option<RegistryConfig> {
    match read(path) {
        Ok(text) => parse(&text, faults),
        Err(cause) => {
            let problem = match cause.kind() {
                io::ErrorKind::InvalidData => "in UTF-8, found other bytes".to_owned(),
                io::ErrorKind::FileTooLarge => format!("of at most {LARGEST} bytes, found more"),
                _ => format!("that can be read: {}", told(&cause)),
            };
            faults.add(key, format!("expected a configuration file {problem}"));
            None
        }
    }
}

fn read(path: &Path) -> io::Result<String> {
    let mut text = String::new();
    let length = File::open(path)?.take(LARGEST + 1).read_to_string(&mut text)?;
    if u64::try_from(length).unwrap_or(u64::MAX) > LARGEST {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    Ok(text)
}

fn parse(text: &str, faults: &mut Faults) -> Option<RegistryConfig> {
    match text.parse::<toml::Table>() {
        Ok(table) => Some(RegistryConfig::read(value("", toml::Value::Table(table), faults), faults)),
        Err(error) => {
            // Never the error's own Display: it repeats the line, which may hold a secret.
            let (line, column) = place(text, error.span().map_or(0, |span| span.start));
            faults.add(format!("line {line}, column {column}"), format!("no TOML: {}", error.message()));
            None
        }
    }
}

/// The same value as other formats have it. What only TOML has is a fault: no setting is a date.
fn value(path: &str, toml: toml::Value, faults: &mut Faults) -> Value {
    match toml {
        toml::Value::String(text) => text.into(),
        toml::Value::Integer(number) => number.into(),
        toml::Value::Boolean(flag) => flag.into(),
        toml::Value::Float(number) => match Number::from_f64(number) {
            Some(number) => number.into(),
            None => {
                faults.add(path, "expected a number that can be counted with, found none");
                Value::Null
            }
        },
        toml::Value::Datetime(_) => {
            faults.add(path, "expected no date and no time; put it into quotes if it is a text");
            Value::Null
        }
        toml::Value::Array(items) => {
            let items = items.into_iter().enumerate();
            items.map(|(index, item)| value(&format!("{path}[{index}]"), item, faults)).collect()
        }
        toml::Value::Table(members) => {
            let read = |(key, member): (String, toml::Value)| {
                let member = value(&below(path, &key), member, faults);
                (key, member)
            };
            members.into_iter().map(read).collect::<Map<_, _>>().into()
        }
    }
}

/// Line and column, both counted from 1, the latter in characters.
fn place(text: &str, at: usize) -> (usize, usize) {
    let before = text.get(..at).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    (line, before.rsplit('\n').next().unwrap_or_default().chars().count() + 1)
}
