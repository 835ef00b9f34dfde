//! What a provider can do, told as data and checked before any I/O.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;

use crate::{
    Error, ErrorKind, FieldError, InviteKind, InviteRequest, OnUnsupported, ProviderInfo, Result, Warning,
};

/// A wish about an invitation that some vendors can fulfil and others cannot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Feature {
    /// The caller chooses when the invitation goes out.
    Scheduling,
    /// The caller chooses the template of the mail.
    Template,
    /// Words are put on the resulting review.
    Tags,
    /// The customer lands on a page of the shop after the review.
    RedirectUrl,
    /// The review is counted for a branch.
    Location,
    /// Answers to the mail go to an address of the caller's choice.
    ReplyTo,
    /// The mail shows a sender of the caller's choice.
    Sender,
    /// Keys and values come back with the review.
    Metadata,
}

impl Feature {
    /// Every feature there is. It grows with the contract.
    pub const ALL: &'static [Self] = &[
        Self::Scheduling,
        Self::Template,
        Self::Tags,
        Self::RedirectUrl,
        Self::Location,
        Self::ReplyTo,
        Self::Sender,
        Self::Metadata,
    ];

    /// The field of the request that asks for it.
    #[must_use]
    pub fn field(self) -> &'static str {
        match self {
            Self::Scheduling => "send_at",
            Self::Template => "template",
            Self::Tags => "tags",
            Self::RedirectUrl => "redirect_url",
            Self::Location => "location",
            Self::ReplyTo => "reply_to",
            Self::Sender => "sender",
            Self::Metadata => "order.metadata",
        }
    }
}

impl fmt::Display for Feature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.field())
    }
}

/// Something a vendor wants that the model leaves open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Requirement {
    /// The customer's name.
    CustomerName,
    /// The page of every product, where products are to be reviewed.
    ProductUrl,
}

/// An operation besides sending that a provider may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Operation {
    /// [`create_link`](crate::ReviewInviteProvider::create_link).
    CreateLink,
    /// [`find_invite`](crate::ReviewInviteProvider::find_invite).
    FindInvite,
    /// [`erase_customer`](crate::ReviewInviteProvider::erase_customer).
    EraseCustomer,
    /// [`check_setup`](crate::ReviewInviteProvider::check_setup).
    CheckSetup,
}

impl Operation {
    /// Every operation there is. It grows with the contract.
    pub const ALL: &'static [Self] =
        &[Self::CreateLink, Self::FindInvite, Self::EraseCustomer, Self::CheckSetup];

    /// The name of the method, as errors tell it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::CreateLink => "create_link",
            Self::FindInvite => "find_invite",
            Self::EraseCustomer => "erase_customer",
            Self::CheckSetup => "check_setup",
        }
    }
}

/// What a provider can do. A new value can do nothing; the `with_` methods add to it.
///
/// ```
/// use review_core::{Capabilities, Feature, InviteKind, Requirement};
///
/// let capabilities = Capabilities::new()
///     .with_kind(InviteKind::Service)
///     .with_feature(Feature::Tags)
///     .with_requirement(Requirement::CustomerName);
/// assert!(capabilities.supports(Feature::Tags));
/// assert!(!capabilities.supports(Feature::Scheduling));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Capabilities {
    kinds: BTreeSet<InviteKind>,
    features: BTreeSet<Feature>,
    requirements: BTreeSet<Requirement>,
    operations: BTreeSet<Operation>,
}

impl Capabilities {
    /// No capability at all.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Every kind, feature and operation there is, and no requirement.
    ///
    /// ```
    /// use review_core::{Capabilities, Feature, Operation};
    ///
    /// let all = Capabilities::all();
    /// assert!(all.supports(Feature::Metadata) && all.has(Operation::EraseCustomer));
    /// ```
    #[must_use]
    pub fn all() -> Self {
        Self {
            kinds: InviteKind::ALL.iter().copied().collect(),
            features: Feature::ALL.iter().copied().collect(),
            requirements: BTreeSet::new(),
            operations: Operation::ALL.iter().copied().collect(),
        }
    }

    /// Adds a kind of invitation.
    #[must_use]
    pub fn with_kind(mut self, kind: InviteKind) -> Self {
        self.kinds.insert(kind);
        self
    }

    /// Adds a feature.
    #[must_use]
    pub fn with_feature(mut self, feature: Feature) -> Self {
        self.features.insert(feature);
        self
    }

    /// Adds something the vendor wants.
    #[must_use]
    pub fn with_requirement(mut self, requirement: Requirement) -> Self {
        self.requirements.insert(requirement);
        self
    }

    /// Adds an operation besides sending.
    #[must_use]
    pub fn with_operation(mut self, operation: Operation) -> Self {
        self.operations.insert(operation);
        self
    }

    /// What both can do, and what either wants: what holds whichever of two providers is taken.
    ///
    /// ```
    /// use review_core::{Capabilities, Feature, Requirement};
    ///
    /// let one = Capabilities::new().with_feature(Feature::Tags).with_feature(Feature::Template);
    /// let other =
    ///     Capabilities::new().with_feature(Feature::Tags).with_requirement(Requirement::CustomerName);
    /// let either = one.in_common_with(&other);
    /// assert!(either.supports(Feature::Tags) && !either.supports(Feature::Template));
    /// assert!(either.requires(Requirement::CustomerName));
    /// ```
    #[must_use]
    pub fn in_common_with(&self, other: &Self) -> Self {
        Self {
            kinds: &self.kinds & &other.kinds,
            features: &self.features & &other.features,
            requirements: &self.requirements | &other.requirements,
            operations: &self.operations & &other.operations,
        }
    }

    /// Whether this kind of invitation can be sent.
    #[must_use]
    pub fn sends(&self, kind: InviteKind) -> bool {
        self.kinds.contains(&kind)
    }

    /// Whether this wish can be fulfilled.
    #[must_use]
    pub fn supports(&self, feature: Feature) -> bool {
        self.features.contains(&feature)
    }

    /// Whether the vendor wants this.
    #[must_use]
    pub fn requires(&self, requirement: Requirement) -> bool {
        self.requirements.contains(&requirement)
    }

    /// Whether the provider has this operation.
    #[must_use]
    pub fn has(&self, operation: Operation) -> bool {
        self.operations.contains(&operation)
    }

    /// Lets a request in: the first step of every provider's `preview` and `send_invite`.
    ///
    /// What the provider cannot do is refused here, or dropped with a warning if the request says
    /// [`OnUnsupported::Degrade`]; what the vendor requires is there; a consent is stated. What
    /// comes out can be mapped without another look at the capabilities.
    ///
    /// # Errors
    /// [`ErrorKind::Blocked`] for an unknown consent, [`ErrorKind::Unsupported`] with every wish that
    /// cannot be fulfilled, [`ErrorKind::InvalidRequest`] with every field the vendor requires.
    pub fn admit<'a>(&self, provider: &ProviderInfo, request: &'a InviteRequest) -> Result<Admitted<'a>> {
        self.look_through(request).map_err(|error| error.with_provider(provider))
    }

    fn look_through<'a>(&self, request: &'a InviteRequest) -> Result<Admitted<'a>> {
        if !request.consent().is_stated() {
            let problem = "expected the basis on which this customer may be asked, found none; \
                           state a consent or a legal basis";
            return Err(Error::new(ErrorKind::Blocked, "").with_fields([FieldError::new("consent", problem)]));
        }
        let mut unsupported = Vec::new();
        if !self.sends(request.kind()) {
            let kinds: Vec<String> = self.kinds.iter().map(ToString::to_string).collect();
            let problem = format!("expected one of: {}; found: {}", kinds.join(", "), request.kind());
            unsupported.push(FieldError::new("kind", problem));
        }
        let beyond: Vec<Feature> =
            request.features().into_iter().filter(|feature| !self.supports(*feature)).collect();
        if request.on_unsupported() == OnUnsupported::Refuse {
            unsupported.extend(beyond.iter().map(|feature| {
                FieldError::new(
                    feature.field(),
                    "the vendor cannot do this; leave it out, or allow to degrade",
                )
            }));
        }
        if !unsupported.is_empty() {
            return Err(Error::new(ErrorKind::Unsupported, "").with_fields(unsupported));
        }
        let missing = self.missing(request);
        if !missing.is_empty() {
            return Err(Error::invalid(missing));
        }
        let mut admitted = Admitted { request: Cow::Borrowed(request), warnings: Vec::new() };
        for feature in beyond {
            admitted.request.to_mut().drop_feature(feature);
            admitted.warnings.push(Warning::new(feature.field(), "left out: the vendor cannot do this"));
        }
        Ok(admitted)
    }

    fn missing(&self, request: &InviteRequest) -> Vec<FieldError> {
        let mut missing = Vec::new();
        if self.requires(Requirement::CustomerName) && request.customer().name().is_none() {
            missing.push(FieldError::new(
                "customer.name",
                "expected a name, since the vendor requires one; found none",
            ));
        }
        if self.requires(Requirement::ProductUrl) && request.kind().asks_for_products() {
            for (index, product) in request.order().products().iter().enumerate() {
                if product.url().is_none() {
                    let field = format!("order.products[{index}].url");
                    let problem =
                        "expected the address of the product's page, since the vendor wants one; found none";
                    missing.push(FieldError::new(field, problem));
                }
            }
        }
        missing
    }
}

/// A request that a provider can fulfil, with what was left out of it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Admitted<'a> {
    /// The request, without the wishes that were dropped.
    pub request: Cow<'a, InviteRequest>,
    /// The wishes that were dropped; they belong into the receipt.
    pub warnings: Vec<Warning>,
}
