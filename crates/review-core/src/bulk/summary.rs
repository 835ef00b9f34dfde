//! What became of many invitations, in numbers.

use std::collections::BTreeMap;
use std::fmt;

use crate::{Error, ErrorKind, InviteReceipt, InviteState, Result, Sent};

/// How many invitations came to what. Every request that was taken from the input is counted in
/// exactly one of the fields below [`taken`](Self::taken), down to [`waiting`](Self::waiting).
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct BulkSummary {
    /// Requests taken from the input.
    pub taken: u64,
    /// [`InviteState::Accepted`].
    pub accepted: u64,
    /// [`InviteState::Scheduled`].
    pub scheduled: u64,
    /// [`InviteState::AlreadyKnown`].
    pub already_known: u64,
    /// [`InviteState::DryRun`].
    pub dry_run: u64,
    /// Errors with [`Sent::Answered`]: the vendor did not take them. Duplicates are among them.
    pub refused: u64,
    /// Errors with [`Sent::No`]: the vendor cannot have them.
    pub not_sent: u64,
    /// Errors with [`Sent::Maybe`] or [`ErrorKind::OutcomeUnknown`]: each has to be looked into before
    /// it is sent again.
    pub unknown: u64,
    /// Begun and not answered yet. After the [`Bulk`](crate::Bulk) was dropped they count as unknown.
    pub in_flight: u64,
    /// Not begun, or waiting for another try. After the [`Bulk`](crate::Bulk) was dropped they count
    /// as not sent.
    pub waiting: u64,
    /// The errors once more, by their kind.
    pub errors: BTreeMap<ErrorKind, u64>,
    /// Why the rest of the input was not looked at, if so.
    pub stopped_by: Option<Stopped>,
}

/// Why no more invitations were begun although the input may have had more.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Stopped {
    /// [`Bulk::stop`](crate::Bulk::stop) was called.
    Caller,
    /// This error of the provider [concerns all](Error::concerns_all), or is a rate limit that nobody
    /// waits for.
    Error(Error),
}

impl BulkSummary {
    pub(super) fn count(&mut self, result: &Result<InviteReceipt>) {
        let number = match result {
            Ok(receipt) => match receipt.state {
                InviteState::Accepted => &mut self.accepted,
                InviteState::Scheduled(_) => &mut self.scheduled,
                InviteState::AlreadyKnown => &mut self.already_known,
                InviteState::DryRun => &mut self.dry_run,
            },
            Err(error) => {
                *self.errors.entry(error.kind()).or_default() += 1;
                match error.sent() {
                    _ if error.may_have_invited() => &mut self.unknown,
                    Sent::No => &mut self.not_sent,
                    Sent::Answered | Sent::Maybe => &mut self.refused,
                }
            }
        };
        *number += 1;
    }
}

/// One line for a log: the numbers that are not zero.
impl fmt::Display for BulkSummary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} taken", self.taken)?;
        let numbers = [
            (self.accepted, "accepted"),
            (self.scheduled, "scheduled"),
            (self.already_known, "already known"),
            (self.dry_run, "in a dry run"),
            (self.refused, "refused"),
            (self.not_sent, "not sent"),
            (self.unknown, "unknown"),
            (self.in_flight, "in flight"),
            (self.waiting, "waiting"),
        ];
        for (number, what) in numbers.into_iter().filter(|(number, _)| *number > 0) {
            write!(f, ", {number} {what}")?;
        }
        for (index, (kind, number)) in self.errors.iter().enumerate() {
            write!(f, "{}{kind}: {number}", if index == 0 { "; errors: " } else { ", " })?;
        }
        match &self.stopped_by {
            None => Ok(()),
            Some(Stopped::Caller) => f.write_str("; stopped by the caller"),
            Some(Stopped::Error(error)) => write!(f, "; stopped by {error}"),
        }
    }
}
