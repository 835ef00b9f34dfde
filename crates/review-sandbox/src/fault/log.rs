//! The record of injected faults.

use std::collections::{BTreeMap, VecDeque};
use std::fmt;

use super::kind::Fault;
use crate::host::Vendor;

/// A fault that was injected into a request or a connection.
///
/// Contains the order reference, for tests to compare; `Debug` prints it too, but nothing else of the request.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct InjectedFault {
    /// The fault.
    pub fault: Fault,
    /// The vendor that was called; `None` for a connection, or a path that belongs to no vendor.
    pub vendor: Option<Vendor>,
    /// The order reference of the request, if it has one.
    pub reference: Option<String>,
    /// Whether the whole request had been read.
    pub read: bool,
    /// Whether the endpoint had processed the request, which means that it responded with a 2xx that is not a rejection.
    pub committed: bool,
    /// The status of the response. `None`: there was none, or none that a client can be expected to read: two
    /// lengths, 150 headers or 10 MB of them count as none. [`Fault::Slow`] has it as soon as the response is sent.
    pub status: Option<u16>,
    /// Whether the status is a documented rejection although gateways respond with it too: eTrusted's 503 to an event,
    /// with a body in its own form.
    pub rejected: bool,
}

impl InjectedFault {
    /// Returns whether the client cannot know if its request was processed: the request was read in full, and there
    /// was no status, or 408, 500, 502, 503 or 504, except for a documented [rejection](Self::rejected).
    ///
    /// [`committed`](Self::committed) shows whether it was processed.
    #[must_use]
    pub fn leaves_unknown(&self) -> bool {
        self.read
            && match self.status {
                None => true,
                Some(408 | 500 | 502 | 504) => true,
                Some(503) => !self.rejected,
                Some(_) => false,
            }
    }
}

/// How often a fault was injected, and with which results.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct FaultCount {
    /// In total.
    pub injected: u64,
    /// After the whole request had been read.
    pub read: u64,
    /// After the endpoint had processed the request.
    pub committed: u64,
    /// With a status that the client could read.
    pub responded: u64,
    /// Those after which [the client cannot know](InjectedFault::leaves_unknown) whether its request was processed.
    pub unknown: u64,
}

impl FaultCount {
    fn members(&mut self) -> [&mut u64; 5] {
        let Self { injected, read, committed, responded, unknown } = self;
        [injected, read, committed, responded, unknown]
    }

    fn of(fault: &InjectedFault) -> Self {
        Self {
            injected: 1,
            read: fault.read.into(),
            committed: fault.committed.into(),
            responded: fault.status.is_some().into(),
            unknown: fault.leaves_unknown().into(),
        }
    }
}

impl std::ops::AddAssign for FaultCount {
    fn add_assign(&mut self, mut other: Self) {
        for (sum, more) in self.members().into_iter().zip(other.members()) {
            *sum += *more;
        }
    }
}

impl std::iter::Sum for FaultCount {
    fn sum<I: Iterator<Item = Self>>(counts: I) -> Self {
        counts.fold(Self::default(), |mut sum, count| {
            sum += count;
            sum
        })
    }
}

impl fmt::Display for FaultCount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { injected, read, committed, responded, unknown } = self;
        write!(
            f,
            "{injected} injected, {read} read, {committed} committed, {responded} responded, {unknown} unknown"
        )
    }
}

/// The last faults, and the counts of all of them.
pub(crate) struct FaultLog {
    kept: VecDeque<InjectedFault>,
    keep: usize,
    /// How many were kept and have been dropped.
    forgotten: usize,
    counts: BTreeMap<String, FaultCount>,
}

/// The position of a fault in the log.
pub(crate) struct Entry(usize);

impl FaultLog {
    pub(crate) fn new(keep: usize) -> Self {
        Self { kept: VecDeque::new(), keep, forgotten: 0, counts: BTreeMap::new() }
    }

    pub(crate) fn note(&mut self, fault: InjectedFault) -> Entry {
        *self.counts.entry(fault.fault.to_string()).or_default() += FaultCount::of(&fault);
        let entry = Entry(self.forgotten + self.kept.len());
        self.kept.push_back(fault);
        if self.kept.len() > self.keep {
            self.kept.pop_front();
            self.forgotten += 1;
        }
        entry
    }

    /// Records the response to a request that was recorded before. `fault` is as it was recorded.
    pub(crate) fn responded(&mut self, entry: &Entry, fault: &InjectedFault, status: u16) {
        let now = InjectedFault { status: Some(status), ..fault.clone() };
        let (mut before, mut after) = (FaultCount::of(fault), FaultCount::of(&now));
        let count = self.counts.entry(fault.fault.to_string()).or_default();
        for ((count, before), after) in count.members().into_iter().zip(before.members()).zip(after.members())
        {
            *count = *count - *before + *after;
        }
        let kept = entry.0.checked_sub(self.forgotten).and_then(|place| self.kept.get_mut(place));
        if let Some(kept) = kept {
            *kept = now;
        }
    }

    pub(crate) fn kept(&self) -> Vec<InjectedFault> {
        self.kept.iter().cloned().collect()
    }

    pub(crate) fn counts(&self) -> &BTreeMap<String, FaultCount> {
        &self.counts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn met(fault: Fault, status: Option<u16>) -> InjectedFault {
        InjectedFault {
            fault,
            vendor: None,
            reference: None,
            read: true,
            committed: false,
            status,
            rejected: false,
        }
    }

    #[test]
    fn missing_or_unclear_status_leaves_unknown() {
        let unknown = |status| met(Fault::status(500), status).leaves_unknown();
        let statuses = (200..600).filter(|status| unknown(Some(*status)));
        assert_eq!(statuses.collect::<Vec<_>>(), [408, 500, 502, 503, 504]);
        assert!(unknown(None));
        assert!(!InjectedFault { rejected: true, ..met(Fault::status(503), Some(503)) }.leaves_unknown());
        assert!(!InjectedFault { read: false, ..met(Fault::CloseOnAccept, None) }.leaves_unknown());
    }

    #[test]
    fn log_is_bounded_and_counts_are_not() {
        let mut account = FaultLog::new(2);
        let slow = met(Fault::Slow { millis: 1 }, None);
        let entries = [1, 2, 3].map(|_| account.note(slow.clone()));
        assert_eq!(account.counts()["slow-1"].unknown, 3);
        for entry in &entries {
            account.responded(entry, &slow, 202);
        }
        assert!(account.kept().iter().all(|fault| fault.status == Some(202)) && account.kept().len() == 2);
        let count = account.counts()["slow-1"];
        assert_eq!((count.injected, count.responded, count.unknown), (3, 3, 0));
        let mut none = FaultLog::new(0);
        let entry = none.note(slow.clone());
        none.responded(&entry, &slow, 202);
        assert!(none.kept().is_empty() && none.counts()["slow-1"].responded == 1);
    }
}
