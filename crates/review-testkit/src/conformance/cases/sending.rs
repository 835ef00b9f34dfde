//! One call sends one invitation.

use std::time::Duration;

use futures_util::future::join_all;
use review_core::{InviteReceipt, InviteState, Result as Answer};

use super::super::VendorFault;
use super::super::outcome::{Check, ensure, fail};
use super::super::stage::Stage;

/// The times after which a call is dropped, in milliseconds: before it starts, and while it is in flight.
const GIVEN_UP_AFTER: [u64; 5] = [0, 1, 3, 10, 30];
/// The time to wait for requests that continue after their call was dropped.
const AFTERMATH: Duration = Duration::from_millis(100);

pub(super) async fn plain_invitation_is_accepted_once(stage: &Stage) -> Check {
    let (request, before) = (stage.plain()?, stage.requests().await);
    let receipt = stage.accepted(&request).await?;
    let calls = stage.requests().await - before;
    ensure(calls >= stage.due(1), || "expected a request to the vendor, got none".to_owned())?;
    ensure(receipt.state != InviteState::AlreadyInvited, || {
        "expected a new order to be accepted or scheduled, got AlreadyInvited".to_owned()
    })?;
    ensure(stage.harness().provider_infos().contains(&receipt.provider), || {
        format!("expected a receipt from {}, got {}", stage.provider().info(), receipt.provider)
    })
}

pub(super) async fn fifty_concurrent_calls_send_fifty_invitations(stage: &Stage) -> Check {
    let requests = (0..50).map(|_| stage.plain()).collect::<Check<Vec<_>>>()?;
    for answer in join_all(requests.iter().map(|request| stage.send(request))).await {
        if let Err(error) = answer? {
            return fail(format!("expected each of 50 requests to be accepted, got: {error}"));
        }
    }
    for request in &requests {
        stage.counted(request, 1).await?;
    }
    Ok(())
}

/// The second call sends a second invitation or reports the first. It is never accepted without being sent.
pub(super) async fn same_order_twice_is_never_lost(stage: &Stage) -> Check {
    let request = stage.plain()?;
    stage.accepted(&request).await?;
    let second = stage.send(&request).await?;
    let known = |answer: &Answer<InviteReceipt>| {
        answer.as_ref().is_ok_and(|receipt| receipt.state == InviteState::AlreadyInvited)
    };
    if known(&second) {
        return stage.counted(&request, 1).await;
    }
    match second {
        Ok(_) => stage.counted(&request, 2).await,
        Err(error) => fail(format!(
            "expected the request to be accepted again or reported as AlreadyInvited, got: {error}"
        )),
    }
}

/// A caller can drop a call at any time. A dropped call must not send two invitations.
pub(super) async fn dropped_call_is_never_sent_twice(stage: &Stage) -> Check {
    let requests = GIVEN_UP_AFTER.iter().map(|_| stage.plain()).collect::<Check<Vec<_>>>()?;
    for (request, after) in requests.iter().zip(GIVEN_UP_AFTER) {
        // In flight when it is dropped, if the fake can delay its response.
        if after == 30 && !stage.harness().is_dry_run() {
            stage.harness().fault(VendorFault::Hang).await;
        }
        let _ = tokio::time::timeout(Duration::from_millis(after), stage.send(request)).await;
    }
    // A call that was dropped early may not have used the fault. Then the next call uses it.
    let mut next = stage.plain()?;
    if stage.send(&next).await?.is_err() {
        next = stage.plain()?;
        stage.accepted(&next).await?;
    }
    tokio::time::sleep(AFTERMATH).await;
    stage.counted(&next, 1).await?;
    for request in &requests {
        let count = stage.count(request).await;
        ensure(count <= 1, || format!("expected a dropped call to be counted at most once, got {count}"))?;
    }
    Ok(())
}
