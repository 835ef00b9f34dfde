//! The identity of the provider.

use std::sync::Arc;

use review_core::{DynProvider, InviteKind, ReviewInviteProvider};

use super::super::outcome::{Check, ensure, fail};
use super::super::stage::Stage;

/// The vendor's id and the label are stable and usable as keys.
pub(super) async fn provider_names_itself(stage: &Stage) -> Check {
    let (info, can) = (stage.provider().info().clone(), stage.can().clone());
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_');
    ensure(!info.vendor().is_empty() && info.vendor().chars().all(fits), || {
        format!("expected a vendor's id of a-z, 0-9, - and _, found {:?}", info.vendor())
    })?;
    ensure(!info.instance().trim().is_empty(), || "expected an instance label, got none".to_owned())?;
    ensure(InviteKind::ALL.iter().any(|kind| can.supports_kind(*kind)), || {
        "expected at least one kind of invitation to be declared".to_owned()
    })?;
    let request = stage.plain()?;
    let _ = stage.send(&request).await?;
    ensure(stage.provider().info() == &info, || "expected the same info after a call".to_owned())?;
    ensure(stage.can() == &can, || "expected the same capabilities after a call".to_owned())
}

/// The provider works behind `Box` and `Arc`, and from another task.
pub(super) async fn provider_works_shared_and_boxed(stage: &Stage) -> Check {
    let boxed: Box<dyn ReviewInviteProvider> = Box::new(stage.provider().clone());
    let shared: DynProvider = Arc::new(boxed);
    let requests = [stage.plain()?, stage.plain()?];
    let calls = requests.clone().map(|request| {
        let provider = shared.clone();
        tokio::spawn(async move { provider.send_invite(&request).await })
    });
    for (call, request) in calls.into_iter().zip(&requests) {
        match call.await {
            Ok(Ok(_)) => stage.counted(request, 1).await?,
            Ok(Err(error)) => return fail(format!("expected the request to be accepted, got: {error}")),
            Err(error) => return fail(format!("the task ended: {error}")),
        }
    }
    Ok(())
}
