//! What every provider can do on top of the contract.

use std::future::Future;

use crate::error::{ErrorKind, Result};
use crate::provider::ReviewInviteProvider;
use crate::provider::lookup::{InviteLookup, InviteRef};

/// Conveniences over [`ReviewInviteProvider`], for callers. Every provider has them; there is nothing to
/// implement.
pub trait ReviewInviteProviderExt: ReviewInviteProvider {
    /// Finds out whether an invitation with an unknown outcome exists. A provider that cannot look up
    /// invitations returns [`InviteLookup::Inconclusive`], so that an operator decides.
    ///
    /// ```
    /// use review_core::provider::{DynProvider, InviteLookup, ReviewInviteProviderExt};
    /// use review_core::{InviteRequest, Result};
    ///
    /// async fn find_out(provider: &DynProvider, request: &InviteRequest) -> Result<()> {
    ///     match provider.reconcile(request.key(provider.info())).await? {
    ///         InviteLookup::Found(status) => println!("it arrived: {status:?}"),
    ///         InviteLookup::NotFound => println!("not found yet; ask an operator before sending again"),
    ///         InviteLookup::Inconclusive { reason, .. } => println!("ask an operator: {reason}"),
    ///         _ => {}
    ///     }
    ///     Ok(())
    /// }
    /// ```
    ///
    /// # Errors
    /// Those of [`find_invite`](ReviewInviteProvider::find_invite), but never
    /// [`ErrorKind::Unsupported`].
    fn reconcile(&self, invite: impl Into<InviteRef>) -> impl Future<Output = Result<InviteLookup>> + Send {
        let invite = invite.into();
        async move {
            match self.find_invite(&invite).await {
                Err(error) if error.kind() == ErrorKind::Unsupported => {
                    Ok(InviteLookup::inconclusive(error.message().into_owned()))
                }
                result => result,
            }
        }
    }
}

impl<T: ReviewInviteProvider + ?Sized> ReviewInviteProviderExt for T {}
