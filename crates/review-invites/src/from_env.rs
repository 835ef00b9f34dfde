//! A provider or a reader from the environment, if there is one instance.

use review_core::error::{Error, ErrorKind, Result};
use review_core::provider::DynProvider;
use review_core::reviews::DynReader;

use crate::registry::Registry;

/// Creates a provider from the environment, as [`Registry::from_env`] does: `REVIEW_PROVIDER` names the
/// vendor (optional if only one is compiled in), and the vendor's own variables contain its settings.
///
/// # Errors
/// [`ErrorKind::InvalidConfig`] with every variable that is missing or invalid. For a known vendor that is
/// not compiled in, the error names its feature.
pub fn from_env() -> Result<DynProvider> {
    Ok(Registry::from_env()?.provider())
}

/// Creates a provider from variables by name, for example from a secret store.
///
/// ```
/// # #[cfg(all(feature = "etrusted", feature = "rustls"))] {
/// let provider = review_invites::from_lookup(|name| {
///     let value = match name {
///         "REVIEW_PROVIDER" => "etrusted",
///         "ETRUSTED_CLIENT_ID" | "ETRUSTED_CLIENT_SECRET" => "from the secret store",
///         "ETRUSTED_CHANNEL_ID" => "chl-7e52920a-2722-4881-9908-ecec98c716e4",
///         "ETRUSTED_EVENT_TYPE" => "shipped",
///         _ => return None,
///     };
///     Some(value.to_owned())
/// });
/// assert_eq!(provider.unwrap().info().vendor(), "etrusted");
/// # }
/// ```
///
/// # Errors
/// Those of [`from_env`].
pub fn from_lookup(lookup: impl Fn(&str) -> Option<String>) -> Result<DynProvider> {
    Ok(Registry::from_lookup(lookup)?.provider())
}

/// Creates a reader of the reviews of the default instance from the environment, with the same variables as
/// [`from_env`].
///
/// ```
/// use futures_util::TryStreamExt;
/// use review_invites::Result;
/// use review_invites::reviews::{DynReader, ReviewQuery, ReviewReaderExt};
///
/// /// Pass it the result of `reader_from_env()`.
/// async fn stars(reader: &DynReader) -> Result<Vec<u8>> {
///     let reviews = reader.reviews(ReviewQuery::service());
///     reviews.map_ok(|review| review.stars).try_collect().await
/// }
/// ```
///
/// # Errors
/// The errors of [`from_env`], and an error if there is no default instance or if it has no reader.
pub fn reader_from_env() -> Result<DynReader> {
    default_reader(&Registry::from_env()?)
}

/// Creates a reader from variables by name.
///
/// # Errors
/// Those of [`reader_from_env`].
pub fn reader_from_lookup(lookup: impl Fn(&str) -> Option<String>) -> Result<DynReader> {
    default_reader(&Registry::from_lookup(lookup)?)
}

fn default_reader(registry: &Registry) -> Result<DynReader> {
    let Some(name) = registry.default_instance() else {
        let message = "no instance is the default; set one, or take the reader of each from a Registry";
        return Err(Error::new(ErrorKind::InvalidConfig, message));
    };
    registry.reader(name).ok_or_else(|| {
        Error::new(ErrorKind::Unsupported, "the reviews of this vendor cannot be read through this crate")
    })
}
