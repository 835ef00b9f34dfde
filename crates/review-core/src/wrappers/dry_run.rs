//! Everything but the sending.

use std::sync::Arc;

use async_trait::async_trait;

use crate::{
    Capabilities, DynProvider, EmailAddress, Erasure, Error, ErrorKind, InviteKey, InviteLookup,
    InviteReceipt, InviteRequest, InviteState, Preview, ProviderInfo, Result, ReviewInviteProvider,
    ReviewLink, SetupReport,
};

/// Checks invitations as the provider would and sends none: receipts say [`InviteState::DryRun`],
/// errors are those of [`preview`](ReviewInviteProvider::preview).
///
/// Links and erasures change something at the vendor and are [`ErrorKind::Blocked`]. Look-ups and
/// checks of the set-up only read, so they do call the vendor.
///
/// ```
/// use review_core::{DryRun, DynProvider, InviteRequest, InviteState, Result, ReviewInviteProvider};
///
/// /// Which of these would be refused, and why? Nobody gets a mail.
/// async fn rehearse(provider: DynProvider, requests: &[InviteRequest]) -> Result<()> {
///     let rehearsal = DryRun::new(provider);
///     for request in requests {
///         match rehearsal.send_invite(request).await {
///             Ok(receipt) => assert_eq!(receipt.state, InviteState::DryRun),
///             Err(error) => println!("order {}: {error}", request.order().reference()),
///         }
///     }
///     Ok(())
/// }
/// ```
#[derive(Debug)]
pub struct DryRun {
    inner: DynProvider,
}

impl DryRun {
    /// Keeps a provider from sending.
    pub fn new(inner: impl ReviewInviteProvider) -> Self {
        Self { inner: Arc::new(inner) }
    }

    fn blocked(&self, operation: &'static str) -> Error {
        Error::new(ErrorKind::Blocked, "this is a dry run; nothing is changed at the vendor")
            .with_provider(self.inner.info())
            .with_operation(operation)
    }
}

#[async_trait]
#[deny(clippy::missing_trait_methods)]
impl ReviewInviteProvider for DryRun {
    fn info(&self) -> &ProviderInfo {
        self.inner.info()
    }

    fn capabilities(&self) -> &Capabilities {
        self.inner.capabilities()
    }

    fn preview(&self, request: &InviteRequest) -> Result<Preview> {
        self.inner.preview(request)
    }

    async fn send_invite(&self, request: &InviteRequest) -> Result<InviteReceipt> {
        let preview = self.inner.preview(request).map_err(|error| error.with_operation("send_invite"))?;
        let receipt = InviteReceipt::new(self.inner.info().clone(), InviteState::DryRun);
        Ok(receipt.with_warnings(preview.warnings))
    }

    async fn create_link(&self, _: &InviteRequest) -> Result<ReviewLink> {
        Err(self.blocked("create_link"))
    }

    async fn find_invite(&self, key: &InviteKey) -> Result<InviteLookup> {
        self.inner.find_invite(key).await
    }

    async fn erase_customer(&self, _: &EmailAddress) -> Result<Erasure> {
        Err(self.blocked("erase_customer"))
    }

    async fn check_setup(&self) -> Result<SetupReport> {
        self.inner.check_setup().await
    }
}
