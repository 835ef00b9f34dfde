//! Options that only one vendor supports.

use std::collections::BTreeMap;
use std::fmt;

use crate::error::FieldError;

/// A vendor's own options. The vendor's crate implements this for its options type.
///
/// Options are kept as texts by vendor and name, so that a request can be compared, stored and sent
/// later. A request may contain the options of several vendors; each provider reads its own, so the
/// calling code need not know which vendor it sends through.
pub trait VendorOptions: Sized {
    /// The vendor's id, as in [`ProviderInfo::vendor`](crate::provider::ProviderInfo::vendor).
    const VENDOR: &'static str;

    /// Returns every option that is set, by name.
    fn to_texts(&self) -> Vec<(&'static str, String)>;

    /// Parses the options. `text` looks an option up by name.
    ///
    /// # Errors
    /// An invalid option, by its name.
    fn from_texts(text: impl Fn(&str) -> Option<String>) -> Result<Self, FieldError>;
}

/// The options of all vendors.
#[derive(Clone, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(transparent))]
pub(super) struct OptionSet(BTreeMap<String, BTreeMap<String, String>>);

impl OptionSet {
    #[cfg(feature = "serde")]
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn insert<T: VendorOptions>(&mut self, options: &T) {
        let texts = options.to_texts().into_iter().map(|(name, text)| (name.to_owned(), text));
        self.0.insert(T::VENDOR.to_owned(), texts.collect());
    }

    pub(super) fn get<T: VendorOptions>(&self) -> Result<Option<T>, FieldError> {
        let Some(texts) = self.0.get(T::VENDOR) else { return Ok(None) };
        let at_path = |error: FieldError| {
            let path = format!("options.{}.{}", T::VENDOR, error.field());
            error.with_field(path)
        };
        T::from_texts(|name| texts.get(name).cloned()).map(Some).map_err(at_path)
    }
}

/// Shows names only: an option may be personal.
impl fmt::Debug for OptionSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.0.iter().map(|(vendor, texts)| (vendor, texts.keys()))).finish()
    }
}
