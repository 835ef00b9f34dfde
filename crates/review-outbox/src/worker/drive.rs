//! Driving one call to its end.

use std::time::Duration;

use review_core::SendState;
use review_core::provider::SendTracker;

/// Polls a call to its end, and renews its lease meanwhile: a slow database does not delay the call. Returns
/// `None` if the worker stops, or the row was lost, before anything left. `renew` returns whether the row is
/// still held.
pub(crate) async fn drive<T, R: Future<Output = bool>>(
    call: impl Future<Output = T>,
    stop: impl Future<Output = ()>,
    tracker: &SendTracker,
    every: Duration,
    renew: impl Fn() -> R,
) -> Option<T> {
    let mut call = std::pin::pin!(call);
    let mut stop = std::pin::pin!(stop);
    let mut lost = std::pin::pin!(async {
        loop {
            tokio::time::sleep(every).await;
            if !renew().await && tracker.state() == SendState::NotSent {
                return;
            }
        }
    });
    let mut stopping = false;
    loop {
        tokio::select! {
            biased;
            result = &mut call => return Some(result),
            () = &mut stop, if !stopping => {
                if tracker.state() == SendState::NotSent {
                    return None;
                }
                stopping = true;
            }
            () = &mut lost => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::pending;

    use super::*;

    const EVERY: Duration = Duration::from_secs(20);

    #[tokio::test(start_paused = true)]
    async fn slow_renewal_does_not_delay_the_call() {
        let call = tokio::time::sleep(EVERY * 2);
        let tracker = SendTracker::new();
        let driven = drive(call, pending(), &tracker, EVERY, pending);
        assert_eq!(tokio::time::timeout(EVERY * 3, driven).await, Ok(Some(())));
    }

    #[tokio::test(start_paused = true)]
    async fn lost_row_ends_only_a_call_that_sent_nothing() {
        let tracker = SendTracker::new();
        let lost = || async { false };
        assert_eq!(drive(pending::<()>(), pending(), &tracker, EVERY, lost).await, None);
        tracker.mark_sent();
        let call = tokio::time::sleep(EVERY * 5);
        assert_eq!(drive(call, pending(), &tracker, EVERY, lost).await, Some(()));
    }

    #[tokio::test(start_paused = true)]
    async fn shutdown_ends_only_a_call_that_sent_nothing() {
        let tracker = SendTracker::new();
        let held = || async { true };
        assert_eq!(drive(pending::<()>(), async {}, &tracker, EVERY, held).await, None);
        tracker.mark_sent();
        let call = tokio::time::sleep(EVERY * 5);
        assert_eq!(drive(call, async {}, &tracker, EVERY, held).await, Some(()));
    }
}
