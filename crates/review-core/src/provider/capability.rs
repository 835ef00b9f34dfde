//! What a provider supports.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use crate::model::field::Field;
use crate::model::kind::InviteKind;
use crate::provider::locales::LocaleSupport;

/// How precisely a caller can choose when an invitation is sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Scheduling {
    /// Not at all: the account or the vendor decides.
    #[default]
    None,
    /// A whole day. Times are rounded up to the next whole day when the invitation is sent, see
    /// [`whole_days_until`](crate::model::whole_days_until).
    WholeDay,
    /// An instant.
    Instant,
}

/// A fact a vendor requires that the model leaves optional.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Requirement {
    /// The customer's name.
    CustomerName,
    /// The customer's locale.
    Locale,
    /// The customer's country.
    Country,
    /// The customer's phone number.
    Phone,
    /// The URL of every product, for invitations that include products.
    ProductUrl,
    /// The image of every product, for invitations that include products.
    ProductImage,
    /// The day or time the order was placed.
    PlacedAt,
    /// The day or time the order was shipped.
    ShippedAt,
    /// Every SKU consists of ASCII letters, digits and these characters.
    SkuCharacters(Cow<'static, str>),
    /// The order reference contains none of these characters.
    ReferenceWithout(Cow<'static, str>),
    /// Every tag consists of ASCII letters, digits and these characters.
    TagCharacters(Cow<'static, str>),
    /// Orders placed at most this many days ago.
    MaxOrderAgeDays(u16),
}

/// An optional operation of a provider.
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
    /// All operations. The list grows with the contract.
    pub const ALL: &'static [Self] =
        &[Self::CreateLink, Self::FindInvite, Self::EraseCustomer, Self::CheckSetup];

    /// Returns the name of the method, as errors contain it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::CreateLink => "create_link",
            Self::FindInvite => "find_invite",
            Self::EraseCustomer => "erase_customer",
            Self::CheckSetup => "check_setup",
        }
    }
}

/// How the vendor recognises a repeated request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum SendIdempotency {
    /// It does not: sending twice may invite twice.
    #[default]
    None,
    /// By the order reference.
    OrderReference,
    /// By the email address and the order reference.
    EmailAndOrderReference,
    /// By the email address, for a limited time.
    Email,
}

/// What a provider supports. A new value supports nothing; `add_*` methods add to it, `with_*` methods
/// set a value.
///
/// ```
/// use review_core::model::{Field, InviteKind};
/// use review_core::provider::{Capabilities, Requirement};
///
/// let capabilities = Capabilities::new()
///     .add_kind(InviteKind::Service)
///     .add_field(Field::Tags)
///     .add_requirement(Requirement::CustomerName);
/// assert!(capabilities.supports_field(Field::Tags));
/// assert!(!capabilities.supports_field(Field::SendAt));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Capabilities {
    kinds: BTreeSet<InviteKind>,
    fields: BTreeSet<Field>,
    requirements: BTreeSet<Requirement>,
    operations: BTreeSet<Operation>,
    scheduling: Scheduling,
    account_schedule: bool,
    locales: LocaleSupport,
    idempotency: SendIdempotency,
    send_hooks: bool,
    settings: BTreeMap<&'static str, Cow<'static, str>>,
}

impl Capabilities {
    /// Creates a value that supports nothing, accepts any locale, and leaves the time of sending to the
    /// account.
    #[must_use]
    pub fn new() -> Self {
        Self { account_schedule: true, ..Self::default() }
    }

    /// Creates a value with every kind, field and operation, instants, and no requirement. It runs no
    /// send hooks.
    ///
    /// ```
    /// use review_core::model::Field;
    /// use review_core::provider::{Capabilities, Operation};
    ///
    /// let all = Capabilities::all();
    /// assert!(all.supports_field(Field::Metadata) && all.supports_operation(Operation::EraseCustomer));
    /// ```
    #[must_use]
    pub fn all() -> Self {
        Self {
            kinds: InviteKind::ALL.iter().copied().collect(),
            fields: Field::ALL.iter().copied().collect(),
            operations: Operation::ALL.iter().copied().collect(),
            scheduling: Scheduling::Instant,
            ..Self::new()
        }
    }

    /// Adds a kind of invitation.
    #[must_use]
    pub fn add_kind(mut self, kind: InviteKind) -> Self {
        self.kinds.insert(kind);
        self
    }

    /// Adds a field. For [`Field::SendAt`], use [`with_scheduling`](Self::with_scheduling).
    #[must_use]
    pub fn add_field(mut self, field: Field) -> Self {
        self.fields.insert(field);
        self
    }

    /// Adds a requirement.
    #[must_use]
    pub fn add_requirement(mut self, requirement: Requirement) -> Self {
        self.requirements.insert(requirement);
        self
    }

    /// Adds an optional operation.
    #[must_use]
    pub fn add_operation(mut self, operation: Operation) -> Self {
        self.operations.insert(operation);
        self
    }

    /// Sets how precisely callers can choose the time of sending, and adds or removes
    /// [`Field::SendAt`] accordingly.
    #[must_use]
    pub fn with_scheduling(mut self, scheduling: Scheduling) -> Self {
        self.scheduling = scheduling;
        if scheduling == Scheduling::None {
            self.fields.remove(&Field::SendAt);
        } else {
            self.fields.insert(Field::SendAt);
        }
        self
    }

    /// Sets whether the account has a schedule of its own, which
    /// [`SendAt::AccountDefault`](crate::model::SendAt::AccountDefault) stands for. Default: `true`.
    #[must_use]
    pub fn with_account_schedule(mut self, exists: bool) -> Self {
        self.account_schedule = exists;
        self
    }

    /// Sets the locales the vendor accepts. Any other locale is left out of a request with a warning.
    /// Default: any.
    #[must_use]
    pub fn with_locales(mut self, locales: LocaleSupport) -> Self {
        self.locales = locales;
        self
    }

    /// Sets how the vendor recognises a repeated request. Default: not at all.
    #[must_use]
    pub fn with_idempotency(mut self, idempotency: SendIdempotency) -> Self {
        self.idempotency = idempotency;
        self
    }

    /// Declares that the provider runs the [hooks](crate::provider::SendHooks) of a request after its
    /// last wait. Without it, wrappers check before they call the provider.
    #[must_use]
    pub fn with_send_hooks(mut self) -> Self {
        self.send_hooks = true;
        self
    }

    /// Names the setting that would allow what `path` asks for: `kind`, the path of a field, or a member of every
    /// product (`order.products[].url`). The error for an unsupported kind or field, or a missing member, repeats
    /// it.
    #[must_use]
    pub fn with_setting_for(mut self, path: &'static str, setting: impl Into<Cow<'static, str>>) -> Self {
        self.settings.insert(path, setting.into());
        self
    }

    /// Returns what both support and what either requires: what holds for whichever of two providers is
    /// chosen.
    ///
    /// ```
    /// use review_core::model::Field;
    /// use review_core::provider::{Capabilities, Requirement};
    ///
    /// let one = Capabilities::new().add_field(Field::Tags).add_field(Field::Template);
    /// let other = Capabilities::new().add_field(Field::Tags).add_requirement(Requirement::CustomerName);
    /// let either = one.intersection(&other);
    /// assert!(either.supports_field(Field::Tags) && !either.supports_field(Field::Template));
    /// assert!(either.requires(&Requirement::CustomerName));
    /// ```
    #[must_use]
    pub fn intersection(&self, other: &Self) -> Self {
        let idempotency =
            if self.idempotency == other.idempotency { self.idempotency } else { SendIdempotency::None };
        Self {
            kinds: &self.kinds & &other.kinds,
            fields: &self.fields & &other.fields,
            requirements: &self.requirements | &other.requirements,
            operations: &self.operations & &other.operations,
            scheduling: self.scheduling.min(other.scheduling),
            account_schedule: self.account_schedule && other.account_schedule,
            locales: self.locales.intersection(&other.locales),
            idempotency,
            send_hooks: self.send_hooks && other.send_hooks,
            settings: self.settings.iter().chain(&other.settings).map(|(k, v)| (*k, v.clone())).collect(),
        }
    }

    /// Returns the supported kinds.
    pub fn kinds(&self) -> impl Iterator<Item = InviteKind> + '_ {
        self.kinds.iter().copied()
    }

    /// Returns whether this kind of invitation is supported.
    #[must_use]
    pub fn supports_kind(&self, kind: InviteKind) -> bool {
        self.kinds.contains(&kind)
    }

    /// Returns whether this field is supported.
    #[must_use]
    pub fn supports_field(&self, field: Field) -> bool {
        self.fields.contains(&field)
    }

    /// Returns whether the provider has this operation.
    #[must_use]
    pub fn supports_operation(&self, operation: Operation) -> bool {
        self.operations.contains(&operation)
    }

    /// Returns the locales the vendor accepts.
    #[must_use]
    pub fn locales(&self) -> &LocaleSupport {
        &self.locales
    }

    /// Returns whether the vendor requires this.
    #[must_use]
    pub fn requires(&self, requirement: &Requirement) -> bool {
        self.requirements.contains(requirement)
    }

    /// Returns all requirements.
    pub fn requirements(&self) -> impl Iterator<Item = &Requirement> {
        self.requirements.iter()
    }

    /// Returns how precisely callers can choose the time of sending.
    #[must_use]
    pub fn scheduling(&self) -> Scheduling {
        self.scheduling
    }

    /// Returns whether the account has a schedule of its own.
    #[must_use]
    pub fn has_account_schedule(&self) -> bool {
        self.account_schedule
    }

    /// Returns how the vendor recognises a repeated request.
    #[must_use]
    pub fn idempotency(&self) -> SendIdempotency {
        self.idempotency
    }

    /// Returns whether the provider runs the hooks of a request.
    #[must_use]
    pub fn runs_send_hooks(&self) -> bool {
        self.send_hooks
    }

    /// Returns the setting that would allow what `path` asks for.
    #[must_use]
    pub fn setting_for(&self, path: &str) -> Option<&str> {
        self.settings.get(path).map(AsRef::as_ref)
    }
}
