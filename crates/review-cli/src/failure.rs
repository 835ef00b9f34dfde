//! Errors that end a command.

use std::fmt;

use review_invites::http::RawResponse;
use review_invites::{Error, ErrorKind};

/// The reason a command cannot do its work, and the next step. Contains no personal data.
#[derive(Debug)]
pub(crate) struct Failure {
    message: String,
    help: String,
}

pub(crate) type Result<T, E = Failure> = std::result::Result<T, E>;

impl Failure {
    pub(crate) fn new(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { message: message.into(), help: help.into() }
    }

    /// Describes an error of a provider. `help` applies if the error itself names no next step.
    pub(crate) fn from_error(error: &Error, help: &str) -> Self {
        // The form with several lines has its own help at the end.
        let mut text = format!("{error:#}");
        if let Some(response) = RawResponse::of(error) {
            text = text.replace(&format!("\n  caused by: {response}"), "");
        }
        match text.split_once("\n  help: ") {
            Some((message, help)) => Self::new(message, help),
            None => Self::new(text, help),
        }
    }
}

impl From<review_outbox::Error> for Failure {
    fn from(error: review_outbox::Error) -> Self {
        use review_outbox::DatabaseErrorKind as Kind;
        let help = match error.database_kind() {
            Some(Kind::Full) => "free disk space, and run the command again",
            Some(Kind::Busy) => "wait until the other process has finished, and run the command again",
            Some(Kind::Unavailable) => "check that the path or URL exists and that you may write there",
            _ => "check the path or URL that --ledger names",
        };
        Self::new(format!("the ledger cannot be used: {error}"), help)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error: {}\n  help: {}", self.message, self.help)
    }
}

/// Returns an error of a provider as one line, with its first cause. The instance and the operation are known from the
/// output around it.
pub(crate) fn describe(error: &Error) -> String {
    let text = error.to_string();
    let mut text = text.lines().map(str::trim).collect::<Vec<_>>().join(" ");
    let provider = error.provider().map(|provider| format!("{provider}: "));
    let operation = error.operation().map(|operation| format!("{operation}: "));
    for prefix in [provider, operation].into_iter().flatten() {
        text = text.strip_prefix(&prefix).map(str::to_owned).unwrap_or(text);
    }
    // A response is of no use here: it is never printed.
    if let Some(cause) = std::error::Error::source(error).filter(|_| RawResponse::of(error).is_none()) {
        text.push_str(&format!(" ({cause})"));
    }
    for_command(&text)
}

/// Returns an error of a provider as one line, with the next step.
pub(crate) fn explain(error: &Error) -> String {
    explain_result(error, true)
}

/// As [`explain`], for a command that keeps a ledger or not.
pub(crate) fn explain_result(error: &Error, has_ledger: bool) -> String {
    let text = describe(error);
    match (error.help(), error.kind()) {
        (_, ErrorKind::OutcomeUnknown) if !has_ledger => format!("{text}; {}", unknown_help(false)),
        (Some(help), _) => format!("{text}; {}", for_command(help)),
        // Its message names the alternative.
        (None, ErrorKind::Unsupported) => text,
        (None, kind) => format!("{text}; {}", next_step(kind)),
    }
}

/// Names the commands where a library names its functions.
pub(crate) fn for_command(text: &str) -> String {
    text.replace(": check_setup: ", ": ")
        .replace("ensure_setup", "`review-invites setup`")
        .replace("check_setup", "`review-invites check`")
        .replace("confirm_sent or release", "`review-invites outbox resolve`")
}

/// What to do about an unknown outcome.
pub(crate) fn unknown_help(has_ledger: bool) -> &'static str {
    match has_ledger {
        true => "run `review-invites reconcile`",
        false => "look for the order in the vendor's web application before you send it again",
    }
}

/// What to do about an error of one request, if the error does not state it.
pub(crate) fn next_step(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::InvalidRequest => "correct the order",
        ErrorKind::Unsupported => "remove what the vendor does not support, or choose another instance",
        ErrorKind::OutcomeUnknown => unknown_help(true),
        ErrorKind::RateLimited | ErrorKind::Transient => "run the same command again later",
        ErrorKind::Blocked => "lift the local rule, and run the same command again",
        ErrorKind::Unauthorized | ErrorKind::Forbidden | ErrorKind::InvalidConfig => {
            "correct the account or its settings, then run `review-invites check`"
        }
        _ => "look at the vendor's response, or report it to the project",
    }
}
