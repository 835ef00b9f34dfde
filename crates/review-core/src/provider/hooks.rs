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

    /// Returns how far the send got: [`SendState::Unknown`] from the moment the request may have left
    /// until a response arrived.
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

    /// Records that a response of the vendor arrived. For providers.
    pub fn mark_responded(&self) {
        self.0.store(RESPONDED, Ordering::SeqCst);
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

    /// Records that the request may leave from now on.
    pub fn mark_sent(&self) {
        self.trackers.iter().for_each(SendTracker::mark_sent);
    }

    /// Records that the request certainly did not leave.
    pub fn mark_unsent(&self) {
        self.trackers.iter().for_each(SendTracker::mark_unsent);
    }

    /// Records that a response arrived.
    pub fn mark_responded(&self) {
        self.trackers.iter().for_each(SendTracker::mark_responded);
    }

    /// Returns whether there is nothing to run and nothing to record.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.before_send.is_empty() && self.trackers.is_empty()
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
}
