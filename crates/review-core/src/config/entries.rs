//! Values as they are written, each with its source.

use std::collections::BTreeMap;
use std::fmt;

use super::errors::{shown_key, suggestion};
use super::key::KeyInfo;
use super::value::RawValue;
use crate::error::FieldError;

/// Where a value comes from, or would be set.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Source {
    /// Environment variables with this prefix, such as `TRUSTPILOT_`.
    Environment {
        /// The prefix.
        prefix: String,
    },
    /// A table of a file, such as `instances.shop-de`.
    File {
        /// The name of the file, if there is one.
        path: Option<String>,
        /// The path of the table.
        table: String,
    },
    /// Code.
    Code,
}

impl Source {
    /// Returns the full name of a key in this source.
    #[must_use]
    pub fn name_of(&self, key: &str) -> String {
        let key = &*shown_key(key);
        match self {
            Self::Environment { prefix } => format!("{prefix}{}", key.to_uppercase()),
            Self::File { table, .. } if table.is_empty() => key.to_owned(),
            Self::File { table, .. } => format!("{table}.{key}"),
            Self::Code => key.to_owned(),
        }
    }

    fn error(&self, key: &str, message: String) -> FieldError {
        match self {
            Self::File { path: Some(path), .. } => {
                FieldError::new(self.name_of(key), format!("{message} (in {path})"))
            }
            _ => FieldError::new(self.name_of(key), message),
        }
    }
}

/// Entries of one or more sources. `Debug` shows names and sources, and no value.
#[derive(Clone, Default)]
pub struct Entries {
    values: BTreeMap<String, (RawValue, Source)>,
    sources: Vec<Source>,
    /// Keys of other tables, for suggestions.
    related: Vec<(Source, &'static [KeyInfo])>,
}

impl Entries {
    /// Creates entries of one source.
    pub fn new<K: Into<String>, V: Into<RawValue>>(
        source: Source,
        values: impl IntoIterator<Item = (K, V)>,
    ) -> Self {
        let values = values.into_iter().map(|(name, value)| (name.into(), (value.into(), source.clone())));
        Self { values: values.collect(), sources: vec![source], related: Vec::new() }
    }

    /// Takes the variables with a prefix. Blank ones count as absent.
    pub fn from_env<K: AsRef<str>, V: Into<String>>(
        prefix: &str,
        variables: impl IntoIterator<Item = (K, V)>,
    ) -> Self {
        let found = variables.into_iter().filter_map(|(name, value)| {
            let (key, value) = (name.as_ref().strip_prefix(prefix)?.to_lowercase(), value.into());
            (!value.trim().is_empty()).then_some((key, value))
        });
        Self::new(Source::Environment { prefix: prefix.to_owned() }, found)
    }

    /// Creates entries set in code.
    pub fn from_code<V: Into<RawValue>>(values: impl IntoIterator<Item = (&'static str, V)>) -> Self {
        Self::new(Source::Code, values)
    }

    /// Adds the entries of another source that are not set here.
    #[must_use]
    pub fn or(mut self, other: Self) -> Self {
        for (name, value) in other.values {
            self.values.entry(name).or_insert(value);
        }
        self.sources.extend(other.sources);
        self
    }

    /// Sets an entry.
    pub fn set(&mut self, name: impl Into<String>, value: impl Into<RawValue>) {
        let source = self.sources.first().cloned().unwrap_or(Source::Code);
        self.values.insert(name.into(), (value.into(), source));
    }

    /// Suggests the keys of another table where they are used in this one by mistake.
    #[must_use]
    pub fn with_related(mut self, source: Source, keys: &'static [KeyInfo]) -> Self {
        self.related.push((source, keys));
        self
    }

    /// Returns the value of a key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&RawValue> {
        self.values.get(key).map(|(value, _)| value)
    }

    /// Returns the name of a key for an operator: where it is set, or where it would be.
    #[must_use]
    pub fn name_of(&self, key: &str) -> String {
        self.source_of(key).map_or_else(|| key.to_owned(), |source| source.name_of(key))
    }

    /// Creates an error about a key, with its name in its source.
    #[must_use]
    pub fn error(&self, key: &str, message: impl Into<String>) -> FieldError {
        let message = message.into();
        match self.source_of(key) {
            Some(source) => source.error(key, message),
            None => FieldError::new(key.to_owned(), message),
        }
    }

    pub(super) fn source_of(&self, key: &str) -> Option<&Source> {
        self.values.get(key).map(|(_, source)| source).or(self.sources.first())
    }

    /// Returns the entries that are not in the table: errors in a file or code; warnings in the
    /// environment, where another program may use the same prefix.
    #[must_use]
    pub fn unknown(&self, keys: &[KeyInfo]) -> (Vec<FieldError>, Vec<FieldError>) {
        let known = || keys.iter().map(|key| key.name);
        let unknown = self.values.iter().filter(|(name, _)| !known().any(|key| key == name.as_str()));
        let (mut errors, mut warnings) = (Vec::new(), Vec::new());
        for (name, (_, source)) in unknown {
            let tables =
                std::iter::once((source, keys)).chain(self.related.iter().map(|(s, keys)| (s, *keys)));
            let hint = suggestion(name, tables.flat_map(|(source, keys)| names(source, keys)));
            match source {
                Source::Environment { .. } => {
                    warnings.push(source.error(name, format!("is not a setting{hint}")));
                }
                _ => {
                    let known = known().collect::<Vec<_>>().join(", ");
                    let message = format!("is not a setting{hint}; the settings are: {known}");
                    errors.push(source.error(name, message));
                }
            }
        }
        (errors, warnings)
    }
}

/// The names and aliases of keys, each with the key as an operator writes it.
fn names<'a>(source: &'a Source, keys: &'a [KeyInfo]) -> impl Iterator<Item = (&'static str, String)> + 'a {
    keys.iter().flat_map(move |key| {
        let names = std::iter::once(key.name).chain(key.aliases.iter().copied());
        names.map(move |name| (name, source.name_of(key.name)))
    })
}

impl fmt::Debug for Entries {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.values.iter().map(|(name, (_, source))| (name, source))).finish()
    }
}
