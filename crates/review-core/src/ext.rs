//! What every provider can do on top of the contract.

use std::future::Future;
use std::sync::Arc;

use futures_util::{FutureExt, Stream, StreamExt};

use crate::{
    Bulk, BulkOptions, ErrorKind, InviteKey, InviteLookup, InviteReceipt, InviteRequest, InviteState, Result,
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
    /// ```
    /// use review_core::{DynProvider, InviteLookup, InviteRequest, Result, ReviewInviteProviderExt};
    ///
    /// async fn find_out(provider: &DynProvider, request: &InviteRequest) -> Result<()> {
    ///     match provider.reconcile(&request.key(provider.info())).await? {
    ///         InviteLookup::Found { .. } => println!("it had arrived"),
    ///         InviteLookup::NotFound => println!("it did not arrive: send it again"),
    ///         InviteLookup::Inconclusive(why) => println!("ask a person: {why}"),
    ///         _ => {}
    ///     }
    ///     Ok(())
    /// }
    /// ```
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

    /// Sends many, a bounded number at the same time, and gives each result with its key. The requests
    /// are read no faster than they are sent, and a failed one stops no other unless its error
    /// [concerns all](crate::Error::concerns_all) of this provider's. See [`BulkOptions`] for the rest.
    ///
    /// ```
    /// use futures_util::{StreamExt, stream};
    /// use review_core::{BulkOptions, DynProvider, InviteRequest, ReviewInviteProviderExt};
    ///
    /// async fn invite(provider: &DynProvider, requests: Vec<InviteRequest>) {
    ///     let mut bulk = provider.send_all(stream::iter(requests), BulkOptions::new());
    ///     while let Some(item) = bulk.next().await {
    ///         if let Err(error) = item.result {
    ///             println!("order {}: {error}", item.key.reference);
    ///         }
    ///     }
    ///     println!("{}", bulk.summary());
    /// }
    /// ```
    ///
    /// An input whose items can fail is split on the way: what could not be read is set aside, and
    /// the rest is sent.
    ///
    /// ```
    /// use futures_util::{Stream, StreamExt, future};
    /// use review_core::{
    ///     BulkOptions, BulkSummary, DynProvider, Error, InviteRequest, ReviewInviteProviderExt,
    /// };
    ///
    /// async fn invite(
    ///     provider: &DynProvider,
    ///     rows: impl Stream<Item = Result<InviteRequest, Error>> + Send,
    /// ) -> (BulkSummary, Vec<Error>) {
    ///     let mut unreadable = Vec::new();
    ///     let requests =
    ///         rows.filter_map(|row| future::ready(row.map_err(|error| unreadable.push(error)).ok()));
    ///     let mut bulk = provider.send_all(requests, BulkOptions::new());
    ///     while bulk.next().await.is_some() {}
    ///     let summary = bulk.summary();
    ///     drop(bulk);
    ///     (summary, unreadable)
    /// }
    /// ```
    fn send_all<'a, S>(&'a self, requests: S, options: BulkOptions) -> Bulk<'a>
    where
        S: Stream<Item = InviteRequest> + Send + 'a,
    {
        let send = move |request: Arc<InviteRequest>| async move { self.send_invite(&request).await }.boxed();
        Bulk::new(Box::new(send), self.info(), requests.boxed(), options)
    }
}

impl<T: ReviewInviteProvider + ?Sized> ReviewInviteProviderExt for T {}
