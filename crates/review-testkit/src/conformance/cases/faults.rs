//! Failures are reported correctly, and no customer is invited twice.

use std::time::Duration;

use review_core::{Error, ErrorKind, InviteRequest, RetryAdvice, SendState};
use tokio::time::Instant;

use super::super::VendorFault;
use super::super::outcome::{Check, ensure, fail};
use super::super::stage::{Stage, has_kind};

/// The `Retry-After` of a throttled provider.
pub(super) const RETRY_AFTER: Duration = Duration::from_secs(1);
/// The number of calls after which the fault must be used up.
const MAX_RETRIES: usize = 10;

pub(super) async fn lost_response_is_unknown_and_sent_once(stage: &Stage) -> Check {
    unknown_and_counted_once(stage, VendorFault::DropResponse).await
}

/// The suite's deadline ends the wait if the provider does not.
pub(super) async fn missing_response_is_unknown_within_the_timeout(stage: &Stage) -> Check {
    unknown_and_counted_once(stage, VendorFault::Hang).await
}

async fn unknown_and_counted_once(stage: &Stage, fault: VendorFault) -> Check {
    let request = stage.plain()?;
    stage.inject(fault).await?;
    unknown(&stage.rejected(&request, "OutcomeUnknown").await?)?;
    stage.counted(&request, 1).await
}

/// A portal, a proxy or a wrong host responded, so the vendor may or may not have the request.
pub(super) async fn foreign_response_is_unknown(stage: &Stage) -> Check {
    let request = stage.plain()?;
    stage.inject(VendorFault::ForeignResponse).await?;
    unknown(&stage.rejected(&request, "OutcomeUnknown for a page that is not the vendor's").await?)?;
    at_most_once(stage, &request).await
}

/// The vendor may have accepted the invitation before it failed. A provider can only report a rejection if the vendor
/// documents it. Then nothing may have been accepted.
pub(super) async fn server_error_is_not_sent_again(stage: &Stage) -> Check {
    let request = stage.plain()?;
    stage.inject(VendorFault::ServerError).await?;
    let error = stage.rejected(&request, "OutcomeUnknown or a rejection").await?;
    if error.kind() == ErrorKind::OutcomeUnknown {
        unknown(&error)?;
        return at_most_once(stage, &request).await;
    }
    let count = stage.count(&request).await;
    ensure(error.send_state() == SendState::Responded && count == 0, || {
        format!(
            "expected OutcomeUnknown, or Responded and nothing accepted; got {:?}, {count} accepted: {error}",
            error.send_state()
        )
    })
}

pub(super) async fn refused_connection_is_not_sent_and_can_be_retried(stage: &Stage) -> Check {
    let request = stage.plain()?;
    stage.inject(VendorFault::RefuseConnection).await?;
    for _ in 0..MAX_RETRIES {
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
    }
    fail(format!("the connection was refused once, but {MAX_RETRIES} retries failed (Harness::fault)"))
}

pub(super) async fn throttling_is_reported_or_waited_for(stage: &Stage) -> Check {
    let request = stage.plain()?;
    stage.inject(VendorFault::Throttle(RETRY_AFTER)).await?;
    let began = Instant::now();
    let Err(error) = stage.send(&request).await? else {
        let waited = began.elapsed();
        ensure(waited >= RETRY_AFTER, || {
            format!("with Retry-After {RETRY_AFTER:?}, the request was retried after {waited:?}")
        })?;
        return stage.counted(&request, 1).await;
    };
    throttled(&error)?;
    stage.counted(&request, 0).await
}

pub(super) fn throttled(error: &Error) -> Check {
    has_kind(error, ErrorKind::RateLimited)?;
    let waits = matches!(error.retry_advice(), RetryAdvice::After(wait) if wait >= RETRY_AFTER);
    ensure(waits, || format!("expected the advice After({RETRY_AFTER:?}), found {:?}", error.retry_advice()))
}

async fn at_most_once(stage: &Stage, request: &InviteRequest) -> Check {
    let count = stage.count(request).await;
    ensure(count <= 1, || format!("expected at most one invitation (Harness::accepted_count), got {count}"))
}

fn unknown(error: &Error) -> Check {
    has_kind(error, ErrorKind::OutcomeUnknown)?;
    states(error, SendState::Unknown, RetryAdvice::Reconcile)
}

pub(super) fn states(error: &Error, sent: SendState, advice: RetryAdvice) -> Check {
    ensure((error.send_state(), error.retry_advice()) == (sent, advice), || {
        format!(
            "expected {sent:?} and {advice:?}, found {:?} and {:?}: {error}",
            error.send_state(),
            error.retry_advice()
        )
    })
}
