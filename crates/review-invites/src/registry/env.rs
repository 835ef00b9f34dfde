//! A registry from the environment.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::ffi::OsString;

use review_core::config::{ConfigErrors, closest, shown_key};
use review_core::error::{Error, ErrorKind, FieldError, Result};

use super::Registry;
use super::assemble::RegistryAssembler;
use super::builder::RegistryBuilder;
use super::resolve::{EnvLookup, variable};
use super::variables::{CONFIG_ENV, PROVIDER_ENV, SENDING_ENV, env_prefix};

const COMMON: [&str; 3] = [PROVIDER_ENV, CONFIG_ENV, SENDING_ENV];
const COMMON_PREFIX: &str = "REVIEW_";

impl RegistryBuilder {
    /// See [`Registry::from_env`].
    ///
    /// # Errors
    /// Those of [`Registry::from_env`].
    pub fn from_env(self) -> Result<Registry> {
        self.from_iter(env::vars_os())
    }

    /// Builds a registry from these variables instead of those of the process.
    ///
    /// # Errors
    /// Those of [`Registry::from_env`].
    pub fn from_iter<N: Into<OsString>, V: Into<OsString>>(
        self,
        variables: impl IntoIterator<Item = (N, V)>,
    ) -> Result<Registry> {
        from_pairs(&self, variables.into_iter().map(|(name, value)| (name.into(), value.into())))
    }

    /// Builds a registry from variables by name. Unknown variables cannot be found this way, so there are
    /// no warnings about them.
    ///
    /// # Errors
    /// Those of [`Registry::from_env`].
    pub fn from_lookup(self, lookup: impl Fn(&str) -> Option<String>) -> Result<Registry> {
        from_lookup(&self, &|name| lookup(name).map(OsString::from))
    }
}

fn from_pairs(
    parts: &RegistryBuilder,
    variables: impl Iterator<Item = (OsString, OsString)>,
) -> Result<Registry> {
    // Variables whose name is not valid UTF-8 cannot be settings.
    let variables: BTreeMap<String, OsString> =
        variables.filter_map(|(name, value)| Some((name.into_string().ok()?, value))).collect();
    // Variables that a configuration file refers to are known too.
    let used = RefCell::new(BTreeSet::new());
    let result = from_lookup(parts, &|name| {
        used.borrow_mut().insert(name.to_owned());
        variables.get(name).cloned()
    });
    let used = used.into_inner();
    let unused = variables.keys().filter(|name| !used.contains(*name));
    let unknown = unknown(parts, unused.map(String::as_str));
    match result {
        Ok(mut registry) => {
            registry.warn(unknown);
            Ok(registry)
        }
        // A typo is the usual reason why a variable is missing.
        Err(error) if error.kind() == ErrorKind::InvalidConfig && !error.field_errors().is_empty() => {
            Err(Error::invalid_config(error.field_errors().iter().cloned().chain(unknown)))
        }
        Err(error) => Err(error),
    }
}

fn from_lookup(parts: &RegistryBuilder, lookup: EnvLookup<'_>) -> Result<Registry> {
    let mut errors = ConfigErrors::new();
    let mut read = |name: &'static str| {
        let value = variable(lookup, name).map_err(|message| FieldError::new(name, message));
        errors.check(name, value).flatten()
    };
    let (provider, file) = (read(PROVIDER_ENV), read(CONFIG_ENV));
    let Some(file) = file else { return read_variables(parts, provider.as_deref(), errors, lookup) };
    let mut registry = from_file(parts, file.trim(), errors, lookup)?;
    if provider.is_some() {
        let message = format!("is ignored, because {CONFIG_ENV} names a configuration");
        registry.warn(vec![FieldError::new(PROVIDER_ENV, message)]);
    }
    Ok(registry)
}

#[cfg(feature = "toml")]
fn from_file(
    parts: &RegistryBuilder,
    path: &str,
    mut errors: ConfigErrors,
    lookup: EnvLookup<'_>,
) -> Result<Registry> {
    let config = super::toml::load(path.as_ref(), CONFIG_ENV, &mut errors);
    parts
        .with_lookup(lookup, |lookup| RegistryAssembler::new(parts, lookup).assemble(config.as_ref(), errors))
}

#[cfg(not(feature = "toml"))]
fn from_file(
    parts: &RegistryBuilder,
    _: &str,
    mut errors: ConfigErrors,
    lookup: EnvLookup<'_>,
) -> Result<Registry> {
    let message = "configuration files are not compiled in; enable the feature toml of review-invites";
    errors.push(FieldError::new(CONFIG_ENV, message));
    RegistryAssembler::new(parts, lookup).assemble(None, errors)
}

fn read_variables(
    parts: &RegistryBuilder,
    vendor: Option<&str>,
    errors: ConfigErrors,
    lookup: EnvLookup<'_>,
) -> Result<Registry> {
    let mut assembler = RegistryAssembler::new(parts, lookup);
    assembler.errors.extend(errors.into_vec());
    match vendor.map_or_else(|| parts.vendors.only(), |name| parts.vendors.find(name)) {
        Ok((name, factory)) => {
            assembler.read_variables(name, factory);
            assembler.finish(Some(name), &[], true)
        }
        Err(message) => {
            assembler.errors.push(FieldError::new(PROVIDER_ENV, message));
            assembler.errors.into_result(None)
        }
    }
}

/// Finds variables with a known prefix that are not settings: most likely typos.
fn unknown<'a>(parts: &RegistryBuilder, names: impl Iterator<Item = &'a str>) -> Vec<FieldError> {
    let strip = |name: &&'static str| name.strip_prefix(COMMON_PREFIX).map(str::to_owned);
    let mut families = vec![(COMMON_PREFIX.to_owned(), COMMON.iter().filter_map(strip).collect::<Vec<_>>())];
    for (vendor, factory) in parts.vendors.usable() {
        let keys = factory.keys().iter().map(|key| key.name.to_uppercase());
        families.push((env_prefix(vendor), keys.collect()));
    }
    let warning = |name: &str| {
        // A name in other letters is another name, and easy to overlook.
        let upper = name.to_uppercase();
        families.iter().find_map(|(prefix, known)| {
            let rest = upper.strip_prefix(prefix)?;
            if upper == name && known.iter().any(|known| known == rest) {
                return None;
            }
            let meant = closest(rest, known.iter().map(String::as_str));
            let meant = meant.map(|meant| format!("; did you mean {prefix}{meant}?")).unwrap_or_default();
            Some(FieldError::new(shown_key(name).into_owned(), format!("is not a setting{meant}")))
        })
    };
    names.filter_map(warning).collect()
}
