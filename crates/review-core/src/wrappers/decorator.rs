//! Wrappers of one provider that check a rule and otherwise forward everything.

use std::sync::Arc;

use crate::error::{Error, Result};
use crate::model::request::InviteRequest;
use crate::provider::hooks::{BeforeSend, SendTracker};
use crate::provider::receipt::{InviteReceipt, ReviewLink};
use crate::provider::{DynProvider, send_with_hook};

/// A rule that is checked early, so that a call that cannot succeed does not wait, and again by the provider
/// after its last wait.
pub(super) trait Rule: Send + Sync + 'static {
    /// Whether the rule concerns the request itself, so that `validate` and `preview` check it too.
    const CONCERNS_REQUEST: bool;

    /// # Errors
    /// Why the request must not be sent.
    fn check(&self, request: &InviteRequest) -> Result<()>;
}

/// The rule and the request, as a hook.
struct RuleHook<R> {
    rule: Arc<R>,
    request: InviteRequest,
}

impl<R: Rule> BeforeSend for RuleHook<R> {
    fn check(&self) -> Result<()> {
        self.rule.check(&self.request)
    }
}

/// Checks a rule before an operation of the wrapped provider.
pub(super) fn check<R: Rule>(
    inner: &DynProvider,
    rule: &R,
    request: &InviteRequest,
    operation: &'static str,
) -> Result<()> {
    let named = |error: Error| error.with_provider(inner.info_for(request)).with_operation(operation);
    rule.check(request).map_err(named)
}

/// Checks a rule that concerns the request itself.
pub(super) fn check_early<R: Rule>(
    inner: &DynProvider,
    rule: &R,
    request: &InviteRequest,
    operation: &'static str,
) -> Result<()> {
    if R::CONCERNS_REQUEST { check(inner, rule, request, operation) } else { Ok(()) }
}

fn hook<R: Rule>(rule: &Arc<R>, request: &InviteRequest) -> Arc<dyn BeforeSend> {
    Arc::new(RuleHook { rule: Arc::clone(rule), request: request.clone() })
}

/// Sends with the rule as a hook.
pub(super) async fn send<R: Rule>(
    inner: &DynProvider,
    rule: &Arc<R>,
    request: &InviteRequest,
) -> Result<InviteReceipt> {
    check(inner, &**rule, request, "send_invite")?;
    send_with_hook(&**inner, request, Some(hook(rule, request)), &SendTracker::new()).await
}

/// Creates a link with the rule as a hook.
pub(super) async fn create_link<R: Rule>(
    inner: &DynProvider,
    rule: &Arc<R>,
    request: &InviteRequest,
) -> Result<ReviewLink> {
    check(inner, &**rule, request, "create_link")?;
    inner.create_link(&request.clone().with_hook(hook(rule, request))).await
}

/// Implements the trait for a type with the fields `inner: DynProvider` and `rule: Arc<impl Rule>`.
macro_rules! rule_provider {
    ($type:ty) => {
        #[async_trait::async_trait]
        #[deny(clippy::missing_trait_methods)]
        impl crate::provider::ReviewInviteProvider for $type {
            crate::provider::forward::forward!([.inner]
                info info_for capabilities capabilities_for find_invite erase_customer check_setup);

            fn validate(&self, request: &InviteRequest) -> Result<Vec<Warning>> {
                decorator::check_early(&self.inner, &*self.rule, request, "validate")?;
                self.inner.validate(request)
            }

            fn preview(&self, request: &InviteRequest) -> Result<Preview> {
                decorator::check_early(&self.inner, &*self.rule, request, "preview")?;
                self.inner.preview(request)
            }

            async fn send_invite(&self, request: &InviteRequest) -> Result<InviteReceipt> {
                decorator::send(&self.inner, &self.rule, request).await
            }

            async fn create_link(&self, request: &InviteRequest) -> Result<ReviewLink> {
                decorator::create_link(&self.inner, &self.rule, request).await
            }
        }
    };
}
pub(super) use rule_provider;
