//! Code that invites, and its unit tests: with the feature `mock`, mockall generates the provider.
//!
//! ```text
//! $ cargo test --example unit_test_with_mockall
//! > test tests::lost_response_is_reconciled ... ok
//! $ REVIEW_PROVIDER=etrusted cargo run --example unit_test_with_mockall
//! > order 1003: Invited
//! ```

use std::time::Duration;

use review_invites::prelude::*;
use review_invites::provider::InviteLookup;

/// The code under test: a job of a worker.
struct InviteJob {
    provider: DynProvider,
}

#[derive(Debug, PartialEq)]
enum Decision {
    Invited,
    Later(Duration),
    Rejected(String),
    StopAndKeep(String),
    AskOperator,
}

impl InviteJob {
    async fn run(&self, request: &InviteRequest) -> Decision {
        let error = match self.provider.send_invite(request).await {
            Ok(receipt) if receipt.state.is_done() => return Decision::Invited,
            Ok(receipt) => return Decision::Rejected(receipt.state.to_string()),
            Err(error) => error,
        };
        match error.retry_advice() {
            RetryAdvice::After(wait) => Decision::Later(wait),
            RetryAdvice::Never => Decision::Rejected(error.message().into_owned()),
            RetryAdvice::Hold => Decision::StopAndKeep(error.message().into_owned()),
            // The response was lost. Sending again could mean a second email, so ask the vendor first.
            RetryAdvice::Reconcile => {
                match self.provider.reconcile(request.key(self.provider.info())).await {
                    Ok(InviteLookup::Found(_)) => Decision::Invited,
                    _ => Decision::AskOperator,
                }
            }
        }
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let consent = Consent::granted("checkbox at the checkout");
    let request = InviteRequest::builder("jane@example.com", "1003", consent).name("Jane Doe").build()?;
    let job = InviteJob { provider: review_invites::from_env()? };
    println!("order {}: {:?}", request.order().reference(), job.run(&request).await);
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use review_invites::ErrorKind;
    use review_invites::provider::{InviteStatus, MockReviewInviteProvider};

    use super::*;

    /// Expects one invitation for order 1001, and a lookup if there is a result for it. mockall panics at an
    /// unexpected call, and if an expected one is missing.
    async fn run(result: Result<InviteReceipt>, lookup: Option<Result<InviteLookup>>) -> Decision {
        let mut vendor = MockReviewInviteProvider::accepting_all();
        vendor
            .expect_send_invite()
            .withf(|request| request.order().reference().as_str() == "1001")
            .once()
            .return_once(|_| result);
        if let Some(lookup) = lookup {
            vendor.expect_find_invite().once().return_once(|_| lookup);
        }
        let request =
            InviteRequest::builder("jane@example.com", "1001", Consent::granted("test")).build().unwrap();
        InviteJob { provider: Arc::new(vendor) }.run(&request).await
    }

    fn error(kind: ErrorKind) -> Result<InviteReceipt> {
        Err(Error::new(kind, ""))
    }

    #[tokio::test]
    async fn accepted_invitation_is_done() {
        let info = review_invites::provider::ProviderInfo::new("mock", "test");
        assert_eq!(run(Ok(InviteReceipt::new(info, InviteState::Accepted)), None).await, Decision::Invited);
    }

    #[tokio::test]
    async fn rate_limit_is_retried_later() {
        let wait = Duration::from_secs(90);
        let busy = Error::new(ErrorKind::RateLimited, "").with_retry_advice(RetryAdvice::After(wait));
        assert_eq!(run(Err(busy), None).await, Decision::Later(wait));
    }

    #[tokio::test]
    async fn rejection_is_final() {
        let rejected = "invalid request".to_owned();
        assert_eq!(run(error(ErrorKind::InvalidRequest), None).await, Decision::Rejected(rejected));
    }

    #[tokio::test]
    async fn wrong_key_stops_and_keeps_the_order() {
        let stopped = "credentials rejected".to_owned();
        assert_eq!(run(error(ErrorKind::Unauthorized), None).await, Decision::StopAndKeep(stopped));
    }

    #[tokio::test]
    async fn lost_response_is_reconciled() {
        let lost = || error(ErrorKind::OutcomeUnknown);
        let found = InviteLookup::Found(InviteStatus::new());
        assert_eq!(run(lost(), Some(Ok(found))).await, Decision::Invited);
        assert_eq!(run(lost(), Some(Ok(InviteLookup::NotFound))).await, Decision::AskOperator);
        let unsupported = Error::new(ErrorKind::Unsupported, "");
        assert_eq!(run(lost(), Some(Err(unsupported))).await, Decision::AskOperator);
    }
}
