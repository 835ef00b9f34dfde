//! Wishes that only eTrusted understands.

use chrono::{DateTime, Utc};
use review_core::VendorOptions;

/// Extras for eTrusted.
///
/// ```
/// use review_etrusted::EtrustedOptions;
///
/// let options = EtrustedOptions::new().with_happened_at("2024-06-28T14:02:11Z".parse()?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EtrustedOptions {
    pub(crate) happened_at: Option<DateTime<Utc>>,
}

impl EtrustedOptions {
    /// No extras.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets when the event happened (`createdAt`), where that is not now.
    #[must_use]
    pub fn with_happened_at(mut self, at: DateTime<Utc>) -> Self {
        self.happened_at = Some(at);
        self
    }
}

impl VendorOptions for EtrustedOptions {}
