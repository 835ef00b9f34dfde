//! Describes a request that failed.

use std::time::Duration;

use review_core::{Error, ErrorKind, ErrorScope, RetryAdvice, SendState};

use crate::classify::{Classification, help_for, kind_of};
use crate::redact::Redactor;
use crate::response::{ApiResponse, RawResponse};
use crate::retry::{AttemptOutcome, Idempotency, retry_after};
use crate::transport::{TransportError, TransportErrorKind};
use crate::verdict::Verdict;

/// The delay before the retry of a request that an intermediary rejected without `Retry-After`.
const INTERCEPTED_RETRY_AFTER: Duration = Duration::from_secs(60);

const BLOCKED_HELP: &str =
    "the content of this request may be the reason; the operator of the firewall or proxy can name the rule";

/// The details of a request that was not accepted.
pub(crate) struct Failure {
    pub(crate) idempotency: Idempotency,
    pub(crate) outcome: AttemptOutcome,
    pub(crate) classification: Classification,
    /// An intermediary rejected several different orders.
    pub(crate) is_account_wide: bool,
    pub(crate) vocabulary: &'static [&'static str],
}

impl Failure {
    /// Describes it without the values of the redactor, which is needed only for a response.
    pub(crate) fn into_error(
        self,
        result: Result<ApiResponse, TransportError>,
        redactor: impl FnOnce() -> Redactor,
    ) -> Error {
        match result {
            Err(cause) => self.without_response(cause),
            Ok(response) => self.of_response(response, &redactor()),
        }
    }

    fn without_response(&self, cause: TransportError) -> Error {
        let error = match (self.outcome, cause.kind()) {
            (AttemptOutcome::NotSent, _) => Error::new(ErrorKind::Transient, "the request was not sent"),
            (AttemptOutcome::Rejected, TransportErrorKind::Certificate) => {
                Error::new(ErrorKind::InvalidConfig, "the server's TLS certificate is not trusted")
            }
            (AttemptOutcome::Rejected, TransportErrorKind::Proxy) => {
                Error::new(ErrorKind::InvalidConfig, "the proxy rejected the connection")
            }
            (AttemptOutcome::Rejected, _) => {
                Error::new(ErrorKind::InvalidConfig, "invalid request; check base URLs and keys")
            }
            _ => self.unknown("no response received; the vendor may have accepted the request"),
        };
        let error = match cause.help() {
            Some(help) => error.with_help(help),
            None => error,
        };
        error.with_source(cause)
    }

    fn of_response(self, response: ApiResponse, redactor: &Redactor) -> Error {
        let found = &self.classification;
        let status = response.status;
        let message = match &found.verdict {
            Verdict::NotFromVendor => origin(&response, redactor),
            _ => {
                let text = found.message.as_deref().map(|text| redactor.message(text, self.vocabulary));
                let member = found.member.as_deref().and_then(|member| redactor.identifier(member));
                match (text.filter(|text| !text.is_empty()), member) {
                    (Some(text), Some(member)) => format!("the vendor's message: {text} (member: {member})"),
                    (Some(text), None) => format!("the vendor's message: {text}"),
                    (None, Some(member)) => format!("the vendor names the member {member}"),
                    (None, None) => String::new(),
                }
            }
        };
        let kind = || found.kind.unwrap_or_else(|| kind_of(status));
        let error = match self.outcome {
            AttemptOutcome::Throttled(wait) => Error::new(ErrorKind::RateLimited, message)
                .with_retry_advice(RetryAdvice::After(wait.unwrap_or(Error::DEFAULT_RETRY_AFTER))),
            AttemptOutcome::NotSent => Error::new(ErrorKind::Transient, message),
            AttemptOutcome::Unknown => self.unknown(message),
            AttemptOutcome::Intercepted => self.intercepted(&response, message),
            AttemptOutcome::Rejected if status == http::StatusCode::PROXY_AUTHENTICATION_REQUIRED => {
                Error::new(ErrorKind::InvalidConfig, message)
            }
            AttemptOutcome::Unauthorized => {
                let is_forbidden = status == http::StatusCode::FORBIDDEN;
                let usual = if is_forbidden { ErrorKind::Forbidden } else { ErrorKind::Unauthorized };
                Error::new(found.kind.unwrap_or(usual), message).with_send_state(SendState::Responded)
            }
            AttemptOutcome::Accepted | AttemptOutcome::Rejected => {
                let error = Error::new(kind(), message).with_send_state(SendState::Responded);
                // Whatever the kind implies by default: the rejection is final.
                match error.retry_advice() {
                    RetryAdvice::Hold => error,
                    _ => error.with_retry_advice(RetryAdvice::Never),
                }
            }
        };
        let mut error = error.with_http_status(status.as_u16());
        if let Some(scope) = found.scope {
            error = error.with_scope(scope);
        }
        // The status of an intermediary says nothing about credentials.
        let is_blocked = self.outcome == AttemptOutcome::Intercepted && status.is_client_error();
        let usual = match status {
            http::StatusCode::NOT_FOUND => help_for(status),
            _ if is_blocked => Some(BLOCKED_HELP),
            _ => help_for(status),
        };
        if let Some(help) = found.help.or(usual) {
            error = error.with_help(help);
        }
        if let Some(code) = found.code.as_deref().and_then(|code| redactor.identifier(code)) {
            error = error.with_vendor_code(code);
        }
        if let Some(id) = found.request_id.as_deref().and_then(|id| redactor.identifier(id)) {
            error = error.with_request_id(id);
        }
        error.with_field_errors(self.classification.field_errors).with_source(RawResponse::new(response))
    }

    /// The response of an intermediary concerns this request, until it rejects several orders in a row.
    fn intercepted(&self, response: &ApiResponse, message: String) -> Error {
        let is_redirect = response.status.is_redirection();
        if self.is_account_wide {
            let kind = if is_redirect { ErrorKind::InvalidConfig } else { ErrorKind::Forbidden };
            return Error::new(kind, message).with_send_state(SendState::Responded);
        }
        let wait = retry_after(&response.headers).unwrap_or(INTERCEPTED_RETRY_AFTER);
        let kind = if is_redirect { ErrorKind::InvalidConfig } else { ErrorKind::Transient };
        Error::new(kind, message)
            .with_send_state(SendState::Responded)
            .with_scope(ErrorScope::Request)
            .with_retry_advice(RetryAdvice::After(wait))
    }

    fn unknown(&self, message: impl Into<std::borrow::Cow<'static, str>>) -> Error {
        let message = message.into();
        let message = if message.is_empty() {
            match self.idempotency {
                Idempotency::Idempotent => "the response is cut off or unusable".into(),
                _ => "the response does not state whether the request was accepted".into(),
            }
        } else {
            message
        };
        match self.idempotency {
            Idempotency::Idempotent => {
                Error::new(ErrorKind::Transient, message).with_send_state(SendState::Unknown)
            }
            Idempotency::AtMostOnce | Idempotency::SingleUse => {
                Error::new(ErrorKind::OutcomeUnknown, message)
            }
        }
    }
}

/// Names the hop that sent a response which is not in the vendor's form.
fn origin(response: &ApiResponse, redactor: &Redactor) -> String {
    let named = ["server", "cf-ray", "via"].into_iter().filter_map(|name| {
        let value = redactor.identifier(response.header(name)?)?;
        Some(format!("{name}: {value}"))
    });
    let named: Vec<_> = named.collect();
    let origin = if named.is_empty() { String::new() } else { format!(" ({})", named.join(", ")) };
    let what = match () {
        () if response.is_compressed() => "is compressed, although no compression was requested",
        () if response.is_empty() => "has no body",
        () => "is not in the vendor's form",
    };
    format!("the response {what}; a firewall, CDN or proxy may have sent it{origin}")
}

/// Changes an error to an unknown outcome.
pub(crate) fn unknown(error: Error) -> Error {
    error
        .with_kind(ErrorKind::OutcomeUnknown)
        .with_send_state(SendState::Unknown)
        .with_scope(ErrorScope::Request)
        .with_retry_advice(RetryAdvice::Reconcile)
}
