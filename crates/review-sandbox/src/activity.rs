//! What a connection is doing: the timeouts depend on it.

use std::future::pending;
use std::time::Duration;

use tokio::sync::watch;

/// The state of one connection. Clones share it.
#[derive(Clone)]
pub(crate) struct Activity(watch::Sender<State>);

#[derive(Clone, Copy, Default, PartialEq, Eq)]
struct State {
    /// How many requests have no response yet.
    in_flight: usize,
    /// Whether bytes have arrived that do not belong to a request in flight: half a head.
    has_partial_head: bool,
}

impl Activity {
    pub(crate) fn new() -> Self {
        Self(watch::Sender::new(State::default()))
    }

    /// Bytes have arrived.
    pub(crate) fn received(&self) {
        self.0.send_if_modified(|state| {
            let is_head = state.in_flight == 0 && !state.has_partial_head;
            state.has_partial_head |= is_head;
            is_head
        });
    }

    /// A head is complete. The request is in flight until the guard is dropped.
    pub(crate) fn begin_request(&self) -> InFlightGuard {
        self.0
            .send_modify(|state| *state = State { in_flight: state.in_flight + 1, has_partial_head: false });
        InFlightGuard(self.clone())
    }

    /// Waits until nothing has happened for the idle timeout, or a head has been incomplete for the head timeout.
    pub(crate) async fn until_timeout(self, idle: Option<Duration>, head: Duration) -> Timeout {
        let mut states = self.0.subscribe();
        loop {
            let state = *states.borrow_and_update();
            let limit = match state {
                State { in_flight: 0, has_partial_head: true } => Some((head, Timeout::Head)),
                State { in_flight: 0, has_partial_head: false } => idle.map(|idle| (idle, Timeout::Idle)),
                State { .. } => None,
            };
            let expired = async {
                match limit {
                    Some((limit, timeout)) => {
                        tokio::time::sleep(limit).await;
                        timeout
                    }
                    None => pending().await,
                }
            };
            tokio::select! {
                timeout = expired => return timeout,
                // It cannot fail: this holds a sender.
                _ = states.changed() => {}
            }
        }
    }
}

/// Which timeout has expired.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Timeout {
    Idle,
    Head,
}

/// Counts a request as in flight until it is dropped.
pub(crate) struct InFlightGuard(Activity);

impl Drop for InFlightGuard {
    fn drop(&mut self) {
        self.0.0.send_modify(|state| state.in_flight -= 1);
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::{Instant, timeout};

    use super::*;

    const IDLE: Duration = Duration::from_secs(60);
    const HEAD: Duration = Duration::from_secs(10);

    #[tokio::test(start_paused = true)]
    async fn idle_connection_times_out_after_idle_timeout() {
        let start = Instant::now();
        assert_eq!(Activity::new().until_timeout(Some(IDLE), HEAD).await, Timeout::Idle);
        assert_eq!(start.elapsed(), IDLE);
        assert!(timeout(IDLE * 100, Activity::new().until_timeout(None, HEAD)).await.is_err());
    }

    #[tokio::test(start_paused = true)]
    async fn partial_head_times_out_however_slowly_bytes_arrive() {
        let activity = Activity::new();
        let start = Instant::now();
        let trickle = async {
            loop {
                activity.received();
                tokio::time::sleep(HEAD / 4).await;
            }
        };
        tokio::select! {
            timeout = activity.clone().until_timeout(None, HEAD) => assert_eq!(timeout, Timeout::Head),
            () = trickle => {}
        }
        assert_eq!(start.elapsed(), HEAD);
    }

    #[tokio::test(start_paused = true)]
    async fn request_in_flight_never_times_out() {
        let activity = Activity::new();
        activity.received();
        let guard = activity.begin_request();
        // The body.
        activity.received();
        let waiting = activity.clone().until_timeout(Some(IDLE), HEAD);
        assert!(timeout(IDLE * 100, waiting).await.is_err());
        drop(guard);
        let start = Instant::now();
        assert_eq!(activity.until_timeout(Some(IDLE), HEAD).await, Timeout::Idle);
        assert_eq!(start.elapsed(), IDLE);
    }
}
