//! The responses of a fake.

use std::time::Duration;

use review_core::{Error, ErrorKind, InviteReceipt};

/// The response of a [`FakeProvider`](crate::FakeProvider) to an invitation.
///
/// ```
/// use std::time::Duration;
///
/// use review_core::{Error, ErrorKind, RetryAdvice};
/// use review_testkit::{FakeResponse, FakeProvider};
///
/// let busy = Error::new(ErrorKind::RateLimited, "")
///     .with_retry_advice(RetryAdvice::After(Duration::from_secs(30)));
/// let fake = FakeProvider::default();
/// fake.respond_next(busy).respond_next(FakeResponse::accepted().with_delay(Duration::from_millis(20)));
/// ```
#[derive(Clone, Debug, Default)]
pub struct FakeResponse {
    pub(super) what: What,
    pub(super) delay: Duration,
}

#[derive(Clone, Debug, Default)]
pub(super) enum What {
    #[default]
    Accepted,
    Receipt(InviteReceipt),
    Rejected(Error),
    Lost,
}

impl FakeResponse {
    /// Accepts the invitation. An invitation with a future send time is scheduled.
    #[must_use]
    pub fn accepted() -> Self {
        What::Accepted.into()
    }

    /// Accepts the invitation and loses the response: the caller receives
    /// [`ErrorKind::OutcomeUnknown`], although the customer is invited.
    #[must_use]
    pub fn lost_response() -> Self {
        What::Lost.into()
    }

    /// Delays the response. The invitation is accepted or rejected before the delay, so a caller that stops waiting does
    /// not know the result. Requires a tokio runtime with time enabled.
    #[must_use]
    pub fn with_delay(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }
}

impl From<What> for FakeResponse {
    fn from(what: What) -> Self {
        Self { what, delay: Duration::ZERO }
    }
}

/// Accepts the invitation with this receipt. Warnings for omitted fields are added. A receipt with the state
/// [`AlreadyInvited`](review_core::InviteState::AlreadyInvited) does not count as another invitation.
impl From<InviteReceipt> for FakeResponse {
    fn from(receipt: InviteReceipt) -> Self {
        What::Receipt(receipt).into()
    }
}

/// Rejects the invitation. The names of the provider and of the operation are added to the error.
impl From<Error> for FakeResponse {
    fn from(error: Error) -> Self {
        What::Rejected(error).into()
    }
}

/// Rejects the invitation with an error of this kind.
impl From<ErrorKind> for FakeResponse {
    fn from(kind: ErrorKind) -> Self {
        Error::new(kind, "set by the test").into()
    }
}

impl<T: Into<FakeResponse>, E: Into<FakeResponse>> From<Result<T, E>> for FakeResponse {
    fn from(result: Result<T, E>) -> Self {
        result.map_or_else(Into::into, Into::into)
    }
}
