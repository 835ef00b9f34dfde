//! Code that invites, and its unit tests: with the feature `mock`, mockall plays the vendor.
//!
//! ```text
//! $ cargo test --example unit_test_with_mockall
//! > test tests::after_a_lost_answer_the_look_up_decides ... ok
//! $ cargo run --example unit_test_with_mockall
//! > order 1001: Invited
//! ```
//!
//! With an account in the environment it makes a dry run, and sends after `-- --live you@your-shop.example`.

use std::time::Duration;

use review_invites::{
    Consent, Customer, CustomerName, DynProvider, ErrorKind, InviteLookup, InviteRequest, Order,
    OrderReference, PersonName, RetryAdvice, ReviewInviteProviderExt,
};
use support::{Failure, Settings};

/// The code under test: a job of a worker.
struct InviteJob {
    provider: DynProvider,
}

#[derive(Debug, PartialEq)]
enum Verdict {
    Invited,
    Later(Duration),
    Refused(ErrorKind),
    AskAPerson,
}

impl InviteJob {
    async fn run(&self, request: &InviteRequest) -> Verdict {
        let Err(error) = self.provider.send_or_known(request).await else { return Verdict::Invited };
        match error.retry_advice() {
            RetryAdvice::After(wait) => Verdict::Later(wait),
            RetryAdvice::Never => Verdict::Refused(error.kind()),
            // The answer was lost. Sending again could be a second mail, so the vendor is asked first.
            RetryAdvice::Reconcile => match self.provider.reconcile(&request.key(self.provider.info())).await
            {
                Ok(InviteLookup::Found { .. }) => Verdict::Invited,
                Ok(InviteLookup::NotFound) => Verdict::Later(Duration::ZERO),
                _ => Verdict::AskAPerson,
            },
        }
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Failure> {
    let settings = Settings::find().await?;
    let customer =
        Customer::new(settings.address()?).with_name(CustomerName::Full(PersonName::new("Jane Doe")?));
    let order = Order::new(OrderReference::new("1001")?);
    let request =
        InviteRequest::builder(customer, order, Consent::granted("checkbox at the checkout")).build()?;
    let job = InviteJob { provider: settings.provider()? };
    println!("order {}: {:?}", request.order().reference(), job.run(&request).await);
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use review_invites::{
        EmailAddress, Error, InviteReceipt, InviteState, MockReviewInviteProvider, ProviderInfo, Result,
    };

    use super::*;

    /// Expects one invitation for order 1001, and after it as many look-ups as there are answers for. mockall panics
    /// at a call that was not expected, and at one that was and did not come.
    async fn run(answer: Result<InviteReceipt>, lookup: Option<Result<InviteLookup>>) -> Verdict {
        let mut vendor = MockReviewInviteProvider::new();
        vendor.expect_info().return_const(ProviderInfo::new("mock", "test"));
        vendor
            .expect_send_invite()
            .withf(|request| request.order().reference().as_str() == "1001")
            .once()
            .return_once(|_| answer);
        if let Some(lookup) = lookup {
            vendor.expect_find_invite().once().return_once(|_| lookup);
        }
        let customer = Customer::new(EmailAddress::new("jane@example.com").unwrap());
        let order = Order::new(OrderReference::new("1001").unwrap());
        let request = InviteRequest::builder(customer, order, Consent::granted("test")).build().unwrap();
        InviteJob { provider: Arc::new(vendor) }.run(&request).await
    }

    fn lost() -> Result<InviteReceipt> {
        Err(Error::new(ErrorKind::OutcomeUnknown, ""))
    }

    #[tokio::test]
    async fn an_accepted_invitation_is_done() {
        let receipt = InviteReceipt::new(ProviderInfo::new("mock", "test"), InviteState::Accepted);
        assert_eq!(run(Ok(receipt), None).await, Verdict::Invited);
    }

    #[tokio::test]
    async fn a_busy_vendor_is_asked_later() {
        let wait = Duration::from_secs(90);
        let busy = Error::new(ErrorKind::RateLimited, "").with_retry_advice(RetryAdvice::After(wait));
        assert_eq!(run(Err(busy), None).await, Verdict::Later(wait));
    }

    #[tokio::test]
    async fn a_refusal_is_final() {
        let refused = Error::new(ErrorKind::InvalidRequest, "");
        assert_eq!(run(Err(refused), None).await, Verdict::Refused(ErrorKind::InvalidRequest));
    }

    #[tokio::test]
    async fn after_a_lost_answer_the_look_up_decides() {
        let found = InviteLookup::Found { vendor_id: None, sent_at: None };
        assert_eq!(run(lost(), Some(Ok(found))).await, Verdict::Invited);
        assert_eq!(run(lost(), Some(Ok(InviteLookup::NotFound))).await, Verdict::Later(Duration::ZERO));
    }

    #[tokio::test]
    async fn where_the_vendor_cannot_tell_a_person_decides() {
        let cannot = Error::new(ErrorKind::Unsupported, "");
        assert_eq!(run(lost(), Some(Err(cannot))).await, Verdict::AskAPerson);
    }
}
