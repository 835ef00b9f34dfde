//! Unit tests of a backend, as a user writes them with the feature `mock`.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::sync::Arc;
use std::time::Duration;

use review_invites::*;
use review_invites_tests::request;

/// The code under test: a job that invites and says when to come back.
struct InviteJob {
    provider: DynProvider,
}

#[derive(Debug, PartialEq)]
enum Next {
    Done,
    Again(Duration),
    AskAPerson,
}

impl InviteJob {
    async fn run(&self, request: &InviteRequest) -> Next {
        match self.provider.send_or_known(request).await {
            Ok(_) => Next::Done,
            Err(error) => match error.retry_advice() {
                RetryAdvice::After(wait) => Next::Again(wait),
                RetryAdvice::Never | RetryAdvice::Reconcile => Next::AskAPerson,
            },
        }
    }
}

fn job(answer: Result<InviteReceipt>) -> InviteJob {
    let mut mock = MockReviewInviteProvider::new();
    mock.expect_info().return_const(info());
    mock.expect_send_invite()
        .withf(|request| request.order().reference().as_str() == "1001")
        .once()
        .return_once(move |_| answer);
    InviteJob { provider: Arc::new(mock) }
}

fn info() -> ProviderInfo {
    ProviderInfo::new("mock", "test")
}

#[tokio::test]
async fn an_accepted_invitation_is_done() {
    let job = job(Ok(InviteReceipt::new(info(), InviteState::Accepted)));
    assert_eq!(job.run(&request("1001")).await, Next::Done);
}

#[tokio::test]
async fn a_known_invitation_is_done() {
    assert_eq!(job(Err(Error::new(ErrorKind::Duplicate, ""))).run(&request("1001")).await, Next::Done);
}

#[tokio::test]
async fn a_throttled_invitation_waits_as_told() {
    let wait = Duration::from_secs(90);
    let error = Error::new(ErrorKind::RateLimited, "").with_retry_advice(RetryAdvice::After(wait));
    assert_eq!(job(Err(error)).run(&request("1001")).await, Next::Again(wait));
}

#[tokio::test]
async fn an_unknown_outcome_is_left_to_a_person() {
    assert_eq!(
        job(Err(Error::new(ErrorKind::OutcomeUnknown, ""))).run(&request("1001")).await,
        Next::AskAPerson
    );
}
