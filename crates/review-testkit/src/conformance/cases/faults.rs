//! Failures are reported correctly, and no customer is invited twice.

use std::time::Duration;

use review_core::{Error, ErrorKind, InviteRequest, RetryAdvice, SendState};
use tokio::time::Instant;

use super::super::VendorFault;
use super::super::outcome::{Check, ensure, fail};
use super::super::stage::Stage;

/// The `Retry-After` of a throttled provider.
const RETRY_AFTER: Duration = Duration::from_secs(1);
/// The number of attempts, and the time between them, until the fake accepts connections again.
const TRIES: usize = 40;
const APART: Duration = Duration::from_millis(50);

pub(super) async fn lost_response_is_unknown_and_sent_once(stage: &Stage) -> Check {
    unknown_and_counted_once(stage, VendorFault::DropResponse).await
}

/// The suite's deadline ends the wait if the provider does not.
pub(super) async fn missing_response_is_unknown_within_the_timeout(stage: &Stage) -> Check {
    unknown_and_counted_once(stage, VendorFault::Hang).await
}

async fn unknown_and_counted_once(stage: &Stage, fault: VendorFault) -> Check {
    let request = stage.plain()?;
    stage.arm(fault).await?;
    let error = refused(stage, &request, "OutcomeUnknown").await?;
    ensure(error.kind() == ErrorKind::OutcomeUnknown, || format!("expected OutcomeUnknown, found: {error}"))?;
    answers(&error, SendState::Unknown, RetryAdvice::Reconcile)?;
    stage.counted(&request, 1).await
}

pub(super) async fn refused_connection_is_not_sent_and_can_be_retried(stage: &Stage) -> Check {
    let request = stage.plain()?;
    stage.arm(VendorFault::RefuseConnection).await?;
    for _ in 0..TRIES {
        // Nothing was sent, so the provider can retry and succeed.
        let Err(error) = stage.send(&request).await? else {
            return stage.counted(&request, 1).await;
        };
        ensure(error.send_state() == SendState::NotSent, || {
            format!("nothing was sent: expected an error with NotSent, got {:?}: {error}", error.send_state())
        })?;
        ensure(matches!(error.retry_advice(), RetryAdvice::After(_)), || {
            format!("nothing was sent: expected the advice to retry, got {:?}", error.retry_advice())
        })?;
        stage.counted(&request, 0).await?;
        tokio::time::sleep(APART).await;
    }
    fail("nothing was sent, but no retry succeeded")
}

pub(super) async fn throttling_is_reported_or_waited_for(stage: &Stage) -> Check {
    let request = stage.plain()?;
    stage.arm(VendorFault::Throttle(RETRY_AFTER)).await?;
    let began = Instant::now();
    let Err(error) = stage.send(&request).await? else {
        let waited = began.elapsed();
        ensure(waited >= RETRY_AFTER, || {
            format!("with Retry-After {RETRY_AFTER:?}, the request was retried after {waited:?}")
        })?;
        return stage.counted(&request, 1).await;
    };
    ensure(error.kind() == ErrorKind::RateLimited, || format!("expected RateLimited, found: {error}"))?;
    let patient = matches!(error.retry_advice(), RetryAdvice::After(wait) if wait >= RETRY_AFTER);
    ensure(patient, || {
        format!("expected the advice After({RETRY_AFTER:?}), found {:?}", error.retry_advice())
    })?;
    stage.counted(&request, 0).await
}

/// The fake rejects only once. A second attempt would be accepted and counted.
pub(super) async fn rejection_is_final(stage: &Stage) -> Check {
    let request = stage.plain()?;
    stage.arm(VendorFault::Reject).await?;
    let error = refused(stage, &request, "a rejection").await?;
    answers(&error, SendState::Responded, RetryAdvice::Never)?;
    stage.counted(&request, 0).await
}

pub(super) async fn expired_token_is_renewed_or_reported(stage: &Stage) -> Check {
    // The first call obtains a token, if the provider uses tokens.
    stage.accepted(&stage.plain()?).await?;
    let request = stage.plain()?;
    stage.arm(VendorFault::Unauthorized).await?;
    let Err(error) = stage.send(&request).await? else {
        return stage.counted(&request, 1).await;
    };
    ensure(error.kind() == ErrorKind::Unauthorized, || format!("expected Unauthorized, found: {error}"))?;
    ensure(error.send_state() != SendState::Unknown, || {
        "rejected because of its token, so it was not sent; got Unknown".to_owned()
    })?;
    stage.counted(&request, 0).await
}

pub(super) async fn missing_permission_is_reported(stage: &Stage) -> Check {
    let request = stage.plain()?;
    stage.arm(VendorFault::Forbidden).await?;
    let error = refused(stage, &request, "Forbidden").await?;
    ensure(error.kind() == ErrorKind::Forbidden, || format!("expected Forbidden, found: {error}"))?;
    answers(&error, SendState::Responded, RetryAdvice::Hold)?;
    stage.counted(&request, 0).await
}

/// The vendor may have accepted the invitation before it failed. A provider can only report a rejection if the vendor
/// documents it. Then nothing may have been accepted.
pub(super) async fn server_error_is_not_sent_again(stage: &Stage) -> Check {
    let request = stage.plain()?;
    stage.arm(VendorFault::ServerError).await?;
    let error = refused(stage, &request, "OutcomeUnknown or a rejection").await?;
    let count = stage.count(&request).await;
    if error.kind() == ErrorKind::OutcomeUnknown {
        answers(&error, SendState::Unknown, RetryAdvice::Reconcile)?;
        return ensure(count <= 1, || format!("expected at most one invitation in the fake, got {count}"));
    }
    ensure(error.send_state() == SendState::Responded && count == 0, || {
        format!(
            "expected OutcomeUnknown, or Responded and nothing accepted; got {:?}, {count} accepted: {error}",
            error.send_state()
        )
    })
}

async fn refused(stage: &Stage, request: &InviteRequest, what: &str) -> Check<Error> {
    match stage.send(request).await? {
        Err(error) => Ok(error),
        Ok(receipt) => fail(format!("expected {what} as the result, found a receipt: {:?}", receipt.state)),
    }
}

fn answers(error: &Error, sent: SendState, advice: RetryAdvice) -> Check {
    ensure((error.send_state(), error.retry_advice()) == (sent, advice), || {
        format!(
            "expected {sent:?} and {advice:?}, found {:?} and {:?}: {error}",
            error.send_state(),
            error.retry_advice()
        )
    })
}
