//! What every provider can do on top of the contract.

use std::future::Future;

use futures_util::{Stream, StreamExt};

use crate::{
    ErrorKind, InviteKey, InviteLookup, InviteReceipt, InviteRequest, InviteState, Result,
    ReviewInviteProvider,
};

/// Conveniences over [`ReviewInviteProvider`], for callers. Every provider has them; nobody else
/// implements them.
pub trait ReviewInviteProviderExt: ReviewInviteProvider {
    /// Sends, and takes "already known" for a success: the customer is invited either way.
    ///
    /// # Errors
    /// As [`send_invite`](ReviewInviteProvider::send_invite), but never
    /// [`ErrorKind::Duplicate`].
    fn send_or_known(&self, request: &InviteRequest) -> impl Future<Output = Result<InviteReceipt>> + Send {
        async move {
            match self.send_invite(request).await {
                Err(error) if error.kind() == ErrorKind::Duplicate => {
                    let mut receipt = InviteReceipt::new(self.info().clone(), InviteState::AlreadyKnown);
                    receipt.request_id = error.request_id().map(str::to_owned);
                    Ok(receipt)
                }
                result => result,
            }
        }
    }

    /// Finds out what became of an invitation whose outcome is unknown. A provider that cannot look
    /// invitations up answers [`InviteLookup::Inconclusive`], so that a person decides.
    ///
    /// # Errors
    /// As [`find_invite`](ReviewInviteProvider::find_invite), but never
    /// [`ErrorKind::Unsupported`].
    fn reconcile(&self, key: &InviteKey) -> impl Future<Output = Result<InviteLookup>> + Send {
        async move {
            match self.find_invite(key).await {
                Err(error) if error.kind() == ErrorKind::Unsupported => {
                    Ok(InviteLookup::Inconclusive(error.message().to_owned()))
                }
                result => result,
            }
        }
    }

    /// Sends many, at most `at_once` at the same time, and gives each result with its key as soon as
    /// it is there. The stream of requests is read no faster than they are sent; a failed request
    /// stops no other.
    ///
    /// Dropping the returned stream drops up to `at_once` calls whose outcome is then unknown.
    fn send_all<'a, S>(
        &'a self,
        requests: S,
        at_once: usize,
    ) -> impl Stream<Item = (InviteKey, Result<InviteReceipt>)> + Send + 'a
    where
        S: Stream<Item = InviteRequest> + Send + 'a,
    {
        requests
            .map(move |request| async move {
                let key = request.key(self.info());
                (key, self.send_invite(&request).await)
            })
            .buffer_unordered(at_once.max(1))
    }
}

impl<T: ReviewInviteProvider + ?Sized> ReviewInviteProviderExt for T {}
