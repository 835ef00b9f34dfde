//! A configuration from TOML.

use std::env;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

use review_core::config::ConfigErrors;
use review_core::error::{FieldError, Result};
use serde_json::{Map, Number, Value};

use super::Registry;
use super::assemble::RegistryAssembler;
use super::builder::RegistryBuilder;
use super::resolve::describe_io_error;
use crate::config::{RegistryConfig, join_key};

/// The most that is read of a configuration, in bytes.
const MAX_FILE_SIZE: u64 = 1024 * 1024;

impl RegistryBuilder {
    /// See [`Registry::from_toml`].
    ///
    /// # Errors
    /// Those of [`Registry::from_toml`].
    pub fn from_toml(self, text: &str) -> Result<Registry> {
        let mut errors = ConfigErrors::new();
        let config = parse(text, &mut errors);
        self.build_parsed(config.as_ref(), errors)
    }

    /// See [`Registry::from_toml_file`].
    ///
    /// # Errors
    /// Those of [`Registry::from_toml_file`].
    pub fn from_toml_file(self, path: impl AsRef<Path>) -> Result<Registry> {
        let mut errors = ConfigErrors::new();
        let path = path.as_ref();
        let config = load(path, &path.display().to_string(), &mut errors);
        self.build_parsed(config.as_ref(), errors)
    }

    fn build_parsed(&self, config: Option<&RegistryConfig>, errors: ConfigErrors) -> Result<Registry> {
        self.with_lookup(&|name| env::var_os(name), |lookup| {
            RegistryAssembler::new(self, lookup).assemble(config, errors)
        })
    }
}

/// Reads a file. An error gets this key.
pub(super) fn load(path: &Path, key: &str, errors: &mut ConfigErrors) -> Option<RegistryConfig> {
    match read(path) {
        Ok(text) => parse(&text, errors).map(|mut config| {
            config.file = Some(path.display().to_string());
            config
        }),
        Err(cause) => {
            let message = match cause.kind() {
                io::ErrorKind::InvalidData => "must be valid UTF-8".to_owned(),
                io::ErrorKind::FileTooLarge => format!("must have at most {MAX_FILE_SIZE} bytes"),
                _ => format!("cannot be read: {}", describe_io_error(&cause)),
            };
            errors.push(FieldError::new(key.to_owned(), format!("the configuration file {message}")));
            None
        }
    }
}

fn read(path: &Path) -> io::Result<String> {
    let mut text = String::new();
    let length = File::open(path)?.take(MAX_FILE_SIZE + 1).read_to_string(&mut text)?;
    if u64::try_from(length).unwrap_or(u64::MAX) > MAX_FILE_SIZE {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    Ok(text)
}

fn parse(text: &str, errors: &mut ConfigErrors) -> Option<RegistryConfig> {
    match text.parse::<toml::Table>() {
        Ok(table) => Some(RegistryConfig::read(value("", toml::Value::Table(table), errors), errors)),
        Err(error) => {
            // Not the error's own Display: it repeats the line, which may contain a secret.
            let (line, column) = position(text, error.span().map_or(0, |span| span.start));
            let message = format!("is not valid TOML: {}", error.message());
            errors.push(FieldError::new(format!("line {line}, column {column}"), message));
            None
        }
    }
}

/// Returns the value in the form that all formats have in common. No setting is a date.
fn value(path: &str, toml: toml::Value, errors: &mut ConfigErrors) -> Value {
    match toml {
        toml::Value::String(text) => text.into(),
        toml::Value::Integer(number) => number.into(),
        toml::Value::Boolean(flag) => flag.into(),
        toml::Value::Float(number) => match Number::from_f64(number) {
            Some(number) => number.into(),
            None => {
                errors.push(FieldError::new(path.to_owned(), "must be a finite number"));
                Value::Null
            }
        },
        toml::Value::Datetime(_) => {
            let message = "must not be a date or time; put it in quotes if it is a text";
            errors.push(FieldError::new(path.to_owned(), message));
            Value::Null
        }
        toml::Value::Array(items) => {
            let items = items.into_iter().enumerate();
            items.map(|(index, item)| value(&format!("{path}[{index}]"), item, errors)).collect()
        }
        toml::Value::Table(members) => {
            let read = |(key, member): (String, toml::Value)| {
                let member = value(&join_key(path, &key), member, errors);
                (key, member)
            };
            members.into_iter().map(read).collect::<Map<_, _>>().into()
        }
    }
}

/// Line and column, both counted from 1, the latter in characters.
fn position(text: &str, at: usize) -> (usize, usize) {
    let before = text.get(..at).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    (line, before.rsplit('\n').next().unwrap_or_default().chars().count() + 1)
}
