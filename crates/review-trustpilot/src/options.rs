//! Options that only Trustpilot has.

use chrono::{DateTime, Utc};
use review_core::FieldError;
use review_core::model::{InviteRequest, ParseField, TemplateId, VendorOptions};
use review_http::vendor::FieldErrors;

use crate::operations::VENDOR;

const PRODUCT_TEMPLATE: &str = "product_template";
const PRODUCT_SEND_AT: &str = "product_send_at";

/// Options for Trustpilot. Other vendors ignore them. They apply to the product part of an invitation to review
/// service and products, which is a separate email. The fields of the request apply to the service part.
///
/// ```
/// use review_trustpilot::TrustpilotOptions;
///
/// let options = TrustpilotOptions::new().with_product_template("507f191e810c19729de860ea")?;
/// # Ok::<(), review_core::FieldError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TrustpilotOptions {
    pub(crate) product_template: Option<TemplateId>,
    pub(crate) product_send_at: Option<DateTime<Utc>>,
}

impl TrustpilotOptions {
    /// Creates options without any value.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the template of the product part: an id, or a role of the setting `templates`.
    ///
    /// # Errors
    /// A [`FieldError`] if the text cannot be an id.
    pub fn with_product_template(mut self, template: impl AsRef<str>) -> Result<Self, FieldError> {
        let template = TemplateId::new(template).map_err(|error| error.with_field(PRODUCT_TEMPLATE))?;
        self.product_template = Some(template);
        Ok(self)
    }

    /// Sets when the product part is sent; it must be later than the service part.
    #[must_use]
    pub fn with_product_send_at(mut self, at: DateTime<Utc>) -> Self {
        self.product_send_at = Some(at);
        self
    }

    /// Returns the options of a request. With a reason, every one that is set is unsupported.
    pub(crate) fn of(
        request: &InviteRequest,
        reason: Option<&'static str>,
        errors: &mut FieldErrors,
    ) -> Self {
        let options: Self = errors.ok(request.options()).flatten().unwrap_or_default();
        if let Some(reason) = reason {
            for (name, _) in options.to_texts() {
                errors.add_unsupported(format!("options.{VENDOR}.{name}"), reason);
            }
        }
        options
    }
}

impl VendorOptions for TrustpilotOptions {
    const VENDOR: &'static str = VENDOR;

    fn to_texts(&self) -> Vec<(&'static str, String)> {
        let template = self.product_template.iter().map(|id| (PRODUCT_TEMPLATE, id.as_str().to_owned()));
        template.chain(self.product_send_at.iter().map(|at| (PRODUCT_SEND_AT, at.to_rfc3339()))).collect()
    }

    fn from_texts(text: impl Fn(&str) -> Option<String>) -> Result<Self, FieldError> {
        let parse =
            |text: String| DateTime::parse_field(&text).map_err(|error| error.with_field(PRODUCT_SEND_AT));
        let options = Self { product_send_at: text(PRODUCT_SEND_AT).map(parse).transpose()?, ..Self::new() };
        match text(PRODUCT_TEMPLATE) {
            Some(template) => options.with_product_template(template),
            None => Ok(options),
        }
    }
}
