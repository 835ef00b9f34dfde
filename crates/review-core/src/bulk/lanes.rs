//! What each instance may start: the brake on unknown outcomes, pauses and stops.

use std::collections::{BTreeMap, VecDeque};

use crate::error::{Error, ErrorKind, ErrorScope, RetryAdvice};
use crate::provider::info::ProviderInfo;

/// So many unknown outcomes in a row stop an instance: an outage must not leave a whole run unknown.
const MAX_CONSECUTIVE_UNKNOWN: usize = 3;
/// So many unknown outcomes among the last [`HISTORY`] stop it, too.
const MAX_RECENT_UNKNOWN: usize = 5;
const HISTORY: usize = 20;

/// The state of each instance.
#[derive(Debug)]
pub(super) struct Lanes {
    concurrency: usize,
    lanes: BTreeMap<ProviderInfo, Lane>,
}

#[derive(Debug)]
struct Lane {
    in_flight: usize,
    /// One after a rate limit or an unknown outcome, and one more for each success.
    max_in_flight: usize,
    /// Requests that wait for a rate limit: meanwhile nothing is started.
    rate_limited: usize,
    /// Whether the outcome was unknown, for the last results.
    unknown: VecDeque<bool>,
    stopped: Option<Error>,
}

impl Lanes {
    pub(super) fn new(concurrency: usize) -> Self {
        Self { concurrency, lanes: BTreeMap::new() }
    }

    fn lane(&mut self, instance: &ProviderInfo) -> &mut Lane {
        let concurrency = self.concurrency;
        self.lanes.entry(instance.clone()).or_insert_with(|| Lane {
            in_flight: 0,
            max_in_flight: concurrency,
            rate_limited: 0,
            unknown: VecDeque::new(),
            stopped: None,
        })
    }

    pub(super) fn can_start(&mut self, instance: &ProviderInfo) -> bool {
        let lane = self.lane(instance);
        lane.rate_limited == 0 && lane.in_flight < lane.max_in_flight
    }

    pub(super) fn started(&mut self, instance: &ProviderInfo) {
        self.lane(instance).in_flight += 1;
    }

    pub(super) fn succeeded(&mut self, instance: &ProviderInfo) {
        let concurrency = self.concurrency;
        let lane = self.lane(instance);
        lane.in_flight -= 1;
        lane.max_in_flight = concurrency.min(lane.max_in_flight + 1);
        lane.record(false);
    }

    /// Records a failure, and returns whether there were too many unknown outcomes.
    pub(super) fn failed(&mut self, instance: &ProviderInfo, unknown: bool) -> bool {
        let lane = self.lane(instance);
        lane.in_flight -= 1;
        lane.record(unknown);
        if !unknown {
            return false;
        }
        lane.max_in_flight = 1;
        let consecutive = lane.unknown.iter().rev().take_while(|unknown| **unknown).count();
        let recent = lane.unknown.iter().filter(|unknown| **unknown).count();
        consecutive >= MAX_CONSECUTIVE_UNKNOWN || recent >= MAX_RECENT_UNKNOWN
    }

    pub(super) fn pause(&mut self, instance: &ProviderInfo) {
        self.lane(instance).rate_limited += 1;
    }

    pub(super) fn resume(&mut self, instance: &ProviderInfo) {
        let lane = self.lane(instance);
        lane.rate_limited = lane.rate_limited.saturating_sub(1);
        lane.max_in_flight = 1;
    }

    pub(super) fn resume_all(&mut self) {
        self.lanes.values_mut().for_each(|lane| lane.rate_limited = 0);
    }

    /// Stops an instance, and returns whether it was running.
    pub(super) fn stop(&mut self, instance: &ProviderInfo, error: &Error) -> bool {
        let stopped = &mut self.lane(instance).stopped;
        let was_running = stopped.is_none();
        stopped.get_or_insert_with(|| error.clone());
        was_running
    }

    /// The result of a request whose instance was stopped: it was not sent, and is kept.
    pub(super) fn stopped(&mut self, instance: &ProviderInfo) -> Option<Error> {
        let error = self.lane(instance).stopped.as_ref()?;
        // The rest of that error is about another order, and its kind may state that something was sent.
        let message = format!("not sent, because this instance was stopped: {}", error.kind());
        let held = Error::new(ErrorKind::Blocked, message).with_scope(ErrorScope::Account);
        let held = held.with_retry_advice(RetryAdvice::Hold).with_provider(instance);
        Some(match error.help() {
            Some(help) => held.with_help(help.to_owned()),
            None => held,
        })
    }
}

impl Lane {
    fn record(&mut self, unknown: bool) {
        if self.unknown.len() == HISTORY {
            self.unknown.pop_front();
        }
        self.unknown.push_back(unknown);
    }
}
