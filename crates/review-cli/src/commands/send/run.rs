//! One pass through the input: sending, or a dry run.

use std::collections::HashSet;
use std::hash::{BuildHasher as _, RandomState};
use std::io::Write as _;
use std::sync::Mutex;
use std::time::Duration;

use futures_util::StreamExt as _;
use indicatif::ProgressBar;
use review_invites::bulk::{BulkItem, BulkOptions, BulkRetry, BulkTracker};
use review_invites::provider::ReviewInviteProviderExt as _;
use review_invites::{
    DynProvider, Error, ErrorKind, InviteRequest, RetryAdvice, ReviewInviteProvider as _, SendAt,
};
use tokio::sync::mpsc::error::TryRecvError;
use tokio::sync::{Notify, Semaphore};

use super::args::SendArgs;
use super::input::Input;
use super::prepare::{Feed, Options, lock, prepare, requests};
use super::progress::Progress;
use super::recorder::{Fate, Recorder};
use crate::failure::unknown_help;
use crate::outcome::{Exit, Outcome};
use crate::signals::Signals;

/// Attempts for one invitation that was certainly not accepted. The waits between them double.
const MAX_ATTEMPTS: u32 = 12;
/// After so many orders in a row that could not be sent, the rest is left for another run.
const MAX_NOT_SENT: u32 = 10;
/// Waits that are worth a line.
const LONG_WAIT: Duration = Duration::from_secs(5);

/// Why a pass ended before the end of its input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    /// A signal.
    Signal,
    /// Many orders in a row could not be sent.
    NotSent,
    /// The limit that runs share is used up, and the command was not to wait.
    Limit,
}

impl Stop {
    fn fate(self) -> Fate {
        let next = "run the same command again";
        match self {
            Self::Signal => Fate::new(
                Outcome::NotSent,
                "stopped before",
                format!("the command was stopped before; {next}"),
            ),
            Self::NotSent => {
                let reason = format!(
                    "the orders before could not be sent; check the network and the ledger, then {next}"
                );
                Fate::new(Outcome::NotSent, "stopped before", reason)
            }
            Self::Limit => {
                let reason =
                    format!("the limit that all runs share is used up; {next} later, or without --no-wait");
                Fate::new(Outcome::RateLimited, "limit of all runs", reason)
            }
        }
    }
}

/// How a pass ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct End {
    /// Orders that were not started, as far as they were read.
    pub(crate) left: u64,
    /// The input was not read to its end, so what is left is not known.
    pub(crate) is_unread: bool,
    /// Why it ended early.
    pub(crate) stopped: Option<Stop>,
    /// A second signal did not wait for the requests in flight: they are recorded as unknown.
    pub(crate) is_aborted: bool,
}

/// Sends the input.
pub(crate) async fn send(
    provider: &DynProvider,
    input: Input,
    args: &SendArgs,
    options: Options,
    recorder: &Mutex<Recorder<'_>>,
    signals: &mut Signals,
    stopped: Option<Stop>,
) -> End {
    let progress = progress(&input, recorder);
    let bar = progress.as_ref().map(Progress::bar);
    lock(recorder).begin(progress);
    let is_finite = input.is_finite;
    let limit = args.limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(Semaphore::MAX_PERMITS);
    let feed = Feed {
        items: tokio::sync::Mutex::new(input.items),
        permits: Semaphore::new(limit.min(Semaphore::MAX_PERMITS)),
        finished: Notify::new(),
    };
    if args.limit == Some(0) || stopped.is_some() {
        feed.permits.close();
    }
    let mut end = End { stopped, ..End::default() };
    let tracker = {
        let stream = requests(&feed, provider, options, recorder);
        let mut bulk = provider.send_all(stream, bulk_options(args, bar));
        let (mut invited, mut not_sent) = (0_u64, 0_u32);
        loop {
            let item = tokio::select! {
                biased;
                () = signals.next() => {
                    if end.stopped == Some(Stop::Signal) {
                        end.is_aborted = true;
                        break;
                    }
                    end.stopped = Some(Stop::Signal);
                    let in_flight = bulk.summary().in_flight;
                    lock(recorder).output.note(&format!(
                        "stopping: {in_flight} requests in flight are finished, nothing new is started; a second \
                         signal does not wait for them"
                    ));
                    bulk.stop();
                    continue;
                }
                item = bulk.next() => item,
            };
            let Some(item) = item else { break };
            let outcome = record(&item, recorder);
            feed.finished.notify_one();
            if matches!(outcome, Outcome::Invited | Outcome::Scheduled) {
                invited += 1;
                if args.limit.is_some_and(|limit| invited >= limit) {
                    feed.permits.close();
                }
            } else {
                feed.permits.add_permits(1);
            }
            let is_blocked = item.result.as_ref().is_err_and(is_ledger_failure);
            not_sent = if outcome == Outcome::NotSent || is_blocked { not_sent + 1 } else { 0 };
            if not_sent >= MAX_NOT_SENT && end.stopped.is_none() {
                end.stopped = Some(Stop::NotSent);
                lock(recorder).output.note(&format!(
                    "stopping: {MAX_NOT_SENT} orders in a row could not be sent; check the network and the ledger, then run the \
                     same command again"
                ));
                bulk.stop();
            }
        }
        bulk.tracker()
    };
    if end.is_aborted {
        record_aborted(&tracker, recorder);
    }
    leave_rest(feed.items.into_inner(), is_finite, options, recorder, signals, &mut end).await;
    end
}

/// Counts what was not started.
async fn leave_rest(
    mut items: tokio::sync::mpsc::Receiver<super::input::Item>,
    is_finite: bool,
    options: Options,
    recorder: &Mutex<Recorder<'_>>,
    signals: &mut Signals,
    end: &mut End,
) {
    let mut orders = lock(recorder).end();
    loop {
        // A pipe may never end: only what was read of it is counted.
        let item = if is_finite && !end.is_aborted {
            tokio::select! {
                biased;
                () = signals.next() => {
                    end.stopped.get_or_insert(Stop::Signal);
                    end.is_aborted = true;
                    continue;
                }
                item = items.recv() => item,
            }
        } else {
            match items.try_recv() {
                Ok(item) => Some(item),
                Err(TryRecvError::Disconnected) => None,
                Err(TryRecvError::Empty) => {
                    end.is_unread = true;
                    break;
                }
            }
        };
        let Some(item) = item else { break };
        orders.extend(prepare(item, &options, recorder).map(|(order, _)| order));
        count_left(&mut orders, recorder, end);
    }
    count_left(&mut orders, recorder, end);
}

fn count_left(orders: &mut Vec<super::recorder::Order>, recorder: &Mutex<Recorder<'_>>, end: &mut End) {
    for order in orders.drain(..) {
        end.left += 1;
        if let Some(stop) = end.stopped {
            lock(recorder).record_silently(&order, &stop.fate());
        }
    }
}

/// Records what a second signal did not wait for. What then remains in the recorder has certainly not left.
fn record_aborted(tracker: &BulkTracker, recorder: &Mutex<Recorder<'_>>) {
    for item in tracker.unread_results() {
        record(&item, recorder);
    }
    let mut recorder = lock(recorder);
    for key in tracker.in_flight() {
        if let Some(order) = recorder.finish_key(&key) {
            let next = unknown_help(recorder.has_ledger);
            let reason = format!("the command was stopped before the response arrived; {next}");
            recorder.record(
                &order,
                None,
                &Fate::new(Outcome::Unknown, "stopped before the response", reason),
            );
        }
    }
}

/// Whether the ledger cannot be written: it rejects all orders, each after the waits of its attempts.
fn is_ledger_failure(error: &Error) -> bool {
    error.kind() == ErrorKind::Blocked && matches!(error.retry_advice(), RetryAdvice::After(_))
}

fn record(item: &BulkItem, recorder: &Mutex<Recorder<'_>>) -> Outcome {
    let mut recorder = lock(recorder);
    let fate = match &item.result {
        Ok(receipt) => Fate::of_receipt(receipt),
        Err(error) => Fate::of_error(error, recorder.has_ledger),
    };
    if let Some(order) = recorder.finish(item.index) {
        recorder.record(&order, Some(item.provider.instance()), &fate);
    }
    fate.outcome
}

fn bulk_options(args: &SendArgs, bar: Option<ProgressBar>) -> BulkOptions {
    let options = BulkOptions::new().concurrency(usize::from(args.concurrency));
    if args.no_wait {
        return options;
    }
    let sleep = move |wait: Duration| {
        if wait >= LONG_WAIT {
            let note = || {
                let seconds = wait.as_secs_f64().ceil();
                // There is nowhere left to report that standard error is closed.
                let _ = writeln!(
                    std::io::stderr().lock(),
                    "waiting {seconds} s before the next attempt; Ctrl-C stops"
                );
            };
            match &bar {
                Some(bar) => bar.suspend(note),
                None => note(),
            }
        }
        tokio::time::sleep(wait)
    };
    let retry = BulkRetry::new(sleep).max_attempts(MAX_ATTEMPTS).max_wait(SendArgs::MAX_WAIT);
    options.retry(retry)
}

fn progress(input: &Input, recorder: &Mutex<Recorder<'_>>) -> Option<Progress> {
    if lock(recorder).output.is_quiet() { None } else { Progress::new(input) }
}

/// Shows what would be sent.
pub(crate) async fn dry_run(
    provider: &DynProvider,
    mut input: Input,
    args: &SendArgs,
    options: Options,
    recorder: &Mutex<Recorder<'_>>,
    signals: &mut Signals,
) -> End {
    let progress = progress(&input, recorder);
    lock(recorder).begin(progress);
    let (mut seen, hasher) = (HashSet::new(), RandomState::new());
    let mut end = End::default();
    let mut shown = 0_u64;
    loop {
        let item = tokio::select! {
            biased;
            () = signals.next() => {
                end.stopped = Some(Stop::Signal);
                end.is_unread = true;
                break;
            }
            item = input.items.recv() => item,
        };
        let Some(item) = item else { break };
        let Some((order, request)) = prepare(item, &options, recorder) else { continue };
        if args.limit.is_some_and(|limit| shown >= limit) {
            end.left += 1;
            continue;
        }
        let info = provider.info_for(&request);
        let fate = if seen.insert(hasher.hash_one(request.key(info))) {
            would_be(provider, &request)
        } else {
            Fate::new(Outcome::AlreadyInvited, "", "the order is in the input several times")
        };
        shown += u64::from(matches!(fate.outcome, Outcome::Invited | Outcome::Scheduled));
        lock(recorder).record(&order, Some(info.instance()), &fate);
    }
    lock(recorder).end();
    end
}

fn would_be(provider: &DynProvider, request: &InviteRequest) -> Fate {
    match provider.validate(request) {
        Err(error) => Fate::of_error(&error, false),
        Ok(warnings) => {
            let now = chrono::Utc::now();
            let at = request.send_at().resolve(request.order(), now).ok().flatten().filter(|at| *at > now);
            let receipt = |state| {
                let receipt = review_invites::InviteReceipt::new(provider.info_for(request).clone(), state);
                receipt.add_warnings(warnings)
            };
            let state = match at {
                Some(at) if request.send_at() != SendAt::Now => review_invites::InviteState::Scheduled(at),
                _ => review_invites::InviteState::Accepted,
            };
            Fate::of_receipt(&receipt(state))
        }
    }
}

/// The exit code of a pass, in addition to that of its orders.
pub(crate) fn exit(end: End) -> Exit {
    match end {
        End { stopped: Some(_), left, is_unread, .. } if left > 0 || is_unread => Exit::Failed,
        _ => Exit::Done,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ledger_failure_is_no_other_local_rule() {
        let blocked = || Error::new(ErrorKind::Blocked, "");
        assert!(is_ledger_failure(&blocked().with_retry_advice(RetryAdvice::After(Duration::ZERO))));
        assert!(!is_ledger_failure(&blocked()));
        assert!(!is_ledger_failure(&blocked().with_retry_advice(RetryAdvice::Hold)));
        assert!(!is_ledger_failure(&Error::new(ErrorKind::Forbidden, "")));
    }
}
