//! Recording the result of a send.

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
