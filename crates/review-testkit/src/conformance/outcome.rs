//! The results of cases.

use std::fmt;

use review_core::model::Field;
use review_core::provider::Capabilities;
use review_core::{Error, FieldError, InviteKind};

/// The result of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CaseResult {
    /// The provider conforms.
    Passed,
    /// The case does not apply or could not be tested. Contains the reason.
    Skipped(String),
    /// The provider does not conform. Contains the expected and the actual result.
    Failed(String),
}

impl CaseResult {
    /// Returns whether the case failed.
    #[must_use]
    pub fn is_failure(&self) -> bool {
        matches!(self, Self::Failed(_))
    }
}

impl fmt::Display for CaseResult {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Passed => f.write_str("passed"),
            Self::Skipped(reason) => write!(f, "skipped: {reason}"),
            Self::Failed(reason) => write!(f, "failed: {reason}"),
        }
    }
}

/// The capability that a case tests.
#[derive(Clone, Copy, Debug)]
pub(super) enum Subject {
    Kind(InviteKind),
    Field(Field),
}

impl Subject {
    fn is_declared(self, capabilities: &Capabilities) -> bool {
        match self {
            Self::Kind(kind) => capabilities.supports_kind(kind),
            Self::Field(field) => capabilities.supports_field(field),
        }
    }
}

/// The reason for which a case ends early.
#[derive(Debug)]
pub(super) enum Stop {
    Failed(String),
    Skipped { about: Option<Subject>, reason: String },
}

pub(super) type Check<T = ()> = Result<T, Stop>;

impl Stop {
    pub(super) fn outcome(self, capabilities: &Capabilities) -> CaseResult {
        match self {
            Self::Failed(reason) => CaseResult::Failed(reason),
            Self::Skipped { about: Some(subject), reason } if subject.is_declared(capabilities) => {
                CaseResult::Failed(format!("{subject:?} is declared but could not be tested: {reason}"))
            }
            Self::Skipped { reason, .. } => CaseResult::Skipped(reason),
        }
    }
}

pub(super) fn fail<T>(reason: impl Into<String>) -> Check<T> {
    Err(Stop::Failed(reason.into()))
}

pub(super) fn skip<T>(about: Option<Subject>, reason: impl Into<String>) -> Check<T> {
    Err(Stop::Skipped { about, reason: reason.into() })
}

pub(super) fn ensure(holds: bool, reason: impl FnOnce() -> String) -> Check {
    if holds { Ok(()) } else { fail(reason()) }
}

/// The values of the suite are valid. An invalid value comes from the harness.
impl From<FieldError> for Stop {
    fn from(fault: FieldError) -> Self {
        Self::Failed(format!("failed to build a request of the suite; check Harness::field_value: {fault}"))
    }
}

/// As above, for errors of the request as a whole.
impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Failed(format!("failed to build a request of the suite; check Harness::customize: {error}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn declared_capability_must_not_be_skipped() {
        let capabilities = Capabilities::new().add_field(Field::Tags).add_kind(InviteKind::Product);
        let outcome = |subject| {
            let stop = skip::<()>(Some(subject), "no record").unwrap_err();
            stop.outcome(&capabilities)
        };
        assert!(outcome(Subject::Field(Field::Tags)).is_failure());
        assert!(outcome(Subject::Kind(InviteKind::Product)).is_failure());
        assert_eq!(outcome(Subject::Field(Field::Sender)), CaseResult::Skipped("no record".to_owned()));
        assert!(!outcome(Subject::Kind(InviteKind::Service)).is_failure());
    }
}
