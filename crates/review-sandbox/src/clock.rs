//! Points in time after which something is over (a token) or begins (an invite setting).

use std::time::{Duration, Instant};

use chrono::{DateTime, SecondsFormat, Utc};

/// A point in time. A duration too large to be added means: never.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Deadline(Option<Instant>);

impl Deadline {
    pub(crate) fn after(duration: Duration) -> Self {
        Self(Instant::now().checked_add(duration))
    }

    pub(crate) fn passed(self) -> bool {
        self.0.is_some_and(|at| Instant::now() >= at)
    }
}

/// The form both vendors print in answers: UTC, three fraction digits, `Z`.
pub(crate) fn print(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}
