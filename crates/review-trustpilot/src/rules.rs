//! What Trustpilot does not accept in a request, beyond what capabilities express.

use chrono::{DateTime, Utc};
use review_core::model::{Field, InviteRequest, Tag};
use review_core::provider::Warning;
use review_core::{Error, ErrorKind, FieldError, Result};

use crate::options::TrustpilotOptions;

/// INF: characters that break the links in Trustpilot's emails, by an older support article.
const BREAK_LINKS: [char; 6] = ['#', '*', '+', '"', '%', '&'];

/// Collects every field that Trustpilot does not accept.
#[derive(Default)]
pub(crate) struct Rejected {
    invalid: Vec<FieldError>,
    unsupported: Vec<FieldError>,
}

impl Rejected {
    /// Starts with the rules for reference and tags.
    pub(crate) fn by_texts(request: &InviteRequest) -> Self {
        let mut rejected = Self::default();
        if let Some(found) = request.order().reference().as_str().chars().find(|c| BREAK_LINKS.contains(c)) {
            let message =
                format!("must not contain # * + \" % &, which break Trustpilot's links; found {found}");
            rejected.add("order.reference", message);
        }
        let is_allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
        for (index, tag) in request.tags().iter().enumerate() {
            if !tag.as_str().chars().all(is_allowed) {
                let message = "must be letters a to z, digits, _, - and . only: Trustpilot accepts no others";
                rejected.invalid.push(FieldError::new(format!("tags[{index}]"), message));
            }
        }
        rejected
    }

    pub(crate) fn add(&mut self, field: &'static str, message: impl Into<std::borrow::Cow<'static, str>>) {
        self.invalid.push(FieldError::new(field, message));
    }

    /// Returns the tags, which only service reviews have.
    pub(crate) fn tags<'a>(
        &mut self,
        request: &'a InviteRequest,
        warnings: &mut Vec<Warning>,
    ) -> Option<Vec<&'a str>> {
        const MESSAGE: &str = "only service reviews have tags";
        if request.tags().is_empty() {
            return None;
        }
        if request.kind().includes_service() {
            return Some(request.tags().iter().map(Tag::as_str).collect());
        }
        if request.omittable_fields().contains(&Field::Tags) {
            warnings.push(Warning::new("tags", format!("left out: {MESSAGE}")));
        } else {
            self.unsupported.push(FieldError::new("tags", MESSAGE));
        }
        None
    }

    /// Returns the options, or rejects every one that is set for this reason.
    pub(crate) fn options(
        &mut self,
        request: &InviteRequest,
        reason: Option<&'static str>,
    ) -> TrustpilotOptions {
        let options = request.options::<TrustpilotOptions>().unwrap_or_else(|error| {
            self.invalid.push(error);
            None
        });
        let options = options.unwrap_or_default();
        if let Some(reason) = reason {
            let used = [
                options.product_template.is_some().then_some("options.trustpilot.product_template"),
                options.product_send_at.is_some().then_some("options.trustpilot.product_send_at"),
            ];
            let errors = used.into_iter().flatten().map(|field| FieldError::new(field, reason));
            self.unsupported.extend(errors);
        }
        options
    }

    /// Adds an error if the product email is not certain to be sent after the service email. The times are compared as
    /// sent, in whole seconds.
    pub(crate) fn order_of_emails(&mut self, service: Option<DateTime<Utc>>, product: Option<DateTime<Utc>>) {
        match (service, product) {
            (Some(service), Some(product)) if product.timestamp() <= service.timestamp() => {
                let message = "must be after the service email, which Trustpilot sends first";
                self.add("options.trustpilot.product_send_at", message);
            }
            (None, Some(_)) => {
                let message =
                    "expected a time for the service email as well, so that it is certain to be first";
                self.add("send_at", message);
            }
            _ => {}
        }
    }

    /// Returns one error with all fields.
    pub(crate) fn into_result(self) -> Result<()> {
        match (self.invalid.is_empty(), self.unsupported.is_empty()) {
            (true, true) => Ok(()),
            (true, false) => Err(Error::new(ErrorKind::Unsupported, "").with_field_errors(self.unsupported)),
            (false, _) => Err(Error::invalid(self.invalid.into_iter().chain(self.unsupported))),
        }
    }
}
