//! The configuration: a file, or the environment.

use std::path::{Path, PathBuf};

use review_invites::error::FieldError;
use review_invites::registry::{CONFIG_ENV, PROVIDER_ENV, RegistryBuilder};
use review_invites::{DynProvider, Error, Registry};

use crate::failure::{Failure, Result};

const HELP: &str =
    "correct these settings, or try the command without an account: review-invites send --sandbox";

/// Where the configuration is.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct ConfigArgs {
    /// Configuration file; default: the file that REVIEW_CONFIG names, or else the environment
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
}

impl ConfigArgs {
    /// Builds the registry, and prints warnings.
    pub(crate) fn load(&self) -> Result<Registry> {
        self.load_with(Registry::builder())
    }

    /// As [`load`](Self::load), with a prepared builder.
    pub(crate) fn load_with(&self, builder: RegistryBuilder) -> Result<Registry> {
        let result = match &self.config {
            Some(path) => builder.from_toml_file(path),
            None => builder.from_env(),
        };
        result.map_err(|error| match self.has_choice() {
            true => Failure::from_error(&error, HELP),
            false => no_account(&error),
        })
    }

    /// Returns the configuration file, if there is one.
    pub(crate) fn file(&self) -> Option<PathBuf> {
        let named = || std::env::var_os(CONFIG_ENV).filter(|name| !name.is_empty()).map(PathBuf::from);
        self.config.clone().or_else(named)
    }

    /// Whether a vendor or a file was chosen.
    fn has_choice(&self) -> bool {
        self.file().is_some() || std::env::var_os(PROVIDER_ENV).is_some_and(|name| !name.is_empty())
    }
}

/// Lists what is missing for each vendor.
fn no_account(error: &Error) -> Failure {
    let mut message = format!("no account is configured: {}", error.message());
    for vendor in review_invites::available_vendors() {
        let lookup = |name: &str| match name {
            PROVIDER_ENV => Some(vendor.to_owned()),
            name => std::env::var(name).ok(),
        };
        let missing = match Registry::from_lookup(lookup) {
            Ok(_) => "complete".to_owned(),
            Err(error) => {
                let lines = error.field_errors().iter().map(FieldError::to_string);
                lines.collect::<Vec<_>>().join("\n      ")
            }
        };
        message.push_str(&format!("\n  {PROVIDER_ENV}={vendor}\n      {missing}"));
    }
    let help = format!(
        "set {PROVIDER_ENV} and the variables of that vendor, or name a file with --config or {CONFIG_ENV}; without \
         an account: review-invites send --sandbox"
    );
    Failure::new(message, help)
}

/// Returns the warnings of a configuration as lines.
pub(crate) fn warnings(registry: &Registry) -> Vec<String> {
    registry.warnings().iter().map(|warning| format!("warning: {warning}")).collect()
}

/// Returns the instances by name: the chosen one, or all.
pub(crate) fn instances(registry: &Registry, chosen: Option<&str>) -> Result<Vec<(String, DynProvider)>> {
    let names: Vec<&str> = match chosen {
        Some(name) => vec![name],
        None => registry.instances().collect(),
    };
    names.into_iter().map(|name| Ok((name.to_owned(), instance(registry, name)?))).collect()
}

/// Returns one instance.
pub(crate) fn instance(registry: &Registry, name: &str) -> Result<DynProvider> {
    registry.get(name).ok_or_else(|| {
        let known: Vec<&str> = registry.instances().collect();
        Failure::new(
            format!("--instance: the configuration has no instance {name:?}"),
            format!("use one of: {}", known.join(", ")),
        )
    })
}

/// Returns the absolute path of a file that exists, else the path itself.
pub(crate) fn absolute(path: &Path) -> PathBuf {
    std::fs::canonicalize(path).or_else(|_| std::path::absolute(path)).unwrap_or_else(|_| path.to_owned())
}
