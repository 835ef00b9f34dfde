//! Pure: what the result of a send means for its row and for the circuit.

use std::time::Duration;

use review_core::{Error, ErrorKind, ErrorScope, InviteReceipt, InviteState, RetryAdvice, SendState};

use crate::backoff::Backoff;
use crate::circuit::Signal;
use crate::clock::{Millis, millis};
use crate::outbox::NEVER;
use crate::state::State;
use crate::store::complete::{Completion, may_have_left};

/// The meaning of a result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Verdict {
    pub(crate) completion: Completion,
    pub(crate) signal: Signal,
}

/// The circumstances of a send.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Circumstances<'a> {
    /// What the tracker recorded.
    pub(crate) tracker: SendState,
    /// Failed attempts before this one.
    pub(crate) attempts: i64,
    pub(crate) now: Millis,
    pub(crate) backoff: &'a Backoff,
}

pub(crate) fn judge(result: &Result<InviteReceipt, Error>, circumstances: Circumstances<'_>) -> Verdict {
    match result {
        Ok(receipt) => receipt_verdict(receipt, circumstances),
        Err(error) => error_verdict(error, circumstances),
    }
}

fn receipt_verdict(receipt: &InviteReceipt, circumstances: Circumstances<'_>) -> Verdict {
    let mut completion = match &receipt.state {
        InviteState::Skipped { reason, retry_at } => {
            let mut completion = Completion::new(State::Skipped);
            completion.run_at = Some(retry_at.map_or(NEVER, |at| at.timestamp_millis()));
            completion.finished = retry_at.is_none();
            completion.error_class = Some("skipped");
            completion.error_message = Some(reason.clone());
            completion
        }
        // A dry run sends nothing, so the row must not count as done.
        InviteState::DryRun => {
            let mut completion = Completion::new(State::Pending);
            completion.run_at = Some(circumstances.now.saturating_add(millis(circumstances.backoff.max)));
            completion
        }
        state if state.is_done() => Completion::new(State::Accepted),
        // A state that this release does not know, and that is not done.
        _ => {
            let mut completion = Completion::new(State::Skipped);
            completion.run_at = Some(NEVER);
            completion
        }
    };
    completion.outcome = Some(receipt.state.name());
    completion.vendor_id = receipt.vendor_id.clone();
    completion.correlation_id = receipt.request_id.clone();
    Verdict { completion, signal: Signal::Success }
}

fn error_verdict(error: &Error, circumstances: Circumstances<'_>) -> Verdict {
    if may_have_left(error, circumstances.tracker) {
        let completion = Completion::unknown(error, circumstances.now);
        return Verdict { completion, signal: Signal::Unknown };
    }
    let responded = error.send_state() == SendState::Responded;
    let (mut completion, signal) = match (error.retry_advice(), error.scope()) {
        (RetryAdvice::Hold, _) | (RetryAdvice::Never, ErrorScope::Account) => {
            (Completion::new(State::Held), Signal::Account { class: error.kind().name() })
        }
        (RetryAdvice::After(wait), _) if error.kind() == ErrorKind::RateLimited => {
            let mut completion = Completion::new(State::Pending);
            completion.run_at = Some(circumstances.now.saturating_add(millis(wait)));
            (completion, Signal::Pause(wait))
        }
        (RetryAdvice::After(wait), _) => {
            // A response with this advice is that of an intermediary: requests do not get through. A local store
            // that failed says nothing about the vendor.
            let blocked = error.kind() == ErrorKind::Blocked;
            (retry(wait, circumstances), if blocked { Signal::NoResult } else { Signal::NotSent })
        }
        (RetryAdvice::Never | RetryAdvice::Reconcile, _) => {
            let blocked = error.kind() == ErrorKind::Blocked;
            let state = if blocked { State::Cancelled } else { State::Dead };
            let mut completion = Completion::new(state);
            completion.failed_attempts = i64::from(!blocked);
            (completion, if responded { Signal::Success } else { Signal::NoResult })
        }
    };
    completion.describe(error);
    Verdict { completion, signal }
}

/// A failed attempt that is safe to repeat.
pub(crate) fn retry(wait: Duration, circumstances: Circumstances<'_>) -> Completion {
    let failures = u32::try_from(circumstances.attempts + 1).unwrap_or(u32::MAX);
    let exhausted = circumstances.backoff.is_exhausted(failures);
    let mut completion = Completion::new(if exhausted { State::Dead } else { State::Pending });
    completion.failed_attempts = 1;
    let wait = wait.max(circumstances.backoff.after(failures));
    completion.run_at = (!exhausted).then(|| circumstances.now.saturating_add(millis(wait)));
    completion
}

#[cfg(test)]
#[path = "verdict_tests.rs"]
mod tests;
