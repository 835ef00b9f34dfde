//! Options that only eTrusted has.

use chrono::{DateTime, Utc};
use review_core::FieldError;
use review_core::model::{ParseField, VendorOptions};

use crate::operations::VENDOR;

const EVENT_TIME: &str = "event_time";

/// Options for eTrusted. Other vendors ignore them.
///
/// ```
/// use review_etrusted::EtrustedOptions;
///
/// let options = EtrustedOptions::new().with_event_time("2024-06-28T14:02:11Z".parse()?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EtrustedOptions {
    pub(crate) event_time: Option<DateTime<Utc>>,
}

impl EtrustedOptions {
    /// Creates options without any value.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets when the event happened (`createdAt`), if that is not the present.
    #[must_use]
    pub fn with_event_time(mut self, at: DateTime<Utc>) -> Self {
        self.event_time = Some(at);
        self
    }
}

impl VendorOptions for EtrustedOptions {
    const VENDOR: &'static str = VENDOR;

    fn to_texts(&self) -> Vec<(&'static str, String)> {
        self.event_time.iter().map(|time| (EVENT_TIME, time.to_rfc3339())).collect()
    }

    fn from_texts(text: impl Fn(&str) -> Option<String>) -> Result<Self, FieldError> {
        let parse = |text: String| DateTime::parse_field(&text).map_err(|error| error.with_field(EVENT_TIME));
        Ok(Self { event_time: text(EVENT_TIME).map(parse).transpose()? })
    }
}
