//! One invitation, as the caller asks for it.

use std::fmt;

use url::Url;

use super::options::OptionSet;
use super::text::text_type;
use super::{Consent, Customer, EmailAddress, Order, OrderReference, PersonName, SendAt, VendorOptions};
use crate::{Feature, FieldError, ProviderInfo, Result};

text_type! {
    /// The vendor's id of a template (of the mail).
    plain TemplateId, "template", 128
}
text_type! {
    /// A word put on the resulting review. Vendors allow few characters: letters, digits, `_`, `-`
    /// and `.` pass everywhere.
    plain Tag, "tags", 100
}
text_type! {
    /// The shop's code of a branch or location.
    plain LocationId, "location", 128
}

/// What the customer is asked to review.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum InviteKind {
    /// The shop and its service.
    #[default]
    Service,
    /// The products of the order.
    Product,
    /// Both.
    ServiceAndProduct,
}

impl InviteKind {
    /// Every kind there is.
    pub const ALL: &'static [Self] = &[Self::Service, Self::Product, Self::ServiceAndProduct];

    /// Whether the shop is to be reviewed.
    #[must_use]
    pub fn asks_for_service(self) -> bool {
        self != Self::Product
    }

    /// Whether the products are to be reviewed.
    #[must_use]
    pub fn asks_for_products(self) -> bool {
        self != Self::Service
    }
}

impl fmt::Display for InviteKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Service => "service",
            Self::Product => "product",
            Self::ServiceAndProduct => "service and product",
        })
    }
}

/// What a provider does about a wish its vendor cannot fulfil.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnUnsupported {
    /// Refuse the request before anything is sent, naming every such wish.
    #[default]
    Refuse,
    /// Send without it and say so in the receipt's warnings.
    Degrade,
}

/// Who an invitation seems to come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sender {
    /// The name the customer reads.
    pub name: Option<PersonName>,
    /// The address the customer reads.
    pub email: Option<EmailAddress>,
}

/// The identity of an invitation: what "never twice" is about.
///
/// The vendor is not part of it. Where two instances share a store of keys, each needs a label of its
/// own, also across vendors: under one label, what the one sent counts as sent by the other.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct InviteKey {
    /// The label of the provider instance.
    pub instance: String,
    /// The order.
    pub reference: OrderReference,
    /// What is asked for.
    pub kind: InviteKind,
}

/// The wish to ask one customer about one order, in no vendor's words.
///
/// It cannot be built without saying on what [`Consent`] it rests.
///
/// ```
/// use review_core::{Consent, Customer, EmailAddress, InviteRequest, Order, OrderReference};
///
/// let request = InviteRequest::builder(
///     Customer::new(EmailAddress::new("jane@example.com")?),
///     Order::new(OrderReference::new("1001")?),
///     Consent::granted("checkbox at the checkout"),
/// )
/// .build()?;
/// assert_eq!(request.order().reference().as_str(), "1001");
/// # Ok::<(), review_core::Error>(())
/// ```
///
/// ```compile_fail
/// # use review_core::{Customer, InviteRequest, Order};
/// fn without_consent(customer: Customer, order: Order) {
///     let _ = InviteRequest::builder(customer, order);
/// }
/// ```
#[derive(Clone)]
pub struct InviteRequest {
    customer: Customer,
    order: Order,
    consent: Consent,
    kind: InviteKind,
    send_at: SendAt,
    template: Option<TemplateId>,
    tags: Vec<Tag>,
    redirect_url: Option<Url>,
    location: Option<LocationId>,
    reply_to: Option<EmailAddress>,
    sender: Option<Sender>,
    on_unsupported: OnUnsupported,
    options: OptionSet,
}

/// Shows the host of the redirect only: such a link can be personal.
impl fmt::Debug for InviteRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InviteRequest")
            .field("customer", &self.customer)
            .field("order", &self.order)
            .field("consent", &self.consent)
            .field("kind", &self.kind)
            .field("send_at", &self.send_at)
            .field("template", &self.template)
            .field("tags", &self.tags)
            .field("redirect_host", &self.redirect_url.as_ref().and_then(Url::host_str))
            .field("location", &self.location)
            .field("reply_to", &self.reply_to)
            .field("sender", &self.sender)
            .field("on_unsupported", &self.on_unsupported)
            .field("options", &self.options)
            .finish()
    }
}

impl InviteRequest {
    /// Starts a request.
    pub fn builder(customer: Customer, order: Order, consent: Consent) -> InviteRequestBuilder {
        InviteRequestBuilder(Self {
            customer,
            order,
            consent,
            kind: InviteKind::default(),
            send_at: SendAt::default(),
            template: None,
            tags: Vec::new(),
            redirect_url: None,
            location: None,
            reply_to: None,
            sender: None,
            on_unsupported: OnUnsupported::default(),
            options: OptionSet::default(),
        })
    }

    /// The person who is asked.
    #[must_use]
    pub fn customer(&self) -> &Customer {
        &self.customer
    }

    /// The order they are asked about.
    #[must_use]
    pub fn order(&self) -> &Order {
        &self.order
    }

    /// On what basis they may be asked.
    #[must_use]
    pub fn consent(&self) -> &Consent {
        &self.consent
    }

    /// What they are asked to review.
    #[must_use]
    pub fn kind(&self) -> InviteKind {
        self.kind
    }

    /// When the invitation should go out.
    #[must_use]
    pub fn send_at(&self) -> SendAt {
        self.send_at
    }

    /// The vendor's template.
    #[must_use]
    pub fn template(&self) -> Option<&TemplateId> {
        self.template.as_ref()
    }

    /// Words put on the resulting review.
    #[must_use]
    pub fn tags(&self) -> &[Tag] {
        &self.tags
    }

    /// Where the customer lands after the review.
    #[must_use]
    pub fn redirect_url(&self) -> Option<&Url> {
        self.redirect_url.as_ref()
    }

    /// The shop's branch.
    #[must_use]
    pub fn location(&self) -> Option<&LocationId> {
        self.location.as_ref()
    }

    /// Where an answer to the invitation goes.
    #[must_use]
    pub fn reply_to(&self) -> Option<&EmailAddress> {
        self.reply_to.as_ref()
    }

    /// Who the invitation seems to come from.
    #[must_use]
    pub fn sender(&self) -> Option<&Sender> {
        self.sender.as_ref()
    }

    /// What happens to wishes the vendor cannot fulfil.
    #[must_use]
    pub fn on_unsupported(&self) -> OnUnsupported {
        self.on_unsupported
    }

    /// The extras for one vendor.
    #[must_use]
    pub fn options<T: VendorOptions>(&self) -> Option<&T> {
        self.options.get()
    }

    /// The identity of this invitation at a provider.
    #[must_use]
    pub fn key(&self, provider: &ProviderInfo) -> InviteKey {
        InviteKey {
            instance: provider.instance().to_owned(),
            reference: self.order.reference().clone(),
            kind: self.kind,
        }
    }

    /// The features this request makes use of.
    #[must_use]
    pub fn features(&self) -> Vec<Feature> {
        [
            (Feature::Scheduling, self.send_at != SendAt::VendorDefault),
            (Feature::Template, self.template.is_some()),
            (Feature::Tags, !self.tags.is_empty()),
            (Feature::RedirectUrl, self.redirect_url.is_some()),
            (Feature::Location, self.location.is_some()),
            (Feature::ReplyTo, self.reply_to.is_some()),
            (Feature::Sender, self.sender.is_some()),
            (Feature::Metadata, !self.order.metadata().is_empty()),
        ]
        .into_iter()
        .filter_map(|(feature, used)| used.then_some(feature))
        .collect()
    }

    pub(crate) fn drop_feature(&mut self, feature: Feature) {
        match feature {
            Feature::Scheduling => self.send_at = SendAt::VendorDefault,
            Feature::Template => self.template = None,
            Feature::Tags => self.tags.clear(),
            Feature::RedirectUrl => self.redirect_url = None,
            Feature::Location => self.location = None,
            Feature::ReplyTo => self.reply_to = None,
            Feature::Sender => self.sender = None,
            Feature::Metadata => self.order.clear_metadata(),
        }
    }
}

/// Puts an [`InviteRequest`] together.
#[derive(Clone, Debug)]
#[must_use = "call build() to get the request"]
pub struct InviteRequestBuilder(InviteRequest);

impl InviteRequestBuilder {
    /// Sets what the customer is asked to review. Default: the service.
    pub fn kind(mut self, kind: InviteKind) -> Self {
        self.0.kind = kind;
        self
    }

    /// Sets when the invitation should go out. Default: the vendor's account decides.
    pub fn send_at(mut self, send_at: SendAt) -> Self {
        self.0.send_at = send_at;
        self
    }

    /// Chooses a template of the vendor.
    pub fn template(mut self, template: TemplateId) -> Self {
        self.0.template = Some(template);
        self
    }

    /// Adds a word to be put on the resulting review.
    pub fn tag(mut self, tag: Tag) -> Self {
        self.0.tags.push(tag);
        self
    }

    /// Sets where the customer lands after the review: an `http` or `https` address.
    pub fn redirect_url(mut self, url: Url) -> Self {
        self.0.redirect_url = Some(url);
        self
    }

    /// Sets the shop's branch.
    pub fn location(mut self, location: LocationId) -> Self {
        self.0.location = Some(location);
        self
    }

    /// Sets where an answer to the invitation goes.
    pub fn reply_to(mut self, address: EmailAddress) -> Self {
        self.0.reply_to = Some(address);
        self
    }

    /// Sets who the invitation seems to come from.
    pub fn sender(mut self, sender: Sender) -> Self {
        self.0.sender = Some(sender);
        self
    }

    /// Sets what happens to wishes the vendor cannot fulfil. Default: the request is refused.
    pub fn on_unsupported(mut self, rule: OnUnsupported) -> Self {
        self.0.on_unsupported = rule;
        self
    }

    /// Adds the extras for one vendor; other vendors leave them.
    pub fn options(mut self, options: impl VendorOptions) -> Self {
        self.0.options.insert(options);
        self
    }

    /// The finished request.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidRequest`](crate::ErrorKind::InvalidRequest), naming every field that
    /// contradicts another.
    pub fn build(self) -> Result<InviteRequest> {
        let request = self.0;
        let mut wrong = Vec::new();
        if request.kind.asks_for_products() && request.order.products().is_empty() {
            let problem =
                format!("expected at least one product for a {} invitation, found none", request.kind);
            wrong.push(FieldError::new("order.products", problem));
        }
        if request.redirect_url.as_ref().is_some_and(|url| !matches!(url.scheme(), "http" | "https")) {
            wrong.push(FieldError::new("redirect_url", "expected an address with http or https"));
        }
        let no_sender = |sender: &Sender| sender.name.is_none() && sender.email.is_none();
        if request.sender.as_ref().is_some_and(no_sender) {
            wrong.push(FieldError::new("sender", "expected a name, an address or both; found neither"));
        }
        if wrong.is_empty() { Ok(request) } else { Err(crate::Error::invalid(wrong)) }
    }
}
