//! Everything except sending.

use async_trait::async_trait;

use crate::error::{Error, ErrorKind, Result};
use crate::model::email::EmailAddress;
use crate::model::request::InviteRequest;
use crate::provider::forward::forward;
use crate::provider::lookup::ErasureStatus;
use crate::provider::receipt::{InviteReceipt, InviteState, ReviewLink};
use crate::provider::{DynProvider, ReviewInviteProvider, into_dyn};

/// Validates invitations as the provider would and sends none: receipts contain [`InviteState::DryRun`],
/// errors are those of [`validate`](ReviewInviteProvider::validate).
///
/// Links and erasures change something at the vendor and are [`ErrorKind::Blocked`]. Lookups and setup checks
/// only read, so they do call the vendor.
///
/// ```
/// use review_core::provider::{DynProvider, InviteState, ReviewInviteProvider};
/// use review_core::wrappers::DryRun;
/// use review_core::{InviteRequest, Result};
///
/// /// Which of these would be rejected, and why? No email is sent.
/// async fn try_out(provider: DynProvider, requests: &[InviteRequest]) -> Result<()> {
///     let dry_run = DryRun::new(provider);
///     for request in requests {
///         match dry_run.send_invite(request).await {
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
    /// Wraps a provider.
    pub fn new(inner: impl ReviewInviteProvider) -> Self {
        Self { inner: into_dyn(inner) }
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
    forward!([.inner] info info_for capabilities capabilities_for validate preview find_invite check_setup);

    async fn send_invite(&self, request: &InviteRequest) -> Result<InviteReceipt> {
        let warnings = self.inner.validate(request).map_err(|error| error.with_operation("send_invite"))?;
        let receipt = InviteReceipt::new(self.inner.info_for(request).clone(), InviteState::DryRun);
        Ok(receipt.add_warnings(warnings))
    }

    async fn create_link(&self, _: &InviteRequest) -> Result<ReviewLink> {
        Err(self.blocked("create_link"))
    }

    async fn erase_customer(&self, _: &EmailAddress) -> Result<ErasureStatus> {
        Err(self.blocked("erase_customer"))
    }
}
