//! What every wrapper of one provider forwards unchanged.

/// Implements `info`, `info_for`, `capabilities` and `capabilities_for` with the field `inner`. The asynchronous
/// operations cannot be in a macro, because `async_trait` does not expand it.
macro_rules! forward_identity {
    () => {
        fn info(&self) -> &crate::provider::ProviderInfo {
            self.inner.info()
        }

        fn info_for(&self, request: &crate::InviteRequest) -> &crate::provider::ProviderInfo {
            self.inner.info_for(request)
        }

        fn capabilities(&self) -> &crate::provider::Capabilities {
            self.inner.capabilities()
        }

        fn capabilities_for(&self, request: &crate::InviteRequest) -> &crate::provider::Capabilities {
            self.inner.capabilities_for(request)
        }
    };
}
pub(super) use forward_identity;
