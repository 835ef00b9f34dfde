//! What happens just before and after a request leaves.
//!
//! A send may wait: for a token, for a rate limit, for a pause the vendor asked for. A check made
//! before these waits is out of date after them, and a wrapper cannot see them. A request therefore
//! carries hooks, which the provider runs after the last wait.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use async_trait::async_trait;

use crate::error::{Result, SendState};
use crate::provider::receipt::InviteReceipt;

/// A check or an action that belongs immediately before a request leaves.
///
/// A provider that runs hooks (see
/// [`Capabilities::runs_send_hooks`](crate::provider::Capabilities::runs_send_hooks)) does for every
/// attempt, in this order: all its waits, [`before_send`](Self::before_send) of every hook,
/// [`check`](Self::check) of every hook, the request. Between the checks and the request there is no
/// `await`. A hook may run several times for one send, once for each attempt, so it must be idempotent.
#[async_trait]
pub trait BeforeSend: Send + Sync + 'static {
    /// Runs before an attempt. It may wait: a dedup store claims its key here, an outbox records that
    /// the request is about to leave.
    ///
    /// # Errors
    /// Any error rejects the send. Nothing leaves.
    async fn before_send(&self) -> Result<()> {
        Ok(())
    }

    /// Checks, without waiting, that sending is still allowed.
    ///
    /// # Errors
    /// Any error rejects the send. Nothing leaves.
    fn check(&self) -> Result<()> {
        Ok(())
    }
}

/// Records how far one send got. Clones share the record, so its owner can read it even after the
/// future of the send was dropped. Use a new tracker for each send.
#[derive(Clone, Default)]
pub struct SendTracker(Arc<AtomicU8>);

const NOT_SENT: u8 = 0;
const SENT: u8 = 1;
const RESPONDED: u8 = 2;

impl SendTracker {
    /// Creates a tracker for a request that was not sent.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Returns how far the send got: [`SendState::Unknown`] from the moment the request may have left, and for
    /// good if the vendor accepted it; [`SendState::Responded`] once the vendor responded without accepting it.
    #[must_use]
    pub fn state(&self) -> SendState {
        match self.0.load(Ordering::SeqCst) {
            NOT_SENT => SendState::NotSent,
            SENT => SendState::Unknown,
            _ => SendState::Responded,
        }
    }

    /// Records that the request may leave from now on. For providers.
    pub fn mark_sent(&self) {
        self.0.store(SENT, Ordering::SeqCst);
    }

    /// Records that the request certainly did not leave: the connection failed before. For providers.
    pub fn mark_unsent(&self) {
        self.0.store(NOT_SENT, Ordering::SeqCst);
    }

    /// Records that the vendor responded and did not accept the request. For providers. An acceptance is not
    /// recorded: if its receipt is lost, the outcome is unknown.
    pub fn mark_responded(&self) {
        self.0.store(RESPONDED, Ordering::SeqCst);
    }

    /// Records the result of a send, for providers that record nothing while they send.
    pub fn record(&self, result: &Result<InviteReceipt>) {
        match result {
            Ok(receipt) if receipt.state.is_done() => {}
            Err(error) if error.send_state() == SendState::NotSent => self.mark_unsent(),
            Err(error) if error.may_have_been_sent() => {}
            Ok(_) | Err(_) => self.mark_responded(),
        }
    }
}

impl fmt::Debug for SendTracker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SendTracker").field(&self.state()).finish()
    }
}

/// The hooks and trackers of one request. Not part of its serialized form.
#[derive(Clone, Default)]
pub struct SendHooks {
    before_send: Vec<Arc<dyn BeforeSend>>,
    trackers: Vec<SendTracker>,
}

impl SendHooks {
    /// Adds a hook. Hooks run in the order in which they were added, the last one first: the wrapper
    /// closest to the provider decides first.
    pub(crate) fn push(&mut self, hook: Arc<dyn BeforeSend>) {
        self.before_send.push(hook);
    }

    pub(crate) fn push_tracker(&mut self, tracker: SendTracker) {
        self.trackers.push(tracker);
    }

    /// Runs [`BeforeSend::before_send`] of every hook. For providers, after the last wait.
    ///
    /// # Errors
    /// The first error; the hooks after it do not run.
    pub async fn before_send(&self) -> Result<()> {
        for hook in self.before_send.iter().rev() {
            hook.before_send().await?;
        }
        Ok(())
    }

    /// Runs [`BeforeSend::check`] of every hook. For providers, immediately before the request leaves.
    ///
    /// # Errors
    /// The first error.
    pub fn check(&self) -> Result<()> {
        self.before_send.iter().rev().try_for_each(|hook| hook.check())
    }

    /// Returns hooks that only [check](BeforeSend::check): for requests that are no invitation but need the same
    /// permission, such as the request for a link.
    #[must_use]
    pub fn checks(&self) -> Self {
        Self { before_send: vec![Arc::new(Checks(self.clone()))], trackers: Vec::new() }
    }

    /// Records that the request may leave from now on.
    pub fn mark_sent(&self) {
        self.trackers.iter().for_each(SendTracker::mark_sent);
    }

    /// Records that the request certainly did not leave.
    pub fn mark_unsent(&self) {
        self.trackers.iter().for_each(SendTracker::mark_unsent);
    }

    /// Records that the vendor responded and did not accept the request.
    pub fn mark_responded(&self) {
        self.trackers.iter().for_each(SendTracker::mark_responded);
    }

    /// Records the result of a send, for providers that record nothing while they send.
    pub fn record(&self, result: &Result<InviteReceipt>) {
        self.trackers.iter().for_each(|tracker| tracker.record(result));
    }

    /// Returns whether there is nothing to run and nothing to record.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.before_send.is_empty() && self.trackers.is_empty()
    }
}

struct Checks(SendHooks);

impl BeforeSend for Checks {
    fn check(&self) -> Result<()> {
        self.0.check()
    }
}

impl fmt::Debug for SendHooks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SendHooks")
            .field("before_send", &self.before_send.len())
            .field("trackers", &self.trackers)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::{Error, ErrorKind};
    use crate::provider::info::ProviderInfo;
    use crate::provider::receipt::InviteState;

    #[test]
    fn tracker_clones_share_one_state() {
        let tracker = SendTracker::new();
        let seen = tracker.clone();
        assert_eq!(seen.state(), SendState::NotSent);
        tracker.mark_sent();
        assert_eq!(seen.state(), SendState::Unknown);
        tracker.mark_responded();
        assert_eq!(seen.state(), SendState::Responded);
        tracker.mark_unsent();
        assert_eq!(seen.state(), SendState::NotSent);
    }

    #[test]
    fn tracker_records_a_rejection_and_not_an_acceptance() {
        let receipt = |state| Ok(InviteReceipt::new(ProviderInfo::new("acme", "a"), state));
        let error = |kind| Err(Error::new(kind, ""));
        let skipped = InviteState::Skipped { reason: "recently".to_owned(), retry_at: None };
        for (result, state) in [
            (receipt(InviteState::Accepted), SendState::Unknown),
            (receipt(InviteState::AlreadyInvited), SendState::Unknown),
            (receipt(skipped), SendState::Responded),
            (error(ErrorKind::Transient), SendState::NotSent),
            (error(ErrorKind::OutcomeUnknown), SendState::Unknown),
            (error(ErrorKind::RateLimited), SendState::Responded),
        ] {
            let tracker = SendTracker::new();
            tracker.mark_sent();
            tracker.record(&result);
            assert_eq!(tracker.state(), state, "{result:?}");
        }
    }
}
