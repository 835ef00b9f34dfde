//! Recording the result of a send.

use review_core::SendState;

use super::claim::Fence;
use crate::clock::Millis;
use crate::error::Result;
use crate::outbox::Outbox;
use crate::state::State;

/// Characters of a stored message or id.
const MAX_TEXT: usize = 1_000;

/// What a row becomes after a send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Completion {
    pub(crate) state: State,
    /// `None` keeps the time.
    pub(crate) run_at: Option<Millis>,
    /// 1 if the attempt failed and counts.
    pub(crate) failed_attempts: i64,
    pub(crate) outcome: Option<&'static str>,
    pub(crate) vendor_id: Option<String>,
    pub(crate) error_class: Option<&'static str>,
    pub(crate) error_message: Option<String>,
    pub(crate) correlation_id: Option<String>,
    /// Whether the row needs nothing more: its payload may be purged after a while.
    pub(crate) finished: bool,
}

impl Completion {
    /// Nothing was sent, and nothing is wrong with the row: it can be claimed again.
    pub(crate) fn released() -> Self {
        Self::new(State::Pending)
    }

    pub(crate) fn new(state: State) -> Self {
        Self {
            state,
            run_at: None,
            failed_attempts: 0,
            outcome: None,
            vendor_id: None,
            error_class: None,
            error_message: None,
            correlation_id: None,
            finished: state.is_final(),
        }
    }

    /// The request may have left, and no usable response arrived.
    pub(crate) fn unknown(error: &review_core::Error, now: Millis) -> Self {
        let mut completion = Self::new(State::Unknown);
        completion.run_at = Some(now);
        completion.failed_attempts = 1;
        completion.describe(error);
        completion
    }

    /// Adds what an operator reads about an error.
    pub(crate) fn describe(&mut self, error: &review_core::Error) {
        self.error_class = Some(error.kind().name());
        self.error_message = Some(error.message().into_owned());
        self.correlation_id = error.request_id().map(str::to_owned);
    }
}

/// Returns whether the request of a failed send may have left. The tracker decides, too: a provider can return an
/// error that says nothing about it.
pub(crate) fn may_have_left(error: &review_core::Error, tracker: SendState) -> bool {
    tracker == SendState::Unknown || error.may_have_been_sent()
}

impl Outbox {
    /// Records a result. Returns false if the row is not this claim's any more.
    pub(crate) async fn complete(&self, id: i64, fence: &Fence, completion: &Completion) -> Result<bool> {
        let now = self.clock.now();
        let [vendor_id, error_message, correlation_id] =
            [&completion.vendor_id, &completion.error_message, &completion.correlation_id]
                .map(|text| text.as_deref().map(storable));
        let values = [
            id.into(),
            (&*fence.owner).into(),
            fence.claim.into(),
            completion.state.as_str().into(),
            completion.run_at.into(),
            completion.failed_attempts.into(),
            completion.outcome.into(),
            vendor_id.as_deref().into(),
            completion.error_class.into(),
            error_message.as_deref().into(),
            correlation_id.as_deref().into(),
            completion.finished.then_some(now).into(),
            (completion.state == State::Unknown).then_some(now).into(),
            now.into(),
        ];
        Ok(self.pool.execute(&self.sql.complete, &values).await? == 1)
    }
}

/// Returns a text of a vendor as both databases store it: PostgreSQL rejects NUL, which would keep the result
/// from ever being recorded.
fn storable(text: &str) -> String {
    text.chars().filter(|c| *c != '\0').take(MAX_TEXT).collect()
}
