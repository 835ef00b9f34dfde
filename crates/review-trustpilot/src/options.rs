//! Wishes that only Trustpilot understands.

use chrono::{DateTime, Utc};
use review_core::{TemplateId, VendorOptions};

/// Extras for Trustpilot. They speak of the product part of an invitation to review service and
/// products: it is a mail of its own, and the wishes of the request itself go to the service part.
///
/// ```
/// use review_core::TemplateId;
/// use review_trustpilot::TrustpilotOptions;
///
/// let options = TrustpilotOptions::new().with_product_template(TemplateId::new("507f191e810c19729de860ea")?);
/// # Ok::<(), review_core::FieldError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TrustpilotOptions {
    pub(crate) product_template: Option<TemplateId>,
    pub(crate) product_send_at: Option<DateTime<Utc>>,
}

impl TrustpilotOptions {
    /// No extras.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the template of the product part.
    #[must_use]
    pub fn with_product_template(mut self, template: TemplateId) -> Self {
        self.product_template = Some(template);
        self
    }

    /// Sets when the product part goes out; it must be later than the service part.
    #[must_use]
    pub fn with_product_send_at(mut self, at: DateTime<Utc>) -> Self {
        self.product_send_at = Some(at);
        self
    }
}

impl VendorOptions for TrustpilotOptions {}
