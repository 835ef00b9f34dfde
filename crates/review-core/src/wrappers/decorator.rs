//! Wrappers of one provider that either refuse a call or forward it as it is.

use crate::{Error, InviteRequest, Operation, ProviderInfo};

/// What is about to be forwarded.
#[derive(Clone, Copy)]
pub(super) enum Call<'a> {
    Preview(&'a InviteRequest),
    Send(&'a InviteRequest),
    Link(&'a InviteRequest),
    /// An operation without a request.
    Other(Operation),
}

impl Call<'_> {
    /// The error of a refusal, told with who and what. One that names who refused already came from
    /// further inside, and keeps the name.
    pub(super) fn refused(self, provider: &ProviderInfo, error: Error) -> Error {
        let error = if error.provider().is_none() { error.with_provider(provider) } else { error };
        error.with_operation(match self {
            Self::Preview(_) => "preview",
            Self::Send(_) => "send_invite",
            Self::Link(_) | Self::Other(Operation::CreateLink) => "create_link",
            Self::Other(Operation::FindInvite) => "find_invite",
            Self::Other(Operation::EraseCustomer) => "erase_customer",
            Self::Other(Operation::CheckSetup) => "check_setup",
        })
    }
}

/// Makes a provider of a type with a field `inner: DynProvider` and a method
/// `fn guard(&self, call: Call<'_>) -> Result<()>`, which refuses what must not be forwarded.
macro_rules! guarded {
    ($type:ty) => {
        #[async_trait::async_trait]
        #[deny(clippy::missing_trait_methods)]
        impl crate::ReviewInviteProvider for $type {
            fn info(&self) -> &crate::ProviderInfo {
                self.inner.info()
            }

            fn capabilities(&self) -> &crate::Capabilities {
                self.inner.capabilities()
            }

            fn preview(&self, request: &crate::InviteRequest) -> crate::Result<crate::Preview> {
                let call = Call::Preview(request);
                self.guard(call).map_err(|error| call.refused(self.inner.info(), error))?;
                self.inner.preview(request)
            }

            async fn send_invite(
                &self,
                request: &crate::InviteRequest,
            ) -> crate::Result<crate::InviteReceipt> {
                let call = Call::Send(request);
                self.guard(call).map_err(|error| call.refused(self.inner.info(), error))?;
                self.inner.send_invite(request).await
            }

            async fn create_link(&self, request: &crate::InviteRequest) -> crate::Result<crate::ReviewLink> {
                let call = Call::Link(request);
                self.guard(call).map_err(|error| call.refused(self.inner.info(), error))?;
                self.inner.create_link(request).await
            }

            async fn find_invite(&self, key: &crate::InviteKey) -> crate::Result<crate::InviteLookup> {
                let call = Call::Other(crate::Operation::FindInvite);
                self.guard(call).map_err(|error| call.refused(self.inner.info(), error))?;
                self.inner.find_invite(key).await
            }

            async fn erase_customer(&self, email: &crate::EmailAddress) -> crate::Result<crate::Erasure> {
                let call = Call::Other(crate::Operation::EraseCustomer);
                self.guard(call).map_err(|error| call.refused(self.inner.info(), error))?;
                self.inner.erase_customer(email).await
            }

            async fn check_setup(&self) -> crate::Result<crate::SetupReport> {
                let call = Call::Other(crate::Operation::CheckSetup);
                self.guard(call).map_err(|error| call.refused(self.inner.info(), error))?;
                self.inner.check_setup().await
            }
        }
    };
}
pub(super) use guarded;
