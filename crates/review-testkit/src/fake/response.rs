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
    /// It is taken; with a time in the future it is scheduled.
    #[must_use]
    pub fn accepted() -> Self {
        What::Accepted.into()
    }

    /// It is accepted, and the response is lost: the caller gets
    /// [`ErrorKind::OutcomeUnknown`], and the customer is invited all the same.
    #[must_use]
    pub fn lost_response() -> Self {
        What::Lost.into()
    }

    /// Delays the response. The invitation is accepted, or rejected, at the beginning of
    /// it: a caller who gives up meanwhile does not know. It needs a tokio runtime with time.
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

/// It is taken, with this receipt; warnings of what was left out are added to it. A receipt that says
/// [`AlreadyInvited`](review_core::InviteState::AlreadyInvited) counts as no further invitation.
impl From<InviteReceipt> for FakeResponse {
    fn from(receipt: InviteReceipt) -> Self {
        What::Receipt(receipt).into()
    }
}

/// It is rejected. The error gets the name of the provider and of the operation.
impl From<Error> for FakeResponse {
    fn from(error: Error) -> Self {
        What::Rejected(error).into()
    }
}

/// It is rejected with the usual error of this kind.
impl From<ErrorKind> for FakeResponse {
    fn from(kind: ErrorKind) -> Self {
        Error::new(kind, "as the test wants it").into()
    }
}

impl<T: Into<FakeResponse>, E: Into<FakeResponse>> From<Result<T, E>> for FakeResponse {
    fn from(result: Result<T, E>) -> Self {
        result.map_or_else(Into::into, Into::into)
    }
}
