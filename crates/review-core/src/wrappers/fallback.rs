//! Another provider if the first does not accept an invitation.

use async_trait::async_trait;

use super::rejections::Rejections;
use super::targets::Targets;
use crate::error::Result;
use crate::model::email::EmailAddress;
use crate::model::request::InviteRequest;
use crate::provider::capability::Capabilities;
use crate::provider::info::ProviderInfo;
use crate::provider::lookup::{ErasureStatus, InviteLookup, InviteRef};
use crate::provider::preview::Preview;
use crate::provider::receipt::{InviteReceipt, ReviewLink, Warning};
use crate::provider::setup::SetupReport;
use crate::provider::{DynProvider, ReviewInviteProvider, into_dyn};

/// Tries providers in order until one accepts the invitation.
///
/// The next one is tried only if the customer certainly got nothing so far: nothing was sent, or the vendor
/// rejected the request. It is not tried after any receipt (also not after `AlreadyInvited` or `Skipped`),
/// after an unknown outcome (that could mean two emails) or after a rejection by a local rule. The receipt
/// contains a warning for each provider that did not accept the request.
///
/// It remembers nothing: a second call for the same order starts with the first provider again, which may
/// accept it by then. Put a [`Dedup`](crate::wrappers::Dedup) around it, never inside.
///
/// Its capabilities are what all providers support; operations without a request call all of them, as in a
/// [`Router`](crate::wrappers::Router).
///
/// ```
/// use review_core::Result;
/// use review_core::provider::DynProvider;
/// use review_core::wrappers::Fallback;
///
/// fn with_a_second(first: DynProvider, second: DynProvider) -> Result<Fallback> {
///     Fallback::new("with-a-second", first).then(second)
/// }
/// ```
#[derive(Debug)]
pub struct Fallback {
    info: ProviderInfo,
    capabilities: Capabilities,
    order: Vec<DynProvider>,
    targets: Targets,
}

impl Fallback {
    /// Creates a fallback with its instance name and the provider that is tried first. Its vendor is
    /// `fallback`, and its shop is that of the first provider.
    pub fn new(instance: impl AsRef<str>, first: impl ReviewInviteProvider) -> Self {
        let first = into_dyn(first);
        let info = ProviderInfo::new("fallback", instance).with_shop(first.info().shop());
        let capabilities = first.capabilities().clone();
        // One provider has no second identity.
        let targets = Targets::single(first.clone());
        Self { info, capabilities, order: vec![first], targets }
    }

    /// Adds the provider that is tried next.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidConfig`](crate::ErrorKind::InvalidConfig) if another provider has the same vendor
    /// and instance.
    pub fn then(mut self, next: impl ReviewInviteProvider) -> Result<Self> {
        self.order.push(into_dyn(next));
        self.targets = Targets::new(&self.info, self.order.iter().cloned())?;
        self.capabilities = self.targets.capabilities();
        Ok(self)
    }
}

/// The first result that is not an error, and a warning for each provider before it. Returns an error if no other
/// provider may be tried, or if there is none.
macro_rules! first {
    ($self:ident, $operation:literal, |$provider:ident| $call:expr) => {{
        let mut rejections = Rejections::new(&$self.info, $operation);
        let mut providers = $self.order.iter();
        loop {
            let Some($provider) = providers.next() else { return Err(rejections.into_error()) };
            match $call {
                Ok(done) => break (done, rejections.warnings()),
                Err(error) => rejections.add($provider.info(), error)?,
            }
        }
    }};
}

#[async_trait]
#[deny(clippy::missing_trait_methods)]
impl ReviewInviteProvider for Fallback {
    fn info(&self) -> &ProviderInfo {
        &self.info
    }

    fn info_for(&self, _: &InviteRequest) -> &ProviderInfo {
        &self.info
    }

    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    fn capabilities_for(&self, _: &InviteRequest) -> &Capabilities {
        &self.capabilities
    }

    fn validate(&self, request: &InviteRequest) -> Result<Vec<Warning>> {
        let (warnings, rejections) = first!(self, "validate", |provider| provider.validate(request));
        Ok([warnings, rejections].concat())
    }

    fn preview(&self, request: &InviteRequest) -> Result<Preview> {
        let (preview, rejections) = first!(self, "preview", |provider| provider.preview(request));
        Ok(preview.add_warnings(rejections))
    }

    async fn send_invite(&self, request: &InviteRequest) -> Result<InviteReceipt> {
        let (receipt, rejections) =
            first!(self, "send_invite", |provider| provider.send_invite(request).await);
        Ok(receipt.add_warnings(rejections))
    }

    async fn create_link(&self, request: &InviteRequest) -> Result<ReviewLink> {
        let (link, rejections) = first!(self, "create_link", |provider| provider.create_link(request).await);
        Ok(link.add_warnings(rejections))
    }

    async fn find_invite(&self, invite: &InviteRef) -> Result<InviteLookup> {
        self.targets.find(invite).await
    }

    async fn erase_customer(&self, email: &EmailAddress) -> Result<ErasureStatus> {
        self.targets.erase(&self.info, email).await
    }

    async fn check_setup(&self) -> Result<SetupReport> {
        self.targets.check().await
    }
}
