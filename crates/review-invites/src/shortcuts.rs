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
/// ```
/// # #[cfg(feature = "etrusted")] {
/// use review_invites::from_vars;
///
/// let provider = from_vars(|name| {
///     let value = match name {
///         "REVIEW_PROVIDER" => "etrusted",
///         "ETRUSTED_CLIENT_ID" | "ETRUSTED_CLIENT_SECRET" => "of the secret store",
///         "ETRUSTED_CHANNEL_ID" => "chl-7e52920a-2722-4881-9908-ecec98c716e4",
///         "ETRUSTED_EVENT_TYPE" => "shipped",
///         _ => return None,
///     };
///     Some(value.to_owned())
/// });
/// # #[cfg(feature = "rustls")]
/// assert_eq!(provider.unwrap().info().vendor(), "etrusted");
/// # }
/// ```
///
/// # Errors
/// Those of [`from_env`].
pub fn from_vars(look_up: impl Fn(&str) -> Option<String>) -> Result<DynProvider> {
    Ok(Registry::from_vars(look_up)?.provider())
}

/// Makes a reader of the reviews of the default instance from the environment, by the same variables as
/// [`from_env`].
///
/// ```
/// use review_invites::reexport::futures_util::TryStreamExt;
/// use review_invites::{DynReader, Result, ReviewQuery, ReviewReaderExt};
///
/// /// Pass it what `reader_from_env()` makes.
/// async fn stars(reader: &DynReader) -> Result<Vec<u8>> {
///     reader.reviews(ReviewQuery::service()).map_ok(|review| review.stars).try_collect().await
/// }
/// ```
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
