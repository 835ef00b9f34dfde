//! The contract between a backend and a review platform.

pub(crate) mod capability;
mod check;
mod ext;
pub(crate) mod forward;
pub(crate) mod hooks;
pub(crate) mod info;
pub(crate) mod locales;
pub(crate) mod lookup;
#[cfg(feature = "mock")]
mod mock;
pub(crate) mod preview;
pub(crate) mod receipt;
mod send;
pub(crate) mod setup;

use std::any::Any;
use std::fmt::Debug;
use std::ops::Deref as _;
use std::sync::Arc;

use async_trait::async_trait;

pub use self::capability::{Capabilities, Operation, Requirement, Scheduling, SendIdempotency};
pub use self::check::ValidatedRequest;
pub use self::ext::ReviewInviteProviderExt;
use self::forward::forward;
pub use self::hooks::{BeforeSend, SendHooks, SendTracker};
pub use self::info::ProviderInfo;
pub use self::locales::LocaleSupport;
pub use self::lookup::{ErasureStatus, InviteLookup, InviteRef, InviteStatus};
pub use self::preview::{Preview, PreviewRequest};
pub use self::receipt::{InviteReceipt, InviteState, ReviewLink, Warning};
pub use self::send::send_with_hook;
pub use self::setup::{Finding, SetupReport, SetupStatus, Severity};
use crate::error::{Error, Result};
use crate::model::email::EmailAddress;
use crate::model::request::InviteRequest;

/// A provider whose vendor the code that uses it does not know.
pub type DynProvider = Arc<dyn ReviewInviteProvider>;

/// One account at one review platform, which invites customers to write reviews.
///
/// Backends are written against this trait (usually as a [`DynProvider`]) and against
/// [`ReviewInviteProviderExt`]; a vendor is chosen by configuration. [`info`](Self::info),
/// [`capabilities`](Self::capabilities) and [`send_invite`](Self::send_invite) make a provider. The
/// other operations return [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported) until a provider
/// implements them, and [`Capabilities::supports_operation`] reports them in advance.
///
/// # Writing a provider
/// Begin `send_invite` with [`Capabilities::check_request`], which rejects what the vendor does not
/// support before anything is sent. Sending is not idempotent: a request whose response was lost is
/// [`ErrorKind::OutcomeUnknown`](crate::ErrorKind::OutcomeUnknown) and is never retried. Run the
/// request's [hooks](InviteRequest::hooks) immediately before it leaves and declare
/// [`Capabilities::with_send_hooks`]. A type that wraps another provider should deny
/// `clippy::missing_trait_methods`, so that no operation is lost when this trait grows. For a vendor
/// that speaks HTTP, `review_http::vendor` implements all of this.
///
/// ```
/// use async_trait::async_trait;
/// use review_core::model::InviteRequest;
/// use review_core::provider::{
///     Capabilities, InviteReceipt, InviteState, ProviderInfo, ReviewInviteProvider,
///     ReviewInviteProviderExt,
/// };
/// use review_core::Result;
///
/// #[derive(Debug)]
/// struct Acme {
///     info: ProviderInfo,
///     capabilities: Capabilities,
/// }
///
/// #[async_trait]
/// impl ReviewInviteProvider for Acme {
///     fn info(&self) -> &ProviderInfo {
///         &self.info
///     }
///
///     fn capabilities(&self) -> &Capabilities {
///         &self.capabilities
///     }
///
///     async fn send_invite(&self, request: &InviteRequest) -> Result<InviteReceipt> {
///         let validated = self.check_request(request, "send_invite")?;
///         // ... post validated.request ...
///         let receipt = InviteReceipt::new(self.info.clone(), InviteState::Accepted);
///         Ok(receipt.add_warnings(validated.warnings))
///     }
/// }
/// ```
///
/// # Testing code that uses a provider
/// With the feature `mock`, mockall generates `MockReviewInviteProvider`. It mocks the operations with
/// a default body too: a call without an expectation panics.
/// `MockReviewInviteProvider::accepting_all()` and `preset(info, capabilities)` set `info`,
/// `capabilities`, `capabilities_for` and `validate`.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait ReviewInviteProvider: Debug + Send + Sync + 'static {
    /// Returns the vendor, the name of this instance and its shop.
    fn info(&self) -> &ProviderInfo;

    /// Returns the identity of the provider that would handle this request: a router returns that of the
    /// provider it would choose. Its shop is part of the request's [key](InviteRequest::key).
    #[allow(unused_variables)]
    fn info_for(&self, request: &InviteRequest) -> &ProviderInfo {
        self.info()
    }

    /// Returns what this provider supports.
    fn capabilities(&self) -> &Capabilities;

    /// Returns what this provider supports for this request: a router returns the capabilities of the
    /// provider it would choose.
    #[allow(unused_variables)]
    fn capabilities_for(&self, request: &InviteRequest) -> &Capabilities {
        self.capabilities()
    }

    /// Checks a request without sending it. Pure: no I/O, no waiting. Every other operation with a
    /// request starts with it.
    ///
    /// # Errors
    /// The errors of [`send_invite`](Self::send_invite) that can be found without the vendor, with all
    /// invalid fields.
    fn validate(&self, request: &InviteRequest) -> Result<Vec<Warning>> {
        Ok(self.check_request(request, "validate")?.warnings)
    }

    /// Returns the requests that would be made. No I/O; the result contains no personal data.
    ///
    /// # Errors
    /// Those of [`validate`](Self::validate).
    fn preview(&self, request: &InviteRequest) -> Result<Preview> {
        Ok(Preview::default().add_warnings(self.validate(request)?))
    }

    /// Asks the vendor to invite a customer: at most one email for one call.
    ///
    /// # Errors
    /// See [`Error`] for its four facts. Only after an error with
    /// [`RetryAdvice::After`](crate::RetryAdvice::After) is it safe to make the same call again
    /// without a change.
    async fn send_invite(&self, request: &InviteRequest) -> Result<InviteReceipt>;

    /// Creates a personal link for the shop to send itself; the vendor sends no email.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported) unless the provider has it.
    async fn create_link(&self, request: &InviteRequest) -> Result<ReviewLink> {
        let _ = request;
        Err(Error::unsupported(self.info(), "create_link", "this vendor has no links; send an invitation"))
    }

    /// Looks up an invitation at the vendor: by its key, and by the vendor's id of a receipt if there is
    /// one.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported) unless the provider has it.
    async fn find_invite(&self, invite: &InviteRef) -> Result<InviteLookup> {
        let _ = invite;
        Err(Error::unsupported(
            self.info(),
            "find_invite",
            "look up the order in the vendor's web application",
        ))
    }

    /// Asks the vendor to erase a customer's data. This cannot be undone.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported) unless the provider has it.
    async fn erase_customer(&self, email: &EmailAddress) -> Result<ErasureStatus> {
        let _ = email;
        Err(Error::unsupported(
            self.info(),
            "erase_customer",
            "send an email to the vendor's data protection office",
        ))
    }

    /// Checks for settings that prevent accepted invitations from being sent. It changes nothing and
    /// sends no email.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported) unless the provider has it.
    async fn check_setup(&self) -> Result<SetupReport> {
        Err(Error::unsupported(
            self.info(),
            "check_setup",
            "check the settings in the vendor's web application",
        ))
    }
}

/// A shared, boxed or static provider is a provider too.
macro_rules! pointer {
    ($($pointer:ty),*) => {$(
        #[deny(clippy::missing_trait_methods)]
        impl<T: ReviewInviteProvider + ?Sized> ReviewInviteProvider for $pointer {
            forward!([.deref()] info info_for capabilities capabilities_for validate preview send_invite create_link
                find_invite erase_customer check_setup);
        }
    )*};
}
pointer!(Arc<T>, Box<T>, &'static T);

/// Returns any provider as a [`DynProvider`]. A `DynProvider` or a `Box<dyn ReviewInviteProvider>` is
/// not wrapped again.
///
/// `impl Into<DynProvider>` cannot express this: the orphan rule forbids the implementation.
pub fn into_dyn<P: ReviewInviteProvider>(provider: P) -> DynProvider {
    let mut slot = Some(provider);
    let any: &mut dyn Any = &mut slot;
    if let Some(shared) = any.downcast_mut::<Option<DynProvider>>().and_then(Option::take) {
        return shared;
    }
    if let Some(boxed) = any.downcast_mut::<Option<Box<dyn ReviewInviteProvider>>>().and_then(Option::take) {
        return Arc::from(boxed);
    }
    #[expect(clippy::expect_used, reason = "the slot is emptied only where this function returns")]
    let provider = slot.expect("the slot still holds the provider");
    Arc::new(provider)
}
