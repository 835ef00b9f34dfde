//! A configuration from TOML.

use std::path::Path;
use std::{env, fs};

use review_core::Result;
use serde_json::Value;

use super::assembly::Assembly;
use super::look_up::told;
use super::{Registry, RegistryBuilder};
use crate::config::RegistryConfig;
use crate::faults::Faults;

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
    match fs::read_to_string(path) {
        Ok(text) => parse(&text, faults),
        Err(cause) => {
            faults.add(key, format!("expected a configuration file, found none: {}", told(&cause)));
            None
        }
    }
}

fn parse(text: &str, faults: &mut Faults) -> Option<RegistryConfig> {
    match toml::from_str::<Value>(text) {
        Ok(value) => Some(RegistryConfig::read(value, faults)),
        Err(error) => {
            // Never the error's own Display: it repeats the line, which may hold a secret.
            let (line, column) = place(text, error.span().map_or(0, |span| span.start));
            faults.add(format!("line {line}, column {column}"), format!("no TOML: {}", error.message()));
            None
        }
    }
}

/// Line and column, both counted from 1, the latter in characters.
fn place(text: &str, at: usize) -> (usize, usize) {
    let before = text.get(..at).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    (line, before.rsplit('\n').next().unwrap_or_default().chars().count() + 1)
}
