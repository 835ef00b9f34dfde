//! An error as plain data.

use std::borrow::Cow;

use super::{Error, ErrorKind, ErrorScope, FieldError, RetryAdvice, SendState};

/// The facts of an [`Error`] as plain data, for queues, tables and JSON logs. Created by
/// [`Error::report`]. With the feature `serde`, the words are stable `snake_case` strings.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct ErrorReport {
    /// What went wrong.
    pub kind: ErrorKind,
    /// Whether the request can have reached the vendor.
    pub send_state: SendState,
    /// What the error concerns.
    pub scope: ErrorScope,
    /// What to do next: `never`, `after`, `reconcile` or `hold`.
    pub retry: Cow<'static, str>,
    /// The seconds to wait before a retry, if `retry` is `after`.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub retry_after_seconds: Option<f64>,
    /// What went wrong, in one sentence.
    pub message: String,
    /// What an operator can do about it.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub help: Option<String>,
    /// `vendor/instance`.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub provider: Option<String>,
    /// The operation that failed, for example `send_invite`.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub operation: Option<String>,
    /// The HTTP status of the response.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub http_status: Option<u16>,
    /// The vendor's own error code.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub vendor_code: Option<String>,
    /// The id the vendor's support needs to find the request.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub request_id: Option<String>,
    /// The invalid fields.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Vec::is_empty"))]
    pub field_errors: Vec<FieldError>,
}

impl Error {
    /// Returns the facts of this error as plain data.
    #[must_use]
    pub fn report(&self) -> ErrorReport {
        let (retry, retry_after_seconds) = match self.retry_advice() {
            RetryAdvice::Never => ("never", None),
            RetryAdvice::After(wait) => ("after", Some(wait.as_secs_f64())),
            RetryAdvice::Reconcile => ("reconcile", None),
            RetryAdvice::Hold => ("hold", None),
        };
        ErrorReport {
            kind: self.kind(),
            send_state: self.send_state(),
            scope: self.scope(),
            retry: retry.into(),
            retry_after_seconds,
            message: self.message().into_owned(),
            help: self.help().map(str::to_owned),
            provider: self.provider().map(ToString::to_string),
            operation: self.operation().map(str::to_owned),
            http_status: self.http_status(),
            vendor_code: self.vendor_code().map(str::to_owned),
            request_id: self.request_id().map(str::to_owned),
            field_errors: self.field_errors().to_vec(),
        }
    }
}
