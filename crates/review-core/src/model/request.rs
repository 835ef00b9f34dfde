//! A request to invite one customer for one order.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use url::Url;

use super::consent::Consent;
use super::customer::{Customer, PersonName};
use super::email::EmailAddress;
use super::field::Field;
use super::key::InviteKey;
use super::kind::InviteKind;
use super::locale::Locale;
use super::order::Order;
use super::send_at::SendAt;
use super::text::{check_id, text_type};
use super::vendor_options::{OptionSet, VendorOptions};
use crate::error::FieldError;
use crate::provider::hooks::{BeforeSend, SendHooks, SendTracker};
use crate::provider::info::ProviderInfo;
use crate::provider::receipt::Warning;

text_type! {
    /// The role or the vendor's id of an email template: at most 128 characters. Which vendor id a role
    /// stands for is a setting of the instance.
    public TemplateId, |text| check_id("template", text, 128)
}
text_type! {
    /// A tag on the review: at most 100 characters. Letters, digits, `_`, `-` and `.` are accepted by
    /// every vendor that supports tags.
    public Tag, |text| check_id("tags", text, 100)
}
text_type! {
    /// The shop's code of a branch or location: at most 128 characters.
    public LocationId, |text| check_id("location", text, 128)
}

/// The sender the customer sees.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Sender {
    /// The name.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub name: Option<PersonName>,
    /// The address.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub email: Option<EmailAddress>,
}

/// A request to invite one customer to review one order. Independent of the vendor. Cheap to clone.
///
/// ```
/// use review_core::{Consent, InviteRequest};
///
/// let consent = Consent::granted("checkbox at the checkout");
/// let request = InviteRequest::builder("jane@example.com", "1001", consent)
///     .name("Jane Doe")
///     .locale("en-GB")
///     .build()?;
/// assert_eq!(request.order().reference().as_str(), "1001");
/// # Ok::<(), review_core::Error>(())
/// ```
///
/// It cannot be built without a consent:
///
/// ```compile_fail
/// # use review_core::InviteRequest;
/// let _ = InviteRequest::builder("jane@example.com", "1001").build();
/// ```
#[derive(Clone)]
pub struct InviteRequest {
    data: Arc<RequestData>,
    hooks: SendHooks,
}

/// The values of a request, which are compared and stored.
#[derive(Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(super) struct RequestData {
    pub(super) customer: Customer,
    pub(super) order: Order,
    pub(super) consent: Consent,
    #[cfg_attr(feature = "serde", serde(default))]
    pub(super) kind: InviteKind,
    #[cfg_attr(feature = "serde", serde(default))]
    pub(super) send_at: SendAt,
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub(super) template: Option<TemplateId>,
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Vec::is_empty"))]
    pub(super) tags: Vec<Tag>,
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub(super) redirect_url: Option<Url>,
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub(super) location: Option<LocationId>,
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub(super) reply_to: Option<EmailAddress>,
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub(super) sender: Option<Sender>,
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "BTreeSet::is_empty"))]
    pub(super) omittable: BTreeSet<Field>,
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Vec::is_empty"))]
    pub(super) warnings: Vec<Warning>,
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "OptionSet::is_empty"))]
    pub(super) options: OptionSet,
}

/// The rules that concern several fields. Builder and deserialization both apply them.
pub(super) fn contradictions(consent: &Consent, kind: InviteKind, products: usize) -> Vec<FieldError> {
    let mut errors: Vec<_> = consent.check().err().into_iter().collect();
    if kind.includes_products() && products == 0 {
        let message = format!("must have at least one product for the kind {kind}");
        errors.push(FieldError::new("order.products", message));
    }
    errors
}

impl InviteRequest {
    pub(super) fn from_data(data: RequestData) -> Self {
        Self { data: Arc::new(data), hooks: SendHooks::default() }
    }

    #[cfg(feature = "serde")]
    pub(super) fn data(&self) -> &RequestData {
        &self.data
    }

    /// Returns the customer.
    #[must_use]
    pub fn customer(&self) -> &Customer {
        &self.data.customer
    }

    /// Returns the order.
    #[must_use]
    pub fn order(&self) -> &Order {
        &self.data.order
    }

    /// Returns the basis on which the customer is invited.
    #[must_use]
    pub fn consent(&self) -> &Consent {
        &self.data.consent
    }

    /// Returns what the customer is asked to review.
    #[must_use]
    pub fn kind(&self) -> InviteKind {
        self.data.kind
    }

    /// Returns when the invitation is sent.
    #[must_use]
    pub fn send_at(&self) -> SendAt {
        self.data.send_at
    }

    /// Returns the template.
    #[must_use]
    pub fn template(&self) -> Option<&TemplateId> {
        self.data.template.as_ref()
    }

    /// Returns the tags.
    #[must_use]
    pub fn tags(&self) -> &[Tag] {
        &self.data.tags
    }

    /// Returns the page to which the customer is sent after the review.
    #[must_use]
    pub fn redirect_url(&self) -> Option<&Url> {
        self.data.redirect_url.as_ref()
    }

    /// Returns the branch.
    #[must_use]
    pub fn location(&self) -> Option<&LocationId> {
        self.data.location.as_ref()
    }

    /// Returns the address for replies.
    #[must_use]
    pub fn reply_to(&self) -> Option<&EmailAddress> {
        self.data.reply_to.as_ref()
    }

    /// Returns the sender the customer sees.
    #[must_use]
    pub fn sender(&self) -> Option<&Sender> {
        self.data.sender.as_ref()
    }

    /// Returns the fields that may be left out with a warning if the vendor does not support them.
    #[must_use]
    pub fn omittable_fields(&self) -> &BTreeSet<Field> {
        &self.data.omittable
    }

    /// Returns what was left out of the request when it was built: invalid optional values.
    #[must_use]
    pub fn warnings(&self) -> &[Warning] {
        &self.data.warnings
    }

    /// Returns the options for one vendor.
    ///
    /// # Errors
    /// An option that is invalid, by its path `options.<vendor>.<name>`. Only options that were
    /// deserialized, or set by a different version of the vendor's crate, can be invalid.
    pub fn options<T: VendorOptions>(&self) -> Result<Option<T>, FieldError> {
        self.data.options.get()
    }

    /// Returns the identity of this invitation: the shop of the order if it has one, else that of the
    /// provider; the order; and the kind.
    #[must_use]
    pub fn key(&self, provider: &ProviderInfo) -> InviteKey {
        let shop = self.order().shop().map_or(provider.shop(), |shop| shop.as_str());
        InviteKey::new(shop, self.order().reference().clone(), self.kind())
    }

    /// Returns the optional fields that are set and that some vendors do not support.
    #[must_use]
    pub fn used_fields(&self) -> Vec<Field> {
        let is_used = |field: &Field| match field {
            Field::SendAt => self.data.send_at != SendAt::AccountDefault,
            Field::Template => self.data.template.is_some(),
            Field::Tags => !self.data.tags.is_empty(),
            Field::RedirectUrl => self.data.redirect_url.is_some(),
            Field::Location => self.data.location.is_some(),
            Field::ReplyTo => self.data.reply_to.is_some(),
            Field::Sender => self.data.sender.is_some(),
            Field::Metadata => !self.data.order.metadata.is_empty(),
        };
        Field::ALL.iter().copied().filter(is_used).collect()
    }

    pub(crate) fn omit_field(&mut self, field: Field) {
        let data = Arc::make_mut(&mut self.data);
        match field {
            Field::SendAt => data.send_at = SendAt::AccountDefault,
            Field::Template => data.template = None,
            Field::Tags => data.tags.clear(),
            Field::RedirectUrl => data.redirect_url = None,
            Field::Location => data.location = None,
            Field::ReplyTo => data.reply_to = None,
            Field::Sender => data.sender = None,
            Field::Metadata => data.order.metadata.clear(),
        }
    }

    pub(crate) fn set_locale(&mut self, locale: Option<Locale>) {
        Arc::make_mut(&mut self.data).customer.locale = locale;
    }

    /// Adds a hook that runs immediately before the request leaves. Hooks are not serialized and do not
    /// take part in comparisons.
    #[must_use]
    pub fn with_hook(mut self, hook: Arc<dyn BeforeSend>) -> Self {
        self.hooks.push(hook);
        self
    }

    /// Adds a tracker that records how far the send gets. Use a new one for each send.
    #[must_use]
    pub fn with_tracker(mut self, tracker: SendTracker) -> Self {
        self.hooks.push_tracker(tracker);
        self
    }

    /// Returns the hooks and trackers, for providers.
    #[must_use]
    pub fn hooks(&self) -> &SendHooks {
        &self.hooks
    }
}

/// Compares the values; hooks do not take part.
impl PartialEq for InviteRequest {
    fn eq(&self, other: &Self) -> bool {
        self.data == other.data
    }
}

impl Eq for InviteRequest {}

/// Shows the host of the redirect only: such a link can be personal.
impl fmt::Debug for InviteRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let data = &*self.data;
        f.debug_struct("InviteRequest")
            .field("customer", &data.customer)
            .field("order", &data.order)
            .field("consent", &data.consent)
            .field("kind", &data.kind)
            .field("send_at", &data.send_at)
            .field("template", &data.template)
            .field("tags", &data.tags)
            .field("redirect_host", &data.redirect_url.as_ref().and_then(Url::host_str))
            .field("location", &data.location)
            .field("reply_to", &data.reply_to)
            .field("sender", &data.sender)
            .field("omittable", &data.omittable)
            .field("warnings", &data.warnings)
            .field("options", &data.options)
            .field("hooks", &self.hooks)
            .finish()
    }
}
