//! Collects what a setup check finds.

use review_core::provider::{Finding, SetupReport, Severity};
use review_core::{Error, ErrorKind, Result, SendState};

/// The findings of a setup check. A request that fails leaves the other findings: it is a finding itself.
///
/// ```
/// use review_core::provider::{SetupStatus, Severity};
/// use review_core::{Error, ErrorKind};
/// use review_http::vendor::SetupCheck;
///
/// let mut check = SetupCheck::default();
/// assert_eq!(check.record("the shop", Ok(7), |_| None), Some(7));
/// let failed: review_core::Result<u8> = Err(Error::new(ErrorKind::Transient, "timed out"));
/// check.add(Severity::Info, "the shop exists", "");
/// assert_eq!(check.record("the templates", failed, |_| None), None);
/// let report = check.into_report()?;
/// assert_eq!((report.status(), report.findings.len()), (SetupStatus::Unknown, 2));
/// # Ok::<(), Error>(())
/// ```
#[derive(Debug, Default)]
pub struct SetupCheck {
    findings: Vec<Finding>,
    has_responded: bool,
    transport_error: Option<Error>,
}

impl SetupCheck {
    /// Adds a finding.
    pub fn add(&mut self, severity: Severity, message: impl Into<String>, help: impl Into<String>) {
        self.findings.push(Finding::new(severity, message, help));
    }

    /// Returns what was read, or adds a finding about `what` could not be read. `judge` states what the error
    /// means at this vendor, and what to do; by default it is unknown.
    pub fn record<T>(
        &mut self,
        what: &str,
        result: Result<T>,
        judge: impl FnOnce(&Error) -> Option<(Severity, &'static str)>,
    ) -> Option<T> {
        let error = match result {
            Ok(value) => {
                self.has_responded = true;
                return Some(value);
            }
            Err(error) => error,
        };
        let is_permanent =
            error.http_status().is_some_and(|status| status < 500) && error.kind() != ErrorKind::RateLimited;
        let (severity, help) = judge(&error).unwrap_or((
            Severity::Unknown,
            if is_permanent { "check ids and base URLs" } else { "run the check again later" },
        ));
        let reason = if is_of_token(&error) { "no access token" } else { "failed" };
        self.add(severity, format!("{what}: {reason}: {error}"), help);
        if severity == Severity::Error || is_permanent {
            self.has_responded = true;
        } else {
            self.transport_error.get_or_insert(error);
        }
        None
    }

    /// Returns the report.
    ///
    /// # Errors
    /// The first error, if the vendor responded to nothing: then nothing was checked.
    pub fn into_report(self) -> Result<SetupReport> {
        match self.transport_error {
            Some(error) if !self.has_responded => Err(error),
            _ => Ok(SetupReport::new(self.findings)),
        }
    }
}

/// Returns whether an error is that of the request for an access token.
fn is_of_token(error: &Error) -> bool {
    error.send_state() == SendState::NotSent && error.http_status().is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_without_any_response_is_an_error() {
        let failed = || Err::<(), _>(Error::new(ErrorKind::Transient, "timed out"));
        let mut check = SetupCheck::default();
        check.add(Severity::Info, "a fact of the settings", "");
        check.record("the shop", failed(), |_| None);
        assert_eq!(check.into_report().unwrap_err().kind(), ErrorKind::Transient);
        let mut check = SetupCheck::default();
        check.record("the shop", failed(), |_| Some((Severity::Error, "check the token file")));
        assert!(!check.into_report().unwrap().is_ready());
    }
}
