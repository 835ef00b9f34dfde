//! Sends with a hook, whether or not the provider runs hooks.

use std::sync::Arc;

use crate::error::Result;
use crate::model::request::InviteRequest;
use crate::provider::ReviewInviteProvider;
use crate::provider::hooks::{BeforeSend, SendTracker};
use crate::provider::receipt::InviteReceipt;

/// Sends a request with a hook and a tracker. A provider that runs hooks gets both; for any other provider,
/// the hook runs before the call, and the tracker counts the request as sent from then on.
///
/// # Errors
/// Those of the hook and of [`send_invite`](ReviewInviteProvider::send_invite).
pub async fn send_with_hook<P: ReviewInviteProvider + ?Sized>(
    provider: &P,
    request: &InviteRequest,
    hook: Option<Arc<dyn BeforeSend>>,
    tracker: &SendTracker,
) -> Result<InviteReceipt> {
    if provider.capabilities_for(request).runs_send_hooks() {
        let request = request.clone().with_tracker(tracker.clone());
        let request = match hook {
            Some(hook) => request.with_hook(hook),
            None => request,
        };
        return provider.send_invite(&request).await;
    }
    if let Some(hook) = hook {
        let checked = match hook.before_send().await {
            Ok(()) => hook.check(),
            Err(error) => Err(error),
        };
        checked.map_err(|error| {
            error.with_provider_if_missing(provider.info_for(request)).with_operation("send_invite")
        })?;
    }
    tracker.mark_sent();
    let result = provider.send_invite(request).await;
    tracker.record(&result);
    result
}
