//! Results of checking a vendor account.

use std::fmt;

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Good to know.
    Info,
    /// Some invitations will not be sent, or not as requested.
    Warning,
    /// This part of the account could not be read, so it may or may not be right.
    Unknown,
    /// No invitation will be sent.
    Error,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Unknown => "unknown",
            Self::Error => "error",
        })
    }
}

/// One result of a check.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// How much it matters.
    pub severity: Severity,
    /// What was found.
    pub message: String,
    /// What to do.
    pub help: String,
}

impl Finding {
    /// Creates a finding. It must contain no personal data and no secret.
    pub fn new(severity: Severity, message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { severity, message: message.into(), help: help.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.severity, self.message)?;
        if self.help.is_empty() { Ok(()) } else { write!(f, "; {}", self.help) }
    }
}

/// The conclusion of a [`SetupReport`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SetupStatus {
    /// Everything that was checked allows invitations to be sent.
    Ready,
    /// Something prevents sending.
    NotReady,
    /// Nothing wrong was found, but something, or everything, could not be read.
    Unknown,
}

/// Everything that can prevent an accepted invitation from being sent, as far as the vendor's API shows
/// it.
///
/// ```
/// use review_core::provider::{Finding, SetupReport, SetupStatus, Severity};
///
/// let report = SetupReport::new(vec![
///     Finding::new(Severity::Info, "emails are sent after 7 days", ""),
///     Finding::new(Severity::Error, "the event type is not active", "run ensure_setup"),
/// ]);
/// assert_eq!(report.status(), SetupStatus::NotReady);
/// assert_eq!(report.findings[0].severity, Severity::Error); // the worst first
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct SetupReport {
    /// The findings, the worst first.
    pub findings: Vec<Finding>,
}

impl SetupReport {
    /// Creates a report and sorts the findings, the worst first. A check records a finding for
    /// everything it read, also if it is right: a report without findings has checked nothing.
    #[must_use]
    pub fn new(mut findings: Vec<Finding>) -> Self {
        findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
        Self { findings }
    }

    /// Returns the conclusion.
    #[must_use]
    pub fn status(&self) -> SetupStatus {
        match self.findings.iter().map(|finding| finding.severity).max() {
            Some(Severity::Error) => SetupStatus::NotReady,
            Some(Severity::Unknown) | None => SetupStatus::Unknown,
            Some(Severity::Info | Severity::Warning) => SetupStatus::Ready,
        }
    }

    /// Returns whether the status is [`SetupStatus::Ready`].
    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.status() == SetupStatus::Ready
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn status_follows_the_worst_finding() {
        let report = |severities: &[Severity]| {
            let findings = severities.iter().map(|severity| Finding::new(*severity, "found", "do"));
            SetupReport::new(findings.collect())
        };
        use Severity::{Error, Info, Unknown, Warning};
        assert_eq!(report(&[Info, Error]).findings[0].severity, Error);
        assert_eq!(report(&[Unknown, Error]).status(), SetupStatus::NotReady);
        assert_eq!(report(&[Warning, Unknown]).status(), SetupStatus::Unknown);
        assert_eq!(report(&[Info, Warning]).status(), SetupStatus::Ready);
    }

    #[test]
    fn report_without_findings_is_unknown() {
        assert_eq!(SetupReport::new(Vec::new()).status(), SetupStatus::Unknown);
        assert!(!SetupReport::default().is_ready());
    }
}
