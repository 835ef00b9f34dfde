//! A provider or a reader alone, where there is one instance.

use review_core::{DynProvider, DynReader, Error, ErrorKind, Result};

use crate::Registry;

/// Makes a provider from the environment, as [`Registry::from_env`] does: `REVIEW_PROVIDER` names the vendor
/// (it may be missing where only one is compiled in), and the vendor's own variables hold its settings. They
/// are listed at `EtrustedConfig::from_vars` and `TrustpilotConfig::from_vars`.
///
/// # Errors
/// [`ErrorKind::Config`] with every variable that is missing or wrong. A vendor that is known but not compiled
/// in is named together with its feature.
pub fn from_env() -> Result<DynProvider> {
    Ok(Registry::from_env()?.provider())
}

/// As [`from_env`], from any source of settings by name: a secret store, a test.
///
/// # Errors
/// Those of [`from_env`].
pub fn from_vars(look_up: impl Fn(&str) -> Option<String>) -> Result<DynProvider> {
    Ok(Registry::from_vars(look_up)?.provider())
}

/// Makes a reader of the reviews of the default instance from the environment, by the same variables as
/// [`from_env`].
///
/// # Errors
/// Those of [`from_env`], and one where the default instance has no reader, or where there is none.
pub fn reader_from_env() -> Result<DynReader> {
    default_reader(&Registry::from_env()?)
}

/// As [`reader_from_env`], from any source of settings by name.
///
/// # Errors
/// Those of [`reader_from_env`].
pub fn reader_from_vars(look_up: impl Fn(&str) -> Option<String>) -> Result<DynReader> {
    default_reader(&Registry::from_vars(look_up)?)
}

fn default_reader(registry: &Registry) -> Result<DynReader> {
    let Some(label) = registry.default_instance() else {
        let problem = "no instance is the default; name one, or take the reader of each from a Registry";
        return Err(Error::new(ErrorKind::Config, problem));
    };
    registry.reader(label).ok_or_else(|| {
        Error::new(ErrorKind::Unsupported, "this vendor's reviews cannot be read through this crate")
    })
}
