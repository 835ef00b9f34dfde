//! How an error is printed. Bodies, query strings, email addresses and tokens are never part of it.

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt::{self, Write as _};

use super::{Error, ErrorKind, RetryAdvice};

impl Error {
    /// Returns what went wrong, without provider, operation and status. Never empty: it includes the
    /// field errors, and is the kind in words if nothing else is known.
    #[must_use]
    pub fn message(&self) -> Cow<'_, str> {
        let inner = &*self.0;
        if inner.field_errors.is_empty() {
            return if inner.detail.is_empty() {
                inner.kind.as_str().into()
            } else {
                (&*inner.detail).into()
            };
        }
        let fields = inner.field_errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
        if inner.detail.is_empty() { fields.into() } else { format!("{}: {fields}", inner.detail).into() }
    }

    /// The provider, operation and kind, with the facts of the response in parentheses.
    fn headline(&self) -> String {
        let inner = &*self.0;
        let mut line = String::new();
        if let Some(provider) = &inner.provider {
            let _ = write!(line, "{provider}: ");
        }
        if let Some(operation) = inner.operation {
            let _ = write!(line, "{operation}: ");
        }
        line.push_str(inner.kind.as_str());
        let wait = match inner.retry_advice {
            RetryAdvice::After(wait) if inner.kind == ErrorKind::RateLimited => {
                Some(format!("retry after {} s", wait.as_secs_f64().ceil()))
            }
            _ => None,
        };
        let facts = [
            inner.http_status.map(|status| format!("HTTP {status}")),
            inner.vendor_code.as_ref().map(|code| format!("code {code}")),
            inner.request_id.as_ref().map(|id| format!("request id {id}")),
            wait,
        ];
        let facts: Vec<_> = facts.into_iter().flatten().collect();
        if !facts.is_empty() {
            let _ = write!(line, " ({})", facts.join(", "));
        }
        line
    }

    fn causes(&self) -> impl Iterator<Item = &(dyn StdError + 'static)> {
        std::iter::successors(StdError::source(self), |&cause| cause.source())
    }

    fn write_lines(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.headline())?;
        if !self.0.detail.is_empty() {
            write!(f, ": {}", self.0.detail)?;
        }
        self.0.field_errors.iter().try_for_each(|field| write!(f, "\n  - {field}"))?;
        self.causes().try_for_each(|cause| write!(f, "\n  caused by: {cause}"))?;
        self.0.help.iter().try_for_each(|help| write!(f, "\n  help: {help}"))
    }
}

/// One line with `{}`; one fact per line, with causes and help, with `{:#}`. The single line leaves the
/// causes out: programs that print a chain read them from `source`.
impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if f.alternate() {
            return self.write_lines(f);
        }
        f.write_str(&self.headline())?;
        let message = self.message();
        if message == self.0.kind.as_str() { Ok(()) } else { write!(f, ": {message}") }
    }
}

/// A sentence, because `fn main() -> Result<(), Error>` prints it: one line with `{:?}`, one fact per line
/// with `{:#?}`.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if f.alternate() {
            return self.write_lines(f);
        }
        write!(f, "{self}")?;
        self.causes().try_for_each(|cause| write!(f, "; caused by: {cause}"))?;
        self.0.help.iter().try_for_each(|help| write!(f, "; help: {help}"))
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use crate::error::{Error, ErrorKind, FieldError};
    use crate::provider::info::ProviderInfo;

    fn sample() -> Error {
        Error::new(ErrorKind::Forbidden, "the user lacks a permission")
            .with_provider(&ProviderInfo::new("acme", "shop-de"))
            .with_operation("send_invite")
            .with_http_status(403)
            .with_vendor_code("1014")
            .with_request_id("abc")
            .with_help("give the user the role Admin")
            .with_source(io::Error::other("closed"))
    }

    #[test]
    fn display_is_one_line_without_causes() {
        assert_eq!(
            sample().to_string(),
            "acme/shop-de: send_invite: not permitted (HTTP 403, code 1014, request id abc): \
             the user lacks a permission"
        );
    }

    #[test]
    fn debug_is_a_sentence_with_causes_and_help() {
        let shown = format!("{:?}", sample());
        assert!(shown.ends_with("; caused by: closed; help: give the user the role Admin"), "{shown}");
        let lines = format!("{:#?}", sample().with_field_errors([FieldError::new("a", "is missing")]));
        assert!(lines.contains("\n  - a: is missing\n  caused by: closed\n  help: give"), "{lines}");
    }

    #[test]
    fn message_is_never_empty_and_includes_the_fields() {
        assert_eq!(Error::new(ErrorKind::Blocked, "").message(), "blocked by a local rule");
        let fields = [FieldError::new("a", "is wrong"), FieldError::new("b", "is missing")];
        assert_eq!(Error::invalid(fields).message(), "a: is wrong; b: is missing");
    }
}
