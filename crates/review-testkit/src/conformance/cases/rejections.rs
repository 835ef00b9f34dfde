//! Rejections are final, and concern either the request or the account.

use review_core::{Error, ErrorKind, ErrorScope, RetryAdvice, SendState};

use super::super::VendorFault;
use super::super::outcome::{Check, ensure};
use super::super::stage::{Stage, has_kind};
use super::faults::states;

/// The message of a rejection that quotes nothing of the request.
const NO_QUOTE: &str = "conformance";

/// The fake rejects only once. A second attempt would be accepted and counted.
pub(super) async fn rejection_is_final(stage: &Stage) -> Check {
    rejected(stage, VendorFault::Reject).await
}

pub(super) async fn rejection_in_a_success_response_is_final(stage: &Stage) -> Check {
    rejected(stage, VendorFault::RejectInSuccess(NO_QUOTE.to_owned())).await
}

async fn rejected(stage: &Stage, fault: VendorFault) -> Check {
    let request = stage.plain()?;
    stage.inject(fault).await?;
    let error = stage.rejected(&request, "the rejection").await?;
    states(&error, SendState::Responded, RetryAdvice::Never)?;
    concerns(&error, ErrorScope::Request)?;
    stage.counted(&request, 0).await
}

pub(super) async fn expired_token_is_renewed_or_reported(stage: &Stage) -> Check {
    // The first call obtains a token, if the provider uses tokens.
    stage.accepted(&stage.plain()?).await?;
    let request = stage.plain()?;
    stage.inject(VendorFault::Unauthorized).await?;
    let Err(error) = stage.send(&request).await? else {
        return stage.counted(&request, 1).await;
    };
    has_kind(&error, ErrorKind::Unauthorized)?;
    ensure(error.send_state() != SendState::Unknown, || {
        "rejected because of its token, so it was not sent; got Unknown".to_owned()
    })?;
    concerns(&error, ErrorScope::Account)?;
    stage.counted(&request, 0).await
}

pub(super) async fn missing_permission_is_reported(stage: &Stage) -> Check {
    let request = stage.plain()?;
    stage.inject(VendorFault::Forbidden).await?;
    let error = stage.rejected(&request, "Forbidden").await?;
    has_kind(&error, ErrorKind::Forbidden)?;
    states(&error, SendState::Responded, RetryAdvice::Hold)?;
    concerns(&error, ErrorScope::Account)?;
    stage.counted(&request, 0).await
}

/// One invalid product is no reason to stop an instance.
pub(super) async fn failed_preparation_concerns_the_request(stage: &Stage) -> Check {
    preparation_failed(stage, ErrorScope::Request, RetryAdvice::Never).await
}

/// An invalid account must not be reported as many invalid orders.
pub(super) async fn failed_preparation_concerns_the_account(stage: &Stage) -> Check {
    preparation_failed(stage, ErrorScope::Account, RetryAdvice::Hold).await
}

async fn preparation_failed(stage: &Stage, scope: ErrorScope, advice: RetryAdvice) -> Check {
    let kind = stage.kind_with_products().or_else(|_| stage.kind())?;
    let request = stage.build(stage.draft_of(kind))?;
    stage.inject(VendorFault::RejectPreparation(scope)).await?;
    let error = stage.rejected(&request, "the error of the request before the invitation").await?;
    states(&error, SendState::NotSent, advice)?;
    concerns(&error, scope)?;
    stage.counted(&request, 0).await
}

fn concerns(error: &Error, scope: ErrorScope) -> Check {
    ensure(error.scope() == scope, || {
        format!("expected the scope {scope:?}, got {:?}: {error}", error.scope())
    })
}
