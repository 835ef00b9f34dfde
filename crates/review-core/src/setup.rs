//! What a look at the vendor's account found.

use std::fmt;

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Good to know.
    Info,
    /// Some invitations will not go out, or not as wished.
    Warning,
    /// No invitation will go out.
    Error,
}

/// One thing that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// How much it matters.
    pub severity: Severity,
    /// What was seen.
    pub seen: String,
    /// What to do.
    pub advice: String,
}

impl Finding {
    /// A finding. Nothing personal and no secret belongs into it.
    pub fn new(severity: Severity, seen: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { severity, seen: seen.into(), advice: advice.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {}; {}", self.severity, self.seen, self.advice)
    }
}

/// Everything that stands between an accepted invitation and a mail, as far as the vendor's API
/// tells.
///
/// ```
/// use review_core::{Finding, Severity, SetupReport};
///
/// let report = SetupReport::new(vec![
///     Finding::new(Severity::Info, "mails go out after 7 days", "nothing to do"),
///     Finding::new(Severity::Error, "the event type is not active", "run ensure_setup"),
/// ]);
/// assert!(!report.is_ready());
/// assert_eq!(report.findings[0].severity, Severity::Error); // the worst first
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct SetupReport {
    /// What was found, the worst first.
    pub findings: Vec<Finding>,
}

impl SetupReport {
    /// A report; the worst findings come first.
    #[must_use]
    pub fn new(mut findings: Vec<Finding>) -> Self {
        findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
        Self { findings }
    }

    /// Whether nothing was found that keeps invitations from going out.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.findings.iter().all(|finding| finding.severity < Severity::Error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_comes_first_and_decides() {
        let finding = |severity| Finding::new(severity, "seen", "do");
        let report = SetupReport::new(vec![finding(Severity::Info), finding(Severity::Error)]);
        assert_eq!(report.findings[0].severity, Severity::Error);
        assert!(!report.is_ready());
        assert!(SetupReport::new(vec![finding(Severity::Warning)]).is_ready());
    }
}
