//! What every provider can do on top of the contract.

use std::future::Future;

use chrono::Utc;
use futures_util::{FutureExt, Stream, StreamExt};

use crate::bulk::{BulkOptions, BulkSend, Sender};
use crate::error::{ErrorKind, Result};
use crate::model::request::InviteRequest;
use crate::provider::check::ValidatedRequest;
use crate::provider::hooks::SendTracker;
use crate::provider::lookup::{InviteLookup, InviteRef};
use crate::provider::{ReviewInviteProvider, send_with_hook};

/// Conveniences over [`ReviewInviteProvider`], for callers and implementors. Every provider has them; there is
/// nothing to implement.
pub trait ReviewInviteProviderExt: ReviewInviteProvider {
    /// Checks a request against the capabilities: the first step of every operation with a request.
    ///
    /// # Errors
    /// Those of [`Capabilities::check_request`](crate::provider::Capabilities::check_request), with this
    /// provider and the operation.
    fn check_request(&self, request: &InviteRequest, operation: &'static str) -> Result<ValidatedRequest> {
        let validated = self.capabilities_for(request).check_request(request, Utc::now());
        validated.map_err(|error| error.with_provider(self.info_for(request)).with_operation(operation))
    }

    /// Finds out whether an invitation with an unknown outcome exists. A provider that cannot look up
    /// invitations returns [`InviteLookup::Inconclusive`], so that an operator decides.
    ///
    /// ```
    /// use review_core::provider::{DynProvider, InviteLookup, ReviewInviteProviderExt};
    /// use review_core::{InviteRequest, Result};
    ///
    /// async fn find_out(provider: &DynProvider, request: &InviteRequest) -> Result<()> {
    ///     match provider.reconcile(request.key(provider.info_for(request))).await? {
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

    /// Sends many with bounded concurrency, and returns each result with its key. The input is read only as
    /// fast as requests are sent. A failed request stops no other, unless its error
    /// [concerns the account](crate::ErrorScope::Account); then its instance stops. See [`BulkOptions`].
    ///
    /// ```
    /// use futures_util::{StreamExt, stream};
    /// use review_core::InviteRequest;
    /// use review_core::bulk::BulkOptions;
    /// use review_core::provider::{DynProvider, ReviewInviteProviderExt};
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
    fn send_all<'a, S>(&'a self, requests: S, options: BulkOptions) -> BulkSend<'a>
    where
        S: Stream<Item = InviteRequest> + Send + 'a,
    {
        let send = move |request: InviteRequest, tracker: SendTracker| {
            async move { send_with_hook(self, &request, None, &tracker).await }.boxed()
        };
        let info_for = move |request: &InviteRequest| self.info_for(request);
        let sender = Sender { info: self.info(), info_for: Box::new(info_for), send: Box::new(send) };
        BulkSend::new(sender, requests.boxed(), options)
    }
}

impl<T: ReviewInviteProvider + ?Sized> ReviewInviteProviderExt for T {}
