//! The contract between a backend and a review platform.

use std::fmt::Debug;
use std::sync::Arc;

use async_trait::async_trait;

use crate::{
    Capabilities, EmailAddress, Erasure, Error, InviteKey, InviteLookup, InviteReceipt, InviteRequest,
    Preview, ProviderInfo, Result, ReviewLink, SetupReport,
};

/// A provider whose vendor is not known where it is used.
pub type DynProvider = Arc<dyn ReviewInviteProvider>;

/// One account at one review platform, which asks customers for reviews.
///
/// Backends write their code against this trait (usually as a [`DynProvider`]) and against
/// [`ReviewInviteProviderExt`](crate::ReviewInviteProviderExt); a vendor is chosen by configuration.
/// Only [`send_invite`](Self::send_invite) and [`preview`](Self::preview) must be written; the other
/// operations refuse with [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported) until a provider
/// has them, and [`Capabilities::has`] tells in advance.
///
/// # Writing a provider
/// Begin `preview` and `send_invite` with [`Capabilities::admit`], which refuses what the vendor
/// cannot do before anything is sent. Sending is not idempotent: a request whose answer was lost is
/// [`ErrorKind::OutcomeUnknown`](crate::ErrorKind::OutcomeUnknown) and is never repeated. A type that
/// wraps another provider should deny `clippy::missing_trait_methods`, so that no operation is lost
/// when this trait grows.
///
/// ```
/// use async_trait::async_trait;
/// use review_core::*;
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
///     fn preview(&self, request: &InviteRequest) -> Result<Preview> {
///         let admitted = self.capabilities.admit(&self.info, request)?;
///         let call = PreviewCall::new("POST", "https://api.acme.example/invitations");
///         Ok(Preview::new(vec![call]).with_warnings(admitted.warnings))
///     }
///
///     async fn send_invite(&self, request: &InviteRequest) -> Result<InviteReceipt> {
///         let admitted = self.capabilities.admit(&self.info, request)?;
///         // ... post admitted.request ...
///         let receipt = InviteReceipt::new(self.info.clone(), InviteState::Accepted);
///         Ok(receipt.with_warnings(admitted.warnings))
///     }
/// }
/// ```
///
/// # Testing code that uses a provider
/// With the feature `mock`, mockall makes a `MockReviewInviteProvider`. It mocks the operations with
/// a default body too: a call that was not expected panics.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait ReviewInviteProvider: Debug + Send + Sync + 'static {
    /// The vendor and the caller's label of this instance.
    fn info(&self) -> &ProviderInfo;

    /// What this provider can do.
    fn capabilities(&self) -> &Capabilities;

    /// Says what would be sent. No I/O; nothing personal in the answer.
    ///
    /// # Errors
    /// The errors of [`send_invite`](Self::send_invite) that need no vendor to be found.
    fn preview(&self, request: &InviteRequest) -> Result<Preview>;

    /// Asks the vendor to invite a customer: at most one mail for one call.
    ///
    /// # Errors
    /// See [`Error`] for its three questions. Only an error with
    /// [`Sent::No`](crate::Sent::No) or [`RetryAdvice::After`](crate::RetryAdvice::After) may be
    /// followed by the same call.
    async fn send_invite(&self, request: &InviteRequest) -> Result<InviteReceipt>;

    /// Makes a personal link for the shop to send itself; the vendor sends no mail.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported) unless the provider has it.
    async fn create_link(&self, request: &InviteRequest) -> Result<ReviewLink> {
        let _ = request;
        Err(Error::unsupported(
            self.info(),
            "create_link",
            "this provider makes no links; send an invitation",
        ))
    }

    /// Looks an invitation up at the vendor, by its order reference.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported) unless the provider has it.
    async fn find_invite(&self, key: &InviteKey) -> Result<InviteLookup> {
        let _ = key;
        Err(Error::unsupported(
            self.info(),
            "find_invite",
            "look the order up in the vendor's web application",
        ))
    }

    /// Asks the vendor to erase what it holds of a customer. It cannot be undone.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported) unless the provider has it.
    async fn erase_customer(&self, email: &EmailAddress) -> Result<Erasure> {
        let _ = email;
        Err(Error::unsupported(
            self.info(),
            "erase_customer",
            "ask the vendor's data protection office by mail",
        ))
    }

    /// Looks for what keeps accepted invitations from going out. Changes nothing and sends no mail.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported) unless the provider has it.
    async fn check_setup(&self) -> Result<SetupReport> {
        Err(Error::unsupported(
            self.info(),
            "check_setup",
            "look at the settings in the vendor's web application",
        ))
    }
}

/// Forwards every operation, so that a shared, boxed or leaked provider is one too.
macro_rules! forward {
    ($($pointer:ty),*) => {$(
        #[async_trait]
        #[deny(clippy::missing_trait_methods)]
        impl<T: ReviewInviteProvider + ?Sized> ReviewInviteProvider for $pointer {
            fn info(&self) -> &ProviderInfo {
                (**self).info()
            }

            fn capabilities(&self) -> &Capabilities {
                (**self).capabilities()
            }

            fn preview(&self, request: &InviteRequest) -> Result<Preview> {
                (**self).preview(request)
            }

            async fn send_invite(&self, request: &InviteRequest) -> Result<InviteReceipt> {
                (**self).send_invite(request).await
            }

            async fn create_link(&self, request: &InviteRequest) -> Result<ReviewLink> {
                (**self).create_link(request).await
            }

            async fn find_invite(&self, key: &InviteKey) -> Result<InviteLookup> {
                (**self).find_invite(key).await
            }

            async fn erase_customer(&self, email: &EmailAddress) -> Result<Erasure> {
                (**self).erase_customer(email).await
            }

            async fn check_setup(&self) -> Result<SetupReport> {
                (**self).check_setup().await
            }
        }
    )*};
}
forward!(Arc<T>, Box<T>, &'static T);
