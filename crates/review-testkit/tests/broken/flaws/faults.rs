//! Errors are reported as something else, or retried.

use std::time::{Duration, Instant};

use async_trait::async_trait;
use review_core::model::*;
use review_core::provider::*;
use review_core::*;
use review_testkit::FakeProvider;

use crate::flaw::Flaw;

/// A provider that makes something else of an error.
macro_rules! mistakes {
    ($($flaw:ident: |$fake:ident, $request:ident, $error:ident| $make:block)*) => {$(
        #[derive(Default)]
        pub(crate) struct $flaw;

        #[async_trait]
        impl Flaw for $flaw {
            async fn send(&self, $fake: &FakeProvider, $request: &InviteRequest) -> Result<InviteReceipt> {
                match $fake.send_invite($request).await {
                    Ok(receipt) => Ok(receipt),
                    Err($error) => $make,
                }
            }
        }
    )*};
}

fn accepted(fake: &FakeProvider) -> Result<InviteReceipt> {
    Ok(InviteReceipt::new(fake.info().clone(), InviteState::Accepted))
}

fn rejected(error: &Error) -> bool {
    error.kind() == ErrorKind::InvalidRequest && error.send_state() == SendState::Responded
}

mistakes! {
    RepeatsTheUnknown: |fake, request, error| {
        if error.kind() == ErrorKind::OutcomeUnknown { fake.send_invite(request).await } else { Err(error) }
    }

    SaysNotSent: |_fake, request, error| {
        match error.kind() {
            ErrorKind::OutcomeUnknown => Err(error
                .with_kind(ErrorKind::Transient)
                .with_send_state(SendState::NotSent)
                .with_retry_advice(RetryAdvice::After(Error::DEFAULT_RETRY_AFTER))),
            _ => Err(error),
        }
    }

    DoubtsEverything: |_fake, request, error| {
        match error.kind() {
            ErrorKind::Transient => Err(error.with_kind(ErrorKind::OutcomeUnknown).with_send_state(SendState::Unknown)),
            _ => Err(error),
        }
    }

    Impatient: |fake, request, error| {
        if error.kind() == ErrorKind::RateLimited { fake.send_invite(request).await } else { Err(error) }
    }

    ForgetsTheWait: |_fake, request, error| {
        match error.kind() {
            ErrorKind::RateLimited => Err(error.with_retry_advice(RetryAdvice::After(Duration::ZERO))),
            _ => Err(error),
        }
    }

    RepeatsRejections: |fake, request, error| {
        if rejected(&error) { fake.send_invite(request).await } else { Err(error) }
    }

    SwallowsRejections: |fake, request, error| {
        if rejected(&error) { accepted(fake) } else { Err(error) }
    }

    DoubtsTokens: |_fake, request, error| {
        match error.kind() {
            ErrorKind::Unauthorized => Err(error.with_send_state(SendState::Unknown)),
            _ => Err(error),
        }
    }

    MistakesRights: |_fake, request, error| {
        match error.kind() {
            ErrorKind::Forbidden => Err(error.with_kind(ErrorKind::Unauthorized)),
            _ => Err(error),
        }
    }

    TakesServerErrorsForSuccess: |fake, request, error| {
        if error.http_status() == Some(500) { accepted(fake) } else { Err(error) }
    }
}

/// Silence has no end for it.
#[derive(Default)]
pub(crate) struct WaitsForEver;

#[async_trait]
impl Flaw for WaitsForEver {
    async fn send(&self, fake: &FakeProvider, request: &InviteRequest) -> Result<InviteReceipt> {
        let began = Instant::now();
        let result = fake.send_invite(request).await;
        if result.is_err() && began.elapsed() > Duration::from_millis(40) {
            std::future::pending::<()>().await;
        }
        result
    }
}
