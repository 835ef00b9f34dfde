//! One call sends one invitation.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use futures_util::FutureExt;
use futures_util::future::join_all;
use review_core::provider::{BeforeSend, SendTracker};
use review_core::{Error, ErrorKind, InviteState, Result as Returned, SendState};

use super::super::VendorFault;
use super::super::outcome::{Check, ensure, fail, skip};
use super::super::stage::Stage;

/// The number of calls after a dropped one. Work that continues in the background has their time to finish.
const LATER_CALLS: usize = 4;

pub(super) async fn plain_invitation_is_accepted_once(stage: &Stage) -> Check {
    let (request, before) = (stage.plain()?, stage.requests().await);
    let receipt = stage.accepted(&request).await?;
    let calls = stage.requests().await - before;
    ensure(calls >= stage.due(1), || {
        "expected a request to the vendor (Harness::request_count), got none".to_owned()
    })?;
    ensure(receipt.state != InviteState::AlreadyInvited, || {
        "expected a new order to be accepted or scheduled, got AlreadyInvited".to_owned()
    })?;
    ensure(stage.harness().provider_infos().contains(&receipt.provider), || {
        let expected = stage.provider().info();
        format!("expected a receipt from {expected}, got {} (Harness::provider_infos)", receipt.provider)
    })
}

pub(super) async fn fifty_concurrent_calls_send_fifty_invitations(stage: &Stage) -> Check {
    let requests = (0..50).map(|_| stage.plain()).collect::<Check<Vec<_>>>()?;
    for returned in join_all(requests.iter().map(|request| stage.send(request))).await {
        if let Err(error) = returned? {
            return fail(format!("expected each of 50 requests to be accepted, got: {error}"));
        }
    }
    for request in &requests {
        stage.counted(request, 1).await?;
    }
    Ok(())
}

/// The second call sends a second invitation, or reports the first order or that the customer is not invited again. It is
/// never accepted without being sent.
pub(super) async fn same_order_twice_is_never_lost(stage: &Stage) -> Check {
    let request = stage.plain()?;
    stage.accepted(&request).await?;
    match stage.send(&request).await? {
        Ok(receipt) if matches!(receipt.state, InviteState::AlreadyInvited | InviteState::Skipped { .. }) => {
            stage.counted(&request, 1).await
        }
        Ok(_) => stage.counted(&request, 2).await,
        Err(error) => fail(format!(
            "expected the request to be accepted again, or reported as AlreadyInvited or Skipped, got: {error}"
        )),
    }
}

/// A caller can drop a call at any time: before it starts, after its first step, and when the vendor has accepted the
/// request and not responded. A dropped call must not send two invitations.
pub(super) async fn dropped_call_is_never_sent_twice(stage: &Stage) -> Check {
    // Without a count of what arrived, this case could not end.
    stage.accepted(&stage.plain()?).await?;
    let requests = [stage.plain()?, stage.plain()?, stage.plain()?];
    drop(stage.send(&requests[0]));
    let _ = stage.send(&requests[1]).now_or_never();
    if !stage.harness().is_dry_run() && stage.harness().fault(VendorFault::Hang).await {
        let mut call = Box::pin(stage.send(&requests[2]));
        // The call may wait for a rate limit, so time must pass.
        while (&mut call).now_or_never().is_none() && stage.count(&requests[2]).await == 0 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }
    for _ in 0..LATER_CALLS {
        // A call that was dropped early may not have used the fault.
        let _ = stage.send(&stage.plain()?).await?;
        tokio::task::yield_now().await;
    }
    stage.accepted(&stage.plain()?).await?;
    for request in &requests {
        let count = stage.count(request).await;
        ensure(count <= 1, || {
            format!(
                "expected a dropped call to be counted at most once (Harness::accepted_count), got {count}"
            )
        })?;
    }
    Ok(())
}

/// A hook that counts its runs, and can reject.
#[derive(Default)]
struct Hook {
    rejects_before: bool,
    rejects_check: bool,
    runs: AtomicUsize,
}

impl Hook {
    fn result(&self, rejects: bool) -> Returned<()> {
        self.runs.fetch_add(1, Ordering::SeqCst);
        if rejects { Err(Error::new(ErrorKind::Blocked, "rejected by a hook of the suite")) } else { Ok(()) }
    }
}

#[async_trait]
impl BeforeSend for Hook {
    async fn before_send(&self) -> Returned<()> {
        self.result(self.rejects_before)
    }

    fn check(&self) -> Returned<()> {
        self.result(self.rejects_check)
    }
}

/// Wrappers rely on hooks: the kill switch, the consent and the claim of an order.
pub(super) async fn send_hooks_run_as_declared(stage: &Stage) -> Check {
    if stage.harness().is_dry_run() || !stage.can().runs_send_hooks() {
        return skip(None, "the provider does not declare Capabilities::with_send_hooks, or sends nothing");
    }
    for (rejects_before, rejects_check) in [(true, false), (false, true)] {
        let tracker = SendTracker::new();
        let hook = Arc::new(Hook { rejects_before, rejects_check, ..Hook::default() });
        let request = stage.plain()?.with_hook(hook).with_tracker(tracker.clone());
        let expected = "Blocked from a hook, because Capabilities::with_send_hooks is declared";
        let error = stage.rejected(&request, expected).await?;
        let sent = (error.send_state(), tracker.state());
        ensure(
            error.kind() == ErrorKind::Blocked && sent == (SendState::NotSent, SendState::NotSent),
            || {
                format!(
                    "a hook rejected: expected Blocked and NotSent in the error and in the tracker, got {sent:?}: {error}"
                )
            },
        )?;
        stage.counted(&request, 0).await?;
    }
    let (hook, tracker) = (Arc::new(Hook::default()), SendTracker::new());
    let request = stage.plain()?.with_hook(hook.clone()).with_tracker(tracker.clone());
    stage.accepted(&request).await?;
    let (runs, state) = (hook.runs.load(Ordering::SeqCst), tracker.state());
    ensure(runs >= 2 && state == SendState::Unknown, || {
        format!(
            "accepted: expected both hooks to run and the tracker to state Unknown, got {runs} runs and {state:?}"
        )
    })
}
