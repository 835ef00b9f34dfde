//! The results of many invitations, in numbers.

use std::collections::BTreeMap;
use std::fmt;

use crate::error::{Error, ErrorKind, Result, SendState};
use crate::provider::info::ProviderInfo;
use crate::provider::receipt::{InviteReceipt, InviteState};

/// The number of invitations by result. Every request that was read from the input is counted in exactly one
/// of the fields below [`received`](Self::received), down to [`pending`](Self::pending).
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct BulkSummary {
    /// Requests read from the input.
    pub received: u64,
    /// [`InviteState::Accepted`].
    pub accepted: u64,
    /// [`InviteState::Scheduled`] and [`InviteState::ScheduledOn`].
    pub scheduled: u64,
    /// [`InviteState::AlreadyInvited`].
    pub already_invited: u64,
    /// [`InviteState::Skipped`].
    pub skipped: u64,
    /// [`InviteState::DryRun`].
    pub dry_run: u64,
    /// Errors with [`SendState::Responded`]: the vendor did not accept them.
    pub rejected: u64,
    /// Errors with [`SendState::NotSent`].
    pub not_sent: u64,
    /// Errors with an unknown outcome: find out about each before it is sent again.
    pub unknown: u64,
    /// Started, without a result. After the [`BulkSend`](crate::bulk::BulkSend) was dropped, those that may
    /// have left count as unknown, the others as not sent.
    pub in_flight: u64,
    /// Not started, or waiting for a retry. After the [`BulkSend`](crate::bulk::BulkSend) was dropped they
    /// count as not sent.
    pub pending: u64,
    /// The errors again, by kind.
    pub errors: BTreeMap<ErrorKind, u64>,
    /// Why the rest of the input was not read, if so.
    pub stop_reason: Option<StopReason>,
    /// The instances that were stopped, with the error that stopped each.
    pub stopped_instances: Vec<(ProviderInfo, Error)>,
}

/// Why no more invitations were started although the input may have had more.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum StopReason {
    /// [`BulkSend::stop`](crate::bulk::BulkSend::stop) was called.
    Caller,
    /// The only instance was stopped by this error: it concerns the account, it is a rate limit that is not
    /// waited for, or there were too many unknown outcomes.
    Error(Error),
}

impl BulkSummary {
    pub(super) fn count(&mut self, result: &Result<InviteReceipt>) {
        let number = match result {
            Ok(receipt) => match receipt.state {
                InviteState::Accepted => &mut self.accepted,
                InviteState::Scheduled(_) | InviteState::ScheduledOn(_) => &mut self.scheduled,
                InviteState::AlreadyInvited => &mut self.already_invited,
                InviteState::Skipped { .. } => &mut self.skipped,
                InviteState::DryRun => &mut self.dry_run,
            },
            Err(error) => {
                *self.errors.entry(error.kind()).or_default() += 1;
                match error.send_state() {
                    _ if error.may_have_been_sent() => &mut self.unknown,
                    SendState::NotSent => &mut self.not_sent,
                    SendState::Responded | SendState::Unknown => &mut self.rejected,
                }
            }
        };
        *number += 1;
    }
}

/// One line for a log: the numbers that are not zero.
impl fmt::Display for BulkSummary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} received", self.received)?;
        let numbers = [
            (self.accepted, "accepted"),
            (self.scheduled, "scheduled"),
            (self.already_invited, "already invited"),
            (self.skipped, "skipped"),
            (self.dry_run, "dry run"),
            (self.rejected, "rejected"),
            (self.not_sent, "not sent"),
            (self.unknown, "unknown"),
            (self.in_flight, "in flight"),
            (self.pending, "pending"),
        ];
        for (number, what) in numbers.into_iter().filter(|(number, _)| *number > 0) {
            write!(f, ", {number} {what}")?;
        }
        for (index, (kind, number)) in self.errors.iter().enumerate() {
            write!(f, "{}{kind}: {number}", if index == 0 { "; errors: " } else { ", " })?;
        }
        for (instance, error) in &self.stopped_instances {
            write!(f, "; {instance} stopped: {}", error.kind())?;
        }
        match &self.stop_reason {
            None => Ok(()),
            Some(StopReason::Caller) => f.write_str("; stopped by the caller"),
            Some(StopReason::Error(error)) => write!(f, "; stopped by {error}"),
        }
    }
}
